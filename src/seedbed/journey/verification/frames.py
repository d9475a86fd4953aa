"""On which CT a plan or a structure set lies: that after implantation, or that of the planning."""

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

    def lies_before(self, frame_uid: str, name: str, *, drawn_on: str | None = None) -> bool:
        """Tell whether an object lies on the planning CT.

        Where both CTs share one frame of reference and a planning CT was given, an object of that frame is
        taken to lie on the planning CT unless the user says otherwise: scanners reuse a frame within a
        session, and the patient moved between.

        Parameters
        ----------
        frame_uid : str
            Frame of reference of the object.
        name : str
            What sentences call it.
        drawn_on : {"ct", "plan-ct"} or None
            The user's word; it cannot make an object of a foreign frame fit.

        Raises
        ------
        InputError
            A frame of reference that is that of neither CT.
        """
        here, there = self.after.identity.frame_uid, self.before.identity.frame_uid if self.before else ""
        fits_after, fits_before = _same(frame_uid, here), _same(frame_uid, there)
        if drawn_on == "ct" or (fits_after and not fits_before):
            self._check(fits_after, frame_uid, name, here)
            return False
        if self.before is None:
            self._check(fits_after, frame_uid, name, here)
            return False
        self._check(fits_before, frame_uid, name, there)
        return True

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
