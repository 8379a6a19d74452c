"""Slice and 3D views: what VTK draws without a screen, as arrays of pixels. No Qt."""
