"""Trains the network on prepared cases (scripts/prepare.py) by the settings of configs/train.json.

    python -m scripts.train PREPARED OUT [--steps N]

OUT gets checkpoint.pt, from which the same command goes on where it was stopped, and model.pt, the weights. The
bundle's own weights are left alone. The same through MONAI's command line, which needs the package fire as well:
`python -m monai.bundle run --config_file configs/train.json --data PREPARED --out OUT --steps N`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from .augment import Augmentation, draw_batch
from .prepare import Case

BUNDLE = Path(__file__).resolve().parents[1]
# A batch may hold hardly a pixel of lesion: this many pixels, found and true, keep its Dice from jumping.
DICE_CALM_PIXELS = 50


def train(
    network: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    cases: Sequence[Case],
    augmentation: Augmentation,
    out: str | Path,
    steps: int,
    batch: int,
    crop: int,
    warm_up: int,
    seed: int,
    report_every: int,
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Trains up to a number of steps, from OUT/checkpoint.pt if it is there; reports the mean loss of the last steps.

    What a step draws depends on the seed and its number alone: stopped and continued gives the same as at one go.
    """
    folder = _own_folder(Path(out))
    device = next(network.parameters()).device
    done, losses, begin = _resume(folder, network, optimizer), [], time.monotonic()
    network.train()
    for step in range(done, steps):
        for group in optimizer.param_groups:
            group["lr"] = optimizer.defaults["lr"] * rate(step, steps, warm_up)
        drawn = draw_batch(cases, batch, crop, augmentation, np.random.default_rng((seed, step)))
        images, masks, known = (tensor.to(device) for tensor in drawn)
        loss = loss_of(network(images), masks, known)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % report_every == 0 or step + 1 == steps:
            _save(folder, network, optimizer, step + 1)
            minutes_left = (time.monotonic() - begin) / (step + 1 - done) * (steps - step - 1) / 60
            mean = sum(losses[-report_every:]) / len(losses[-report_every:])
            report(f"step {step + 1} of {steps}, loss {mean:.4f}, {minutes_left:.0f} min left")


def rate(step: int, steps: int, warm_up: int) -> float:
    """The share of the full learning rate at a step: it rises evenly, then falls along a cosine."""
    return min(1.0, (step + 1) / warm_up) * 0.5 * (1 + cos(pi * step / steps))


def loss_of(logits: torch.Tensor, masks: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Cross-entropy plus Dice loss (the mean of lung and lesion), where the truth is known."""
    cross = functional.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    found, true = torch.sigmoid(logits) * known, masks * known
    common, both = (part.sum((0, 2, 3)) for part in (found * true, found + true))
    dice = (2 * common + DICE_CALM_PIXELS) / (both + DICE_CALM_PIXELS)
    return (cross * known).sum() / known.sum().clamp(min=1) + (1 - dice).mean()


def _own_folder(folder: Path) -> Path:
    if folder.resolve() == BUNDLE / "models":
        raise ValueError("Training never writes over the bundle's own weights: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _resume(folder: Path, network: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Takes up what a checkpoint holds; the steps that were done."""
    checkpoint = folder / "checkpoint.pt"
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _save(folder: Path, network: torch.nn.Module, optimizer: torch.optim.Optimizer, step: int) -> None:
    weights = network.state_dict()
    state = {"network": weights, "optimizer": optimizer.state_dict(), "step": step}
    for name, content in (("checkpoint.pt", state), ("model.pt", weights)):
        part = folder / f"{name}.part"
        torch.save(content, part)
        part.replace(folder / name)  # a run that is killed here leaves the file before


def main(arguments: Sequence[str] | None = None) -> None:
    """What `run` of configs/train.json does, with the data, the folder for the results and the steps given."""
    from monai.bundle import run

    parser = argparse.ArgumentParser(prog="python -m scripts.train", description="Trains the network.")
    parser.add_argument("prepared", help="a folder that scripts.prepare wrote")
    parser.add_argument("out", help="folder for checkpoint.pt and model.pt")
    parser.add_argument("--steps", type=int, default=argparse.SUPPRESS, help="instead of those in configs/train.json")
    options: dict[str, Any] = vars(parser.parse_args(arguments))
    run(config_file=str(BUNDLE / "configs" / "train.json"), data=options.pop("prepared"), **options)


if __name__ == "__main__":
    main()
