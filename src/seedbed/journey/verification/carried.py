"""Contours on the CT after implantation: drawn there, or carried over from the planning CT."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from seedbed.dicom import CtSeries, check_inside
from seedbed.errors import SeedbedError
from seedbed.geometry import Structure
from seedbed.geometry.gaps import gap_warning
from seedbed.imaging import Registration
from seedbed.journey.contoured_ct import ContouredCt
from seedbed.journey.structure_roles import chosen_organs

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
    ct: CtSeries,
    drawn: ContouredCt,
    organs: Sequence[str],
    *,
    registration: Registration | None,
    before: ContouredCt | None,
    drawn_here: bool,
) -> tuple[Contours, tuple[str, ...]]:
    """Bring structures onto the CT after implantation; return them and sentences on what was done.

    Parameters
    ----------
    ct : CtSeries
    drawn : ContouredCt
    organs : sequence of str
        Names asked for; empty for all that are organs.
    registration : Registration or None
        None where they were drawn on ``ct``.
    before : ContouredCt or None
        Structures drawn on the planning CT, beside those drawn on ``ct``.
    drawn_here : bool
        Whether they say that they were drawn on ``ct``.

    Raises
    ------
    StructureError
        A target that reaches outside the CT, names that are none.
    """
    chosen, said = chosen_organs(drawn.others, organs, target=drawn.whole.name)
    notes = [*said, *(text for e in (drawn.whole, *chosen) if (text := gap_warning(e)) is not None)]
    if registration is None:
        listed = drawn.structures | {drawn.target.name: drawn.target}
        earlier = () if before is None else chosen_organs(before.others, (), target=before.whole.name)[0]
        found = Contours(
            drawn, before, earlier, drawn.target, chosen, listed, "drawn" if drawn_here else "unchanged"
        )
        return found, (DRAWN_HERE if drawn_here else UNCHANGED, *notes)
    target = registration.carry(drawn.target)
    check_inside(target, ct)
    kept, lost = _carried(drawn.others, registration, ct)
    here, _ = chosen_organs(kept, [name for name in organs if name in kept], target=drawn.whole.name)
    bent = " but for what the deformation shows" if registration.deformation is not None else ""
    listed = kept | {target.name: target}
    found = Contours(drawn, drawn, chosen, target, here, listed, "carried")
    return found, (CARRIED.format(bent=bent), *lost, *notes)


def _carried(
    others: Mapping[str, Structure], registration: Registration, ct: CtSeries
) -> tuple[dict[str, Structure], list[str]]:
    """Carry the other structures over; say which could not be, and why."""
    kept: dict[str, Structure] = {}
    lost = []
    for name, each in others.items():
        if not each.volume_mm3 > 0:
            continue
        try:
            moved = registration.carry(each)
            check_inside(moved, ct)
        except SeedbedError as error:
            lost.append(f"'{name}' was not carried over: {error}")
        else:
            kept[name] = moved
    return kept, lost
