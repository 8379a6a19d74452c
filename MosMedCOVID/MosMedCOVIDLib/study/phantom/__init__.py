"""The teaching phantom: a chest CT made on the spot whose lungs and lesions are known to the voxel."""

from .scan import Phantom, thorax_phantom

__all__ = ["Phantom", "thorax_phantom"]
