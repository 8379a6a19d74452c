"""What a test needs to be run at all."""

from importlib.util import find_spec

import pytest

segments = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="the network needs ONNX Runtime")
