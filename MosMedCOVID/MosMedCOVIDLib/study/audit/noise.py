"""Noise: the commonest standard deviation within small blocks of soft tissue."""

from __future__ import annotations

from .checks import Check, judged, not_assessed
from .limits import NOISIEST_HU
from .samples import Blocks, peak

SOFT_TISSUE_HU = (0.0, 100.0)
FEWEST_BLOCKS = 200


def check_noise(blocks: Blocks) -> Check:
    """How noisy soft tissue is; edges within a block make it noisier, so the commonest value counts."""
    soft = blocks.in_body & (blocks.mean > SOFT_TISSUE_HU[0]) & (blocks.mean < SOFT_TISSUE_HU[1])
    if soft.sum() < FEWEST_BLOCKS:
        return not_assessed("noise", "Too little even soft tissue to measure noise.", NOISIEST_HU)
    found = round(peak(blocks.deviation[soft], 1.0), 1)
    if found > NOISIEST_HU.value:
        told = f"Very noisy: soft tissue scatters by {found:.0f} HU, so faint ground glass may drown."
        return judged("noise", "warning", found, NOISIEST_HU, told)
    return judged("noise", "ok", found, NOISIEST_HU, f"Soft tissue scatters by {found:.0f} HU.")
