"""What seems to be missing of a patient: the images of contours, the plan of a dose, slices of a CT."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from seedbed.dicom.plan_values import counted
from seedbed.imaging.instance import InstanceFacts

STRUCTURES, PLAN, DOSE = "RTSTRUCT", "RTPLAN", "RTDOSE"
NO_IMAGES = {STRUCTURES, PLAN, DOSE, "REG", "SR", "PR", "KO"}
REFERS_TO = {PLAN: "structure set", DOSE: "plan"}
MISSING_SLICE, SAME_PLACE_MM = 1.5, 1e-3
"""A gap so many times wider than the narrowest lacks a slice; nearer than this is one place (local rules)."""


def lacking(imported: Sequence[InstanceFacts], held: Sequence[InstanceFacts]) -> Iterator[str]:
    """Say what objects refer to and the store does not hold, and where CT series have gaps.

    Parameters
    ----------
    imported : sequence of InstanceFacts
        What is looked at.
    held : sequence of InstanceFacts
        All that the store holds of the patient.

    Examples
    --------
    >>> plan = InstanceFacts("1.5", "1.2", "1.3", "1.4", referenced_uid="1.6", modality="RTPLAN")
    >>> list(lacking([plan], [plan]))
    ['RTPLAN 1.5: its structure set 1.6 is not in the store.']
    """
    uids = {one.instance_uid for one in held}
    frames = {one.frame_uid for one in held if one.modality not in NO_IMAGES}
    for one in imported:
        name = f"{one.modality} {one.instance_uid}"
        if one.modality == STRUCTURES and one.frame_uid not in frames:
            frame = one.frame_uid or "(none named)"
            yield f"{name}: no image of its frame of reference {frame} is in the store."
        wanted = REFERS_TO.get(one.modality)
        if wanted and one.referenced_uid not in uids:
            yield f"{name}: its {wanted} {one.referenced_uid or '(none named)'} is not in the store."
    series = {one.series_uid for one in imported}
    yield from _gaps([one for one in held if one.series_uid in series])


def _gaps(held: Sequence[InstanceFacts]) -> Iterator[str]:
    stacks: dict[tuple[str, str], list[InstanceFacts]] = defaultdict(list)
    for one in held:
        if one.modality == "CT" and one.position_mm and "LOCALIZER" not in one.image_type:
            stacks[one.series_uid, one.orientation].append(one)
    for (_, orientation), slices in stacks.items():
        said = _gap(orientation, [one.position_mm for one in slices])
        if said:
            yield f"CT series '{slices[0].series_description or slices[0].series_uid}': {said}."


def _gap(orientation: str, positions: Sequence[str]) -> str:
    """Say how slices do not follow each other evenly along their normal; empty where they do."""
    try:
        along_row, along_column = np.array(orientation.split("\\"), dtype=float).reshape(2, 3)
        corners = np.array([position.split("\\") for position in positions], dtype=float).reshape(-1, 3)
    except ValueError:
        return "positions or orientation are no numbers"
    place = np.sort(corners @ np.cross(along_row, along_column))
    gaps = np.diff(place)
    if not gaps.size:
        return "a single slice"
    if gaps.min() < SAME_PLACE_MM:
        doubled = int((gaps < SAME_PLACE_MM).sum())
        return f"{counted(doubled, 'slice lies', 'slices lie')} where another one does"
    wide = np.flatnonzero(gaps > MISSING_SLICE * gaps.min())
    if not wide.size:
        return ""
    first = "the first " if wide.size > 1 else ""
    return (
        f"slices seem to be missing at {counted(wide.size, 'place')}, {first}between "
        f"{place[wide[0]]:.2f} and {place[wide[0] + 1]:.2f} mm along the normal"
    )
