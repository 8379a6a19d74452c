"""models/model.pt as TorchScript, models/model.ts: what the program runs, since it needs torch alone and starts sooner.

`python -m scripts.export` in the bundle's folder, after models/model.pt was replaced; then state the checksum that it
prints as `weights_sha256` in configs/metadata.json.
"""

import hashlib
from pathlib import Path

from monai.bundle import ckpt_export

BUNDLE = Path(__file__).resolve().parents[1]


def export(bundle: Path = BUNDLE) -> str:
    """Writes models/model.ts of a bundle with MONAI's own exporter; its SHA-256."""
    configs, models = bundle / "configs", bundle / "models"
    ckpt_export(
        net_id="network_def",
        filepath=str(models / "model.ts"),
        ckpt_file=str(models / "model.pt"),
        meta_file=str(configs / "metadata.json"),
        config_file=str(configs / "inference.json"),
    )
    return hashlib.sha256((models / "model.ts").read_bytes()).hexdigest()


if __name__ == "__main__":
    print(export())
