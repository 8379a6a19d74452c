"""Unusual and broken DICOM from public collections: the verdict on each folder, medium and file."""

import pytest
from MosMedCOVIDLib.errors import StudyRefused
from MosMedCOVIDLib.study.dicom import list_series
from MosMedCOVIDLib.study.read import read_study

NONE_FIT = "None of the {} series is a CT of the chest."
FOLDERS = {
    "barre": ("series", "barre is a localizer (scout), not a volume."),
    "cornerstone": ("series", NONE_FIT.format(4)),
    "dicomdir": ("series", NONE_FIT.format(14)),
    "dicomdir/98892003/MR700": ("modality", "MR700 is MR, not CT."),
    "dicomdir/77654033/CT2": ("slice_gap", "202.50 mm between 17106 and 17136, 1.25 mm elsewhere."),
    "dicomdir/77654033/CR1": ("modality", "CR1 is a plain radiograph, not CT."),
    "dicomdir/TINY_ALPHA/PT000000": ("readable", "IM000000 holds no pixels."),
    "dicomdir/DICOMDIR": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-bigEnd": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-implicit": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-nooffset": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-nopatient": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-reordered": ("series", NONE_FIT.format(13)),
    "dicomdir/DICOMDIR-empty.dcm": ("readable", "DICOMDIR-empty.dcm names no files: open its folder instead."),
    "dicomdir/TINY_ALPHA/DICOMDIR": ("readable", "IM000000 holds no pixels."),
    "dwv": ("series", NONE_FIT.format(2)),
    "fo-dicom": ("series", NONE_FIT.format(3)),
    "gantry-tilt": (
        "slice_gap",
        "1.08 mm between ge_head_tilt18.5_14.dcm and ge_head_tilt18.5_15.dcm, 7.00 mm elsewhere.",
    ),
    "legacy-enhanced-ct": ("series", NONE_FIT.format(3)),
    "legacy-enhanced-ct/seg": ("modality", "seg is a segmentation, not CT."),
    "pydicom": ("series", NONE_FIT.format(17)),
}
SINGLE = ("slices", "is a single slice, not a volume: give the whole series.")
REPORT = ("modality", "is a report (SR), not images.")
MR = ("modality", "is MR, not CT.")
NO_MARK = ("readable", "is neither NIfTI")
NOTHING = ("readable", "could not be read (damaged DICOM)")
FILES = {
    "barre/CT_JPEG70.dcm": ("series", "is a localizer (scout), not a volume."),
    "cornerstone/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm": ("series", "is a perfusion map, computed"),
    "cornerstone/CT_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm": SINGLE,
    "cornerstone/CT_JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90.dcm": SINGLE,
    "cornerstone/CT_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm": SINGLE,
    "cornerstone/CT_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm": SINGLE,
    "cornerstone/no-pixel-data.dcm": REPORT,
    "cornerstone/no-pixel-spacing.dcm": ("modality", "is ultrasound, not CT."),
    "dwv/nema-us1_j2ki.dcm": ("modality", "is ultrasound, not CT."),
    "dwv/osirix-toutatix-100.dcm": SINGLE,
    "fo-dicom/GH178.dcm": ("modality", "is a picture of a screen (secondary capture), without Hounsfield units."),
    "fo-dicom/GH184.dcm": ("modality", "is PET, not CT."),
    "fo-dicom/GH223.dcm": ("series", "is a localizer (scout), not a volume."),
    "fo-dicom/GH487.dcm": ("series", "is a localizer (scout), not a volume."),
    "gantry-tilt/ge_head_tilt18.5_14.dcm": SINGLE,
    "legacy-enhanced-ct/seg/label.seg": ("modality", "is a segmentation, not CT."),
    "legacy-enhanced-ct/nrrd/label.nrrd": NO_MARK,
    "legacy-enhanced-ct/screenshots/slicer.png": NO_MARK,
    "pydicom/693_J2KI.dcm": SINGLE,
    "pydicom/CT_small.dcm": SINGLE,
    "pydicom/ExplVR_BigEnd.dcm": ("modality", "is ultrasound, not CT."),
    "pydicom/ExplVR_BigEndNoMeta.dcm": NO_MARK,
    "pydicom/J2K_pixelrep_mismatch.dcm": SINGLE,
    "pydicom/JPEG-lossy.dcm": ("modality", "is nuclear medicine, not CT."),
    "pydicom/JPEG2000.dcm": ("modality", "is nuclear medicine, not CT."),
    "pydicom/MR_small.dcm": MR,
    "pydicom/MR_small_RLE.dcm": MR,
    "pydicom/MR_small_bigendian.dcm": MR,
    "pydicom/MR_small_padded.dcm": MR,
    "pydicom/MR_truncated.dcm": MR,
    "pydicom/SC_rgb_rle_2frame.dcm": ("modality", "is of another kind (OT), not CT."),
    "pydicom/SC_rgb_small_odd.dcm": ("modality", "is of another kind (OT), not CT."),
    "pydicom/UN_sequence.dcm": ("readable", "holds no pixels."),
    "pydicom/badVR.dcm": ("modality", "is a dose distribution (RT), not CT."),
    "pydicom/empty_charset_LEI.dcm": NOTHING,
    "pydicom/image_dfl.dcm": ("modality", "is of another kind (OT), not CT."),
    "pydicom/liver_1frame.dcm": ("modality", "is a segmentation, not CT."),
    "pydicom/meta_missing_tsyntax.dcm": NOTHING,
    "pydicom/nested_priv_SQ.dcm": NOTHING,
    "pydicom/no_meta.dcm": NO_MARK,
    "pydicom/reportsi.dcm": REPORT,
    "pydicom/rtdose.dcm": ("modality", "is a dose distribution (RT), not CT."),
    "pydicom/rtplan.dcm": ("modality", "is a treatment plan (RT), not images."),
    "pydicom/rtstruct.dcm": NO_MARK,
    "pydicom/test-SR.dcm": REPORT,
    "pydicom/waveform_ecg.dcm": ("modality", "is an ECG, not images."),
}


@pytest.mark.parametrize("place", [*FOLDERS, *FILES])
def test_the_verdict_on_each(shared_data, place):
    check, reason = {**FOLDERS, **FILES}[place]
    with pytest.raises(StudyRefused) as refused:
        read_study(shared_data / "odd-dicom" / place)
    assert reason in str(refused.value)
    assert refused.value.check == check


# Too few slices for the audit, which sees them since there is nothing else in their folders.
READ = {
    "dicomdir/98892001/CT5N": (5, 16, 16),
    "legacy-enhanced-ct/image": (3, 38, 24),
    "legacy-enhanced-ct/multiframe": (3, 38, 24),
    "legacy-enhanced-ct/multiframe/mf.dcm": (3, 38, 24),
}


@pytest.mark.parametrize("place", READ)
def test_what_is_a_volume_of_few_slices_is_read(shared_data, place):
    study = read_study(shared_data / "odd-dicom" / place)
    assert study.hu.shape == READ[place]
    assert study.notes == ()


def test_the_table_knows_every_file_outside_the_media(shared_data):
    root = shared_data / "odd-dicom"
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    in_folders = tuple(f"{folder}/" for folder in [*FOLDERS, *READ] if folder.count("/"))
    untold = {file for file in files - {*FILES, *FOLDERS, *READ} if not file.startswith(("dicomdir/", *in_folders))}
    assert untold == {
        "gantry-tilt/ge_head_tilt18.5_15.dcm",
        "gantry-tilt/ge_head_tilt18.5_16.dcm",
        "legacy-enhanced-ct/screenshots/brainlab.jpg",
    }


def test_each_series_of_each_folder_has_a_reason(shared_data):
    for folder in (shared_data / "odd-dicom").iterdir():
        for series in list_series(folder):
            assert series.refused
            assert series.refused.endswith(".")


def test_a_series_that_is_refused_as_too_short_is_read_by_its_number(shared_data):
    study = read_study(shared_data / "odd-dicom" / "dicomdir" / "DICOMDIR", series="5")
    assert study.hu.shape == (5, 16, 16)
    assert study.headers["ConvolutionKernel"] == "STANDARD"
