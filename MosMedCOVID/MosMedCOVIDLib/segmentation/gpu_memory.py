"""How much of a GPU's memory this process may take; for torch, and for the worker alone."""

from __future__ import annotations

GPU_BYTES = 6e9  # CUDA itself takes up to 1 GB more, and 7 are the limit


def limit_gpu_memory() -> None:
    """From now on whatever would take more is told that the memory is full, as on a GPU that has no more."""
    import torch

    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, GPU_BYTES / total))
