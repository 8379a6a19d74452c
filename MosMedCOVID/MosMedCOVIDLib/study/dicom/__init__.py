"""DICOM from disk: a folder, a DICOMDIR, a .zip or a multi-frame file; pydicom parses headers, GDCM decodes pixels.

Nothing is taken from names and numbers of files or slices: only positions count. What does not form one regular volume
of Hounsfield units is refused with the reason.
"""

from .choice import CHOSEN, Choose
from .facts import facts_of
from .reading import dicom_name, list_series, read_dicom
from .series import Series
from .sources import ZIP_ENDING, holds_dicom, is_dicom

__all__ = [
    "CHOSEN",
    "ZIP_ENDING",
    "Choose",
    "Series",
    "dicom_name",
    "facts_of",
    "holds_dicom",
    "is_dicom",
    "list_series",
    "read_dicom",
]
