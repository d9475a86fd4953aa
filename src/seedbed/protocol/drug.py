"""The course of the drug: its calendar, and the next dose after what happened."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from seedbed.errors import InputError, one_of
from seedbed.patient import DrugCycle
from seedbed.protocol.models import DrugEvent, DrugSchedule, Protocol
from seedbed.protocol.rules import load_rules


@dataclass(frozen=True, kw_only=True)
class DrugCalendar:
    """The cycles of a drug, and the rules they follow.

    Attributes
    ----------
    drug : str
        Name of the drug.
    cycles : tuple of DrugCycle
        In the order of time.
    rule_ids : tuple of str
        The rules used.
    text : str
        How the drug is taken.
    """

    drug: str
    cycles: tuple[DrugCycle, ...]
    rule_ids: tuple[str, ...]
    text: str

    @property
    def next_cycle(self) -> date:
        """First day after the last cycle."""
        return self.cycles[-1].rest_until + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DoseDecision:
    """The dose after an event.

    Attributes
    ----------
    dose_mg : float or None
        Daily dose from now on; None when the drug is stopped.
    current_mg : float
        Daily dose so far.
    event : str
        What happened.
    rule_ids : tuple of str
        The rules used.
    text : str
        What is done, as a sentence.
    """

    dose_mg: float | None
    current_mg: float
    event: str
    rule_ids: tuple[str, ...]
    text: str

    @property
    def stopped(self) -> bool:
        """Whether the drug is stopped."""
        return self.dose_mg is None


def is_protocol_drug(name: str, protocol: Protocol | None = None) -> bool:
    """Tell whether a name is that of the drug of the protocol; other drugs set no start of treatment.

    Parameters
    ----------
    name : str
        As a register states it; case, width, spaces and hyphens do not count.
    protocol : Protocol, optional
        The shipped one by default: ``name`` and ``names`` under ``[drug]``.

    Examples
    --------
    >>> is_protocol_drug("Anlotinib"), is_protocol_drug("安罗替尼"), is_protocol_drug("levothyroxine")
    (True, True, False)
    """
    drug = (protocol or load_rules()).drug
    return _folded(name) in {_folded(each) for each in (drug.name, *drug.names)}


def _folded(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", name).casefold() if each.isalnum())


def drug_start(implanted_on: date, protocol: Protocol | None = None) -> date:
    """Return the first day of the drug for a patient who also receives seeds.

    Parameters
    ----------
    implanted_on : date
        Day on which the implantation was completed.
    protocol : Protocol, optional
        The shipped one by default: the same day (rule DRUG-START).

    Examples
    --------
    >>> drug_start(date(2026, 3, 2)).isoformat()
    '2026-03-02'
    """
    rules = protocol or load_rules()
    return implanted_on + timedelta(days=rules.drug.start.days_after_implantation)


def drug_calendar(
    start_date: date,
    cycles: int = 3,
    *,
    dose_mg: float | None = None,
    first_number: int = 1,
    protocol: Protocol | None = None,
) -> DrugCalendar:
    """Write the days of some cycles at one dose.

    Parameters
    ----------
    start_date : date
        First day of the first of these cycles.
    cycles : int
        How many cycles, at least 1.
    dose_mg : float, optional
        One of the doses of the protocol; by default the first.
    first_number : int
        Number of the first of these cycles, where earlier ones were at another dose.
    protocol : Protocol, optional
        The shipped one by default: days 1 to 14 of 21 (rule DRUG-SCHEDULE).

    Raises
    ------
    InputError
        No cycle, or a dose the protocol does not know.

    Examples
    --------
    >>> calendar = drug_calendar(date(2026, 3, 2), cycles=2)
    >>> for cycle in calendar.cycles:
    ...     print(cycle.number, cycle.first_dose, cycle.last_dose, cycle.rest_until, cycle.capsules)
    1 2026-03-02 2026-03-15 2026-03-22 14
    2 2026-03-23 2026-04-05 2026-04-12 14
    """
    rules = protocol or load_rules()
    schedule = rules.drug.schedule
    if cycles < 1 or first_number < 1:
        raise InputError(
            f"{cycles} cycles from number {first_number}", "at least one cycle, from number 1", "ask for one"
        )
    dose = schedule.dose_mg if dose_mg is None else _known_dose(dose_mg, rules)
    return DrugCalendar(
        drug=rules.drug.name,
        cycles=tuple(_cycle(start_date, number, first_number, dose, schedule) for number in range(cycles)),
        rule_ids=(schedule.id,) if dose == schedule.dose_mg else (schedule.id, rules.drug.reduction.id),
        text=schedule.text,
    )


def next_dose(
    current_mg: float, event: DrugEvent | str = "tolerated", *, protocol: Protocol | None = None
) -> DoseDecision:
    """Decide the dose after an event; it never rises.

    Parameters
    ----------
    current_mg : float
        Daily dose so far, one of the steps of the protocol.
    event : str
        ``tolerated``, ``grade 1`` to ``grade 4`` (the worst adverse event, CTCAE), ``not tolerated``,
        ``progression`` or ``intolerable toxicity``.
    protocol : Protocol, optional
        The shipped one by default (rules DRUG-CONTINUE, DRUG-REDUCE, DRUG-STOP).

    Raises
    ------
    InputError
        A dose or an event the protocol does not know.

    Examples
    --------
    >>> next_dose(12.0, "grade 3").dose_mg
    10.0
    >>> next_dose(8.0, "not tolerated").stopped
    True
    """
    rules = protocol or load_rules()
    drug, current = rules.drug, _known_dose(current_mg, rules)
    new, rule_ids = _decide(current, event, rules)
    if new is None:
        text = f"stop {drug.name}"
    elif new < current:
        text = f"lower {drug.name} from {current:g} to {new:g} mg; it is not raised again"
    else:
        text = f"go on with {drug.name} {current:g} mg"
    return DoseDecision(dose_mg=new, current_mg=current, event=event, rule_ids=rule_ids, text=text)


def _decide(current: float, event: str, rules: Protocol) -> tuple[float | None, tuple[str, ...]]:
    drug = rules.drug
    if event in drug.stop.events:
        return None, (drug.stop.id,)
    if event in drug.continuation.events:
        return current, (drug.continuation.id,)
    if event not in drug.reduction.events:
        known = [
            name
            for name in get_args(DrugEvent)
            if name in (*drug.stop.events, *drug.continuation.events, *drug.reduction.events)
        ]
        raise InputError(f"the drug event '{event}'", one_of(known, event), "say what happened")
    lower = [step for step in drug.reduction.steps_mg if step < current]
    return (lower[0], (drug.reduction.id,)) if lower else (None, (drug.reduction.id, drug.stop.id))


def _known_dose(dose_mg: float, rules: Protocol) -> float:
    steps = rules.drug.reduction.steps_mg
    if dose_mg not in steps:
        raise InputError(
            f"a dose of {dose_mg} mg of {rules.drug.name}",
            f"one of {', '.join(f'{step:g}' for step in steps)} mg",
            "correct the dose",
        )
    return float(dose_mg)


def _cycle(start: date, index: int, first_number: int, dose_mg: float, schedule: DrugSchedule) -> DrugCycle:
    first = start + timedelta(days=index * schedule.cycle_days)
    return DrugCycle(
        number=first_number + index,
        dose_mg=dose_mg,
        first_dose=first,
        last_dose=first + timedelta(days=schedule.days_on - 1),
        rest_until=first + timedelta(days=schedule.cycle_days - 1),
        capsules=schedule.days_on * schedule.capsules_per_day,
    )
