"""The commands on a root of MosMedData: its registry says what there is to grade, and what is held to be true."""

import pytest
from mosmed_root import official_rows, touch, write_csv
from MosMedCOVIDLib.commands.grade import studies_at
from MosMedCOVIDLib.study.labelled import find_labelled_cases

ROWS = official_rows(5, masked=range(2, 4))


@pytest.fixture
def root(tmp_path):
    """Four of five studies of the registry are there, and one that it does not list."""
    touch(tmp_path, *(row[2] for row in ROWS[:4]), *(row[3] for row in ROWS if row[3]), "studies/CT-0/extra.nii.gz")
    write_csv(tmp_path, [*reversed(ROWS)])
    return tmp_path


def test_grade_takes_the_studies_of_the_registry_and_says_which_are_missing(root, capsys):
    assert [study.name for study in studies_at([root])] == [f"study_{number:04}.nii.gz" for number in (4, 3, 2, 1)]
    assert "1 of 5 rows cannot be opened; the first: /studies/CT-4/study_0005.nii.gz is not" in capsys.readouterr().err


def test_a_registry_of_which_nothing_is_there_leaves_the_folder_to_be_refused(tmp_path, capsys):
    write_csv(tmp_path, ROWS)
    assert studies_at([tmp_path]) == [tmp_path]
    assert "5 of 5 rows cannot be opened" in capsys.readouterr().err


def test_evaluate_model_takes_the_expert_masks_of_the_registry(root):
    cases = find_labelled_cases(root)
    assert [(case.name, case.ct.name, case.lesions.name, case.lungs) for case in cases] == [
        (f"study_{number:04}", f"study_{number:04}.nii.gz", f"study_{number:04}_mask.nii.gz", None) for number in (3, 2)
    ]
