"""The noun: TG-43 parameters of one seed model."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
COMPANY_WORDS = re.compile(r"\b(inc|llc|ltd|corp|corporation|gmbh|ag|co)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Source:
    """TG-43 parameters of one seed model. Two sources are equal only when they are the same object.

    Attributes
    ----------
    name, title, radionuclide : str
        Short name, full name, for example ``"I-125"``.
    reference : str
        Where the tables come from.
    half_life_days : float
        That of the radionuclide (`seedbed.implant.radionuclides`).
    dose_rate_constant : float
        Lambda, cGy/(h U).
    active_length_mm, capsule_length_mm, capsule_diameter_mm : float
    g_r_cm, g : ndarray, shape (k,)
        Radial dose function g_L(r).
    f_r_cm : ndarray, shape (m,); f_theta_deg : ndarray, shape (n,); f : ndarray, shape (n, m)
        Anisotropy function F(r, theta), theta from 0 to 90 degrees.
    phi_r_cm, phi : ndarray, shape (p,)
        One-dimensional anisotropy function phi_an(r).
    dose_rate_constant_reference : str
        Where Lambda comes from; the same as ``reference`` where the file says nothing else.
    manufacturers, aliases : tuple of str
        Makers, and the model names that planning systems write; `find_source` compares them.
    derived : tuple of str
        What was calculated, not printed: ``("phi_an",)`` where phi_an is the integral of F.
    note : str
        What the user should know of this file, with how far it was verified.
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
    dose_rate_constant_reference: str = ""
    manufacturers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for table in (value for value in vars(self).values() if isinstance(value, np.ndarray)):
            table.setflags(write=False)  # one object serves all; nobody changes it by accident

    @property
    def mean_life_hours(self) -> float:
        """Hours in which the initial rate would give the dose of complete decay: ``T_half / ln 2``."""
        return float(self.half_life_days * 24.0 / np.log(2.0))

    @property
    def names(self) -> frozenset[str]:
        """All that the model is called, as `plain` writes it."""
        return frozenset(plain(name) for name in (self.name, self.title, *self.aliases))

    def made_by(self, manufacturer: str) -> bool:
        """Whether the maker that a plan names is one of this model's; so it is where the plan names none."""
        said = plain(COMPANY_WORDS.sub("", manufacturer))
        makers = {plain(COMPANY_WORDS.sub("", maker)) for maker in (*self.manufacturers, self.title)}
        return not said or said in makers


def plain(text: str) -> str:
    """Return letters and digits only, without case.

    Examples
    --------
    >>> plain("OncoSeed-6711 ")
    'oncoseed6711'
    """
    return "".join(sign for sign in text.casefold() if sign.isalnum())
