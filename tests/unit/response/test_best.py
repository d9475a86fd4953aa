"""Best response and durations of the paper's profile, where every response must be sustained."""

import pytest
from tests.reference.response_points import DAY, best_of, on_days

from seedbed.response import Response, load_profile

PAPER = load_profile("paper")


@pytest.mark.parametrize(
    ("course", "confirmed"),
    [
        ([(60, "PD")], "NE"),  # seen once: not sustained yet
        ([(60, "PD"), (120, "PD")], "PD"),
        ([(60, "PD"), (120, "SD")], "SD"),  # the growth did not last
        ([(28, "SD")], "SD"),
        ([(27, "SD")], "NE"),
        ([(60, "PR"), (120, "PR")], "PR"),
        ([(60, "PR"), (120, "SD")], "SD"),
        ([(60, "PR"), (70, "NE"), (80, "NE"), (120, "PR")], "PR"),  # the paper sets no limit
        ([(60, "CR"), (120, "PD"), (180, "PD")], "SD"),
    ],
)
def test_the_paper_wants_every_response_sustained(
    course: list[tuple[int, Response]], confirmed: Response
) -> None:
    assert best_of(on_days(*course), DAY, rules=PAPER, confirmed=True) == confirmed
