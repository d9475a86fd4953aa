"""Lesions, visits and responses written as CDISC tumour records: TU, TR and RS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.patient import Lesion, LesionMeasurement, Visit
from seedbed.response import ResponseHistory, TimepointResponse
from seedbed.sheets.cdisc_lesions import is_node
from seedbed.sheets.cdisc_tumour import INVESTIGATOR, TumourCase
from seedbed.sheets.csv_files import write_csv

TU_COLUMNS: Final = (
    "DOMAIN", "STUDYID", "USUBJID", "VISIT", "VISITNUM", "TULOC", "TUTESTCD", "TUTEST", "TUORRES",
    "TUSTRESC", "TUMETHOD", "TULNKID", "TUGRPID", "TUEVAL", "TUEVALID", "TUDTC", "TUSEQ", "PREVIR",
    "TUSLTHK",
)  # fmt: skip
TR_COLUMNS: Final = (
    "DOMAIN", "STUDYID", "USUBJID", "TRGRPID", "TRLNKID", "TRTESTCD", "TRTEST", "TRORRES", "TRORRESU",
    "TRSTRESC", "TRSTRESN", "TRSTRESU", "TRSTAT", "VISITNUM", "VISIT", "TREVAL", "TREVALID", "TRACPTFL",
    "TRDTC", "TRSEQ",
)  # fmt: skip
RS_COLUMNS: Final = (
    "DOMAIN", "STUDYID", "USUBJID", "VISITNUM", "VISIT", "RSTESTCD", "RSTEST", "RSORRES", "RSSTRESC",
    "RSEVAL", "RSEVALID", "RSACPTFL", "RSDTC", "RSSEQ",
)  # fmt: skip
TESTS: Final = {
    "TUMIDENT": "Tumor Identification",
    "TUSPLIT": "Tumor Split",
    "TUMERGE": "Tumor Merge",
    "LDIAM": "Longest Diameter",
    "LPERP": "Longest Perpendicular",
    "TUMSTATE": "Tumor State",
    "TRGRESP": "Target Response",
    "NTRGRESP": "Non-target Response",
    "OVRLRESP": "Overall Response",
}
Row = dict[str, object]


@dataclass(frozen=True)
class TumourPaths:
    """The files that were written."""

    tu: Path
    tr: Path
    rs: Path


def write_tumour_files(
    folder: Path,
    cases: Sequence[TumourCase],
    histories: Mapping[tuple[str, str], ResponseHistory],
) -> TumourPaths:
    """Write cases as ``tu.csv`` and ``tr.csv``, and their responses as ``rs.csv``.

    Reading the first two back gives the same lesions and visits. PREVIR (irradiated before) and TUSLTHK
    (slice thickness, mm) are columns beside the standard.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    cases : sequence of TumourCase
    histories : dict of ResponseHistory
        By subject and reader; a case without one has no RS records.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     write_tumour_files(Path(name), [], {}).rs.read_text(encoding="utf-8")[:24]
    'DOMAIN,STUDYID,USUBJID,V'
    """
    tables = {
        "tu": (TU_COLUMNS, [row for case in cases for row in _tu_rows(case)]),
        "tr": (TR_COLUMNS, [row for case in cases for row in _tr_rows(case)]),
        "rs": (RS_COLUMNS, [row for case in cases for row in _rs_rows(case, histories)]),
    }
    for domain, (columns, rows) in tables.items():
        _write(folder / f"{domain}.csv", columns, rows, domain=domain.upper())
    return TumourPaths(*(folder / f"{domain}.csv" for domain in tables))


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row], *, domain: str) -> None:
    counted: dict[object, int] = {}
    lines = []
    for row in rows:
        counted[row["USUBJID"]] = counted.get(row["USUBJID"], 0) + 1
        full = {**row, "DOMAIN": domain, f"{domain}SEQ": counted[row["USUBJID"]]}
        test = full.get(f"{domain}TESTCD")
        full[f"{domain}TEST"] = TESTS.get(str(test), "")
        lines.append([full.get(column, "") for column in columns])
    write_csv(path, columns, lines, byte_order_mark=False)


def _who(case: TumourCase, domain: str) -> Row:
    return {
        "STUDYID": case.study,
        "USUBJID": case.subject,
        f"{domain}EVAL": case.evaluator,
        f"{domain}EVALID": "" if case.reader == case.evaluator == INVESTIGATOR else case.reader,
    }


def _when(visit: Visit) -> Row:
    return {"VISIT": visit.label, "VISITNUM": "" if visit.number is None else f"{visit.number:g}"}


def _tu_rows(case: TumourCase) -> Iterator[Row]:
    who = _who(case, "TU")
    for lesion in case.lesions:
        visit = _first_visit(case, lesion)
        if visit is None:
            continue
        yield {**who, **_when(visit), **_identified(lesion), "TUDTC": str(visit.when)}
    for visit in case.visits:
        for measured in visit.measurements:
            if measured.merged_into:
                merged = {"TUTESTCD": "TUMERGE", "TULNKID": measured.lesion, "TUGRPID": measured.merged_into}
                yield {**who, **_when(visit), **merged, "TUSTRESC": "MERGED", "TUDTC": str(visit.when)}


def _first_visit(case: TumourCase, lesion: Lesion) -> Visit | None:
    """Return the visit that identifies a lesion; None of a new one that no visit has seen."""
    if lesion.role == "new":
        return next((visit for visit in case.visits if _is_seen(visit.measurement(lesion.name))), None)
    return next((visit for visit in case.visits if visit.measurement(lesion.name)), case.visits[0])


def _is_seen(measured: LesionMeasurement | None) -> bool:
    return measured is not None and measured.state not in ("absent", "not evaluable")


def _identified(lesion: Lesion) -> Row:
    test = "TUSPLIT" if lesion.part_of else "TUMERGE" if lesion.merged_from else "TUMIDENT"
    word = lesion.role.upper()
    return {
        "TUTESTCD": test,
        "TULNKID": lesion.name,
        "TUGRPID": lesion.part_of or " ".join(lesion.merged_from),
        "TUORRES": word,
        "TUSTRESC": word,
        "TULOC": _location(lesion),
        "TUMETHOD": lesion.method,
        "PREVIR": "Y" if lesion.previously_irradiated else "",
        "TUSLTHK": "" if lesion.slice_thickness_mm is None else f"{lesion.slice_thickness_mm:g}",
    }


def _location(lesion: Lesion) -> str:
    """Return the place, which alone tells in these records that a lesion is a lymph node."""
    if lesion.is_lymph_node and not is_node(lesion.location):
        return f"LYMPH NODE, {lesion.location}" if lesion.location else "LYMPH NODE"
    return lesion.location


def _tr_rows(case: TumourCase) -> Iterator[Row]:
    roles = {lesion.name: lesion.role.upper() for lesion in case.lesions}
    for visit in case.visits:
        for measured in visit.measurements:
            whole = {
                **_who(case, "TR"),
                **_when(visit),
                "TRGRPID": roles[measured.lesion],
                "TRLNKID": measured.lesion,
                "TRACPTFL": "Y" if visit.name in case.accepted else "",
                "TRDTC": "" if visit.undated else str(visit.when if visit.stated else measured.on),
            }
            for result in _results(measured):
                yield {**whole, **result}


def _results(measured: LesionMeasurement) -> Iterator[Row]:
    if measured.merged_into:
        yield {"TRTESTCD": "TUMSTATE", "TRSTAT": "NOT DONE"}
        return
    for test, diameter in (("LDIAM", _longest_mm(measured)), ("LPERP", measured.short_axis_mm)):
        if diameter is not None:
            text = repr(diameter).removesuffix(".0")
            number = {"TRORRES": text, "TRSTRESC": text, "TRSTRESN": text}
            yield {"TRTESTCD": test, **number, "TRORRESU": "mm", "TRSTRESU": "mm"}
    if measured.state != "measured":
        word = (measured.state or "").upper()
        yield {"TRTESTCD": "TUMSTATE", "TRORRES": word, "TRSTRESC": word}


def _longest_mm(measured: LesionMeasurement) -> float | None:
    """Return the longest diameter; where only those of the volume were measured, the largest of them."""
    three = measured.three_diameters_mm
    if measured.longest_mm is None and measured.state == "measured" and three is not None:
        return max(three)
    return measured.longest_mm


def _rs_rows(case: TumourCase, histories: Mapping[tuple[str, str], ResponseHistory]) -> Iterator[Row]:
    history = histories.get((case.subject, case.reader))
    if history is None:
        return
    for visit, point in zip(case.visits[1:], history.timepoints, strict=True):
        whole = {
            **_who(case, "RS"),
            **_when(visit),
            "RSACPTFL": "Y" if visit.name in case.accepted else "",
            "RSDTC": "" if point.undated else str(point.when),
        }
        for test, response in _responses(point):
            yield {**whole, "RSTESTCD": test, "RSORRES": response, "RSSTRESC": response}


def _responses(point: TimepointResponse) -> Iterator[tuple[str, str]]:
    if point.target_response is not None:
        yield "TRGRESP", point.target_response
    if point.non_target_response is not None:
        yield "NTRGRESP", point.non_target_response
    yield "OVRLRESP", point.response
