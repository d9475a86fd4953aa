"""Which due visits were seen, early, late or missing, what was left out at each, and which is next."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from seedbed.errors import InputError, one_of
from seedbed.protocol.models import Protocol, VisitItem, VisitRules
from seedbed.protocol.rules import load_rules
from seedbed.protocol.visit_matching import NO_DAY, match_visits
from seedbed.protocol.visit_status import (
    STATUSES,
    VisitStatus,
    last_seen_days,
    status_codes,
    window_days,
    window_of,
)


@dataclass(frozen=True, kw_only=True)
class SeenVisit:
    """A visit that took place.

    Attributes
    ----------
    on : date
        The day, or the first that it can have been.
    items : tuple of str
        Ids of what was looked at, such as ``ITEM-BLOOD``.
    until : date or None
        The last day that it can have been; None where the day is known.
    stated : str
        The date as it is known, such as ``2026-03``; by default the day.
    """

    on: date
    items: tuple[str, ...] = ()
    until: date | None = None
    stated: str = ""

    @property
    def shown(self) -> str:
        """The date as it is known."""
        return self.stated or self.on.isoformat()


@dataclass(frozen=True, kw_only=True)
class FollowUpFacts:
    """What is known of the follow-up of one patient.

    Attributes
    ----------
    treatment_starts : tuple of date
        First days of treatment; the earliest counts.
    seen : tuple of SeenVisit
        Visits that took place, in any order.
    died_on, last_contact_on : date or None
        Day of death; last day on which anything was heard of the patient.
    with_drug : bool
        Whether the patient takes the drug.
    not_asked : tuple of str
        Ids of items that this patient does not need, such as ``ITEM-PAIN`` without painful bone metastases.

    Raises
    ------
    InputError
        No start of treatment, or a death before it.

    Examples
    --------
    >>> FollowUpFacts(treatment_starts=(date(2026, 3, 2), date(2026, 1, 5))).started_on.isoformat()
    '2026-01-05'
    """

    treatment_starts: tuple[date, ...]
    seen: tuple[SeenVisit, ...] = ()
    died_on: date | None = None
    last_contact_on: date | None = None
    with_drug: bool = True
    not_asked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.treatment_starts:
            raise InputError("no start of treatment", "at least one day", "state when treatment began")
        if self.died_on is not None and self.died_on < self.started_on:
            raise InputError(
                f"a death on {self.died_on} and treatment from {self.started_on}",
                "a death that is not before treatment",
                "correct one of the dates",
            )

    @property
    def started_on(self) -> date:
        """The day from which visits count."""
        return min(self.treatment_starts)


@dataclass(frozen=True, kw_only=True)
class VisitCheck:
    """What became of one due visit.

    Attributes
    ----------
    month : int
        Calendar months after the start of treatment.
    due_on : date
        The day it is due.
    window_days : int
        How many days before or after are still on time.
    status : {"seen", "early", "late", "missing", "not yet due", "excused by death", "seen, day not known"}
        What became of it.
    seen_on : date or None
        Day of the visit that counts for it; the first it can have been, where only its month is known.
    seen : str
        The date of that visit as it is known; empty where there was none.
    days_off : int or None
        Days from the day it was due to the visit; negative when it came before. None where the day is not
        known.
    missing_items : tuple of str
        Ids of what was not looked at, where there was a visit.
    rule_ids : tuple of str
        The rules used.
    text : str
        The same as a sentence.
    """

    month: int
    due_on: date
    window_days: int
    status: VisitStatus
    seen_on: date | None
    seen: str
    days_off: int | None
    missing_items: tuple[str, ...]
    rule_ids: tuple[str, ...]
    text: str


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """The follow-up of one patient on one day.

    Attributes
    ----------
    today : date
        The day on which it was looked at.
    visits : tuple of VisitCheck
        Every visit that is due by then, and the first that is not.
    extra : tuple of date
        Visits that count for no due visit.
    extra_stated : tuple of str
        Their dates as they are known.
    """

    today: date
    visits: tuple[VisitCheck, ...]
    extra: tuple[date, ...]
    extra_stated: tuple[str, ...] = ()

    @property
    def next_due(self) -> VisitCheck | None:
        """The first visit that is still to come; None for a patient who died."""
        return next((visit for visit in self.visits if visit.status == "not yet due"), None)


def follow_up(facts: FollowUpFacts, today: date, *, protocol: Protocol | None = None) -> FollowUp:
    """Say for each due visit whether it was seen, early, late, missing, not yet due or excused.

    Parameters
    ----------
    facts : FollowUpFacts
        Treatment, visits, death or last contact.
    today : date
        The day on which this is asked; not before any visit or death.
    protocol : Protocol, optional
        The shipped one by default (rules VISITS, VISIT-WINDOW and the items; reading R-WINDOW).

    Raises
    ------
    InputError
        A visit, death or contact after `today`, a visit after death, or an item the protocol does not know.
    RulesError
        The protocol has no ``visits.window``.

    Examples
    --------
    >>> facts = FollowUpFacts(treatment_starts=(date(2026, 1, 1),), seen=(SeenVisit(on=date(2026, 3, 20)),))
    >>> for visit in follow_up(facts, date(2026, 6, 1)).visits:
    ...     print(visit.text)
    month 2, due 2026-03-01: late, seen 2026-03-20, 19 days after (VISIT-WINDOW: 14 days)
    month 4, due 2026-05-01: missing since 2026-05-15 (VISIT-WINDOW: 14 days)
    month 6, due 2026-07-01: not yet due
    """
    rules = (protocol or load_rules()).visits
    window = window_of(rules)
    _check_items(facts, rules)
    _check_days(facts, today)
    seen = tuple(sorted(facts.seen, key=lambda visit: visit.on))
    days = np.array([visit.on.toordinal() for visit in seen], dtype=np.int64)
    lasts = np.array([(visit.until or visit.on).toordinal() for visit in seen], dtype=np.int64)
    patient = np.zeros(len(seen), dtype=np.int64)
    matched = match_visits(
        np.array([facts.started_on.toordinal()]),
        patient,
        days=days,
        until=today.toordinal(),
        rules=rules,
    )
    deaths = np.array([NO_DAY if facts.died_on is None else facts.died_on.toordinal()])
    last_seen = last_seen_days(matched, patient, lasts)
    codes = status_codes(matched, deaths, today=today.toordinal(), window=window, last_seen=last_seen)[0]
    allowed = window_days(matched.months, window)
    given = {int(column): seen[row] for row, column in enumerate(matched.due_of_visit) if column >= 0}
    visits = []
    for column, month in enumerate(matched.months.tolist()):
        case = _Case(
            month=month,
            due_on=date.fromordinal(int(matched.due[0, column])),
            allowed=int(allowed[column]),
            status=STATUSES[codes[column]],
            visit=given.get(column),
        )
        visits.append(_check(case, facts, today=today, rules=rules))
    extra = [seen[row] for row in np.flatnonzero(matched.due_of_visit < 0)]
    return FollowUp(
        today=today,
        visits=tuple(visits),
        extra=tuple(each.on for each in extra),
        extra_stated=tuple(each.shown for each in extra),
    )


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One due visit, and the visit that counts for it."""

    month: int
    due_on: date
    allowed: int
    status: VisitStatus
    visit: SeenVisit | None


def _check(case: _Case, facts: FollowUpFacts, *, today: date, rules: VisitRules) -> VisitCheck:
    visit, window = case.visit, window_of(rules)
    asked = () if visit is None else _items_asked(facts, rules)
    missing = tuple(item.id for item in asked if visit is not None and item.id not in visit.items)
    said = _unseen(case, facts, today=today) if visit is None else _seen(case, visit)
    by_window = case.status in ("early", "late", "missing")
    return VisitCheck(
        month=case.month,
        due_on=case.due_on,
        window_days=case.allowed,
        status=case.status,
        seen_on=None if visit is None else visit.on,
        seen="" if visit is None else visit.shown,
        days_off=None if visit is None or visit.until else (visit.on - case.due_on).days,
        missing_items=missing,
        rule_ids=(rules.id, window.id, *missing),
        text=f"month {case.month}, due {case.due_on}: {said}"
        + (f" ({window.id}: {case.allowed} days)" if by_window else ""),
    )


def _seen(case: _Case, visit: SeenVisit) -> str:
    if visit.until is not None:
        status = "" if case.status in ("seen", "seen, day not known") else f"{case.status}, "
        return f"{status}seen {visit.shown}, day not known"
    on, off = visit.on, (visit.on - case.due_on).days
    days = f"{abs(off)} day{'' if abs(off) == 1 else 's'}"
    when = "on the day" if off == 0 else f"{days} {'after' if off > 0 else 'before'}"
    return f"{'' if case.status == 'seen' else case.status + ', '}seen {on}, {when}"


def _unseen(case: _Case, facts: FollowUpFacts, *, today: date) -> str:
    last = facts.last_contact_on
    closes = case.due_on + timedelta(days=case.allowed)
    if case.status == "missing":
        lost = f", after the last contact of {last}" if last is not None and last < case.due_on else ""
        return f"missing since {closes}{lost}"
    if case.status == "excused by death":
        return f"excused by death on {facts.died_on}"
    return f"due, still on time until {closes}" if case.due_on <= today else "not yet due"


def _items_asked(facts: FollowUpFacts, rules: VisitRules) -> tuple[VisitItem, ...]:
    return tuple(
        item
        for item in rules.item
        if item.id not in facts.not_asked and (facts.with_drug or not item.drug_only)
    )


def _check_items(facts: FollowUpFacts, rules: VisitRules) -> None:
    known = [item.id for item in rules.item]
    for name in (*facts.not_asked, *(item for visit in facts.seen for item in visit.items)):
        if name not in known:
            raise InputError(f"a visit names the item '{name}'", one_of(known, name), "correct the id")


def _check_days(facts: FollowUpFacts, today: date) -> None:
    stated = [visit.on for visit in facts.seen]
    stated += [day for day in (facts.died_on, facts.last_contact_on, facts.started_on) if day is not None]
    if max(stated) > today:
        raise InputError(f"a date of {max(stated)} asked on {today}", "no day to come", "correct one of them")
    after = [visit.on for visit in facts.seen if facts.died_on is not None and visit.on > facts.died_on]
    if after:
        raise InputError(
            f"a visit on {after[0]} after death on {facts.died_on}",
            "no visit after death",
            "correct one of them",
        )
