"""How the CT after lies on the CT before, and how far that can be trusted."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from seedbed.errors import ImageError
from seedbed.geometry import PlanarContour, RigidTransform, Structure
from seedbed.imaging import Registration, RegistrationQuality, register_cts
from seedbed.journey.before_after.question import MatchBy, Point
from seedbed.journey.before_after.reading import Pair
from seedbed.journey.progress import Progress

DO: Final = "check that both CTs are of one patient and show the place to be shown"
BALL_MM, BALL_STEP_MM = 10.0, 2.5
"""A place that was named stands for a ball of this radius; local rule."""
FRAME_OFF_MM = 5.0
"""Where a registration would move the place by more, the shared frame is not called good; local rule."""


@dataclass(frozen=True)
class Match:
    """The rigid motion from the CT before to the CT after, and its proof.

    Attributes
    ----------
    by : {"registration", "frame"}
        Found by registration, or the frame of reference that both share.
    rigid : RigidTransform
        From points before to points after, LPS mm.
    quality : RegistrationQuality
        Of this motion; usable, or there would be no match.
    error_mm : float
        By registration: mean distance between points and where they come back to by a second registration in
        the other direction. By frame: how far the registration would move the place shown.
    grade : str
        ``"good"``, or ``"look closely"`` with the reason.
    """

    by: MatchBy
    rigid: RigidTransform
    quality: RegistrationQuality
    error_mm: float
    grade: str

    @property
    def tilt_deg(self) -> float:
        """Angle between the planes shown and the axial planes of the CT after."""
        return float(np.degrees(np.arccos(np.clip(self.rigid.rotation[2, 2], -1, 1))))


def match_pair(pair: Pair, at_mm: tuple[Point, ...], by: MatchBy, progress: Progress) -> Match:
    """Lay the CT after on the CT before and judge it; what does not fit is refused.

    Raises
    ------
    ImageError
        Two CTs that do not match, or share no frame of reference where that was asked for.
    StructureError
        A lesion or place outside the CT before.
    """
    before, after = pair.before.ct, pair.after.ct
    frames = (before.identity.frame_uid, after.identity.frame_uid)
    if by == "frame" and (not frames[0] or frames[0] != frames[1]):
        raise ImageError(
            f"CTs with the frames of reference {frames[0] or '(none)'} and {frames[1] or '(none)'}",
            "one that both share",
            "let them be registered, without the frame (--match)",
        )
    around = pair.before.lesion or (ball(at_mm) if at_mm else None)
    found = register_cts(before.volume, after.volume, around=around, progress=progress)
    return _by_frame(found) if by == "frame" else _by_registration(found)


def ball(at_mm: tuple[Point, ...]) -> Structure:
    """Return balls about places as one structure, around which CTs are registered.

    Examples
    --------
    >>> lower, upper = ball(((0.0, 0.0, 0.0),)).bounds_mm
    >>> float(lower[0]), float(upper[2])
    (-10.0, 8.75)
    """
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    heights = np.arange(-BALL_MM + BALL_STEP_MM, BALL_MM, BALL_STEP_MM)
    contours = tuple(
        PlanarContour(z + float(height), np.array([x, y]) + circle * float(np.sqrt(BALL_MM**2 - height**2)))
        for x, y, z in at_mm
        for height in heights
    )
    return Structure("the place to show", contours, BALL_STEP_MM)


def _by_registration(found: Registration) -> Match:
    quality = found.quality
    if not quality.usable:
        raise ImageError(
            f"a registration that is {quality.words}", "two CTs of one patient that show the same place", DO
        )
    return Match("registration", found.rigid, quality, quality.inverse_consistency_mm, quality.words)


def _by_frame(found: Registration) -> Match:
    """Judge the shared frame by the images: what the registration says of standing still."""
    seen = found.quality
    if not seen.usable:
        raise ImageError(
            f"a shared frame of reference that no registration confirms: it is {seen.words}",
            "two CTs of one patient that show the same place",
            DO,
        )
    quality = replace(
        seen, correlation_after=seen.correlation_before, bone_overlap_after=seen.bone_overlap_before,
        shift_mm=np.zeros(3), turn_deg=np.zeros(3),
    )  # fmt: skip
    if not quality.usable:
        raise ImageError(
            f"a shared frame of reference in which the match is {quality.words}",
            "a patient who did not move between the two CTs",
            "let them be registered, without the frame (--match)",
        )
    off = float(np.linalg.norm(seen.shift_mm))
    grade = quality.words
    if off > FRAME_OFF_MM:
        grade = f"look closely: a registration would move the place by {off:.1f} mm"
    return Match("frame", RigidTransform.none(), quality, off, grade)
