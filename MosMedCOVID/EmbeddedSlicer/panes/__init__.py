"""The views as Qt widgets: they paint the pixels, forward mouse and keys, and write the corners."""
