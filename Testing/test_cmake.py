"""Slicer installs what the module's CMakeLists.txt lists, file by file: no more, no less, and nothing that is missing.

Where a list is out of date, the test prints it as it should be.
"""

import itertools
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NOT_FOR_SLICER = ("__main__.py", "CMakeLists.txt", "EmbeddedSlicer/")  # they make up the other home
LISTS = {"MODULE_PYTHON_SCRIPTS": "SCRIPTS", "MODULE_PYTHON_RESOURCES": "RESOURCES"}

# What Slicer's own CMake files do, as far as these lists are concerned: a missing file stops them.
STAND_IN = """
macro(slicerMacroBuildScriptedModule)
  cmake_parse_arguments(MY "WITH_GENERIC_TESTS;WITH_SUBDIR;VERBOSE" "NAME" "SCRIPTS;RESOURCES" ${ARGN})
  if(MY_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "unknown: ${MY_UNPARSED_ARGUMENTS}")
  endif()
  foreach(file ${MY_SCRIPTS} ${MY_RESOURCES})
    if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file} OR IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${file})
      message(FATAL_ERROR "no file ${file}")
    endif()
    message(STATUS "installs ${file}")
  endforeach()
endmacro()
macro(slicer_add_python_unittest)
  cmake_parse_arguments(MY "" "TESTNAME_PREFIX;SCRIPT" "SLICER_ARGS" ${ARGN})
  message(STATUS "tests ${MY_SCRIPT}")
endmacro()
enable_testing()
set(BUILD_TESTING ON)
"""


def listed(cmake: Path, variable: str) -> list[str]:
    """The entries of one list of a CMakeLists.txt, in their order."""
    text = re.sub(r"#.*", "", cmake.read_text(encoding="utf-8"))
    found = re.search(rf"set\({variable}\s+(.*?)\)", text, flags=re.DOTALL)
    assert found, f"{cmake} has no list {variable}"
    return found[1].split()


def wanted(module: Path) -> dict[str, list[str]]:
    """The files of the module that Slicer needs: Python files as SCRIPTS, all below Resources as RESOURCES."""
    paths = [path.relative_to(module) for path in sorted(module.rglob("*")) if path.is_file()]
    paths = [path for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)]
    names = [path.as_posix() for path in paths if not path.as_posix().startswith(NOT_FOR_SLICER)]
    resources = [name for name in names if name.startswith("Resources/")]
    return {"SCRIPTS": [name for name in names if name not in resources], "RESOURCES": resources}


@pytest.mark.parametrize("variable", LISTS)
def test_every_file_that_slicer_needs_is_listed_once(variable, root):
    expected = wanted(root / "MosMedCOVID")[LISTS[variable]]
    entries = listed(root / "MosMedCOVID" / "CMakeLists.txt", variable)
    right = "\n".join([f"set({variable}", *(f"  {name}" for name in sorted(expected)), "  )"])
    assert sorted(entries) == sorted(expected), f"MosMedCOVID/CMakeLists.txt should have this list:\n{right}"


def test_the_lists_hold_what_they_must(root):
    lists = wanted(root / "MosMedCOVID")
    assert {"MosMedCOVID.py", "MosMedCOVIDLib/segmentation/worker.py"} <= set(lists["SCRIPTS"])
    assert "Resources/Models/lungs_and_covid_lesions_ct/models/model.onnx" in lists["RESOURCES"]
    assert {"Resources/UI/MosMedCOVID.ui", "Resources/Icons/MosMedCOVID.png"} <= set(lists["RESOURCES"])
    everything = list(itertools.chain(*lists.values()))
    assert not [name for name in everything if "EmbeddedSlicer" in name or name.endswith(("__main__.py", ".pyc"))]


def test_cmake_reads_both_files_and_finds_every_listed_one(root, tmp_path):
    if not all(shutil.which(tool) for tool in ("cmake", "cc", "c++")):
        pytest.skip("cmake or a compiler is not there")
    (tmp_path / "SlicerConfig.cmake").write_text(f"set(Slicer_USE_FILE {tmp_path.as_posix()}/use.cmake)\n")
    (tmp_path / "use.cmake").write_text(STAND_IN)
    for name in ("Slicer_EXTENSION_GENERATE_CONFIG", "Slicer_EXTENSION_CPACK"):
        (tmp_path / f"{name}.cmake").touch()
        with (tmp_path / "SlicerConfig.cmake").open("a") as file:
            file.write(f"set({name} {tmp_path.as_posix()}/{name}.cmake)\n")
    build = tmp_path / "build"
    command = ["cmake", "-S", str(root), "-B", str(build), f"-DSlicer_DIR={tmp_path}"]
    command += ["-DSlicer_LAUNCHER_EXECUTABLE=Slicer", "-DSlicer_QTSCRIPTEDMODULES_LIB_DIR=lib"]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    installed = re.findall(r"-- installs (.*)", ran.stdout)
    cmake = root / "MosMedCOVID" / "CMakeLists.txt"
    assert installed == list(itertools.chain(*(listed(cmake, variable) for variable in LISTS)))
    assert "-- tests MosMedCOVID.py" in ran.stdout
    assert "slicer_smoke.py" in (build / "CTestTestfile.cmake").read_text()


def test_the_extension_says_what_slicers_index_asks_for(root):
    text = (root / "CMakeLists.txt").read_text(encoding="utf-8")
    said = dict(re.findall(r'set\((EXTENSION_\w+) "(.*)"\)', text))
    assert list(said) == [
        f"EXTENSION_{name}"
        for name in ("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "DEPENDS")
    ]
    assert said["EXTENSION_DEPENDS"] == "PyTorch"
    pictures = [said["EXTENSION_ICONURL"], *said["EXTENSION_SCREENSHOTURLS"].split()]
    for url in pictures:
        start, _, path = url.partition("/main/")
        assert start == said["EXTENSION_HOMEPAGE"].replace("//github.com", "//raw.githubusercontent.com")
        assert (root / path).is_file(), url
