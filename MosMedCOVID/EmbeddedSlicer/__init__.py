"""A small window that gives a scripted 3D Slicer module what Slicer gives it: MRML, views, qt and ctk."""
