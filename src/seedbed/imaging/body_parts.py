"""Parts of a synthetic body: closed analytic curves, plane by plane, read from a sourced file.

A curve is a superellipse ``|x/a|^p + |y/b|^p = 1`` whose radius is modulated by a few cosine waves, after
A. H. Barr, Superquadrics and angle-preserving transformations, IEEE CGA 1 (1981) 11. It serves twice: its
points are the true contour, and its distance decides how much of a pixel it covers.
"""

from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.tables import read_toml

FloatArray = NDArray[np.float64]
Wave = tuple[float, float, float]
NECK_FILE = "digital_neck.toml"


@dataclass(frozen=True)
class Section:
    """One closed curve on one plane.

    Attributes
    ----------
    at_mm : (x, y)
        Centre.
    half_mm : (a, b)
        Half axes before turning.
    turn_rad : float
        Turn about z.
    power : float
        Exponent of the superellipse.
    waves : tuple of (order, share, phase)
        The radius is multiplied by one plus the sum of share cos(order t + phase), t in radians.

    Examples
    --------
    >>> circle = Section((0.0, 0.0), (2.0, 2.0), 0.0, 2.0, ())
    >>> circle.level(np.array([1.0, 4.0]), np.array([0.0, 0.0]))
    array([0.5, 2. ])
    """

    at_mm: tuple[float, float]
    half_mm: tuple[float, float]
    turn_rad: float
    power: float
    waves: tuple[Wave, ...]

    @property
    def reach_mm(self) -> tuple[float, float]:
        """Half sides along x and y of a box about the centre that holds the curve."""
        wider = 1 + sum(abs(wave[1]) for wave in self.waves)
        cos, sin = abs(np.cos(self.turn_rad)), abs(np.sin(self.turn_rad))
        a, b = self.half_mm
        return float(a * cos + b * sin) * wider, float(a * sin + b * cos) * wider

    def level(self, x_mm: FloatArray, y_mm: FloatArray) -> FloatArray:
        """Return 1 on the curve, less inside, more outside, in proportion to the distance from the centre."""
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        x, y = x_mm - self.at_mm[0], y_mm - self.at_mm[1]
        u = (cos * x + sin * y) / self.half_mm[0]
        v = (cos * y - sin * x) / self.half_mm[1]
        plain: FloatArray = (np.abs(u) ** self.power + np.abs(v) ** self.power) ** (1 / self.power)
        return plain / self._swing(np.arctan2(v, u)) if self.waves else plain

    def points(self, count: int) -> FloatArray:
        """Return points on the curve, anticlockwise as x turns to y, shape (count, 2), mm."""
        angle = 2 * np.pi * np.arange(count) / count
        u, v = (np.sign(w) * np.abs(w) ** (2 / self.power) for w in (np.cos(angle), np.sin(angle)))
        swing = self._swing(np.arctan2(v, u))
        x, y = u * swing * self.half_mm[0], v * swing * self.half_mm[1]
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        return np.stack([self.at_mm[0] + cos * x - sin * y, self.at_mm[1] + sin * x + cos * y], axis=1)

    def coverage(self, x_mm: FloatArray, y_mm: FloatArray, *, spacing_mm: tuple[float, float]) -> FloatArray:
        """Share of each pixel inside, from the signed distance to the curve, shape (ny, nx).

        The distance is (1 - level) over the length of the gradient of the level, exact to first order.
        """
        level = self.level(x_mm[None, :], y_mm[:, None])
        slope = np.hypot(*np.gradient(level, spacing_mm[1], spacing_mm[0]))
        inside: FloatArray = (1 - level) / np.maximum(slope, 1e-9)
        return np.clip(0.5 + inside / np.mean(spacing_mm), 0.0, 1.0)

    def _swing(self, angle: FloatArray) -> FloatArray:
        swing = np.ones_like(angle)
        for order, share, phase in self.waves:
            swing += share * np.cos(order * angle + phase)
        return swing


@dataclass(frozen=True)
class Part:
    """A part of the body: how its section changes from plane to plane. The file explains the fields."""

    name: str
    tissue: str
    at: tuple[float, float]
    half: tuple[float, float]
    turn: float = 0.0
    power: float = 2.0
    waves: tuple[Wave, ...] = ()
    drift: tuple[float, float] = (0.0, 0.0)
    grow: tuple[float, float] = (0.0, 0.0)
    within: tuple[float, float] | None = None
    ball: tuple[float, float] | None = None
    inner: tuple[str, float] | None = None
    group: str = ""
    structure: str = ""
    points: int = 72

    def section(self, z_mm: float) -> Section | None:
        """Return the curve on a plane, or None where there is none."""
        shrink = 1.0
        if self.ball is not None:
            away = (z_mm - self.ball[0]) / self.ball[1]
            if abs(away) >= 1:
                return None
            shrink = float(np.sqrt(1 - away**2))
        half = (
            (self.half[0] + self.grow[0] * z_mm) * shrink,
            (self.half[1] + self.grow[1] * z_mm) * shrink,
        )
        if min(half) <= 0:
            return None
        at = (self.at[0] + self.drift[0] * z_mm, self.at[1] + self.drift[1] * z_mm)
        waves = tuple((order, share, np.deg2rad(phase)) for order, share, phase in self.waves)
        return Section(at, half, float(np.deg2rad(self.turn)), self.power, waves)

    def share_of_slice(self, lower_mm: float, upper_mm: float, *, levels: "Levels") -> float:
        """Share of a slice where a part that repeats with the vertebrae is present."""
        if self.within is None:
            return 1.0
        first = np.floor((lower_mm - levels.first_mm) / levels.pitch_mm)
        covered = 0.0
        for level in (first - 1, first, first + 1):
            start = levels.first_mm + level * levels.pitch_mm
            low, high = start + self.within[0], start + self.within[1]
            covered += max(0.0, min(high, upper_mm) - max(low, lower_mm))
        return covered / (upper_mm - lower_mm)

    def mirrored(self) -> "Part":
        """Return the image in the plane x = 0."""
        waves = tuple((order, share, 180.0 * order - phase) for order, share, phase in self.waves)
        return replace(
            self,
            at=(-self.at[0], self.at[1]),
            drift=(-self.drift[0], self.drift[1]),
            turn=-self.turn,
            waves=waves,
        )

    def filling(self) -> "Part | None":
        """Return what lies inside the wall; None for a part without one."""
        if self.inner is None:
            return None
        tissue, wall = self.inner
        return replace(
            self,
            tissue=tissue,
            half=(self.half[0] - wall, self.half[1] - wall),
            ball=None if self.ball is None else (self.ball[0], self.ball[1] - wall),
            inner=None,
            structure="",
        )


@dataclass(frozen=True)
class Levels:
    """Where the vertebrae repeat along z."""

    pitch_mm: float
    first_mm: float


@dataclass(frozen=True)
class Anatomy:
    """What the file says: parts in painting order (the target is a placeholder), tissues, levels."""

    parts: tuple[Part, ...]
    tissues: dict[str, tuple[float, float, str]]
    levels: Levels
    target: dict[str, Any]


def read_neck() -> Anatomy:
    """Read the synthetic neck.

    Examples
    --------
    >>> neck = read_neck()
    >>> neck.tissues["air"][0]
    -995.0
    """
    content = read_toml(files("seedbed.imaging") / NECK_FILE)
    tissues = {
        name: (float(hu), float(sd), str(grain)) for name, (hu, sd, grain) in content["tissues"].items()
    }
    return Anatomy(
        parts=tuple(part for row in content["parts"]["list"] for part in _parts_of(row)),
        tissues=tissues,
        levels=Levels(**content["levels"]),
        target=content["target"],
    )


def with_fillings(parts: tuple[Part, ...]) -> list[Part]:
    """Put fillings behind the last wall of their group, so that joined parts are open inside."""
    order: list[Part] = []
    waiting: list[Part] = []
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        order.append(part)
        filling = part.filling()
        if filling is not None:
            waiting.append(filling)
        if following is None or not part.group or following.group != part.group:
            order += waiting
            waiting = []
    return order


def _parts_of(row: dict[str, Any]) -> list[Part]:
    if row["name"] == "target":
        return [Part(name="target", tissue="", at=(0.0, 0.0), half=(0.0, 0.0))]
    fields = {key: _frozen(value) for key, value in row.items() if key != "mirror"}
    part = Part(**fields)
    return [part, part.mirrored()] if row.get("mirror") else [part]


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
