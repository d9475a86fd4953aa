"""Seed models: their TG-43 parameters, read from sourced tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import TableError, one_of
from seedbed.tables import read_table, read_toml

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Source:
    """TG-43 parameters of one seed model.

    Attributes
    ----------
    name, title, radionuclide : str
        Short name, full name, for example ``"I-125"``.
    reference : str
        Where the numbers come from.
    half_life_days : float
    dose_rate_constant : float
        Lambda, cGy/(h U).
    active_length_mm, capsule_length_mm, capsule_diameter_mm : float
    g_r_cm, g : ndarray, shape (k,)
        Radial dose function g_L(r).
    f_r_cm : ndarray, shape (m,); f_theta_deg : ndarray, shape (n,); f : ndarray, shape (n, m)
        Anisotropy function F(r, theta), theta from 0 to 90 degrees.
    phi_r_cm, phi : ndarray, shape (p,)
        One-dimensional anisotropy function phi_an(r).
    """

    name: str
    title: str
    radionuclide: str
    reference: str
    half_life_days: float
    dose_rate_constant: float
    active_length_mm: float
    capsule_length_mm: float
    capsule_diameter_mm: float
    g_r_cm: FloatArray
    g: FloatArray
    f_r_cm: FloatArray
    f_theta_deg: FloatArray
    f: FloatArray
    phi_r_cm: FloatArray
    phi: FloatArray

    @property
    def mean_life_hours(self) -> float:
        """Hours in which the initial rate would give the dose of complete decay: ``T_half / ln 2``."""
        return float(self.half_life_days * 24.0 / np.log(2.0))


def source_names() -> list[str]:
    """Names of the seed models that `load_source` knows.

    Examples
    --------
    >>> "6711" in source_names()
    True
    """
    return sorted(folder.name for folder in _folder().iterdir() if folder.is_dir())


@cache
def load_source(name: str) -> Source:
    """Load a seed model by name.

    Raises
    ------
    TableError
        Unknown name, or a table with a hole, without a source or with nodes out of order.

    Examples
    --------
    >>> load_source("6711").dose_rate_constant
    0.965
    """
    if name not in source_names():
        raise TableError(
            f"seed model '{name}' is not known", one_of(source_names(), name), "choose a listed model"
        )
    return read_source(_folder() / name)


def read_source(folder: Traversable) -> Source:
    """Read the four tables of a seed model from a folder.

    Raises
    ------
    TableError
        A table without a source, with a hole, with nodes out of order, or a number that is not positive.
    """
    facts = read_toml(folder / "source.toml")
    seed, origin = facts.get("seed", {}), facts["source"]
    g, f, phi = (read_table(folder / f"{table}.csv") for table in ("g_L", "F", "phi_an"))
    f_radii = f.columns[1:]
    source = Source(
        name=_text(seed, "name", folder.name),
        title=_text(seed, "title", folder.name),
        radionuclide=_text(seed, "radionuclide", folder.name),
        reference=f"{origin['source']}, doi {_text(origin, 'doi', folder.name)}",
        half_life_days=_positive(seed, "half_life_days", folder.name),
        dose_rate_constant=_positive(seed, "dose_rate_constant_cgy_per_h_u", folder.name),
        active_length_mm=_positive(seed, "active_length_mm", folder.name),
        capsule_length_mm=_positive(seed, "capsule_length_mm", folder.name),
        capsule_diameter_mm=_positive(seed, "capsule_diameter_mm", folder.name),
        g_r_cm=np.array(g.numbers("r_cm")),
        g=np.array(g.numbers("g_L")),
        f_r_cm=np.array([_radius(radius, folder.name) for radius in f_radii]),
        f_theta_deg=np.array(f.numbers("theta_deg")),
        f=np.array([f.numbers(radius) for radius in f_radii]).T,
        phi_r_cm=np.array(phi.numbers("r_cm")),
        phi=np.array(phi.numbers("phi_an")),
    )
    _check(source)
    return source


def _text(table: Mapping[str, Any], key: str, name: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TableError(f"seed model '{name}' has no '{key}'", "a text", "add it to source.toml")
    return value


def _positive(table: Mapping[str, Any], key: str, name: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise TableError(
            f"seed model '{name}' has {key} = {value}", "a positive number", "correct source.toml"
        )
    return float(value)


def _radius(heading: str, name: str) -> float:
    try:
        return float(heading)
    except ValueError as error:
        raise TableError(
            f"table F of seed model '{name}' has the heading '{heading}'", "a radius in cm", "correct it"
        ) from error


def _check(source: Source) -> None:
    nodes = {"g_L": source.g_r_cm, "F": source.f_r_cm, "theta": source.f_theta_deg, "phi_an": source.phi_r_cm}
    for table, values in nodes.items():
        if len(values) < 2 or (np.diff(values) <= 0).any():
            raise TableError(
                f"table {table} of seed model '{source.name}' has nodes {values.tolist()}",
                "at least two nodes in rising order",
                "correct the table from its source",
            )
    if min(source.g.min(), source.f.min(), source.phi.min()) <= 0:
        raise TableError(
            f"a table of seed model '{source.name}' holds a value that is not positive",
            "positive g_L, F and phi_an",
            "correct the table from its source",
        )


def _folder() -> Traversable:
    return files("seedbed.dosimetry") / "data"
