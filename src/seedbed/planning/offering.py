"""What needles a plan is offered: those in the body, others clear of them, and no seat that is taken."""

from collections.abc import Sequence
from dataclasses import replace

from seedbed.planning.kept_needles import clear_of_kept, with_seats_apart
from seedbed.planning.occupied import unoccupied
from seedbed.planning.request import PlanRequest
from seedbed.planning.tracks import NeedleSet, Track


def offered(found: Sequence[NeedleSet], kept: NeedleSet | None, request: PlanRequest) -> list[NeedleSet]:
    """Return sets of needles for a request.

    Parameters
    ----------
    found : sequence of NeedleSet
        Needles that may be pushed; none where only those that lie in the body are wanted.
    kept : NeedleSet or None
        Needles that lie in the body, or are drawn.
    request : PlanRequest
        ``needles`` are those of ``kept``; ``given`` are seeds in the patient.

    Raises
    ------
    NoPlanError
        No seat is left.
    """
    sets = list(found)
    if kept is not None:
        apart = with_seats_apart(kept, request.source)
        sets = [side_by_side(apart, clear_of_kept(each, kept, request.rules)) for each in found] or [apart]
    names = [needle.name for needle in request.needles]
    return unoccupied(sets, request.given, request.source, request.rules, kept=names)


def side_by_side(kept: NeedleSet, found: NeedleSet) -> NeedleSet:
    """Needles that stay, and beside them others, which get a mark where their name is taken.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.implant import Needle
    >>> line = Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, 0.0))
    >>> there = NeedleSet("fixed", 0.0, -90.0, line.direction, (Track(line, np.zeros((1, 3)), True),), 1)
    >>> [track.needle.name for track in side_by_side(there, there).tracks]
    ['N1', "N1'"]
    """
    names = {track.needle.name for track in kept.tracks}
    tracks: list[Track] = list(kept.tracks)
    for track in found.tracks:
        name = track.needle.name
        while name in names:
            name += "'"
        names.add(name)
        tracks.append(replace(track, needle=replace(track.needle, name=name)))
    return replace(found, tracks=tuple(tracks), warnings=kept.warnings)
