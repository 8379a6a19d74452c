"""The rooms of MosMedCOVID; each folder is one room, and importing this package imports nothing else."""
