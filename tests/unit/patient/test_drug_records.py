from datetime import date

import pytest

from seedbed.errors import InputError
from seedbed.patient import PartialDate
from seedbed.patient.drug_records import DrugChange

DAY = PartialDate("2026-03-02")


@pytest.mark.parametrize(
    ("dose_mg", "reason", "last_day", "said"),
    [
        (0.0, "planned", None, "0 mg that is 'planned'"),
        (12.0, "stopped", None, "12 mg that is 'stopped'"),
        (-1.0, "planned", None, "-1.0 mg"),
        (float("nan"), "planned", None, "nan mg"),
        (12.0, "planed", None, "did you mean 'planned'"),
        (12.0, "planned", date(2026, 3, 9), "only of an interruption"),
        (0.0, "interrupted", date(2026, 3, 1), "not before its first day"),
    ],
)
def test_a_change_that_contradicts_itself_is_refused(
    dose_mg: float, reason: str, last_day: date | None, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        DrugChange(on=DAY, dose_mg=dose_mg, reason=reason, last_day=last_day)  # type: ignore[arg-type]


def test_an_interruption_of_one_day_is_a_day() -> None:
    change = DrugChange(on=DAY, dose_mg=0.0, reason="interrupted", last_day=date(2026, 3, 2))
    assert change.last_day == change.on.earliest
