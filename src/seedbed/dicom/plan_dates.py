"""Days of an RTPLAN: when strengths hold, when the plan was made, when the seeds were implanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydicom import Dataset

from seedbed.dicom.files import text
from seedbed.dicom.plan_sources import Strength, one_date
from seedbed.errors import InputError
from seedbed.implant import decay_factor

LONGEST_DAYS = 365
"""Strengths stated more than a year from the implantation are a wrong date (local rule)."""
FAR_DAYS = 7
MOST_CHANGE_PCT = 50.0
"""Without a stated day of implantation, a plan made more than 7 days from the date of its strengths is asked
for it, and one by whose day they change by more than 50 percent (a half-life) is refused (local rule)."""


@dataclass(frozen=True)
class PlanDates:
    """DICOM dates of a plan, empty where not given.

    Attributes
    ----------
    strength : str
        Day to which the strengths refer as written; the earliest of several.
    plan : str
    implanted : str
        Day to which the strengths are brought: the stated one, else that of the strengths.
    stated : bool
        Whether the user stated the day of the implantation.
    """

    strength: str
    plan: str
    implanted: str
    stated: bool


def plan_dates(
    plan: Dataset, strengths: Mapping[int, Strength], implanted: date | None, name: str
) -> PlanDates:
    """Gather the days of a plan.

    Raises
    ------
    InputError
        Strengths of several dates, or of none, where their day is needed; a day more than `LONGEST_DAYS`
        from that of the implantation.
    """
    made = text(plan, "RTPlanDate").replace(".", "")
    if implanted is None:
        stands = one_date(strengths.values(), name)
        return PlanDates(stands, made, stands, False)
    for strength in strengths.values():
        _elapsed(strength, implanted, name)
    return PlanDates(min(s.date for s in strengths.values()), made, f"{implanted:%Y%m%d}", True)


def brought_to(
    strengths: Mapping[int, Strength], implanted: date | None, half_life_days: float, name: str
) -> dict[int, float]:
    """Strengths by source number, U: as written, or decayed by whole days to the implantation."""
    if implanted is None:
        return {key: strength.strength_u for key, strength in strengths.items()}
    return {
        key: strength.strength_u * decay_factor(_elapsed(strength, implanted, name), half_life_days)
        for key, strength in strengths.items()
    }


def date_notes(dates: PlanDates, half_life_days: float) -> tuple[str, ...]:
    """Say to which day the strengths refer where that is not plain."""
    if dates.stated:
        brought = f"from {iso(dates.strength)} to the day of implantation {iso(dates.implanted)}"
        return (f"Strengths were brought {brought}.",)
    if not dates.strength:
        return ("The plan gives no date of its strengths; they were taken as of the implantation.",)
    change = _change_pct(dates, half_life_days)
    if change is None or not change:
        return ()
    made, stands = iso(dates.plan), iso(dates.strength)
    changed = f"the plan is of {made}, by when they change by {change:+.1f} %"
    ask = "; state the day of implantation (--implant-date)" if _days(dates) > FAR_DAYS else ""
    return (f"Strengths of {stands} were taken as of the implantation; {changed}{ask}.",)


def check_change(dates: PlanDates, half_life_days: float, name: str) -> None:
    """Refuse a plan made on a day by which its strengths have changed too much, until the day is stated.

    Raises
    ------
    InputError
        A change of more than `MOST_CHANGE_PCT`.
    """
    change = None if dates.stated else _change_pct(dates, half_life_days)
    if change is not None and abs(change) > MOST_CHANGE_PCT:
        raise InputError(
            f"plan '{name}' is of {iso(dates.plan)} but its strengths are of {iso(dates.strength)}, a "
            f"change of {change:+.1f} %",
            f"a change of at most {MOST_CHANGE_PCT:g} %, or a stated day of implantation",
            "state that day (--implant-date)",
        )


def _days(dates: PlanDates) -> int:
    made, stands = day(dates.plan), day(dates.strength)
    return 0 if made is None or stands is None else abs((made - stands).days)


def _change_pct(dates: PlanDates, half_life_days: float) -> float | None:
    """Change of the strengths from their date to that of the plan, percent; None where a date is missing."""
    made, stands = day(dates.plan), day(dates.strength)
    if made is None or stands is None:
        return None
    return 100 * (decay_factor((made - stands).days, half_life_days) - 1)


def _elapsed(strength: Strength, implanted: date, name: str) -> int:
    stands = day(strength.date)
    if stands is None:
        raise InputError(
            f"plan '{name}' has the SourceStrengthReferenceDate '{strength.date}'",
            "a date, to let strengths decay to the day of implantation",
            "leave that day out: the strengths are then taken as of the implantation",
        )
    days = (implanted - stands).days
    if abs(days) > LONGEST_DAYS:
        raise InputError(
            f"the implantation on {implanted} lies {abs(days)} d from {stands}, the date of the strengths of "
            f"plan '{name}'",
            f"at most {LONGEST_DAYS} d",
            "correct the day",
        )
    return days


def day(dicom_date: str) -> date | None:
    """Read a DICOM date; None where it is none.

    Examples
    --------
    >>> day("20260301"), day("")
    (datetime.date(2026, 3, 1), None)
    """
    try:
        return datetime.strptime(dicom_date, "%Y%m%d").date()
    except ValueError:
        return None


def iso(dicom_date: str) -> str:
    """Write a DICOM date as YYYY-MM-DD, anything else as it is."""
    found = day(dicom_date)
    return dicom_date if found is None else found.isoformat()
