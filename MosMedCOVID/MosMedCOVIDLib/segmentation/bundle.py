"""The MONAI bundle that holds the network: where it is, what it says of itself, and whether its weights are its own.

Needs neither torch nor monai, so that the command line and the panel can ask before anything heavy is loaded.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import SetupError
from .masks import Model

MODELS = Path(__file__).resolve().parents[2] / "Resources" / "Models"
DEFAULT_BUNDLE = MODELS / "lungs_and_covid_lesions_ct"


@dataclass(frozen=True)
class Bundle:
    """A MONAI bundle on disk. SetupError where a file is missing or damaged, or the weights are not its own."""

    folder: Path = DEFAULT_BUNDLE

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """configs/metadata.json."""
        return self._read("metadata.json")

    @cached_property
    def inference(self) -> dict[str, Any]:
        """configs/inference.json as it stands; MONAI's ConfigParser reads more into it."""
        return self._read("inference.json")

    @property
    def weights(self) -> Path:
        """The network with its weights, as TorchScript; scripts/export.py makes it of models/model.pt."""
        return self.folder / "models" / "model.ts"

    @cached_property
    def weights_sha256(self) -> str:
        """The checksum of the weights, compared with the one that the metadata states."""
        try:
            found = hashlib.sha256(self.weights.read_bytes()).hexdigest()
        except OSError as error:
            raise SetupError(f"The weights {self.weights} are missing: get the files again.") from error
        if found != self.metadata.get("weights_sha256"):
            raise SetupError(
                f"The weights {self.weights} are damaged or belong to another model: "
                "their checksum is not the one that configs/metadata.json states. Get the files again."
            )
        return found

    def model(self, device: str) -> Model:
        """What masks of this bundle, run on a device, say of their origin."""
        return Model(
            name=str(self.metadata["name"]),
            version=str(self.metadata["version"]),
            sha256=self.weights_sha256,
            device=device,
            ct0_below_ml=float(self.metadata["ct0_below_ml"]),
        )

    def _read(self, config: str) -> dict[str, Any]:
        path = self.folder / "configs" / config
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise SetupError(f"The model's description {path} is missing or damaged: get the files again.") from error
