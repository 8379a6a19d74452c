"""models/model.pt as models/model.onnx, which ONNX Runtime runs on a CPU without torch and without MONAI.

`python -m scripts.export [OUT/model.pt]` in the bundle's folder; with the weights of a training these become
models/model.pt first. Then state the checksums that it prints as `weights_sha256` in configs/metadata.json.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from MosMedCOVIDLib.segmentation.bundle import ONNX, WEIGHTS, Bundle
from MosMedCOVIDLib.segmentation.monai_network import build_network, certainty, read_config

BUNDLE = Path(__file__).resolve().parents[1]


class WithCertainty(torch.nn.Module):
    """A network that gives what the program keeps: certainty in whole numbers, a quarter of the logits' bytes."""

    def __init__(self, network: torch.nn.Module, exclusive: bool) -> None:
        super().__init__()
        self.network, self.exclusive = network, exclusive

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Slices float32 [n, 3, row, column]."""
        return certainty(self.network(image), self.exclusive)


def export(folder: Path = BUNDLE) -> dict[str, str]:
    """Writes models/model.onnx of a bundle, for any number and size of slices; the SHA-256 of it and of model.pt."""
    bundle, weights = Bundle(folder), folder / "models" / WEIGHTS
    network = with_fixed_slopes(build_network(read_config(bundle, "cpu"), weights))
    network = WithCertainty(network, bundle.channels.exclusive).eval()
    multiple = bundle.inference["view"]["multiple"]
    slices, rows, columns = (torch.export.Dim(name) for name in ("slices", "rows", "columns"))
    program = torch.onnx.export(
        network,
        (torch.zeros(2, 3, 4 * multiple, 6 * multiple),),
        input_names=["image"],
        output_names=["certainty", "sum"],
        dynamic_shapes=({0: slices, 2: multiple * rows, 3: multiple * columns},),
        dynamo=True,
        verbose=False,
    )
    content = without_notes(program.model_proto).SerializeToString(deterministic=True)
    with replaced(folder / "models" / ONNX) as part:
        part.write_bytes(content)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (weights, weights.with_name(ONNX))}


def with_fixed_slopes(network: torch.nn.Module) -> torch.nn.Module:
    """The same network with each PReLU of one slope as a LeakyReLU, which ONNX Runtime makes part of a convolution."""
    for module in list(network.modules()):
        for name, part in list(module.named_children()):
            if isinstance(part, torch.nn.PReLU) and part.weight.numel() == 1:
                setattr(module, name, torch.nn.LeakyReLU(part.weight.item()))
    return network


def without_notes(model: Any) -> Any:
    """An ONNX model without torch's notes of where each node came from: they name files of the machine that made it."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        for field in ("metadata_props", "doc_string"):
            part.ClearField(field)
    return model


def take_weights(trained: Path, folder: Path = BUNDLE) -> None:
    """Puts trained weights into models/model.pt: those of the convolutions in half precision, half the bytes.

    The network is run in single precision all the same; model.onnx holds what it then computes with.
    """
    weights = torch.load(trained, map_location="cpu", weights_only=True)
    small = {name: value.half() if value.ndim > 1 else value for name, value in weights.items()}
    with replaced(folder / "models" / WEIGHTS) as part:
        torch.save(small, part)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A file to write beside a path, which then takes its place: also that of a file that may not be written to."""
    part = path.with_suffix(".part")
    yield part
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Exports, and prints the checksums."""
    parser = argparse.ArgumentParser(prog="python -m scripts.export", description="Writes models/model.onnx.")
    parser.add_argument("trained", type=Path, nargs="?", help="weights that scripts.train wrote, to be taken first")
    options = parser.parse_args(arguments)
    if options.trained:
        take_weights(options.trained)
    print(json.dumps({"weights_sha256": export()}, indent=4))


if __name__ == "__main__":
    main()
