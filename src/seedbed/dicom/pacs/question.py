"""A question as DICOM carries it, over whichever protocol: what is asked for, what must match."""

from collections.abc import Mapping

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword

from seedbed.dicom.files import MALFORMED, lenient
from seedbed.dicom.pacs.answers import Level
from seedbed.errors import InputError

UNICODE = "ISO_IR 192"
RETURNED: dict[Level, tuple[str, ...]] = {
    "PATIENT": ("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    "STUDY": (
        "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
        "StudyTime", "StudyDescription", "AccessionNumber", "StudyID", "ModalitiesInStudy",
        "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances",
    ),
    "SERIES": (
        "StudyInstanceUID", "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription",
        "SeriesDate", "NumberOfSeriesRelatedInstances",
    ),
    "IMAGE": ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "InstanceNumber"),
}  # fmt: skip
"""Asked for besides the keys: unique and required keys of PS3.4, C.6.1.1 and C.6.2.1, and what lists show."""


def identifier(level: Level, keys: Mapping[str, str]) -> Dataset:
    r"""Return what is asked, in Unicode, as DICOM carries it.

    Parameters
    ----------
    level : str
    keys : Mapping[str, str]
        Values by keyword; several are parted by a backslash.

    Raises
    ------
    InputError
        A keyword is not DICOM's, or its value is not one for it.

    Examples
    --------
    >>> identifier("STUDY", {"PatientName": "王*"}).PatientName
    '王*'
    """
    question = Dataset()
    question.SpecificCharacterSet = UNICODE
    question.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        if tag_for_keyword(keyword) is None:
            raise InputError(f"'{keyword}' is no DICOM keyword", "one such as PatientID", "correct it")
        try:
            with lenient():
                setattr(question, keyword, value)
        except MALFORMED as error:
            raise InputError(f"{keyword} is {value!r}", f"a value of {keyword}", "correct it") from error
    return question
