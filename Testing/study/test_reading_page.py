"""The page of what is read, repaired and refused has the program's own sentences, word by word."""

import ast
import functools
import re
from pathlib import Path

import MosMedCOVIDLib.study
import pytest

STUDY = Path(MosMedCOVIDLib.study.__file__).parent
PAGE = Path(__file__).parents[2] / "Resources" / "Documentation" / "reading.md"
# Names, numbers, small words, and examples of what comes from a file or from the system.
EXAMPLE = re.compile(r"\w{1,3}|\d+|scan|sform|qform|label|Input|output|error|acquisition|D40s|1e")


@functools.cache
def texts() -> list[str]:
    """All texts in the code of reading, those between the values of a sentence too; the longest first."""
    found = set()
    for file in STUDY.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(" ".join(node.value.split()))
    return sorted(found, key=len, reverse=True)


def sentences() -> set[str]:
    """What the page quotes: the cells of its tables and its lists, each one sentence or a few, or the end of one."""
    page = PAGE.read_text(encoding="utf-8").partition("## Speed")[0]
    page = re.sub(r"\n  +", " ", page).replace("“", '"').replace("”", '"')
    found = set()
    for line in page.splitlines():
        cell = line.rpartition("| ")[2].rstrip(" |") if line.startswith("|") else line.removeprefix("- ")
        if cell != line and cell not in ("sentence", "refused with") and not cell.startswith("--"):
            found |= {part.strip() for part in re.split(r" · |\*or\*|\*Likewise\*|\*\(.*?\)\*|…(?!\d)", cell)}
    return found - {""}


@pytest.mark.parametrize("sentence", sorted(sentences()))
def test_the_program_says_it_so(sentence):
    left = sentence
    for text in texts():
        if " " in text:  # a single word is found in too many sentences to be taken out wherever it stands
            left = left.replace(text, "_")
    strange = [word for word in re.findall(r"[^\W_]+", left) if not EXAMPLE.fullmatch(word) and word not in texts()]
    assert not strange or any(sentence in text for text in texts()), f"nowhere in the program: {left}"
