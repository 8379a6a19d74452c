"""The study in MRML: volume, segments, slabs, layouts; the only room besides the panel that knows Slicer."""
