"""What a patient was given: cycles of a drug."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class DrugCycle:
    """One cycle of a drug that is taken daily and then rested.

    Attributes
    ----------
    number : int
        1 for the first cycle.
    dose_mg : float
        Daily dose.
    first_dose, last_dose : date
        First and last day on which the drug is taken.
    rest_until : date
        Last day of the rest, which is the last day of the cycle.
    capsules : int
        Capsules of `dose_mg` for the cycle.

    Examples
    --------
    >>> cycle = DrugCycle(number=1, dose_mg=12.0, first_dose=date(2026, 1, 1), last_dose=date(2026, 1, 14),
    ...                   rest_until=date(2026, 1, 21), capsules=14)
    >>> cycle.total_mg
    168.0
    """

    number: int
    dose_mg: float
    first_dose: date
    last_dose: date
    rest_until: date
    capsules: int

    @property
    def total_mg(self) -> float:
        """Drug of the whole cycle, mg."""
        return self.dose_mg * self.capsules
