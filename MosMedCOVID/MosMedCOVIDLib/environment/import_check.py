"""Run inside .venv: imports each module named on the command line and prints one line of JSON for each, then one more.

The last line says where the packages lie, and what torch sees if it was imported.
"""

import importlib
import importlib.metadata
import json
import os
import sys
import sysconfig

DISTRIBUTIONS = {
    "PIL": "pillow",
    "PySide6": "PySide6-Essentials",
    "python_calamine": "python-calamine",
    "slicer": "slicer-core",
    "xdist": "pytest-xdist",
    "yaml": "PyYAML",
}
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # or onnxruntime would tell its makers that it was imported
WHOLE = {"PySide6": "PySide6.QtWidgets"}  # the package itself loads next to nothing


def check(module: str) -> dict[str, object]:
    """Imports a module and tells its version or why it cannot be imported."""
    try:
        importlib.import_module(WHOLE.get(module, module))
        return {"module": module, "version": importlib.metadata.version(DISTRIBUTIONS.get(module, module))}
    except BaseException as error:  # whatever a damaged package throws, SystemExit too
        return {"module": module, "error": f"{type(error).__name__}: {error}"}


def torch_facts() -> dict[str, object]:
    """The CUDA version that torch was built for, and the GPU that it sees."""
    torch = sys.modules.get("torch")
    if not hasattr(torch, "version"):
        return {"torch": "none", "gpu": None}
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None  # type: ignore[union-attr]
    return {"torch": "cuda" if torch.version.cuda else "cpu", "gpu": gpu}  # type: ignore[union-attr]


def main() -> None:
    for module in sys.argv[1:]:
        print(json.dumps({"importing": module}), flush=True)
        print(json.dumps(check(module)), flush=True)
    facts = {"python": sys.version.split()[0], "packages": sysconfig.get_path("purelib"), **torch_facts()}
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
