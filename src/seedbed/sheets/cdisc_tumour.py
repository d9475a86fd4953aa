"""CDISC tumour records (TU, TR) of many subjects and readers, read into lesions and visits.

Domains as in the SDTM Implementation Guide: TU identifies lesions, TR holds what was measured or seen of
them.
Every reader judges a subject on records of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from seedbed.errors import InputError
from seedbed.patient import Lesion, PartialDate, Visit, visits_in_order
from seedbed.sheets.cdisc_cells import Record, read_date
from seedbed.sheets.cdisc_identification import read_lesions
from seedbed.sheets.cdisc_lesions import VisitKey, visit_key
from seedbed.sheets.cdisc_measurements import DraftVisit, gather_visits, make_visits
from seedbed.sheets.csv_files import read_csv

MOST_BYTES: Final = 200_000_000
TU_NEEDS: Final = ("usubjid", "tulnkid", "tustresc")
TR_NEEDS: Final = ("usubjid", "trlnkid", "trtestcd", "trdtc")
INVESTIGATOR: Final = "INVESTIGATOR"
"""Who evaluates where a record names nobody, by the SDTM Implementation Guide."""


@dataclass(frozen=True, kw_only=True)
class TumourCase:
    """One subject as one reader saw it.

    Attributes
    ----------
    study, subject, reader : str
        The reader is the evaluator's identifier (``RADIOLOGIST 1``), else the evaluator (``INVESTIGATOR``).
    evaluator : str
        ``INVESTIGATOR`` or ``INDEPENDENT ASSESSOR``.
    lesions : tuple of Lesion
    visits : tuple of Visit
        In the order of time.
    accepted : frozenset of (str, float or None)
        Label and number of the visits whose records are flagged as accepted.
    stated_sums_mm : dict of (str, float or None) to float
        Sums of diameters that the file holds, by label and number of the visit.
    faults : tuple of str
        Rows that cannot be used, each a sentence with file and row.
    notes : tuple of str
        What was read in a way worth knowing.
    """

    study: str = ""
    subject: str
    reader: str
    evaluator: str = INVESTIGATOR
    lesions: tuple[Lesion, ...]
    visits: tuple[Visit, ...]
    accepted: frozenset[tuple[str, float | None]] = frozenset()
    stated_sums_mm: Mapping[tuple[str, float | None], float]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_tumour_files(tu: Path, tr: Path) -> tuple[TumourCase, ...]:
    r"""Read TU and TR records as CSV.

    Parameters
    ----------
    tu : Path
        Columns USUBJID, TULNKID, TUSTRESC; further TUORRES, TUTESTCD (TUMIDENT, TUSPLIT, TUMERGE), TULOC,
        TUMETHOD, TUGRPID, TUEVAL, TUEVALID, VISIT, VISITNUM, TUDTC; beside the standard PREVIR (Y: irradiated
        before) and TUSLTHK (slice thickness, mm).
    tr : Path
        Columns USUBJID, TRLNKID, TRTESTCD, TRDTC and TRSTRESC or TRORRES; further TRSTRESN, TRSTRESU,
        TRORRESU, TRSTAT, TRGRPID, TREVAL, TREVALID, TRACPTFL, VISIT, VISITNUM.

    Returns
    -------
    tuple of TumourCase
        By subject and reader, in the order of the files. Rows that cannot be used are sentences in
        ``faults``.

    Raises
    ------
    TableError
        A file that is no table or lacks a column.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tu, tr = Path(folder) / "tu.csv", Path(folder) / "tr.csv"
    ...     _ = tu.write_text("USUBJID,TULNKID,TUSTRESC,TULOC\n1,T01,TARGET,LIVER\n")
    ...     _ = tr.write_text("USUBJID,TRLNKID,TRTESTCD,TRSTRESC,TRDTC\n1,T01,LDIAM,21,2014-01-02\n")
    ...     case, = read_tumour_files(tu, tr)
    >>> case.subject, case.reader, case.visits[0].measurements[0].longest_mm
    ('1', 'INVESTIGATOR', 21.0)
    """
    identified = _by_case(_records(tu, TU_NEEDS), "tu")
    measured = _by_case(_records(tr, TR_NEEDS), "tr")
    keys = list(dict.fromkeys([*identified, *measured]))
    dates = _dates_of_visits(measured)
    return tuple(
        _case(key, identified.get(key, []), measured.get(key, []), dates.get(key[0], {})) for key in keys
    )


CaseKey = tuple[str, str]


def _records(path: Path, needs: Sequence[str]) -> list[Record]:
    sheet = read_csv(path, needs=needs, most_bytes=MOST_BYTES)
    return [Record(path.name, number, cells) for number, cells in sheet.rows]


def _by_case(records: Sequence[Record], domain: str) -> dict[CaseKey, list[Record]]:
    found: dict[CaseKey, list[Record]] = {}
    for record in records:
        reader = record.first_of(f"{domain}evalid", f"{domain}eval") or INVESTIGATOR
        found.setdefault((record["usubjid"], reader), []).append(record)
    return found


def _dates_of_visits(
    measured: Mapping[CaseKey, Sequence[Record]],
) -> dict[str, dict[VisitKey, PartialDate]]:
    """Find when any reader saw a subject at each visit."""
    found: dict[str, dict[VisitKey, PartialDate]] = {}
    for (subject, _), records in measured.items():
        for record in records:
            try:
                when = read_date(record, "trdtc")
            except InputError:
                continue  # told where the visits of this reader are gathered
            if when is not None:
                found.setdefault(subject, {}).setdefault(visit_key(record, "trdtc"), when)
    return found


def _case(
    key: CaseKey,
    identified: Sequence[Record],
    measured: Sequence[Record],
    dates: Mapping[VisitKey, PartialDate],
) -> TumourCase:
    lesions = read_lesions(identified)
    gathered = gather_visits(measured, lesions)
    visits = make_visits(gathered, lesions, dates=dates)
    in_order = visits_in_order(list(visits.values()))
    lesions.notes += _out_of_order(in_order)
    if lesions.repeated:
        rows = ", ".join(str(row) for row in sorted(lesions.repeated))
        lesions.note(f"TR rows {rows} repeat earlier ones; each is used once")
    first = (*measured, *identified)[0]
    return TumourCase(
        study=first["studyid"],
        subject=key[0],
        reader=key[1],
        evaluator=first.first_of("treval", "tueval") or INVESTIGATOR,
        lesions=tuple(sorted(lesions.known.values(), key=lambda lesion: lesion.name)),
        visits=in_order,
        accepted=frozenset(draft.name for draft in gathered.values() if draft.accepted),
        stated_sums_mm=_stated_sums(gathered),
        faults=tuple(lesions.faults),
        notes=tuple(lesions.notes),
    )


def _stated_sums(gathered: Mapping[VisitKey, DraftVisit]) -> dict[tuple[str, float | None], float]:
    return {
        draft.name: float(draft.stated_sum.mm)
        for draft in gathered.values()
        if draft.stated_sum is not None and draft.stated_sum.mm is not None
    }


def _out_of_order(visits: Sequence[Visit]) -> Iterator[str]:
    for earlier, later in pairwise(visits):
        if earlier.number is not None and later.number is not None and earlier.number > later.number:
            yield (
                f"{earlier.label} ({earlier.when}) has a higher number than {later.label} ({later.when}); "
                "the dates are followed"
            )
