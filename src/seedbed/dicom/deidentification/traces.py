"""What could tell who somebody is: names, numbers, places, UIDs, dates; and the search for them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cached_property

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag

from seedbed.dicom.deidentification.dates import dates_in
from seedbed.dicom.deidentification.rules import DATES
from seedbed.dicom.deidentification.uids import IN_TEXT, names_a_definition
from seedbed.dicom.deidentification.walk import walk, words
from seedbed.dicom.identity import IMPLEMENTATION_UID

IDENTIFYING = frozenset({
    "PatientID", "OtherPatientIDs", "IssuerOfPatientID", "PatientAddress", "PatientTelephoneNumbers",
    "PatientTelecomInformation", "MedicalRecordLocator", "InsurancePlanIdentification",
    "AccessionNumber", "AdmissionID", "ServiceEpisodeID", "StudyID", "RequestedProcedureID",
    "ScheduledProcedureStepID", "PerformedProcedureStepID", "PlacerOrderNumberImagingServiceRequest",
    "FillerOrderNumberImagingServiceRequest", "InstitutionName", "InstitutionAddress",
    "InstitutionalDepartmentName", "StationName", "DeviceSerialNumber", "SourceSerialNumber",
    "PatientInstitutionResidence", "CurrentPatientLocation", "PersonAddress", "PersonTelephoneNumbers",
    "ReferringPhysicianAddress", "ReferringPhysicianTelephoneNumbers",
    "ClinicalTrialSubjectID", "ClinicalTrialSubjectReadingID", "ClinicalTrialSiteName",
})  # fmt: skip
"""Attributes whose values are searched for in all others, beside every person name (local rule)."""
PLACEHOLDERS = frozenset({"anonymous", "anonymized", "synthetic", "unknown", "none", "not stated", "n/a"})
TITLES = frozenset({"mr", "mrs", "ms", "dr", "md", "phd", "jr", "sr", "ii", "iii"})
"""Parts of a person name that name nobody; longer ones are searched for all the same (local rule)."""
SHORTEST_WORD, SHORTEST_WHOLE, SHORTEST_NAME, SHORTEST_HAN = 4, 3, 2, 2
"""Words are searched for within text from 4 letters on, whole values from 3 (local rules). Parts of a person
name, such as Wu and Li, are searched for from 2 letters on, but not in code strings, where NO is a term;
Chinese names within text from 2 characters on, as one character is a word of its own."""
RAW_BYTES = 6
"""Shorter values meet by chance in pixels (local rule)."""
PARTS = re.compile(r"[^\s^=,;.()\0]+")
"""Parts of a person name: between carets, or between spaces and points where it was typed as one."""
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ENCODINGS = ("utf-8", "gb18030", "big5", "euc_jp", "euc_kr", "latin-1")


@dataclass(frozen=True)
class Traces:
    """What must not be found again.

    Attributes
    ----------
    values : frozenset of str
        Names, numbers, places, folded to lower case.
    uids : frozenset of str
    dates : frozenset of str
        YYYYMMDD.
    births : frozenset of str
        Those of them that are birth dates.
    short_names : frozenset of str
        Parts of person names: of two or three letters, or Chinese, a single character too.
    """

    values: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    births: frozenset[str] = frozenset()
    short_names: frozenset[str] = frozenset()

    @classmethod
    def of_all(cls, parts: Iterable["Traces"]) -> "Traces":
        """Return the traces of several datasets together."""
        every = list(parts)
        return cls(
            *(frozenset().union(*(getattr(part, each.name) for part in every)) for each in fields(cls))
        )

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        return _searching(value for value in self.values if HAN.search(value) or len(value) >= SHORTEST_WORD)

    @cached_property
    def _short_pattern(self) -> re.Pattern[str] | None:
        return _searching(name for name in self.short_names if not HAN.search(name))

    def within(self, text: str, *, coded: bool = False) -> bool:
        """Tell whether a text holds a name, number, place, UID or date of the original.

        Parameters
        ----------
        text : str
        coded : bool
            The text is a code string, in which short names are not searched for.

        Examples
        --------
        >>> Traces(frozenset({"zhang"}), dates=frozenset({"20260301"})).within("Zhang, GTV")
        True
        >>> wu = Traces(short_names=frozenset({"wu"}))
        >>> wu.within("Dr WU"), wu.within("Wuhan"), wu.within("WU", coded=True)
        (True, False, False)
        """
        folded = text.strip("\0 ").casefold()
        if folded in self.values or (self._pattern and self._pattern.search(folded)):
            return True
        if not coded and self._names(folded):
            return True
        return not self.uids.isdisjoint(IN_TEXT.findall(text)) or not self.dates.isdisjoint(dates_in(text))

    def _names(self, folded: str) -> bool:
        found = self._short_pattern.search(folded) if self._short_pattern else None
        return folded in self.short_names or found is not None

    @cached_property
    def encoded(self) -> frozenset[bytes]:
        """The longer values in the encodings that they may have, to be searched for in bytes in lower case.

        Numbers without a letter are left to the search by element: they meet by chance in coordinates.
        """
        lettered = (value for value in self.values if re.search(r"[^\W\d_]", value))
        found = {encoded for value in lettered for encoded in _encoded(value)}
        return frozenset(value for value in found if len(value) >= RAW_BYTES)


def _searching(values: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds values in folded text: Chinese anywhere, others as whole words."""
    found = [
        re.escape(value) if HAN.search(value) else rf"(?<![^\W_]){re.escape(value)}(?![^\W_])"
        for value in values
    ]
    return re.compile("|".join(found)) if found else None


def _encoded(value: str) -> Iterator[bytes]:
    for encoding in ENCODINGS:
        with suppress(UnicodeEncodeError):
            yield value.encode(encoding).lower()


def traces_of(dataset: Dataset) -> Traces:
    """Return what could tell who a dataset is of, from all depths, private attributes and the file meta.

    Examples
    --------
    >>> dataset = Dataset()
    >>> dataset.PatientName, dataset.StudyDate = "Zhang^San", "20260301"
    >>> sorted(traces_of(dataset).values), sorted(traces_of(dataset).dates)
    (['san', 'san zhang', 'zhang', 'zhang san', 'zhang^san', 'zhangsan'], ['20260301'])
    """
    values: set[str] = set()
    uids: set[str] = set()
    dates: set[str] = set()
    births: set[str] = set()
    names: set[str] = set()
    for part in (dataset, getattr(dataset, "file_meta", Dataset())):
        for holder, tag, vr in walk(part):
            if vr == "PN":
                names.update(words(holder, tag))
            elif vr == "UI":
                uids.update(uid.strip("\0 ") for uid in words(holder, tag))
            elif vr in DATES:
                found: set[str] = set().union(*map(dates_in, words(holder, tag)))
                dates |= found
                births |= found if keyword_for_tag(tag) == "PatientBirthDate" else set()
            elif keyword_for_tag(tag) in IDENTIFYING:
                values.update(words(holder, tag))
    of_someone = {uid for uid in uids if uid and not names_a_definition(uid)} - {IMPLEMENTATION_UID}
    values.update(*map(_of_name, names))
    return Traces(
        frozenset(_searched(values)),
        frozenset(of_someone),
        frozenset(dates),
        frozenset(births),
        _short(names),
    )


def _of_name(name: str) -> set[str]:
    """Return the forms in which a person name may stand elsewhere: whole, joined, turned, its parts."""
    found: set[str] = set()
    for group in name.split("="):
        parts = PARTS.findall(group)
        orders = (parts, parts[::-1])
        found.update([group.strip(), "".join(parts), *parts, *(" ".join(order) for order in orders)])
    return found


def _short(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of names that are too short to be searched for as other words are."""
    parts = {part.casefold() for name in names for part in PARTS.findall(name)} - PLACEHOLDERS - TITLES
    return frozenset(
        part
        for part in parts
        if part.isalpha() and (HAN.search(part) or SHORTEST_NAME <= len(part) < SHORTEST_WORD)
    )


def _searched(values: Iterable[str]) -> set[str]:
    folded = {value.strip("\0 ").casefold() for value in values} - PLACEHOLDERS
    return {
        value for value in folded if len(value) >= (SHORTEST_HAN if HAN.search(value) else SHORTEST_WHOLE)
    }
