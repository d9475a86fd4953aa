"""A plan made or changed by hand, put into the form that sheets are written of."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from seedbed.errors import InputError
from seedbed.implant import Needle, SeedImplant
from seedbed.journey.plan.asking import Asked
from seedbed.planning import Plan, Planned
from seedbed.planning.anatomy import BODY, Anatomy, read_anatomy
from seedbed.planning.obstacles import obstacles_of
from seedbed.planning.plan import judged, samples_of_record
from seedbed.planning.tracks import NeedleSet, Track, angles_of

NAME: Final = "as approved"
NEAR_SKIN_VOXELS: Final = 2.0
"""An entry on the skin has air so far outside and body so far inside, in voxels of the body; local rule."""


def planned_by_hand(asked: Asked, implant: SeedImplant) -> tuple[Planned, list[str]]:
    """Judge an implant as the planner judges its own; also say what its needles do not keep.

    Parameters
    ----------
    asked : Asked
        The question that the implant answers.
    implant : SeedImplant
        Every seed on a needle.

    Raises
    ------
    InputError
        A seed without a needle, or no needle.
    NoPlanError
        As of `seedbed.planning.anatomy.read_anatomy`.
    """
    if not implant.needles or (implant.needle_index < 0).any():
        raise InputError(
            "a plan with seeds on no needle", "every seed on a needle", "copy it, and plan it with needles"
        )
    ask = asked.request
    anatomy = read_anatomy(ask.ct, ask.target, obstacles_of(ask.organs, ask.rules), ask.rules)
    tracks = [
        Track(each, _seats(implant, at), _on_skin(anatomy, each)) for at, each in enumerate(implant.needles)
    ]
    dvhs, results = judged(ask.goals, ask.source, implant, samples_of_record(ask.target, ask.organs))
    cost = implant.count * ask.goals.seed_cost + len(implant.needles) * ask.goals.needle_cost
    plan = Plan(
        NAME, implant, ask.goals, _set_of(tracks), dvhs, results, cost,
        bound=None, random_seed=ask.random_seed, seconds=0.0,
    )  # fmt: skip
    return Planned(plan, (), anatomy, {}, stopped=False), _off_skin(tracks)


def _set_of(tracks: Sequence[Track]) -> NeedleSet:
    """Put needles together under their mean direction."""
    mean = np.mean([_along(track.needle) for track in tracks], axis=0)
    length = float(np.linalg.norm(mean))
    direction = mean / length if length > 0 else _along(tracks[0].needle)
    azimuth, tilt = angles_of(direction)
    return NeedleSet("fixed", azimuth, tilt, direction, tuple(tracks), sum(len(t.seats_mm) for t in tracks))


def _seats(implant: SeedImplant, needle: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(implant.positions_mm[implant.needle_index == needle], dtype=np.float64)


def _along(needle: Needle) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    line = np.subtract(needle.tip_mm, needle.entry_mm)
    return np.asarray(line / np.linalg.norm(line), dtype=np.float64)


def _on_skin(anatomy: Anatomy, needle: Needle) -> bool:
    """Tell whether the CT shows the skin at the entry of a needle."""
    reach = NEAR_SKIN_VOXELS * anatomy.rules.body_voxel_mm * _along(needle)
    places = np.array([needle.entry_mm - reach, needle.entry_mm + reach])
    outside, inside = anatomy.place_at(places) == BODY
    return bool(inside and not outside and anatomy.body_grid.contains(places[:1])[0])


def _off_skin(tracks: Sequence[Track]) -> list[str]:
    names = ", ".join(track.needle.name for track in tracks if not track.reaches_skin)
    if not names:
        return []
    said = f"The CT shows no skin at the entries of these needles as they were drawn: {names}"
    return [f"{said}. Their depths count from those entries."]
