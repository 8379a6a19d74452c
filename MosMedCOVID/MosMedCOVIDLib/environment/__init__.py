"""The virtual environment at the repository's root: made, reused, repaired. Imports the standard library only."""
