"""The series of a source are told in words; the one that suits lungs best is recommended, the unfit are refused."""

import numpy as np
import pytest
from dicom_files import PATIENT, write_multiframe, write_other, write_series
from MosMedCOVIDLib.errors import StudyRefused, UsageError
from MosMedCOVIDLib.study.dicom import list_series, read_dicom

HU = np.random.default_rng(0).integers(-1024, 2000, (12, 7, 9)).astype(np.int16)
CORONAL = (1, 0, 0, 0, 0, -1)


def test_a_series_is_told_with_all_that_a_choice_needs(tmp_path):
    write_series(tmp_path / "s", HU, SeriesDescription="Thorax nativ", ConvolutionKernel="B70f", SliceThickness=3)
    (series,) = list_series(tmp_path / "s")
    assert (series.number, series.description, series.modality, series.kernel) == ("2", "Thorax nativ", "CT", "B70f")
    assert (series.thickness_mm, series.slices, series.orientation) == (3.0, 12, "axial")
    assert series.spacing_mm == pytest.approx((2.5, 0.7, 0.8))
    assert (series.refused, series.recommended) == (None, True)
    assert series.why == "Recommended: axial, original, sharp kernel (B70f), slices 2.5 mm apart over 30 mm."
    assert "description" not in series.as_json()


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"Modality": "MR"}, "is MR, not CT."),
        ({"Modality": "PT"}, "is PET, not CT."),
        ({"Modality": "US"}, "is ultrasound, not CT."),
        ({"Modality": "XX"}, "is XX, not CT."),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "is a picture of a screen (secondary capture), without Houn"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "is a localizer (scout), not a volume."),
        ({"ImageType": ["DERIVED", "SECONDARY", "MPR"]}, "is a reformation (MPR), computed from other slices."),
        ({"ImageType": ["DERIVED", "SECONDARY", "OTHER", "CSA MPR"]}, "is a reformation (MPR), computed from other"),
        ({"ImageType": ["DERIVED", "SECONDARY", "AXIAL", "CT_SOM5 MPR"]}, "is a reformation (MPR), computed from"),
        (
            {"ImageType": lambda k: ["DERIVED", "SECONDARY", "MPR"] if k == 3 else ["ORIGINAL", "PRIMARY", "AXIAL"]},
            "is in part a reformation (MPR), computed from other slices.",
        ),
        ({"ImageType": ["DERIVED", "SECONDARY", "AXIAL", "MIP"]}, "is a projection (MIP), computed from other slices."),
        ({"ImageType": ["DERIVED", "PRIMARY", "VRT"]}, "is a rendered picture, computed from other slices."),
    ],
)
def test_what_is_no_volume_for_lungs_is_refused(tmp_path, tags, reason):
    write_series(tmp_path / "s", HU, **tags)
    (series,) = list_series(tmp_path / "s")
    assert reason in series.refused
    assert not series.recommended
    assert series.why == series.refused
    with pytest.raises(StudyRefused) as refused:
        read_dicom(tmp_path / "s")
    assert reason in str(refused.value)


def test_a_single_slice_is_refused(tmp_path):
    write_series(tmp_path / "s", HU[:1])
    with pytest.raises(StudyRefused, match="s is a single slice, not a volume") as refused:
        read_dicom(tmp_path / "s")
    assert refused.value.check == "slices"


def test_too_few_slices_are_never_recommended_and_left_to_the_audit_where_there_is_nothing_else(tmp_path):
    write_series(tmp_path / "s" / "few", HU[:9])
    (series,) = list_series(tmp_path / "s")
    assert (series.refused, series.recommended) == ("s has only 9 slices: not a whole chest.", False)
    assert read_dicom(tmp_path / "s").hu.shape[0] == 9
    write_series(tmp_path / "s" / "scout", HU[:2], SeriesNumber=1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    with pytest.raises(StudyRefused, match="None of the 2 series is a CT of the chest"):
        read_dicom(tmp_path / "s")


def test_a_dose_report_and_a_scout_beside_a_volume_do_not_matter(tmp_path):
    write_series(tmp_path / "s" / "scout", HU[:2], SeriesNumber=1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    write_series(tmp_path / "s" / "lung", HU)
    write_other(tmp_path / "s" / "dose", "SR", "1.2.840.10008.5.1.4.1.1.88.67", SeriesNumber=501)
    reasons = {series.number: series.refused for series in list_series(tmp_path / "s")}
    assert reasons["2"] is None
    assert "dose report" in reasons["501"]
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == (
        "Series 2 was read, the only one of 3 that is fit: axial, original, soft or standard kernel (D40s), "
        "slices 2.5 mm apart over 30 mm.",
    )


def every(mm: float, **tags: object) -> dict:
    """A series with slices so many mm apart."""
    return {"spacing_mm": (mm, 0.7, 0.8), **tags}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (every(2.5), every(2.5, orientation=CORONAL)),
        (every(2.5), every(2.5, ImageType=["DERIVED", "PRIMARY", "AXIAL"])),
        (every(2.5), every(2.5, ConvolutionKernel="B70f")),
        (every(2.5), every(2.5, ConvolutionKernel="BONE")),
        (every(2.5), every(2.5, ConvolutionKernel=None)),
        (every(2.5, ConvolutionKernel="STANDARD"), every(2.5, ConvolutionKernel="LUNG")),
        (every(2.5, ConvolutionKernel="FC51"), every(2.5, ConvolutionKernel="B80s")),
        (every(2.5), every(8)),
        (every(1.5), every(2.5)),
        (every(1.25), every(0.625)),
        (every(1.25, ConvolutionKernel="LUNG"), every(8)),
        (every(5), every(1.25, height_mm=40)),
        (every(1.25, ImageType=None), every(8)),
    ],
)
def test_the_series_that_suits_lungs_best_is_recommended(tmp_path, better, worse):
    for number, wishes in ((4, dict(better)), (3, dict(worse))):
        count = round(wishes.pop("height_mm", 80) / wishes["spacing_mm"][0])
        write_series(tmp_path / str(number), np.zeros((count, 4, 4), np.int16), SeriesNumber=number, **wishes)
    found = {series.number: series for series in list_series(tmp_path)}
    assert (found["3"].recommended, found["4"].recommended) == (False, True)
    assert found["3"].why.startswith("Fit: ")
    assert found["4"].why.startswith("Recommended: ")


def two_series(folder):
    write_series(folder / "a", HU, SeriesNumber=3)
    write_series(folder / "b", HU[::-1].copy(), SeriesNumber=5, ConvolutionKernel="B70f")
    return folder


def test_the_recommended_one_is_read_and_a_note_says_why(tmp_path):
    study = read_dicom(two_series(tmp_path / "s"))
    assert np.array_equal(study.hu, HU)
    assert study.notes == (
        "Series 3 was read, the best suited of 2 that are fit: axial, original, soft or standard kernel (D40s), "
        "slices 2.5 mm apart over 30 mm.",
    )
    assert "ChosenSeries" not in study.headers


def test_a_series_is_read_by_its_number_or_uid(tmp_path):
    folder = two_series(tmp_path / "s")
    uid = next(series.uid for series in list_series(folder) if series.number == "5")
    for asked in ("5", uid):
        study = read_dicom(folder, series=asked)
        assert np.array_equal(study.hu, HU[::-1])
        assert study.headers["ChosenSeries"] == asked
    with pytest.raises(UsageError, match=r"holds no series 7: it has series 3 \(CT, 12 images\), 5 \(CT, 12 images\)"):
        read_dicom(folder, series="7")


def test_a_reader_is_asked_where_several_are_fit_and_only_then(tmp_path):
    asked = []

    def choose(series):
        asked.append([one.number for one in series])
        return series[1].uid

    assert np.array_equal(read_dicom(two_series(tmp_path / "s"), choose=choose).hu, HU[::-1])
    assert np.array_equal(read_dicom(tmp_path / "s" / "a", choose=choose).hu, HU)
    assert asked == [["3", "5"]]


def test_a_series_that_lungs_are_not_looked_for_in_is_read_when_it_is_asked_for(tmp_path):
    write_series(tmp_path / "s", HU, ImageType=["DERIVED", "SECONDARY", "MPR"])
    study = read_dicom(tmp_path / "s", series="2")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ("s is a reformation (MPR), computed from other slices.",)
    write_series(tmp_path / "mr", HU, Modality="MR")
    with pytest.raises(StudyRefused, match="is MR"):
        read_dicom(tmp_path / "mr", series="2")


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ({"PatientID": "4712"}, "patients"),
        ({"StudyInstanceUID": "1.2.3"}, "examinations"),
    ],
)
def test_between_patients_and_examinations_nothing_is_chosen(tmp_path, tags, what):
    write_series(tmp_path / "s" / "a", HU, SeriesNumber=3)
    write_series(tmp_path / "s" / "b", HU, SeriesNumber=5, **tags)
    with pytest.raises(StudyRefused, match=f"holds CTs of several {what}: series 3 .*, 5 .*Choose one") as refused:
        read_dicom(tmp_path / "s")
    assert refused.value.check == "series"
    assert PATIENT not in str(refused.value)
    assert read_dicom(tmp_path / "s", series="5").hu.shape == HU.shape


@pytest.mark.parametrize("uid", [None, "", "not.a.uid", "1.2.3"])
def test_missing_wrong_and_shared_uids_do_not_mix_series(tmp_path, uid):
    write_series(tmp_path / "s" / "a", HU, SeriesNumber=3, SeriesInstanceUID=uid)
    write_series(tmp_path / "s" / "b", HU, SeriesNumber=5, SeriesInstanceUID=uid, Modality="MR")
    write_series(tmp_path / "s" / "c", HU, SeriesNumber=6, SeriesInstanceUID=uid, PatientID="4712")
    found = list_series(tmp_path / "s")
    assert sorted(series.number for series in found) == ["3", "5", "6"]
    assert len({series.uid for series in found}) == 3
    chosen = next(series for series in found if series.number == "6")
    assert np.array_equal(read_dicom(tmp_path / "s", series=chosen.uid).hu, HU)


def test_a_scout_within_the_series_is_left_out_with_a_note(tmp_path):
    write_series(tmp_path / "s", HU, SeriesInstanceUID="1.2.3")
    scout = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "orientation": CORONAL, "SeriesInstanceUID": "1.2.3"}
    write_series(tmp_path / "s" / "more", HU[:2], **scout)
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes == ("2 of the series' 14 images are localizers (scouts) or other pictures and were left out.",)


def test_a_picture_in_another_direction_counts_as_a_scout_too(tmp_path):
    write_series(tmp_path / "s", HU, SeriesInstanceUID="1.2.3")
    write_series(tmp_path / "s" / "more", HU[:1], orientation=CORONAL, SeriesInstanceUID="1.2.3")
    study = read_dicom(tmp_path / "s")
    assert np.array_equal(study.hu, HU)
    assert study.notes[0].startswith("1 of the series' 13 images")


@pytest.mark.parametrize(
    ("tag", "values", "word"),
    [
        ("AcquisitionNumber", (1, 2), "acquisition"),
        ("TemporalPositionIdentifier", (1, 2), "time point"),
        ("ConvolutionKernel", ("B40f", "B70f"), "kernel"),
    ],
)
def test_several_volumes_of_the_same_places_in_one_series_are_told_apart(tmp_path, tag, values, word):
    for value, hu in zip(values, (HU, HU[::-1].copy()), strict=True):
        write_series(tmp_path / "s" / str(value), hu, SeriesInstanceUID="1.2.3", **{tag: value})
    assert [series.number for series in list_series(tmp_path / "s")] == ["2/1", "2/2"]
    study = read_dicom(tmp_path / "s", series="2/2")
    assert np.array_equal(study.hu, HU[::-1])
    assert f"holds 2 volumes of the same places; this is its {word} {values[1]}." in study.notes[0]
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


def test_acquisitions_that_follow_each_other_are_one_volume(tmp_path):
    write_series(tmp_path / "s", HU, AcquisitionNumber=lambda k: 1 + k // 6)
    assert [series.number for series in list_series(tmp_path / "s")] == ["2"]
    assert np.array_equal(read_dicom(tmp_path / "s").hu, HU)


@pytest.mark.parametrize(
    ("tags", "note"),
    [
        ({"SliceThickness": lambda k: 5 if k == 3 else 2.5}, "The slices are stated to be 2.5 to 5 mm thick."),
        (
            {"ConvolutionKernel": lambda k: ["B31f", "B70f"][k % 2]},
            "The slices were reconstructed by 2 different kernels.",
        ),
        (
            {"FrameOfReferenceUID": lambda k: f"1.2.{1 + k // 6}"},
            "The slices state 2 different frames of reference: whether they lie as shown is not certain.",
        ),
        ({"ConvolutionKernel": None, "FrameOfReferenceUID": "1.2"}, None),
    ],
)
def test_what_differs_between_the_slices_of_one_volume_is_told(tmp_path, tags, note):
    write_series(tmp_path / "s", HU, **tags)
    assert read_dicom(tmp_path / "s").notes == ((note,) if note else ())


def test_multi_frame_files_and_series_of_slices_stand_beside_each_other(tmp_path):
    write_series(tmp_path / "s" / "a", HU, SeriesNumber=3)
    write_multiframe(tmp_path / "s" / "m", HU[::-1].copy())
    assert {series.number: series.slices for series in list_series(tmp_path / "s")} == {"3": 12, "8": 12}
    assert np.array_equal(read_dicom(tmp_path / "s", series="8").hu, HU[::-1])
