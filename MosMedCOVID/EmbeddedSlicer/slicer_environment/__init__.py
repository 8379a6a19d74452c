"""What a module expects of Slicer besides MRML: slicer.app, slicer.modules, base classes, parameter nodes."""
