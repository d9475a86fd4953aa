"""Read a seed model from one sourced TOML file; refuse holes, disorder and numbers without meaning."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import numpy as np

from seedbed.dosimetry.anisotropy_average import anisotropy_average
from seedbed.dosimetry.source_model import FloatArray, Source
from seedbed.errors import TableError, one_of
from seedbed.implant.radionuclides import Radionuclide, radionuclide, radionuclide_names
from seedbed.tables import read_toml
from seedbed.units import MM_PER_CM

RADIUS_DECIMALS, ANGLE_DECIMALS = 4, 3
LAST_ANGLE_DEG = 90.0
FILE_ENDING = ".toml"
ORIGIN_KEYS = ("source", "place", "doi", "errata", "note", "unit")
KNOWN = {
    "source": ORIGIN_KEYS,
    "seed": (
        "name", "title", "radionuclide", "manufacturers", "aliases", "dose_rate_constant_cgy_per_h_u",
        "active_length_mm", "capsule_length_mm", "capsule_diameter_mm",
    ),
    "dose_rate_constant": ORIGIN_KEYS,
    "g_L": ("r_cm", "value"),
    "F": ("r_cm", "theta_deg", "value"),
    "phi_an": ("r_cm", "value"),
}  # fmt: skip
"""Tables of a seed file and their keys. Others are refused: a misspelt table would else be ignored."""
PLACEHOLDERS = frozenset({
    "todo", "tbd", "tba", "fixme", "xxx", "n/a", "na", "none", "null", "unknown", "待定", "待填",
})  # fmt: skip
"""Words that people write where a source is still missing (local rule)."""


def read_source(path: Path | Traversable) -> Source:
    """Read one seed model from a file.

    Parameters
    ----------
    path : Path or Traversable
        TOML with ``[source]``, ``[seed]``, ``[g_L]``, ``[F]`` and, if printed, ``[phi_an]``; the command
        ``seedbed sources template`` prints one to fill. Radii are in cm with at most 4 decimals, angles in
        degrees from 0 to 90 with at most 3.

    Raises
    ------
    TableError
        No source or only a placeholder, a table missing or with a hole, a table or key that is not known,
        nodes out of order or too fine, a value that is not positive, an active length longer than the
        capsule.

    Examples
    --------
    >>> from importlib.resources import files
    >>> read_source(files("seedbed.dosimetry") / "data" / "6711.toml").active_length_mm
    3.0
    """
    return _Reader(path.name, read_toml(path)).source()


class _Reader:
    """The content of one file, with its name for messages."""

    def __init__(self, name: str, content: Mapping[str, Any]) -> None:
        self.name, self.content = name, content

    def source(self) -> Source:
        self._check_keys()
        seed, origin = self._table("seed"), self._origin("source")
        length = self._positive(seed, "active_length_mm")
        capsule = self._positive(seed, "capsule_length_mm")
        if length >= capsule:
            self._refuse(f"an active length of {length:g} mm", f"less than the capsule's {capsule:g} mm")
        g_r, g = self._curve("g_L")
        f_r, f_theta, f = self._surface("F")
        printed = "phi_an" in self.content
        phi_r, phi = (
            self._curve("phi_an")
            if printed
            else (f_r, anisotropy_average(f_r, f_theta, f, length_cm=length / MM_PER_CM))
        )
        nuclide = self._radionuclide(seed)
        return Source(
            name=self._text(seed, "name"),
            title=self._text(seed, "title"),
            radionuclide=nuclide.name,
            reference=_reference(origin),
            half_life_days=nuclide.half_life_days,
            dose_rate_constant=self._positive(seed, "dose_rate_constant_cgy_per_h_u"),
            active_length_mm=length,
            capsule_length_mm=capsule,
            capsule_diameter_mm=self._positive(seed, "capsule_diameter_mm"),
            g_r_cm=g_r,
            g=g,
            f_r_cm=f_r,
            f_theta_deg=f_theta,
            f=f,
            phi_r_cm=phi_r,
            phi=phi,
            dose_rate_constant_reference=_reference(self._constant_origin(origin)),
            manufacturers=self._texts(seed, "manufacturers"),
            aliases=self._texts(seed, "aliases"),
            derived=() if printed else ("phi_an",),
            note=str(origin.get("note", "")),
        )

    def _constant_origin(self, origin: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return where the dose-rate constant comes from, if not from the source of the tables."""
        if "dose_rate_constant" not in self.content:
            return origin
        return self._origin("dose_rate_constant")

    def _origin(self, table: str) -> Mapping[str, Any]:
        """Return a table that says where numbers come from; 'TODO' or '...' is no answer."""
        origin = self._table(table)
        for key in ("source", "place"):
            if not _says_something(said := self._text(origin, key)):
                self._refuse(f"{key} = '{said}' in [{table}]", "the publication and the place in it")
        return origin

    def _check_keys(self) -> None:
        for table, content in self.content.items():
            if table not in KNOWN:
                found = (
                    f"the table [{table}]" if isinstance(content, dict) else f"'{table}' outside its tables"
                )
                self._refuse(found, one_of(KNOWN, table), "correct the name, or take it out")
            for key in content if isinstance(content, dict) else ():
                if key not in KNOWN[table]:
                    came = f"the key '{key}' in [{table}]"
                    self._refuse(came, one_of(KNOWN[table], key), "correct the name, or take it out")

    def _radionuclide(self, seed: Mapping[str, Any]) -> Radionuclide:
        name, known = self._text(seed, "radionuclide"), radionuclide_names()
        if name not in known:
            self._refuse(f"the radionuclide '{name}'", one_of(known, name), "choose a listed one")
        return radionuclide(name)

    def _curve(self, table: str) -> tuple[FloatArray, FloatArray]:
        """Return radii and values of ``[table]``."""
        content = self._table(table)
        radii = self._radii(content, table)
        values = self._positives(content.get("value"), f"[{table}] value", len(radii))
        return radii, values

    def _surface(self, table: str) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return radii, angles and values (one row an angle) of ``[table]``."""
        content = self._table(table)
        radii, angles = self._radii(content, table), self._angles(content, table)
        rows = content.get("value")
        if not isinstance(rows, list) or len(rows) != len(angles):
            count = len(rows) if isinstance(rows, list) else "no"
            self._refuse(f"{count} rows in [{table}] value", f"one row for each of {len(angles)} angles")
        values = [
            self._positives(row, f"[{table}] value at {angle:g} degrees", len(radii))
            for angle, row in zip(angles, rows, strict=True)
        ]
        return radii, angles, np.array(values)

    def _radii(self, content: Mapping[str, Any], table: str) -> FloatArray:
        radii = self._positives(content.get("r_cm"), f"[{table}] r_cm")
        self._check_nodes(radii, f"[{table}] r_cm", RADIUS_DECIMALS)
        return radii

    def _angles(self, content: Mapping[str, Any], table: str) -> FloatArray:
        where = f"[{table}] theta_deg"
        angles = self._numbers(content.get("theta_deg"), where)
        self._check_nodes(angles, where, ANGLE_DECIMALS)
        if angles[-1] > LAST_ANGLE_DEG:
            self._refuse(
                f"{where} up to {angles[-1]:g}",
                "0 to 90 degrees, the seed being symmetric",
                "fold the table: average each angle with 180 degrees minus it",
            )
        if (angles[0], angles[-1]) != (0.0, LAST_ANGLE_DEG):
            self._refuse(f"{where} from {angles[0]:g} to {angles[-1]:g}", "0 to 90 degrees")
        return angles

    def _check_nodes(self, nodes: FloatArray, where: str, decimals: int) -> None:
        if len(nodes) < 2 or (np.diff(nodes) <= 0).any():
            self._refuse(f"{where} = {nodes.tolist()}", "at least two nodes in rising order")
        fine = nodes[np.abs(nodes - np.round(nodes, decimals)) > 1e-9]
        if fine.size:
            self._refuse(f"{where} with the node {fine[0]}", f"at most {decimals} decimals")

    def _positives(self, values: object, where: str, count: int | None = None) -> FloatArray:
        numbers = self._numbers(values, where)
        if count is not None and len(numbers) != count:
            self._refuse(f"{len(numbers)} numbers in {where}", f"{count}, one for each radius")
        if not (numbers > 0).all():
            self._refuse(f"{where} with the value {numbers[numbers <= 0][0]:g}", "positive numbers")
        return numbers

    def _numbers(self, values: object, where: str) -> FloatArray:
        if not isinstance(values, list) or not values:
            self._refuse(f"no list {where}", "a list of numbers")
        wrong = [value for value in values if not _is_number(value)]
        if wrong:
            self._refuse(f"{where} with {wrong[0]!r}", "finite numbers")
        return np.array(values, dtype=float)

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self.content.get(name)
        if not isinstance(table, dict):
            self._refuse(f"no table [{name}]", "[source], [seed], [g_L] and [F]")
        return table

    def _text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self._refuse(f"no '{key}'", "a text")
        return value.strip()

    def _texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        values = table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
            self._refuse(f"{key} = {values!r}", 'a list of texts like ["Maker"]')
        return tuple(values)

    def _positive(self, table: Mapping[str, Any], key: str) -> float:
        value = table.get(key)
        if not _is_number(value) or not value > 0:
            self._refuse(f"{key} = {value!r}", "a positive number")
        return float(value)

    def _refuse(self, came: str, expected: str, do: str = "correct it from its source") -> NoReturn:
        raise TableError(f"seed file '{self.name}' has {came}", expected, do)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _says_something(text: str) -> bool:
    """Whether a text is more than signs or a placeholder."""
    words = text.casefold().split()
    return any(sign.isalnum() for sign in text) and words[0].strip(".:,;!?") not in PLACEHOLDERS


def _reference(origin: Mapping[str, Any]) -> str:
    doi = str(origin.get("doi", "")).strip()
    return f"{origin['source']}, doi {doi}" if doi else str(origin["source"])
