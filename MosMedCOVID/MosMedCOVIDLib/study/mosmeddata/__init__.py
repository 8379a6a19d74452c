"""MosMedData and its mirrors: the registry, or the folders, as a list of studies, and what a reader has done of it."""

from .dataset import Dataset, Row, has_registry, is_dataset, read_dataset

__all__ = ["Dataset", "Row", "has_registry", "is_dataset", "read_dataset"]
