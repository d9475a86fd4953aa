"""When the activity of a PET was injected and the moment to which its pixels are corrected for decay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from seedbed.dicom.files import number, reading, text
from seedbed.dicom.slices import Slice
from seedbed.errors import ImageError

GE_CREATOR, GE_SCAN_MOMENT = "GEMS_PETD_01", 0x0D
CLOCK_SECONDS = 1.0
"""How far a time that was rounded may lie behind another; local rule."""
FRAMES_SECONDS = 60.0
"""How far frames may disagree on the moment of decay correction; local rule."""
LONG_LIVED_S = 12 * 3600.0
"""Half-life from which the day of injection is not taken for granted; local rule."""
DAY_SECONDS = 24 * 3600.0
MOST_HALF_LIVES = 10.0
"""Decay after which nobody takes images; local rule."""


@dataclass(frozen=True)
class Injection:
    """What the file says of the injection.

    Attributes
    ----------
    dose_bq, half_life_s : float
    moment : str
        Radiopharmaceutical Start DateTime, empty where it is missing.
    clock : str
        Radiopharmaceutical Start Time, empty where it is missing.
    """

    dose_bq: float
    half_life_s: float
    moment: str
    clock: str


def injection_of(one: Slice) -> Injection:
    """Read the one item of the Radiopharmaceutical Information Sequence.

    Raises
    ------
    ImageError
        None or several, no dose or no half-life.
    """
    with reading(one.path, ImageError):
        found = list(one.dataset.get("RadiopharmaceuticalInformationSequence") or [])
        if len(found) != 1:
            raise ImageError(
                f"PET slice '{one.path.name}' has {len(found)} items in "
                f"RadiopharmaceuticalInformationSequence (0054,0016)",
                "one injection",
                "export the series again, with its injection",
            )
        dose, half_life = (
            number(found[0], keyword, name=one.path.name, refusal=ImageError)
            for keyword in ("RadionuclideTotalDose", "RadionuclideHalfLife")
        )
        if min(dose, half_life) <= 0:
            raise ImageError(
                f"PET slice '{one.path.name}' has RadionuclideTotalDose {dose:g} and RadionuclideHalfLife "
                f"{half_life:g}",
                "positive numbers",
                "export the series again",
            )
        moment = text(found[0], "RadiopharmaceuticalStartDateTime").strip()
        return Injection(dose, half_life, moment, text(found[0], "RadiopharmaceuticalStartTime").strip())


def decay_seconds(slices: Sequence[Slice], given: Injection) -> tuple[float, tuple[str, ...]]:
    """Return the time from the injection to the moment of decay correction (START), and notes.

    Raises
    ------
    ImageError
        A time that is missing or contradicts another, or that cannot be.
    """
    reference, notes = _reference(slices, given.half_life_s)
    injected, more = _injected(slices[0], given, reference)
    seconds = (reference - injected).total_seconds()
    if not 0 <= seconds <= MOST_HALF_LIVES * given.half_life_s:
        raise ImageError(
            f"PET slice '{slices[0].path.name}' was injected at {injected} and corrected for decay to "
            f"{reference}: {seconds / given.half_life_s:.1f} half-lives (RadionuclideHalfLife "
            f"{given.half_life_s:g} s)",
            f"0 to {MOST_HALF_LIVES:.0f} half-lives",
            "correct date, time or half-life, or export again",
        )
    return seconds, notes + more


def _reference(slices: Sequence[Slice], half_life_s: float) -> tuple[datetime, tuple[str, ...]]:
    """Find the moment to which pixels are corrected: that of the series, unless it was made from others.

    Then the private one of GE, else what the frames say (QIBA).
    """
    series = {_moment(one, "Series") for one in slices}
    acquired = min(_moment(one, "Acquisition") for one in slices)
    if len(series) == 1 and min(series) <= acquired + timedelta(seconds=CLOCK_SECONDS):
        return min(series), _frames_say_otherwise(slices[0], min(series), half_life_s)
    by_maker = {_private_moment(one) for one in slices}
    if len(by_maker) == 1 and (scan := by_maker.pop()) is not None:
        return scan, (f"corrected for decay to {scan}, by the scanner's own (0009,100D)",)
    frames = [_frame_reference(one, half_life_s) for one in slices]
    if max(frames) - min(frames) > timedelta(seconds=FRAMES_SECONDS):
        raise ImageError(
            f"the frames are corrected for decay to moments from {min(frames)} to {max(frames)} "
            f"(AcquisitionTime and FrameReferenceTime, '{slices[0].path.name}' and others)",
            "one moment for all",
            "export the original series of the scanner",
        )
    return frames[0], (f"corrected for decay to {frames[0]}, by AcquisitionTime and FrameReferenceTime",)


def _frames_say_otherwise(one: Slice, reference: datetime, half_life_s: float) -> tuple[str, ...]:
    if not one.word("FrameReferenceTime") or not one.word("ActualFrameDuration"):
        return ()
    by_frame = _frame_reference(one, half_life_s)
    if abs(by_frame - reference) <= timedelta(seconds=FRAMES_SECONDS):
        return ()
    note = (
        f"corrected for decay to {reference}, by SeriesTime; AcquisitionTime and FrameReferenceTime of "
        f"'{one.path.name}' say {by_frame}"
    )
    return (note,)


def _frame_reference(one: Slice, half_life_s: float) -> datetime:
    """Moment of decay correction from one frame.

    Frame Reference Time runs from that moment to the time in the frame at which its count rate is the average
    one: ``ln(x / (1 - exp(-x))) / lambda`` after its start, ``x = lambda T`` for a frame of length T (QIBA).
    """
    with reading(one.path, ImageError):
        since, length = (
            number(one.dataset, keyword, name=one.path.name, refusal=ImageError) / 1000
            for keyword in ("FrameReferenceTime", "ActualFrameDuration")
        )
    rate = np.log(2) / half_life_s
    decays = rate * length
    average = float(np.log(decays / -np.expm1(-decays)) / rate) if decays > 0 else 0.0
    return _moment(one, "Acquisition") + timedelta(seconds=average - since)


def _injected(one: Slice, given: Injection, reference: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Find the moment of injection; a time without a day is the last such time before the scan."""
    if given.moment:
        moment = _of_datetime(one, "RadiopharmaceuticalStartDateTime (0018,1078)", given.moment)
        _check_clock(one, given, moment)
        return moment, ()
    if not given.clock:
        raise ImageError(
            f"PET slice '{one.path.name}' has neither RadiopharmaceuticalStartDateTime (0018,1078) nor "
            f"RadiopharmaceuticalStartTime (0018,1072)",
            "the time of injection",
            "export the series again, with one of them",
        )
    if given.half_life_s > LONG_LIVED_S:
        raise ImageError(
            f"PET slice '{one.path.name}' has RadiopharmaceuticalStartTime (0018,1072) without a day, and a "
            f"half-life of {given.half_life_s / 3600:.0f} h",
            "RadiopharmaceuticalStartDateTime (0018,1078), since images may be taken days later",
            "export the series again, with this attribute",
        )
    injected = _read(one, "RadiopharmaceuticalStartTime (0018,1072)", f"{reference:%Y%m%d}", given.clock)
    if injected <= reference:
        return injected, ()
    injected -= timedelta(days=1)
    note = f"RadiopharmaceuticalStartTime is later than the scan: injected the day before, at {injected}"
    return injected, (note,)


def _check_clock(one: Slice, given: Injection, moment: datetime) -> None:
    if not given.clock:
        return
    clock = _read(one, "RadiopharmaceuticalStartTime (0018,1072)", f"{moment:%Y%m%d}", given.clock)
    apart = abs((moment - clock).total_seconds())
    if min(apart, DAY_SECONDS - apart) > FRAMES_SECONDS:
        raise ImageError(
            f"PET slice '{one.path.name}' has RadiopharmaceuticalStartDateTime (0018,1078) {given.moment} "
            f"and RadiopharmaceuticalStartTime (0018,1072) {given.clock}",
            "the same time of day",
            "correct the one that is wrong",
        )


def _private_moment(one: Slice) -> datetime | None:
    value = one.private(0x0009, GE_CREATOR, GE_SCAN_MOMENT)
    return _of_datetime(one, "the private attribute (0009,100D)", value) if value else None


def _moment(one: Slice, of: str) -> datetime:
    """Date and time of the series or acquisition."""
    return _read(one, f"{of}Date and {of}Time", one.word(f"{of}Date"), one.word(f"{of}Time"))


def _of_datetime(one: Slice, what: str, value: str) -> datetime:
    """Read a date with a time; one in another time zone than the file states is refused."""
    plain = value.rstrip("0123456789")  # up to the sign of a time zone, if there is one
    zone = value[len(plain) - 1 :] if plain.endswith(("+", "-")) else ""
    if zone and zone != one.word("TimezoneOffsetFromUTC"):
        raise ImageError(
            f"PET slice '{one.path.name}' has {what} {value} and TimezoneOffsetFromUTC (0008,0201) "
            f"{one.word('TimezoneOffsetFromUTC')!r}",
            "one time zone",
            "export the series again",
        )
    local = value.removesuffix(zone)
    return _read(one, what, local[:8], local[8:])


def _read(one: Slice, what: str, day: str, clock: str) -> datetime:
    """Read a date and a time to the minute at least; points and colons are the older way of writing."""
    date = re.fullmatch(r"(\d{4})\.?(\d\d)\.?(\d\d)", day)
    time = re.fullmatch(r"(\d\d):?(\d\d):?(\d\d)?(?:\.(\d{1,6}))?", clock)
    try:
        if date is None or time is None:
            raise ValueError
        digits = "".join(date.groups() + time.groups(default="00"))
        return datetime.strptime(digits, "%Y%m%d%H%M%S%f")
    except ValueError as error:
        raise ImageError(
            f"PET slice '{one.path.name}' has {what} '{day}' '{clock}'",
            "a date, and a time to the minute",
            "export the series again, with both",
        ) from error
