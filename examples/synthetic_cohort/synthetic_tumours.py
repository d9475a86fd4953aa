"""Tumours of the made-up patients: volumes near the paper's, diameters that RECIST reads as planned.

A tumour shrinks by one factor in the diameter that RECIST counts and by others across it: group B of the
paper has 8 partial responses of 25 and an upper quartile of 46 % in the loss of volume, which spheres
cannot have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, pi

from numpy.random import Generator
from printed_numbers import printed_quartiles, quartiles, with_quartiles
from synthetic_courses import Course

RANK = {"PD": 0, "SD": 1, "PR": 2, "CR": 3}
TRIALS = 6000
MOST_PARTIAL, LEAST_STABLE, MOST_STABLE = 0.66, 0.74, 1.1
"""Counted diameters over baseline, clear of the thresholds of 0.7 and 1.2."""
GROWTH, MORE_MM = 1.26, 6.5
"""Progression: so many times the smallest sum, and so many mm more than that."""
ON_THE_WAY = {2: 0.4, 4: 0.75}
ON_THE_WAY_TO_PROGRESSION = {2: 0.1, 4: 0.35}


@dataclass(frozen=True)
class Burden:
    """Volume of all targets of a patient, cm3, and what is left of it at 6 and 12 months."""

    volume_cc: float
    left: Mapping[int, float]


@dataclass(frozen=True)
class Size:
    """Diameters of one target, mm: in the plane the longest and the one across it, and craniocaudal."""

    longest: float
    across: float
    craniocaudal: float

    @property
    def volume_cc(self) -> float:
        """Volume of the ellipsoid."""
        return pi / 6 * self.longest * self.across * self.craniocaudal / 1000


def burdens(
    courses: Sequence[Course], *, ends: Mapping[str, Mapping[str, Sequence[float]]], rng: Generator
) -> dict[str, Burden]:
    """Share the printed volumes and reductions out so that the volumes at 6 and 12 months come near too.

    The better the response the larger the reduction; volumes, and reductions of one response, change places
    while that brings the quartiles of the volumes nearer to those printed.
    """
    group = courses[0].arm
    volumes, lost = (
        with_quartiles(len(courses), printed_quartiles(line, group), ends=ends[line][group])
        for line in ("tumor_size_baseline", "vrr_6_months")
    )
    rng.shuffle(volumes)
    by_response = sorted(range(len(courses)), key=lambda place: RANK[courses[place].responses[6]])
    at_6 = [0.0] * len(courses)
    for place, value in zip(by_response, lost, strict=True):
        at_6[place] = value
    best = _Shares(courses, volumes, at_6, _lost_by_12(courses, ends["vrr_12_months"][group]))
    nearest = best.distance(group)
    for _ in range(TRIALS):
        trial = best.changed(rng)
        distance = trial.distance(group)
        if distance <= nearest:
            best, nearest = trial, distance
    return best.burdens()


def _lost_by_12(courses: Sequence[Course], ends: Sequence[float]) -> list[float]:
    """Return the reductions at 12 months, rising; all of it for complete responses."""
    assessed = [each.responses[12] for each in courses if 12 in each.responses]
    values = with_quartiles(len(assessed), printed_quartiles("vrr_12_months", courses[0].arm), ends=ends)
    complete = assessed.count("CR")
    return [*values[: len(values) - complete], *[100.0] * complete]


@dataclass(frozen=True)
class _Shares:
    """Who has which volume and which reductions, percent."""

    courses: Sequence[Course]
    volumes: list[float]
    at_6: list[float]
    by_12: list[float]

    def at_12(self) -> dict[int, float]:
        """Reduction at 12 months by place: in the order of the response, then of the one at 6 months."""
        assessed = [place for place, each in enumerate(self.courses) if 12 in each.responses]
        assessed.sort(key=lambda place: (RANK[self.courses[place].responses[12]], self.at_6[place]))
        return dict(zip(assessed, self.by_12, strict=True))

    def changed(self, rng: Generator) -> "_Shares":
        """Let two patients change their volumes, or two of one response their reductions."""
        one, other = rng.choice(len(self.courses), 2, replace=False)
        volumes, at_6 = list(self.volumes), list(self.at_6)
        if rng.random() < 0.5:
            volumes[one], volumes[other] = volumes[other], volumes[one]
        elif self.courses[one].responses[6] == self.courses[other].responses[6]:
            at_6[one], at_6[other] = at_6[other], at_6[one]
        return _Shares(self.courses, volumes, at_6, self.by_12)

    def distance(self, group: str) -> float:
        """How far the quartiles of the volumes are from those printed, as a sum of logarithms."""
        after_6 = [volume * (1 - lost / 100) for volume, lost in zip(self.volumes, self.at_6, strict=True)]
        after_12 = [self.volumes[place] * (1 - lost / 100) for place, lost in self.at_12().items()]
        apart = sum(
            abs(log((own + 0.5) / (printed + 0.5)))
            for line, values in (("tumor_size_6_months", after_6), ("tumor_size_12_months", after_12))
            for own, printed in zip(quartiles(values), printed_quartiles(line, group), strict=True)
        )
        return round(apart, 9)  # the last digits of a logarithm are not the same on every computer

    def burdens(self) -> dict[str, Burden]:
        """Return what each patient has."""
        at_12 = self.at_12()
        return {
            each.patient: Burden(
                self.volumes[place],
                {6: 1 - self.at_6[place] / 100} | ({12: 1 - at_12[place] / 100} if place in at_12 else {}),
            )
            for place, each in enumerate(self.courses)
        }


def first_sizes(course: Course, burden: Burden, rng: Generator) -> list[Size]:
    """Part the volume among one or two targets."""
    two = course.metastasis != "lymph node only" and rng.random() < 0.4
    return [_first_size(burden.volume_cc * share, rng) for share in ((0.75, 0.25) if two else (1.0,))]


def _first_size(volume_cc: float, rng: Generator) -> Size:
    across, deep = rng.uniform(0.7, 0.8), rng.uniform(0.8, 1.05)
    longest = round((6000 * volume_cc / (pi * across * deep)) ** (1 / 3), 1)
    wide = round(across * longest, 1)
    return Size(longest, wide, round(6000 * volume_cc / (pi * longest * wide), 1))


@dataclass(frozen=True)
class Change:
    """What is left at a visit: of the counted diameters, and of the volume; 0 is gone."""

    counted: float
    volume: float


def changes(
    course: Course, burden: Burden, *, sum_mm: float, months: Sequence[int], rng: Generator
) -> dict[int, Change]:
    """Return the change at each month that images are taken, so that RECIST answers as planned."""
    found = {6: _at_6(course, burden, sum_mm)}
    way = ON_THE_WAY_TO_PROGRESSION if course.responses[6] == "PD" else ON_THE_WAY
    for month, part in way.items():
        found[month] = Change(1 + part * (found[6].counted - 1), 1 + part * (found[6].volume - 1))
    if 12 in course.responses:
        found[12] = _at_12(course, burden, found[6], sum_mm)
    last, progressed = found.get(12, found[6]), course.responses.get(12, course.responses[6]) == "PD"
    smallest = min(1.0, *(each.counted for each in found.values()))
    for month in (each for each in months if each > 12):
        if course.progression == (month, "local"):
            last, progressed = _times(last, (smallest * GROWTH + MORE_MM / sum_mm) / last.counted), True
        elif progressed:
            last = _times(last, 1.03)
        found[month] = last if progressed else _times(last, rng.uniform(0.98, 1.02))
    return {month: found[month] for month in months if month in found}


def _times(change: Change, factor: float) -> Change:
    return Change(change.counted * factor, change.volume * factor**3)


def _at_6(course: Course, burden: Burden, sum_mm: float) -> Change:
    left = burden.left[6]
    of_sphere = left ** (1 / 3)
    counted = {
        "PD": max(of_sphere, GROWTH, 1 + MORE_MM / sum_mm),
        "SD": min(max(of_sphere, LEAST_STABLE), MOST_STABLE),
        "PR": min(of_sphere, MOST_PARTIAL),
    }[course.responses[6]]
    return Change(counted, left)


def _at_12(course: Course, burden: Burden, before: Change, sum_mm: float) -> Change:
    left, response = burden.left[12], course.responses[12]
    smallest = min(1.0, before.counted)
    of_sphere = left ** (1 / 3)
    if response == "PD" and course.progression == (12, "local"):
        return Change(max(of_sphere, smallest * GROWTH + MORE_MM / sum_mm), left)
    if response == "CR":
        return Change(0.0, 0.0)
    most = smallest * MOST_STABLE
    if response == "PR":
        return Change(min(of_sphere, MOST_PARTIAL, most), left)
    return Change(min(max(of_sphere, LEAST_STABLE), most), left)


def size_after(first: Size, change: Change, *, is_node: bool) -> Size:
    """Return the diameters after a change; the craniocaudal one makes up the volume."""
    beside = (change.volume / change.counted) ** 0.5
    if is_node:
        across = round(first.across * change.counted, 1)
        longest = round(max(first.longest * beside, 1.05 * across), 1)
    else:
        longest = round(first.longest * change.counted, 1)
        across = round(min(first.across * beside, 0.95 * longest), 1)
    deep = 6000 * first.volume_cc * change.volume / (pi * longest * across)
    return Size(longest, across, round(deep, 1))
