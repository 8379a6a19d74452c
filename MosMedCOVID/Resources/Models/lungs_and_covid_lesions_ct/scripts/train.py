"""Trains the network on prepared cases (scripts/prepare.py) by the settings of configs/train.json.

    python -m scripts.train PREPARED OUT [--steps N] [--start MODEL.pt] [--without PATIENT …]

OUT gets checkpoint.pt, from which the same command goes on where it was stopped, and model.pt, the weights: their
running mean over the last steps. The bundle's own weights are left alone. The same through MONAI's command line,
which needs the package fire as well: `python -m monai.bundle run --config_file configs/train.json --data PREPARED
--out OUT`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from .augment import Sampler
from .prepare import view_settings

BUNDLE = Path(__file__).resolve().parents[1]
# A batch may hold hardly a pixel of lesion: this many pixels, found and true, keep its Dice from jumping.
DICE_CALM_PIXELS = 50


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: steps in all, samples a step, the steepest learning rate, steps until it is reached.

    fall: steps over which the rate falls to nothing, and then begins anew; mean_over: over about how many of the last
    steps the weights are averaged; bfloat16: whether the network computes in it.
    """

    steps: int
    batch: int
    rate: float
    warm_up: int
    fall: int
    mean_over: int
    seed: int
    bfloat16: bool = False
    report_every: int = 50

    def rate_at(self, step: int) -> float:
        """The learning rate: it rises evenly, then falls along a cosine, once or again and again."""
        fallen = step % self.fall / min(self.fall, self.steps)
        return self.rate * min(1.0, (step + 1) / self.warm_up) * 0.5 * (1 + cos(pi * fallen))


def train(
    network: torch.nn.Module,
    sampler: Sampler,
    schedule: Schedule,
    out: str | Path,
    report: Callable[[str], None] = lambda line: print(line, flush=True),
) -> None:
    """Trains up to a number of steps, from OUT/checkpoint.pt if it is there; reports the mean loss of the last steps.

    What a step draws depends on the seed and its number alone: stopped and continued gives the same as at one go.
    """
    folder = _own_folder(Path(out))
    network = network.to(memory_format=torch.channels_last)
    device = next(network.parameters()).device
    optimizer = torch.optim.AdamW(network.parameters(), schedule.rate, weight_decay=1e-4)
    mean = deepcopy(network).requires_grad_(False)
    done, losses, begin = _resume(folder, network, mean, optimizer), [], time.monotonic()
    network.train()
    for step in range(done, schedule.steps):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(step)
        drawn = sampler.batch(schedule.batch, np.random.default_rng((schedule.seed, step)))
        images, masks, known = (tensor.to(device) for tensor in drawn)
        seen = as_seen(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=schedule.bfloat16):
            logits = network(seen)
        loss = loss_of(logits.float(), masks, known)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        _follow(mean, network, min(1 - 1 / schedule.mean_over, (step + 1) / (step + 10)))
        losses.append(loss.item())
        if (step + 1) % schedule.report_every == 0 or step + 1 == schedule.steps:
            _save(folder, network, mean, optimizer, step + 1)
            minutes_left = (time.monotonic() - begin) / (step + 1 - done) * (schedule.steps - step - 1) / 60
            lately = losses[-schedule.report_every :]
            said = f"step {step + 1} of {schedule.steps}, loss {sum(lately) / len(lately):.4f}"
            report(f"{said}, {minutes_left:.0f} min left")


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 itself: a third faster on a CPU then, and slower where it is imitated."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return bool(torch.cpu._is_avx512_bf16_supported())


def as_seen(hu: torch.Tensor) -> torch.Tensor:
    """HU on the scale that the program shows them to the network: −1…1."""
    settings = view_settings()
    return (hu.clamp(settings.hu_low, settings.hu_high) - settings.hu_low) * (
        2 / (settings.hu_high - settings.hu_low)
    ) - 1


def loss_of(logits: torch.Tensor, masks: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Cross-entropy plus Dice loss (the mean over the channels), where the truth is known."""
    cross = functional.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    found, true = torch.sigmoid(logits) * known, masks * known
    common, both = (part.sum((0, 2, 3)) for part in (found * true, found + true))
    dice = (2 * common + DICE_CALM_PIXELS) / (both + DICE_CALM_PIXELS)
    channels = (cross * known).sum((0, 2, 3)) / known.sum((0, 2, 3)).clamp(min=1)
    return channels.mean() + (1 - dice).mean()


@torch.no_grad()
def _follow(mean: torch.nn.Module, network: torch.nn.Module, keep: float) -> None:
    for averaged, now in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if averaged.dtype.is_floating_point:
            averaged.lerp_(now, 1 - keep)
        else:
            averaged.copy_(now)


def _own_folder(folder: Path) -> Path:
    if folder.resolve() == BUNDLE / "models":
        raise ValueError("Training never writes over the bundle's own weights: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _resume(folder: Path, network: torch.nn.Module, mean: torch.nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Takes up what a checkpoint holds; the steps that were done."""
    checkpoint = folder / "checkpoint.pt"
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    mean.load_state_dict(state["mean"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _save(
    folder: Path, network: torch.nn.Module, mean: torch.nn.Module, optimizer: torch.optim.Optimizer, step: int
) -> None:
    weights = mean.state_dict()
    state = {"network": network.state_dict(), "mean": weights, "optimizer": optimizer.state_dict(), "step": step}
    for name, content in (("checkpoint.pt", state), ("model.pt", weights)):
        part = folder / f"{name}.part"
        torch.save(content, part)
        part.replace(folder / name)  # a run that is killed here leaves the file before


def train_by_config(
    prepared: Path,
    out: Path,
    steps: int | None = None,
    start: Path | None = None,
    without: Sequence[str] = (),
    sets: Sequence[str] = (),
) -> torch.nn.Module:
    """Trains by configs/train.json, unless OUT holds the finished network; the network with its mean weights.

    steps: instead of those in the config; start: weights to begin with; without: patients left out; sets: these alone.
    """
    from monai.bundle import run

    config = str(BUNDLE / "configs" / "train.json")
    options: dict[str, Any] = {"data": str(prepared), "out": str(out), "without": list(without), "sets": list(sets)}
    options |= {"steps": steps} if steps else {}
    options |= {"start": str(start)} if start else {}
    run(config_file=config, **options)
    return network_of(out / "model.pt")


def network_of(weights: Path) -> torch.nn.Module:
    """The network of configs/train.json with the weights of a file, ready to run."""
    from monai.bundle import ConfigParser

    parser = ConfigParser()
    parser.read_config(str(BUNDLE / "configs" / "train.json"))
    network: torch.nn.Module = parser.get_parsed_content("network_def")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network.eval().to(memory_format=torch.channels_last)


def begin_with(network: torch.nn.Module, start: str, device: torch.device) -> torch.nn.Module:
    """A network on a device, with the weights of a file, or, without a file, as it was made."""
    if start:
        network.load_state_dict(torch.load(start, map_location="cpu", weights_only=True))
    return network.to(device)


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains on all that was prepared, or on a part of it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train", description="Trains the network.")
    parser.add_argument("prepared", type=Path, help="a folder that scripts.prepare wrote")
    parser.add_argument("out", type=Path, help="folder for checkpoint.pt and model.pt")
    parser.add_argument("--steps", type=int, help="instead of those in configs/train.json")
    parser.add_argument("--start", type=Path, help="weights to begin with")
    parser.add_argument("--without", nargs="*", default=[], metavar="PATIENT", help="patients to leave out")
    parser.add_argument("--sets", nargs="*", default=[], metavar="SET", help="these sets alone")
    train_by_config(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
