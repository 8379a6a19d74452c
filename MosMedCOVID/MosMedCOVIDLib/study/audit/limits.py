"""The audit's limits, all of them: unit, where each comes from, and on what data it was set or tried.

The sources give few numbers for grading: where the figure is ours, the source says so. The real series at hand are
few and were looked at while the figures were chosen, so they are no independent proof.
"""

from __future__ import annotations

from dataclasses import dataclass

OURS = "MosMedCOVID"
MOSMEDDATA = "MosMedData's inclusion criteria (mosmed.ai/en/datasets/covid191110)"
EUROPEAN = "European quality criteria for CT, chest: slices of 7 to 10 mm (drs.dk/guidelines/ct/quality)"
WHOLE_LUNGS = "European quality criteria for CT: the lungs from apex to base; the figure is ours"
UNENHANCED = "CT of COVID-19 without contrast: Kalra et al. 2020 (PMC7332743); the figure is ours"
FAT = "pure subcutaneous fat from −140 to −70 HU (PMC4043057)"
DOSE = "MU 2.6.1.2944-11: chest, adults"


@dataclass(frozen=True)
class Limit:
    """One limit: its value and unit, its source, and on what it was set."""

    value: float
    unit: str
    source: str
    set_on: str


FEWEST_SLICES = Limit(10, "slices", OURS, "MosMedData has 33 to 53 slices of 8 mm")
WIDEST_SLICE_GAP_MM = Limit(
    10.0, "mm", OURS, "MosMedData: 8 mm; phantoms: 10 mm moves involvement by 0.2 points at most, 20 mm by 0.6"
)
THICKEST_SLICE_MM = Limit(10.0, "mm", EUROPEAN, "taken over")

AIR_HU = Limit(-1000.0, "HU", "definition of the Hounsfield unit", "nine real series: −998 to −991")
AIR_TOLERANCE_HU = Limit(30.0, "HU", OURS, "nine real series: 9 at most; phantoms with shifted values")
LOWEST_FAT_HU = Limit(-140.0, "HU", FAT, "seven real series: −118 to −89; phantoms with stretched fat")
HIGHEST_FAT_HU = Limit(-70.0, "HU", FAT, "seven real series: −118 to −89; phantoms with stretched fat")
NOISIEST_HU = Limit(60.0, "HU", OURS, "nine real series: 10 to 39 (a sharp kernel); phantoms with added noise")

LEAST_AIR_ML = Limit(200.0, "ml", OURS, "a CT of the abdomen: 109; chests: 1273 and more")
LEAST_HEIGHT_MM = Limit(80.0, "mm", OURS, "the same abdomen: 36; chests: 84 and more")
LITTLE_AIR_ML = Limit(1000.0, "ml", OURS, "an adult's lungs in full breath hold 3 to 6 litres")
LEAST_SHARE_OF_ONE_LUNG = Limit(0.1, "of both", OURS, "phantoms with one lung filled")
DENSE_LUNG_HU = Limit(-700.0, "HU", OURS, "the air of healthy lungs in full breath: about −860")
CUT_LUNG_CM2 = Limit(2.0, "cm²", WHOLE_LUNGS, "real series: whole 0, cut 4.8 and more; phantoms cut by slices")
LEAST_TRACED_HEIGHT = Limit(0.5, "of the height", OURS, "real series: 0.98 and more; lungs in pieces: 0.21")

ORIENTATION_SIGN = Limit(0.4, "", OURS, "seven real series and phantoms in all 48 orientations, and parts of them")
SHORTEST_LUNGS_MM = Limit(200.0, "mm", OURS, "parts of these series: at 155 mm one was called upside down")
LEAST_SPINE = Limit(0.15, "of a line", OURS, "eight real series: 0.26 to 0.44; grey pictures without bone: 0")

ENHANCED_AORTA_HU = Limit(
    90.0, "HU", UNENHANCED, "unenhanced: quartiles 29 to 45 (Sci Rep 2022;12:21380), six real series 30 to 45; "
    "enhanced: phantoms only"
)  # fmt: skip
FEWEST_AORTA_SLICES = Limit(5, "slices", OURS, "six real series: 10 and more")
AORTA_SPREAD_HU = Limit(30.0, "HU", OURS, "distance of quartiles: six real series 9 to 18, a wrong find 34")
METAL_HU = Limit(3000.0, "HU", OURS, "real chests: 2032 at most; metal: phantoms only")
METAL_ML = Limit(0.1, "ml", OURS, "phantoms with a valve, a pacemaker, and metal before the chest")

YOUNGEST_YEARS = Limit(18.0, "years", MOSMEDDATA, "taken over")
DOSE_MSV_PER_MGY_CM = Limit(0.017, "mSv/(mGy·cm)", DOSE, "as given to the project; the document's table was not seen")


def table() -> dict[str, Limit]:
    """All limits by name."""
    return {name: limit for name, limit in globals().items() if isinstance(limit, Limit)}
