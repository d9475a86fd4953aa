"""A question as DICOM carries it, over whichever protocol: what is asked for, what must match."""

from collections.abc import Iterable, Mapping, Sequence

from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword

from seedbed.dicom.files import MALFORMED, lenient
from seedbed.dicom.pacs.answers import Level, Match
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


OF_ONE: Mapping[Level, str] = {
    "STUDY": "StudyInstanceUID",
    "SERIES": "SeriesInstanceUID",
    "IMAGE": "SOPInstanceUID",
}
"""By what one match is known from another; patients have no UID."""


def spellings(keys: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the ways in which a question is to be asked.

    A name may be kept in several scripts, ``Wang^XiaoMing=王^小明`` (PS3.5, 6.2.1). Some archives compare
    what is asked with all of it, so that ``王*`` finds only names that begin so; it is asked for behind
    Latin letters too.

    Examples
    --------
    >>> spellings({"PatientName": "王*"})
    [{'PatientName': '王*'}, {'PatientName': '*=王*'}]
    >>> spellings({"PatientName": "Wang*"})
    [{'PatientName': 'Wang*'}]
    """
    behind = {keyword: f"*={value}" for keyword, value in keys.items() if _may_stand_behind(keyword, value)}
    return [dict(keys), {**keys, **behind}] if behind else [dict(keys)]


def _may_stand_behind(keyword: str, value: str) -> bool:
    tag = tag_for_keyword(keyword)
    is_name = tag is not None and dictionary_VR(tag) == "PN"
    return is_name and not value.isascii() and "=" not in value and not value.startswith("*")


def merged(answers: Iterable[Sequence[Match]]) -> list[Match]:
    """Return the matches of several questions, what answers more than one of them once.

    Examples
    --------
    >>> one, other = (Match("STUDY", {"StudyInstanceUID": uid}) for uid in ("1.2", "1.3"))
    >>> len(merged([[one], [one, other]]))
    2
    """
    found: list[Match] = []
    for matches in answers:
        known = {_mark(match) for match in found}
        found += [match for match in matches if _mark(match) not in known]
    return found


def _mark(match: Match) -> tuple[tuple[str, str], ...]:
    """Return the UID of a match, or all that is said of it where there is none."""
    keyword = OF_ONE.get(match.level, "")
    uid = match.values.get(keyword)
    return ((keyword, uid),) if uid else tuple(sorted(match.values.items()))


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
