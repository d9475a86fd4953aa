"""Sizes of lesions that cannot be true together, or look like centimetres typed as millimetres.

The limits of what is asked about are local rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from seedbed.patient.doubts import Finding
from seedbed.patient.records import LesionRecord, Measurement, Record
from seedbed.patient.records.findings import DIAMETERS

JUMP = 6.0
"""Times by which a diameter changes from one image to the next, or differs from the others of one image, that
is asked about: centimetres typed as millimetres are ten times, and lesions grow and shrink beside."""
SMALLEST_MM = 5.0
"""A target whose largest diameter is below this when it is first measured is asked about."""


def odd_sizes(records: Sequence[Record]) -> Iterator[Finding]:
    """Find what is wrong or odd about the sizes of the lesions of one patient.

    Examples
    --------
    >>> from seedbed.patient.partial_dates import PartialDate
    >>> slip = Measurement(patient_id="S-01", lesion="T1", on=PartialDate("2026-01-05"), longest_mm=3.2)
    >>> print(next(odd_sizes([slip])).sentence)
    measurement S-01, T1, 2026-01-05 is the first of T1 and has 3.2 mm: centimetres typed as millimetres?
    """
    measured = [each for each in records if isinstance(each, Measurement)]
    series: dict[tuple[str, str], list[Measurement]] = {}
    for each in sorted(measured, key=lambda each: each.on):
        series.setdefault((each.lesion, each.reader), []).append(each)
    small = {each.lesion for each in records if isinstance(each, LesionRecord) and _may_be_small(each)}
    yield from _sizes(measured)
    for one in series.values():
        yield from _jumps(one)
        if one[0].lesion not in small:
            yield from _first(one)


def _may_be_small(lesion: LesionRecord) -> bool:
    return lesion.role in ("non-target", "new")


def _first(series: Sequence[Measurement]) -> Iterator[Finding]:
    """Ask about a target that is tiny when it is first measured, as all are in a column of centimetres."""
    for each in series:
        sizes = {name: value for name in DIAMETERS if (value := getattr(each, name)) is not None}
        if not sizes:
            continue
        name = max(sizes, key=sizes.__getitem__)
        if 0 < sizes[name] < SMALLEST_MM and each.state not in ("too small", "absent"):
            what = f"{each.name} is the first of {each.lesion} and has {sizes[name]:g} mm"
            yield Finding("ask", each, name, f"{what}: centimetres typed as millimetres?")
        return


def _sizes(measured: Iterable[Measurement]) -> Iterator[Finding]:
    for each in measured:
        longest, short = each.longest_mm, each.short_axis_mm
        if longest is not None and short is not None and short > longest:
            yield Finding(
                "wrong",
                each,
                "short_axis_mm",
                f"{each.name} has a short axis of {short:g} mm, above the longest diameter of {longest:g} mm",
            )
        sizes = {name: value for name in DIAMETERS if (value := getattr(each, name)) is not None}
        if each.state == "absent" and any(sizes.values()):
            name = next(name for name, value in sizes.items() if value)
            yield Finding("wrong", each, name, f"{each.name} is absent, and has a diameter")
        least = min(sizes, key=sizes.__getitem__, default="")
        if least and 0 < sizes[least] * JUMP <= max(sizes.values()):
            yield Finding(
                "ask",
                each,
                least,
                f"{each.name} has a diameter of {sizes[least]:g} mm beside {max(sizes.values()):g} mm: "
                "centimetres typed as millimetres?",
            )


def _jumps(series: Sequence[Measurement]) -> Iterator[Finding]:
    for name in DIAMETERS:
        yield from _jumps_of([(each, getattr(each, name)) for each in series], name)


def _jumps_of(sizes: Iterable[tuple[Measurement, float | None]], name: str) -> Iterator[Finding]:
    seen = [(each, value) for each, value in sizes if value and each.state != "too small"]
    for (before, old), (each, new) in pairwise(seen):
        if max(old, new) < JUMP * min(old, new):
            continue
        yield Finding(
            "ask",
            each,
            name,
            f"{each.name} has {new:g} mm after {old:g} mm on {before.on}: centimetres typed as millimetres?",
        )
