"""What 3D Slicer would do with the module: its contract held against its sources, its smoke test in the host."""

import os
import subprocess
import sys

import pytest


def test_the_module_keeps_to_what_slicer_gives(root):
    checker = root.parent / "shared" / "slicer_api" / "check_slicer_contract.py"
    if not checker.is_file():
        pytest.skip("the contract checker (../shared) is not there")
    done = subprocess.run([sys.executable, checker, "--strict", root], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_smoke_test_for_slicer_runs_in_the_host(root, tmp_path):
    pytest.importorskip("slicer")
    module = root / "MosMedCOVID"
    host = [sys.executable, "-m", "EmbeddedSlicer", "--testing", "--additional-module-path", module]
    done = subprocess.run(
        [*host, "--python-script", root / "Testing" / "slicer_smoke.py"],
        env={**os.environ, "PYTHONPATH": str(module)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The module works in this application." in done.stdout


def test_nothing_third_party_is_imported_when_the_module_loads(root, tmp_path):
    """numpy, vtk, qt, ctk and slicer are Slicer's own; the rest must wait until it is needed."""
    pytest.importorskip("slicer")
    script = tmp_path / "loaded.py"
    script.write_text(
        "import sys, slicer\n"
        "slicer.util.selectModule('MosMedCOVID')\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & "
        "{'torch', 'monai', 'nibabel', 'pydicom', 'SimpleITK', 'scipy', 'PIL', 'skimage', 'tqdm'}))\n"
    )
    module = root / "MosMedCOVID"
    host = [sys.executable, "-m", "EmbeddedSlicer", "--testing", "--additional-module-path", module]
    done = subprocess.run(
        [*host, "--python-script", script],
        env={**os.environ, "PYTHONPATH": str(module)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr
