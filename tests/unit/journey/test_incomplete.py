"""What objects refer to and the store lacks is said; so are gaps between slices."""

from collections.abc import Sequence

import pytest

from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.incomplete import lacking

AXIAL = "1\\0\\0\\0\\1\\0"
SAGITTAL = "0\\1\\0\\0\\0\\-1"


def rt(modality: str, uid: str, *, frame: str = "", refers_to: str = "") -> InstanceFacts:
    return InstanceFacts(
        uid, "1.2", f"{uid}.1", "1.4", modality=modality, frame_uid=frame, referenced_uid=refers_to
    )


def slices(places: Sequence[float], orientation: str = AXIAL, kind: str = "ORIGINAL") -> list[InstanceFacts]:
    along = 0 if orientation == SAGITTAL else 2
    corners = [["-10", "5", "7"] for _ in places]
    for corner, place in zip(corners, places, strict=True):
        corner[along] = str(place)
    return [
        InstanceFacts(
            f"1.9.{kind}.{orientation}.{number}", "1.2", "1.3", "1.4", frame_uid="1.5", modality="CT",
            series_description="Neck", image_type=kind, orientation=orientation,
            position_mm="\\".join(corner),
        )
        for number, corner in enumerate(corners)
    ]  # fmt: skip


def notes(*facts: InstanceFacts) -> list[str]:
    return list(lacking(facts, facts))


def test_a_whole_case_has_nothing_to_say() -> None:
    structures = rt("RTSTRUCT", "1.6", frame="1.5")
    plan = rt("RTPLAN", "1.7", refers_to="1.6")
    dose = rt("RTDOSE", "1.8", refers_to="1.7")
    assert notes(*slices([0, 2.5, 5]), structures, plan, dose) == []


def test_what_is_referred_to_and_absent_is_named() -> None:
    assert notes(rt("RTSTRUCT", "1.6", frame="1.5"), rt("RTDOSE", "1.8", frame="1.5", refers_to="1.7")) == [
        "RTSTRUCT 1.6: no image of its frame of reference 1.5 is in the store.",
        "RTDOSE 1.8: its plan 1.7 is not in the store.",
    ]
    assert notes(rt("RTPLAN", "1.7")) == ["RTPLAN 1.7: its structure set (none named) is not in the store."]


def test_what_the_store_held_before_counts() -> None:
    structures = rt("RTSTRUCT", "1.6", frame="1.5")
    assert list(lacking([structures], [structures, *slices([0, 2.5])])) == []


@pytest.mark.parametrize("orientation", [AXIAL, SAGITTAL])
def test_a_missing_slice_is_seen_along_the_normal_in_any_order(orientation: str) -> None:
    whole = slices([7.5, 0, 2.5, 10, 5], orientation)
    assert notes(*whole) == []
    (note,) = notes(*slices([7.5, 0, 12.5, 2.5, 10], orientation))
    assert note.startswith("CT series 'Neck': slices seem to be missing at 1 place, between ")
    first, second = (float(word) for word in note.split("between ")[1].split(" mm")[0].split(" and "))
    assert sorted(abs(place) for place in (first, second)) == [2.5, 7.5]


def test_slices_at_one_place_single_slices_and_positions_that_are_none_are_said() -> None:
    assert notes(*slices([0, 2.5, 2.5])) == ["CT series 'Neck': 1 slice lies where another one does."]
    assert notes(*slices([0])) == ["CT series 'Neck': a single slice."]
    (broken,) = slices([0], orientation="1\\0")
    assert notes(broken) == ["CT series 'Neck': positions or orientation are no numbers."]


def test_a_localiser_is_no_slice() -> None:
    assert notes(*slices([0, 2.5, 5]), *slices([80], SAGITTAL, kind="ORIGINAL\\PRIMARY\\LOCALIZER")) == []
