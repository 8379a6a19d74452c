"""Makes roots like MosMedData's: 8 mm, LAS, int16, with expert masks, and a registry in either form."""

import csv
import zipfile
from pathlib import Path

import nibabel
import numpy as np
from MosMedCOVIDLib.study.orientation import Orientation
from MosMedCOVIDLib.study.phantom import thorax_phantom

HEADER = ("study_id", "category", "study_file", "mask_file")
GEOMETRY = np.array([[-2.8, 0, 0, 180], [0, 2.8, 0, -180], [0, 0, 8, -250], [0, 0, 0, 1]], float)  # L-A-S


def official_rows(count: int, masked: range = range(0)) -> list[tuple[str, str, str, str]]:
    """Rows as the real registry has them: the leading slash, and masks for some."""
    rows = []
    for number in range(1, count + 1):
        category = f"CT-{min(4, 5 * (number - 1) // count)}"
        mask = f"/masks/study_{number:04}_mask.nii.gz" if number in masked else ""
        rows.append((str(number), category, f"/studies/{category}/study_{number:04}.nii.gz", mask))
    return rows


def write_csv(root: Path, rows: list[tuple[str, ...]]) -> Path:
    """With the byte order mark that the real one has."""
    path = root / "dataset_registry.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def write_xlsx(root: Path, rows: list[tuple[str, ...]]) -> Path:
    """The least that a spreadsheet needs; numbers as numbers, as in the real one."""

    def cell(text: str) -> str:
        return f"<c><v>{text}</v></c>" if text.isdigit() else f'<c t="inlineStr"><is><t>{text}</t></is></c>'

    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in [HEADER, *rows])
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="registry" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    path = root / "dataset_registry.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def touch(root: Path, *paths: str) -> None:
    """Files that are there, and hold nothing."""
    for path in paths:
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def write_study(path: Path, mask: Path, affine: np.ndarray = GEOMETRY, shape: tuple[int, int, int] = (30, 128, 128)):
    """A thorax on a grid of MosMedData, and an expert mask of its lesions; shape is [slice, row, column]."""
    fold = max(1, shape[1] // 128)  # the phantom is drawn coarse, since drawing takes its time
    coarse = (shape[0], shape[1] // fold, shape[2] // fold)
    slice_mm, row_mm, column_mm = (float(np.linalg.norm(affine[:3, axis])) for axis in (2, 1, 0))
    phantom = thorax_phantom(35.0, shape=coarse, spacing_mm=(slice_mm, row_mm * fold, column_mm * fold))
    turn = Orientation.of(affine)
    for target, values in ((path, phantom.study.hu), (mask, phantom.lesions.astype(np.int16))):
        there = Orientation.of(phantom.study.affine).to_standard(values)
        fine = turn.from_standard(there).repeat(fold, axis=1).repeat(fold, axis=2)
        save_like_mosmed(target, fine, affine)


def save_like_mosmed(path: Path, values: np.ndarray, affine: np.ndarray) -> None:
    """int16, both codes 1, millimetres; quickly compressed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nibabel.Nifti1Image(np.ascontiguousarray(values.T).astype(np.int16), affine)
    image.header.set_xyzt_units(2, 8)
    image.set_qform(affine, 1)
    image.set_sform(affine, 1)
    nibabel.openers.Opener.default_compresslevel = 1
    nibabel.save(image, path)
