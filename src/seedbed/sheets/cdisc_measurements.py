"""Visits from CDISC tumour result (TR) records of one subject and reader."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from seedbed.errors import InputError
from seedbed.patient import Lesion, LesionMeasurement, LesionState, PartialDate, Visit
from seedbed.sheets.cdisc_cells import Found, Record, plain_word, read_date, read_diameter, read_state
from seedbed.sheets.cdisc_courses import with_doubt, with_mergers
from seedbed.sheets.cdisc_lesions import ROLES, Lesions, VisitKey, add_unknown, visit_key

LONGEST: Final = frozenset({"LDIAM"})
SHORT: Final = frozenset({"LPERP", "SAXIS", "SAXIAL"})
EITHER: Final = frozenset({"DIAMETER"})
STATES: Final = frozenset({"TUMSTATE", "LNSTATE", "LESSTATE"})
DERIVED: Final = re.compile(r"SUM.*|[AP]C[BN]S.*|NADIR.*|BASE.*")
SUM_OF_ALL: Final = "SUMDIAM"
LONGEST_VISIT_DAYS: Final = 35
"""Images of one visit that lie further apart are named (local rule)."""


@dataclass
class DraftVisit:
    """One visit as it is gathered from the records.

    Attributes
    ----------
    label, number
        Its name and number.
    dates : list of PartialDate
    results : dict
        What was found of each lesion by test, with the record it came from.
    stated_sum : Found or None
        The sum that the file states.
    accepted : bool
        Whether a record carries the flag of accepted records.
    """

    label: str
    number: float | None
    dates: list[PartialDate] = field(default_factory=list)
    results: dict[str, dict[str, list[tuple[Record, Found]]]] = field(default_factory=dict)
    stated_sum: Found | None = None
    accepted: bool = False

    @property
    def name(self) -> tuple[str, float | None]:
        """Label and number, as `Visit` has them."""
        return self.label, self.number


def gather_visits(records: Sequence[Record], lesions: Lesions) -> dict[VisitKey, DraftVisit]:
    """Gather the TR records of one subject and reader by visit; a row that cannot be used becomes a sentence.

    Examples
    --------
    >>> from seedbed.sheets.cdisc_identification import read_lesions
    >>> lesions = read_lesions([Record("tu.csv", 2, {"tustresc": "TARGET", "tulnkid": "T01"})])
    >>> row = {"trlnkid": "T01", "trtestcd": "LDIAM", "trstresc": "21", "visitnum": "1", "trdtc": "2014-01"}
    >>> gathered = gather_visits([Record("tr.csv", 2, row)], lesions)
    >>> gathered["number", "1"].results["T01"]["LDIAM"][0][1].mm
    Decimal('21')
    """
    visits: dict[VisitKey, DraftVisit] = {}
    for record in records:
        key = visit_key(record, "trdtc")
        visit = visits.setdefault(key, _draft(record, key))
        visit.accepted = visit.accepted or record["tracptfl"].upper() == "Y"
        try:
            when = read_date(record, "trdtc")
        except InputError as error:
            lesions.fault(error)
            when = None
        if when is not None:
            visit.dates.append(when)
        try:
            _take(record, visit, lesions)
        except InputError as error:
            lesions.fault(error)
    _nodes_by_their_tests(visits, lesions)
    return visits


def _nodes_by_their_tests(visits: Mapping[VisitKey, DraftVisit], lesions: Lesions) -> None:
    """Take a lesion for a lymph node where its tests are those of one and TU does not say so."""
    for name, lesion in list(lesions.known.items()):
        tests = {test for visit in visits.values() for test in visit.results.get(name, {})}
        if not lesion.is_lymph_node and ("LNSTATE" in tests or (tests and tests <= SHORT)):
            lesions.known[name] = replace(lesion, is_lymph_node=True)
            lesions.note(
                f"{name} is taken as a lymph node: its TR records are {', '.join(sorted(tests))} only"
            )


def _draft(record: Record, key: VisitKey) -> DraftVisit:
    kind, text = key
    try:
        number = float(text) if kind == "number" else None
    except ValueError:
        number = None
    return DraftVisit(label=record["visit"] or (f"visit {text}" if kind == "number" else text), number=number)


def _take(record: Record, visit: DraftVisit, lesions: Lesions) -> None:
    test, name = record["trtestcd"].upper(), record["trlnkid"]
    if DERIVED.fullmatch(test):
        if test == SUM_OF_ALL:
            visit.stated_sum = read_diameter(record)
        lesions.note(f"TR records of the test {test} are derived from others and not used")
        return
    known = test in LONGEST | SHORT | EITHER | STATES
    if not known:
        lesions.note(f"TR records of the test {test or '(none)'} are not used")
        return
    if not name:
        raise InputError(f"{record.where} names no lesion", "a lesion in TRLNKID", "add it")
    if name not in lesions.known:
        add_unknown(lesions, record)
    group = ROLES.get(plain_word(record["trgrpid"]))
    if group is not None and group != lesions.known[name].role:
        lesions.note(f"{record.where} groups {name} as {group}; TU calls it {lesions.known[name].role}")
    results = visit.results.setdefault(name, {}).setdefault(test, [])
    try:
        found = read_state(record) if test in STATES else read_diameter(record)
    except InputError:
        # The lesion stays in the visit, as one that was not measured there.
        results.append((record, Found(state="not evaluable")))
        raise
    results.append((record, found))


def make_visits(
    gathered: Mapping[VisitKey, DraftVisit], lesions: Lesions, *, dates: Mapping[VisitKey, PartialDate]
) -> dict[VisitKey, Visit]:
    """Make visits of what was gathered, new and merged lesions included.

    Parameters
    ----------
    gathered : dict of DraftVisit
    lesions : Lesions
    dates : dict of PartialDate
        When other readers saw the subject, for a visit whose own records have no date.

    Examples
    --------
    >>> make_visits({}, Lesions(), dates={})
    {}
    """
    drafts = {**gathered}
    for name, key, record, _ in lesions.appeared:
        if key not in drafts:
            drafts[key] = _draft(record, key)
            when = _date_of(record, lesions)
            drafts[key].dates += [when] if when else []
        drafts[key].results.setdefault(name, {})
    made: dict[VisitKey, Visit] = {}
    for key, draft in drafts.items():
        when = _when(key, draft, lesions, dates)
        if when is not None:
            made[key] = _visit(draft, when, lesions)
    _add_undated(drafts, made, lesions)
    return with_mergers(with_doubt(made, lesions), lesions)


def _add_undated(
    drafts: Mapping[VisitKey, DraftVisit], made: dict[VisitKey, Visit], lesions: Lesions
) -> None:
    """Place visits without a date after those of the next lower number, if nothing was evaluable at them."""
    for key, draft in drafts.items():
        if key in made:
            continue
        before = [
            visit.on
            for visit in made.values()
            if visit.number is not None and draft.number is not None and visit.number < draft.number
        ]
        found = [each for results in draft.results.values() for rows in results.values() for _, each in rows]
        if before and found and all(each.state == "not evaluable" for each in found):
            visit = _visit(draft, PartialDate.of(max(before)), lesions)
            made[key] = replace(visit, undated=True)
            lesions.note(f"{draft.label} has no date and nothing was evaluable at it")
        else:
            lesions.fault(
                InputError(
                    f"{draft.label or 'a visit'} has no date in any record",
                    "a date in TRDTC (or TUDTC)",
                    "add it; the visit is left out until then",
                )
            )


def _date_of(record: Record, lesions: Lesions) -> PartialDate | None:
    try:
        return read_date(record, "tudtc")
    except InputError as error:
        lesions.fault(error)
        return None


def _when(
    key: VisitKey, draft: DraftVisit, lesions: Lesions, dates: Mapping[VisitKey, PartialDate]
) -> PartialDate | None:
    """Return the first date of a visit, to the day where one is known so."""
    to_the_day = [each for each in draft.dates if each.day is not None]
    if draft.dates:
        return min(to_the_day or draft.dates)
    if key in dates:
        lesions.note(f"{draft.label} has no date of its own; that of another reader is used ({dates[key]})")
        return dates[key]
    return None


def _visit(draft: DraftVisit, when: PartialDate, lesions: Lesions) -> Visit:
    days = sorted({each.day for each in draft.dates if each.day is not None})
    if days and (days[-1] - days[0]).days > LONGEST_VISIT_DAYS:
        lesions.note(f"{draft.label}: its images lie {(days[-1] - days[0]).days} days apart")
    measurements = [
        _measurement(lesions.known[name], results, when, lesions)
        for name, results in draft.results.items()
        if name in lesions.known
    ]
    return Visit(
        on=when.earliest,
        measurements=tuple(sorted(measurements, key=lambda each: each.lesion)),
        label=draft.label,
        stated=None if when.day else when,
        until=days[-1] if len(days) > 1 else None,
        number=draft.number,
    )


def _measurement(
    lesion: Lesion,
    results: Mapping[str, list[tuple[Record, Found]]],
    when: PartialDate,
    lesions: Lesions,
) -> LesionMeasurement:
    found = {test: _one(rows, lesions) for test, rows in results.items()}
    records = [record for rows in results.values() for record, _ in rows]
    on = min([day for record in records if (day := _day(record)) is not None], default=when.earliest)
    longest, short = _axes(lesion, found)
    counted = short if lesion.is_lymph_node else longest
    states = [each.state for test, each in found.items() if each.state and each.mm is None]
    if longest is not None and short is not None and short > longest:
        lesions.note(
            f"{lesion.name} on {on}: the axis across ({short} mm) is above the longest ({longest} mm)"
        )
        longest, short = (None, short) if lesion.is_lymph_node else (longest, None)
    if counted is None and lesion.is_lymph_node and longest:
        lesions.note(f"{lesion.name} on {on} is a lymph node without a short axis: not measured")
    state = _state(lesion, counted, states, longest is not None or short is not None)
    if not results:
        state = "present"  # a new lesion that TU identified and TR does not mention
    return LesionMeasurement(
        lesion=lesion.name,
        on=on,
        longest_mm=None if longest is None or state == "not evaluable" else float(longest),
        short_axis_mm=None if short is None or state == "not evaluable" else float(short),
        state=state,
    )


def _day(record: Record) -> date | None:
    """Return the day of a record; a date that is not one was told where the visits were gathered."""
    try:
        when = read_date(record, "trdtc")
    except InputError:
        return None
    return when.day if when is not None else None


def _axes(lesion: Lesion, found: Mapping[str, Found]) -> tuple[Decimal | None, Decimal | None]:
    """Return the longest diameter and the axis across it; a plain diameter is the one that counts."""

    def first(tests: frozenset[str]) -> Decimal | None:
        return next(
            (found[test].mm for test in sorted(tests & set(found)) if found[test].mm is not None), None
        )

    longest, short, either = first(LONGEST), first(SHORT), first(EITHER)
    if lesion.is_lymph_node:
        return longest, short if short is not None else either
    return longest if longest is not None else either, short


def _state(
    lesion: Lesion, counted: Decimal | None, states: Sequence[LesionState], measured: bool
) -> LesionState:
    """Say what was seen; where a diameter that counts was measured it tells, for a target."""
    said = next((each for each in states if each != "not evaluable"), None)
    if counted is not None and (lesion.is_target or said in (None, "present", "absent")):
        return "measured"
    if said is not None:
        return said if not (said == "absent" and measured) else "measured"
    if measured and not states:
        return "measured"
    return "not evaluable"


def _one(rows: Sequence[tuple[Record, Found]], lesions: Lesions) -> Found:
    """Take the one result of a test; of several that differ, the one that is flagged as accepted."""
    if len({found for _, found in rows}) == 1:
        lesions.repeated += [record.row for record, _ in rows[1:]]
        return rows[0][1]
    accepted = {found for record, found in rows if record["tracptfl"].upper() == "Y"}
    places = " and ".join(str(record.row) for record, _ in rows)
    if len(accepted) == 1:
        lesions.note(f"{rows[0][0]['trlnkid']}: rows {places} differ; the accepted record is used")
        return accepted.pop()
    lesions.fault(
        InputError(
            f"rows {places} of '{rows[0][0].file}' give lesion '{rows[0][0]['trlnkid']}' different results "
            f"of {rows[0][0]['trtestcd']} at one visit",
            "one result, or one that is flagged in TRACPTFL",
            "keep the one that counts; none is used until then",
        )
    )
    return Found(state="not evaluable")
