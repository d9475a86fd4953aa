"""Visits with a given overall response, for tests of what is made of them."""

from collections.abc import Sequence
from datetime import date, timedelta

from seedbed.patient import PartialDate
from seedbed.protocol import ResponseRules
from seedbed.response import Response, TimepointResponse
from seedbed.response.best import best_response, with_confirmation

DAY = date(2020, 1, 1)


def made_points(dated: Sequence[tuple[date, Response]]) -> list[TimepointResponse]:
    """Return visits of these days and overall responses."""
    return [
        TimepointResponse(
            on=on,
            when=PartialDate.of(on),
            label="",
            response=response,
            target_response=None if response == "NON-CR/NON-PD" else response,
            non_target_response=None,
            confirmation="pending",
            sum_mm=None,
            measured_sum_mm=None,
            nadir_mm=None,
            change_from_baseline_pct=None,
            change_from_nadir_pct=None,
            new_lesion=False,
            new_lesions=(),
            equivocal_lesions=(),
            not_measured=(),
            after_progression=False,
            decided_by=(),
            rule_ids=(),
            reason="",
        )
        for on, response in dated
    ]


def best_of(
    dated: Sequence[tuple[date, Response]], baseline: date, *, rules: ResponseRules, confirmed: bool
) -> Response:
    """Return the best response of visits of these days and overall responses."""
    points = with_confirmation(made_points(dated), rules)
    return best_response(points, PartialDate.of(baseline), rules=rules, confirmed=confirmed).response


def on_days(*pairs: tuple[int, Response]) -> list[tuple[date, Response]]:
    """Return dated responses from days after baseline."""
    return [(DAY + timedelta(days=day), response) for day, response in pairs]
