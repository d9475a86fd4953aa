"""On which CT a plan or a structure set lies: that after implantation, or that of the planning."""

from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.dicom import CtSeries
from seedbed.errors import InputError


@dataclass(frozen=True)
class Scans:
    """The CT after implantation, and that of the planning where it was given.

    Attributes
    ----------
    after : CtSeries
    before : CtSeries or None
    """

    after: CtSeries
    before: CtSeries | None = None

    def lies_before(
        self, frame_uid: str, name: str, *, series_uids: Sequence[str] = (), said: str | None = None
    ) -> bool:
        """Tell whether an object lies on the planning CT.

        The user's word counts first, then the series that the object names, then its frame of reference. An
        object that names neither series, in a frame that both CTs share, is taken to lie on the planning CT:
        scanners keep a frame within a session, and the patient moved between; `undecided` tells of it.

        Parameters
        ----------
        frame_uid : str
            Frame of reference of the object.
        name : str
            What sentences call it.
        series_uids : sequence of str
            Series of images on which it says that it was drawn.
        said : {"ct", "plan-ct"} or None
            The user's word; it cannot make an object of a foreign frame fit.

        Raises
        ------
        InputError
            A frame of reference that is not that of the CT on which the object lies.
        """
        before = self._before(frame_uid, series_uids, said)
        chosen = self.before if before and self.before is not None else self.after
        self._check(_same(frame_uid, chosen.identity.frame_uid), frame_uid, name, chosen.identity.frame_uid)
        return before

    def undecided(self, frame_uid: str, series_uids: Sequence[str] = (), said: str | None = None) -> bool:
        """Whether nothing but a rule tells on which CT an object lies."""
        named = {each.series_uid for each in self._both} & {*series_uids}
        fits = [each for each in self._both if _same(frame_uid, each.identity.frame_uid)]
        return said is None and len(named) != 1 and len(fits) > 1

    @property
    def _both(self) -> list[CtSeries]:
        return [self.after, *([] if self.before is None else [self.before])]

    def _before(self, frame_uid: str, series_uids: Sequence[str], said: str | None) -> bool:
        if self.before is None or said == "ct":
            return False
        if said == "plan-ct":
            return True
        names = (self.after.series_uid in series_uids, self.before.series_uid in series_uids)
        if names[0] != names[1]:
            return names[1]
        fits_before = _same(frame_uid, self.before.identity.frame_uid)
        return fits_before or not _same(frame_uid, self.after.identity.frame_uid)

    def _check(self, fits: bool, frame_uid: str, name: str, expected: str) -> None:
        if fits:
            return
        do = (
            "give the CT on which it lies"
            if self.before is not None
            else "give the CT of the planning with --plan-ct, so that the two are registered"
        )
        raise InputError(
            f"{name} has the frame of reference {frame_uid or '(none)'}",
            f"that of the CT, {expected or '(none)'}",
            do,
        )


def _same(frame_uid: str, other: str) -> bool:
    return bool(frame_uid) and frame_uid == other
