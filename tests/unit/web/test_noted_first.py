"""What cannot be written into the trail is not done: plans, structures and verifications stay as they are."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.journey.workbench.verifications.kept import RUN
from tests.unit.web.benches import API, Bench
from tests.unit.web.test_verification_record import ADD, SAID
from tests.unit.web.test_verifications import bench, case_of, page, plan_on, verified

from seedbed.errors import OutputError
from seedbed.journey.workbench.trail import Trail

__all__ = ["bench"]
JUDGED = {"version": 0, "seed": 3, "state": "refused"}
GONE = {"kind": "remove_seed", "seed": 0}
DRAWN = {
    "version": 0, "role": "target", "colour": "#ff0000",
    "planes": [{"z_mm": 0.0, "polygons": [[[-8, -8], [8, -8], [8, 8], [-8, 8]]]}],
}  # fmt: skip


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A trail that fails from now on for everything but views."""

    def begin() -> None:
        def busy(*_: Any, **__: Any) -> None:
            raise OutputError("the register is busy", "a free one", "try again")

        monkeypatch.setattr(Trail, "note", busy)
        monkeypatch.setattr(Trail, "viewed", lambda *_, **__: None)

    return begin


@pytest.mark.parametrize(
    ("path", "body"), [("judge", JUDGED), ("edits", {"version": 0, "edit": ADD}), ("sign", SAID)]
)
def test_a_verification_stays_as_it_is(
    bench: Bench, silent: Callable[[], None], path: str, body: dict[str, Any]
) -> None:
    place, physicist = verified(bench, sheets=True), page(bench, "physicist")
    before = physicist.get(place).json()
    assert before["run"]["name"] == RUN
    silent()
    assert physicist.post(f"{place}/{path}", json=body).status_code == 429
    assert physicist.get(place).json() == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("edits", {"version": 2, "edit": GONE}),
        ("sign", {"version": 2, "meaning": "planned"}),
    ],
)
def test_a_plan_stays_as_it_is(
    bench: Bench, silent: Callable[[], None], path: str, body: dict[str, Any]
) -> None:
    place = f"{API}/plans/{plan_on(bench, 'Planning', approved=False).plan}"
    physicist = page(bench, "physicist")
    before = physicist.get(place).json()
    assert before["version"] == 2
    silent()
    assert physicist.post(f"{place}/{path}", json=body).status_code == 429
    assert physicist.get(place).json() == before


def test_nothing_is_begun_and_no_structure_kept(bench: Bench, silent: Callable[[], None]) -> None:
    plan, physicist = plan_on(bench, "Planning"), page(bench, "physicist")
    place = f"{API}/cases/{case_of(bench, 'Post')}"
    silent()
    assert physicist.put(f"{place}/structures?name=GTV", json=DRAWN).status_code == 429
    assert physicist.post(f"{place}/verifications", json={"plan": plan.plan}).status_code == 429
    assert physicist.get(f"{place}/structures").json()["structures"] == []
    assert physicist.get(f"{place}/verifications").json()["verifications"] == []
