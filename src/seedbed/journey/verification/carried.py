"""Contours on the CT after implantation: drawn there, or carried over from the planning CT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seedbed.dicom import CtSeries, check_inside
from seedbed.errors import SeedbedError, StructureError
from seedbed.geometry import Structure
from seedbed.geometry.gaps import gap_warning
from seedbed.imaging import Registration
from seedbed.journey.contoured_ct import ContouredCt
from seedbed.journey.structure_roles import chosen_organs
from seedbed.journey.verification.reading import Files

DRAWN_HERE = "The contours were drawn on the CT after implantation."
UNCHANGED = (
    "The contours lie in the frame of reference of the CT after implantation but were drawn on other images: "
    "they were taken as they are, and the patient may have moved, swollen or shrunk since."
)
CARRIED = (
    "The contours were drawn on the planning CT and carried over by the registration: swelling and shrinking "
    "since then are not in them{bent}."
)


How = Literal["drawn", "unchanged", "carried"]


@dataclass(frozen=True)
class Contours:
    """What is judged, on the CT after implantation, and as it was drawn.

    Attributes
    ----------
    drawn : ContouredCt
        On the CT on which it was drawn.
    before : ContouredCt or None
        As drawn on the planning CT.
    organs_before : tuple of Structure
    target : Structure
    organs : tuple of Structure
        The skin last.
    structures : Mapping of str to Structure
        All of them.
    how : {"drawn", "unchanged", "carried"}
        Drawn on the CT after implantation, taken from other images of its frame, or carried over by the
        registration.
    """

    drawn: ContouredCt
    before: ContouredCt | None
    organs_before: tuple[Structure, ...]
    target: Structure
    organs: tuple[Structure, ...]
    structures: Mapping[str, Structure]
    how: How

    @property
    def carried(self) -> bool:
        """Whether a registration carried them over."""
        return self.how == "carried"


def contours_on(
    files: Files, organs: Sequence[str], registration: Registration | None
) -> tuple[Contours, list[str]]:
    """Bring structures onto the CT after implantation; return them and sentences on what was done.

    Parameters
    ----------
    files : Files
        With structures.
    organs : sequence of str
        Names asked for; empty for all that are organs.
    registration : Registration or None
        Needed where they were drawn on the planning CT.

    Raises
    ------
    StructureError
        A target that reaches outside the CT, names that are none, an organ asked for by name that cannot be
        carried over.
    """
    drawn, ct = files.drawn, files.scans.after
    if drawn is None:
        raise StructureError("no structures", "a structure set", "give one with --structures")
    chosen, said = chosen_organs(drawn.others, organs, target=drawn.whole.name)
    notes = [*said, *(text for e in (drawn.whole, *chosen) if (text := gap_warning(e)) is not None)]
    if registration is None or not files.drawn_before:
        listed = drawn.structures | {drawn.target.name: drawn.target}
        how: How = "drawn" if files.drawn_here else "unchanged"
        found = Contours(drawn, files.earlier, _earlier(files, chosen), drawn.target, chosen, listed, how)
        return found, [DRAWN_HERE if files.drawn_here else UNCHANGED, *notes]
    target = registration.carry(drawn.target)
    check_inside(target, ct)
    kept, lost = _carried(drawn.others, registration, ct, needed=organs)
    here = chosen_organs(kept, organs, target=drawn.whole.name)[0]
    bent = " but for what the deformation shows" if registration.deformation is not None else ""
    listed = kept | {target.name: target}
    found = Contours(drawn, drawn, chosen, target, here, listed, "carried")
    return found, [CARRIED.format(bent=bent), *lost, *notes]


def _earlier(files: Files, organs: Sequence[Structure]) -> tuple[Structure, ...]:
    """Return the organs drawn on the planning CT that are judged on the other one too."""
    if files.earlier is None:
        return ()
    every, _ = chosen_organs(files.earlier.others, (), target=files.earlier.whole.name)
    names = {organ.name for organ in organs}
    return tuple(organ for organ in every if organ.name in names)


def _carried(
    others: Mapping[str, Structure], registration: Registration, ct: CtSeries, *, needed: Sequence[str]
) -> tuple[dict[str, Structure], list[str]]:
    """Carry the other structures over; say which could not be, and why. One asked for by name must be."""
    kept: dict[str, Structure] = {}
    lost = []
    for name, each in others.items():
        if not each.volume_mm3 > 0:
            continue
        try:
            moved = registration.carry(each)
            check_inside(moved, ct)
        except SeedbedError as error:
            if name in needed:
                raise
            lost.append(f"'{name}' was not carried over: {error}")
        else:
            kept[name] = moved
    return kept, lost
