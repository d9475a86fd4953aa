"""When a patient is due to be seen, and what is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, takewhile

from dateutil.relativedelta import relativedelta

from seedbed.errors import InputError
from seedbed.protocol.models import Protocol, VisitItem, VisitRules
from seedbed.protocol.rules import load_rules


@dataclass(frozen=True, kw_only=True)
class DueVisit:
    """A visit that is due.

    Attributes
    ----------
    month : int
        Calendar months after the start of treatment.
    on : date
        The day it is due.
    items : tuple of VisitItem
        What is looked at, each a rule with id, text and place.
    rule_ids : tuple of str
        The rules used.
    """

    month: int
    on: date
    items: tuple[VisitItem, ...]
    rule_ids: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name of the visit, such as ``month 2``."""
        return f"month {self.month}"


def visits_due(
    treatment_start: date, *, until: date, with_drug: bool = True, protocol: Protocol | None = None
) -> tuple[DueVisit, ...]:
    """List the visits from the start of treatment to a last day.

    Months are calendar months, each counted from the start; a day that the month does not have becomes
    its last day.

    Parameters
    ----------
    treatment_start : date
        Day of the implantation or of the first dose.
    until : date
        Last day, included.
    with_drug : bool
        Whether the patient takes the drug; without it the items about the drug fall away.
    protocol : Protocol, optional
        The shipped one by default: 2, 4, 6 months, then every 6 (rule VISITS).

    Raises
    ------
    InputError
        A last day before the start.

    Examples
    --------
    >>> for visit in visits_due(date(2025, 8, 31), until=date(2026, 8, 31)):
    ...     print(visit.label, visit.on)
    month 2 2025-10-31
    month 4 2025-12-31
    month 6 2026-02-28
    month 12 2026-08-31
    """
    if until < treatment_start:
        raise InputError(
            f"visits from {treatment_start} until {until}",
            "a last day that is not before the start of treatment",
            "exchange the two dates",
        )
    rules = (protocol or load_rules()).visits
    items = tuple(item for item in rules.item if with_drug or not item.drug_only)
    rule_ids = (rules.id, *(item.id for item in items))
    dated = ((month, treatment_start + relativedelta(months=month)) for month in _months(rules))
    return tuple(
        DueVisit(month=month, on=on, items=items, rule_ids=rule_ids)
        for month, on in takewhile(lambda pair: pair[1] <= until, dated)
    )


def _months(rules: VisitRules) -> Iterator[int]:
    yield from rules.months
    yield from count(rules.months[-1] + rules.then_every_months, rules.then_every_months)
