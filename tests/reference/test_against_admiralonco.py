"""Best overall responses that admiralonco (pharmaverse, Apache-2.0) expects in its own tests.

tests/testthat/test-derive_param_confirmed_bor.R and test-derive_param_bor.R: stable disease counts from 28
days on, confirmation after 28 days, at most one visit that is not evaluable between.
"""

from datetime import date
from typing import cast

import pytest
from tests.reference.response_points import best_of

from seedbed.response import Response, load_profile

RULES = load_profile("recist11").model_copy(
    update={"stable": load_profile("recist11").stable.model_copy(update={"minimum_weeks": 4})}
)
# Subject, start of treatment, visits, best response without confirmation and with it.
COURSES = [
    (
        "1",
        "2020-01-01",
        "2020-01-01 PR, 2020-02-01 CR, 2020-02-16 NE, 2020-03-01 CR, 2020-04-01 SD",
        "CR",
        "CR",
    ),
    ("2", "2019-12-12", "2020-01-01 SD, 2020-02-01 PR, 2020-03-01 SD, 2020-03-13 CR", "CR", "SD"),
    ("3", "2019-11-11", "2019-11-12 CR, 2019-12-02 CR, 2020-01-01 SD", "CR", "SD"),
    ("4", "2019-12-30", "2020-01-01 PR, 2020-03-01 SD, 2020-04-01 SD, 2020-05-01 PR", "PR", "SD"),
    ("5", "2020-01-01", "2020-01-01 PR, 2020-01-10 SD, 2020-01-20 PR, 2020-05-15 NON-CR/NON-PD", "PR", ""),
    ("6", "2020-02-02", "2020-02-06 PR, 2020-02-16 CR, 2020-03-30 PR", "CR", "SD"),
    ("7", "2020-02-02", "2020-02-06 PR, 2020-02-16 CR, 2020-04-01 NE", "CR", "NE"),
    ("7, stable too early", "2020-02-02", "2020-01-01 SD, 2020-01-02 SD, 2020-01-03 SD", "NE", "NE"),
    ("9", "2020-02-01", "2020-02-16 PD, 2020-03-06 SD", "PD", "PD"),
]


@pytest.mark.parametrize(("subject", "start", "visits", "without", "confirmed"), COURSES)
def test_best_overall_response(
    subject: str, start: str, visits: str, without: Response, confirmed: Response
) -> None:
    dated = []
    for visit in visits.split(", "):
        day, response = visit.split(" ")
        dated.append((date.fromisoformat(day), cast(Response, response)))
    baseline = date.fromisoformat(start)
    assert best_of(dated, baseline, rules=RULES, confirmed=False) == without, subject
    # Subject 5 mixes responses of patients with and without targets; theirs is the last visit's.
    assert best_of(dated, baseline, rules=RULES, confirmed=True) == (confirmed or "NON-CR/NON-PD"), subject
