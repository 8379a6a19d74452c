"""The MONAI bundle that holds the network: where it is, what it says of itself, and whether its weights are its own.

Needs neither torch nor monai nor onnxruntime, so that the command line and the panel can ask before anything heavy is
loaded. Our own bundle lies in Resources/Models; any other one is foreign: MONAI runs the code in its configs.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import SetupError
from .channels import Channels, find_channels
from .masks import READER_CT0_BELOW_ML, IntervalSettings, Model

MODELS = Path(__file__).resolve().parents[2] / "Resources" / "Models"
DEFAULT_BUNDLE = MODELS / "lungs_and_covid_lesions_ct"
CONFIGS = ("inference.json", "inference.yaml", "inference.yml")
ONNX, WEIGHTS, TORCHSCRIPT = "model.onnx", "model.pt", "model.ts"


@dataclass(frozen=True)
class Bundle:
    """A MONAI bundle on disk. SetupError where a file is missing or damaged, or the weights are not its own."""

    folder: Path = DEFAULT_BUNDLE

    @property
    def is_ours(self) -> bool:
        """Whether it came with the program; the config of any other one may run whatever its makers wrote."""
        return MODELS in self.folder.resolve().parents

    @property
    def by_slices(self) -> bool:
        """Whether its network sees single slices with their neighbours, as ours does; others get the whole study."""
        return "view" in self.inference

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """configs/metadata.json."""
        return self._read(self.folder / "configs" / "metadata.json")

    @cached_property
    def inference_config(self) -> Path:
        """configs/inference.json, or its like in YAML."""
        paths = [self.folder / "configs" / name for name in CONFIGS]
        return next((path for path in paths if path.is_file()), paths[0])

    @cached_property
    def inference(self) -> dict[str, Any]:
        """The inference config as it stands; MONAI's ConfigParser reads more into it."""
        return self._read(self.inference_config)

    @cached_property
    def channels(self) -> Channels:
        """What its network's output channels show. SetupError where they are not lungs and lesions."""
        try:
            definition = dict(self.metadata["network_data_format"]["outputs"]["pred"]["channel_def"])
        except (KeyError, TypeError, ValueError):
            definition = {}
        return find_channels(definition)

    @cached_property
    def weights_sha256(self) -> str:
        """The checksum by which masks name their model: that of its weights, whichever runtime runs them."""
        return self._stated(WEIGHTS) or _sha256(self.weights(WEIGHTS, TORCHSCRIPT, ONNX))

    def has(self, name: str) -> bool:
        """Whether models/ holds a file."""
        return (self.folder / "models" / name).is_file()

    def weights(self, *names: str) -> Path:
        """The first of some files that models/ holds, if its checksum is the one that the metadata states.

        A foreign bundle need not state any.
        """
        name = next(filter(self.has, names), names[0])
        path, stated = self.folder / "models" / name, self._stated(name)
        if (stated or self.is_ours) and _sha256(path) != stated:
            raise SetupError(
                f"The weights {path} are damaged or belong to another model: "
                "their checksum is not the one that configs/metadata.json states. Get the files again."
            )
        if not path.is_file():
            raise _missing(path)
        return path

    def must_be_trusted(self, trusted: bool) -> None:
        """SetupError for a foreign bundle that nobody said to trust."""
        if not (trusted or self.is_ours):
            raise SetupError(
                f"The model {self.folder} did not come with MosMedCOVID, and its configuration can run any code: "
                "if you trust whoever made it, say so with --trust-bundle."
            )

    def model(self, device: str) -> Model:
        """What masks of this bundle, run on a device, say of their origin; what a foreign one doesn't state is left."""
        stated = self.metadata
        try:
            return Model(
                name=str(stated.get("name", self.folder.name)),
                version=str(stated.get("version", "unknown")),
                sha256=self.weights_sha256,
                device=device,
                ct0_below_ml=float(stated.get("ct0_below_ml", READER_CT0_BELOW_ML)),
                interval=IntervalSettings.from_json(stated["interval"]) if stated.get("interval") else None,
            )
        except (TypeError, ValueError) as error:
            raise _damaged(self.folder / "configs" / "metadata.json") from error

    def _stated(self, name: str) -> str:
        """The checksum that the metadata states of a file of models/, if any."""
        stated = self.metadata.get("weights_sha256")
        return str(stated.get(name, "")) if isinstance(stated, dict) else ""

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            text = path.read_text(encoding="utf-8")
            return dict(json.loads(text) if path.suffix == ".json" else _yaml(text))
        except ModuleNotFoundError as error:
            raise SetupError(
                f"{path} is YAML, and the package PyYAML, which reads it, is not installed here: run "
                "`python3 MosMedCOVID setup --torch cpu` (in Slicer, install PyYAML), or turn it into JSON."
            ) from error
        except Exception as error:  # json and yaml raise kinds of their own
            raise _damaged(path) from error


def _yaml(text: str) -> Any:
    return importlib.import_module("yaml").safe_load(text)


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _missing(path) from error


def _missing(path: Path) -> SetupError:
    return SetupError(f"The weights {path} are missing: get the files again.")


def _damaged(path: Path) -> SetupError:
    return SetupError(f"The model's description {path} is missing or damaged: get the files again.")
