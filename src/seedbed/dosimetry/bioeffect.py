"""Biological effect of a decaying permanent source: BED, EQD2, effective treatment time.

The rate falls as ``R(t) = R0 exp(-lambda t)``; damage is repaired mono-exponentially with ``mu``; from a
kick-off time on, repopulation takes away ``K = ln 2 / (alpha Tp)`` Gy of biological dose each day.

Sources: Dale RG, Br J Radiol 1985;58:515-528 (relative effectiveness of decaying sources) and
1989;62:241-244 (time factor, effective treatment time); AAPM TG-137, Nath et al., Med Phys
2009;36:5310-5322, doi 10.1118/1.3246613 (their use for permanent implants).
"""

from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.dosimetry.external_beam import ExternalBeam, bed_fractions, check_doses, eqd2
from seedbed.dosimetry.protraction import protraction_factor
from seedbed.dosimetry.tissues import Tissue
from seedbed.errors import DoseError
from seedbed.implant.decay import check_half_life

__all__ = [
    "BandRow",
    "BioEffect",
    "ExternalBeam",
    "bed_fractions",
    "bed_permanent",
    "bio_effect",
    "effective_days",
    "eqd2",
    "protraction_factor",
    "relative_effectiveness",
]

FloatArray = NDArray[np.float64]
MOST_GY = 10_000.0
"""Highest dose of an implant or of external beam for which an effect is stated (local rule)."""
SHORTEST_DAYS, LONGEST_DAYS = 0.1, 40_000.0
"""Half-lives of implants for which an effect is stated (local rule); permanent ones have 3 to 60 days."""


class BandRow(NamedTuple):
    """One line of the sensitivity band: an alpha/beta, the BED and the EQD2 it leads to, Gy."""

    alpha_beta_gy: float
    bed_gy: float
    eqd2_gy: float


@dataclass(frozen=True)
class BioEffect:
    """A biological effect, never without its band over alpha/beta.

    Attributes
    ----------
    bed_gy, eqd2_gy : float
        Implant and external beam together, at ``alpha_beta_gy``.
    effective_days : float
        Days after which repopulation outruns the implant; infinite where none is counted.
    alpha_beta_gy : float
    band : tuple of BandRow
        ``(alpha_beta_gy, bed_gy, eqd2_gy)`` for the values of the tissue.
    statement : str
        What a reader must know before believing a number.
    tissue : str
    dose_gy : float
        Of the implant, to complete decay.
    implant_bed_gy, external_bed_gy : float
        The two parts of ``bed_gy``.
    source : str
        Where the parameters come from.
    remark : str
        What must be said of this dose: that it does not outpace repopulation. Empty where nothing must.

    Raises
    ------
    DoseError
        The band or the statement is missing.
    """

    bed_gy: float
    eqd2_gy: float
    effective_days: float
    alpha_beta_gy: float
    band: tuple[BandRow, ...]
    statement: str
    tissue: str
    dose_gy: float
    implant_bed_gy: float
    external_bed_gy: float
    source: str
    remark: str = ""

    def __post_init__(self) -> None:
        if len(self.band) < 2 or not self.statement.strip():
            raise DoseError(
                f"a biological effect with {len(self.band)} values of alpha/beta",
                "a band of at least two and a statement about them",
                "calculate it with bio_effect",
            )

    def __str__(self) -> str:
        rows = "; ".join(
            f"alpha/beta {row.alpha_beta_gy:g} Gy: BED {row.bed_gy:.1f} Gy, EQD2 {row.eqd2_gy:.1f} Gy"
            for row in self.band
        )
        said = " ".join(filter(None, (self.remark, self.statement)))
        return f"{self.dose_gy:g} Gy, {self.tissue}. {rows}. {said}"


def relative_effectiveness(
    dose_gy: ArrayLike, *, days: ArrayLike, half_life_days: float, tissue: Tissue
) -> FloatArray:
    """Relative effectiveness RE of the dose given up to a time: ``1 + G(t) D(t) / (alpha/beta)``.

    Parameters
    ----------
    dose_gy : array_like
        Dose to complete decay, Gy, 0 or more.
    days : array_like
        Time since implantation, of a shape that fits ``dose_gy``; infinite for complete decay.
    half_life_days : float
    tissue : Tissue

    Returns
    -------
    ndarray
        1 or more.

    Raises
    ------
    DoseError
        A dose, time or half-life that has no meaning.

    Notes
    -----
    Source: Dale 1985; to complete decay it is ``1 + R0 / [(mu + lambda) (alpha/beta)]``.

    Examples
    --------
    >>> from seedbed.dosimetry.tissues import load_tissue
    >>> prostate = load_tissue("prostate-tg137")
    >>> round(float(relative_effectiveness(145.0, days=np.inf, half_life_days=59.40, tissue=prostate)), 5)
    1.00915
    """
    protraction = protraction_factor(
        days, half_life_days=half_life_days, repair_half_time_hours=tissue.repair_half_time_hours
    )
    given = check_doses(dose_gy) * _given_share(days, half_life_days)
    return np.asarray(1.0 + protraction * given / tissue.alpha_beta_gy)


def effective_days(dose_gy: ArrayLike, *, half_life_days: float, tissue: Tissue) -> FloatArray:
    """Effective treatment time, days: until the falling dose rate no longer outpaces repopulation.

    ``T_eff = ln(alpha R0 Tp / ln 2) / lambda``; zero where the first dose rate cannot outpace repopulation,
    never before the kick-off time, infinite where no repopulation is counted.

    Parameters
    ----------
    dose_gy : array_like
        Dose to complete decay, Gy, 0 or more.
    half_life_days : float
    tissue : Tissue

    Returns
    -------
    ndarray
        Of the shape of ``dose_gy``.

    Raises
    ------
    DoseError
        A dose or half-life that has no meaning.

    Notes
    -----
    Source: Dale 1989; TG-137.

    Examples
    --------
    >>> from seedbed.dosimetry.tissues import load_tissue
    >>> round(float(effective_days(145.0, half_life_days=59.40, tissue=load_tissue("prostate-tg137"))), 1)
    234.2
    """
    check_half_life(half_life_days)
    doses, loss = check_doses(dose_gy), tissue.loss_gy_per_day
    if loss == 0.0:
        return np.full(doses.shape, np.inf)
    rate = log(2.0) / half_life_days
    outpace = np.maximum(doses * rate / loss, 1.0)
    return np.maximum(np.log(outpace) / rate, tissue.kick_off_days)


def bed_permanent(dose_gy: ArrayLike, *, half_life_days: float, tissue: Tissue) -> FloatArray:
    """Biologically effective dose of a permanent implant at its effective treatment time, Gy.

    ``BED = D(T) RE(T) - ln 2 (T - Tk)+ / (alpha Tp)`` with ``T = T_eff``. It is never negative: up to
    ``T_eff`` the dose rate is above what repopulation takes away, so that only rounding has to be cut. Where
    the first rate is not above it and there is no kick-off time, ``T_eff`` and BED are zero: the implant
    cannot hold the tumour. Dose after ``T_eff`` counts nothing.

    Parameters
    ----------
    dose_gy : array_like
        Dose to complete decay, Gy, 0 or more; any shape.
    half_life_days : float
    tissue : Tissue

    Returns
    -------
    ndarray
        Of the shape of ``dose_gy``.

    Raises
    ------
    DoseError
        A dose or half-life that has no meaning.

    Notes
    -----
    Source: Dale 1985 and 1989; TG-137.

    Examples
    --------
    >>> from seedbed.dosimetry.tissues import load_tissue
    >>> organ = load_tissue("late-organ")
    >>> bed_permanent([0.0, 60.0], half_life_days=59.40, tissue=organ).round(2).tolist()
    [0.0, 61.26]
    """
    doses = check_doses(dose_gy)
    until = effective_days(doses, half_life_days=half_life_days, tissue=tissue)
    effect = relative_effectiveness(doses, days=until, half_life_days=half_life_days, tissue=tissue)
    loss = tissue.loss_gy_per_day * (until - tissue.kick_off_days) if tissue.loss_gy_per_day else 0.0
    return np.maximum(doses * _given_share(until, half_life_days) * effect - loss, 0.0)


def bio_effect(
    dose_gy: float, *, half_life_days: float, tissue: Tissue, external: tuple[ExternalBeam, ...] = ()
) -> BioEffect:
    """Effect of an implant and of external beam before it, with the band over alpha/beta.

    BEDs are added as if nothing had recovered between the two. In the band alpha, repair and doubling time
    stay as they are, so that ``effective_days`` is the same for all of it.

    Parameters
    ----------
    dose_gy : float
        One dose of the implant to complete decay, Gy, 0 to 10000 (local rule): D90, or D2cc of an organ.
    half_life_days : float
        0.1 to 40000 (local rule).
    tissue : Tissue
    external : tuple of ExternalBeam
        Each of at most 10000 Gy (local rule).

    Raises
    ------
    DoseError
        A dose, half-life or fraction that has no meaning or lies outside its limits.

    Examples
    --------
    >>> from seedbed.dosimetry.tissues import load_tissue
    >>> found = bio_effect(60.0, half_life_days=59.40, tissue=load_tissue("late-organ"))
    >>> [(row.alpha_beta_gy, round(row.eqd2_gy, 1)) for row in found.band]
    [(2.0, 30.9), (3.0, 36.8), (5.0, 43.4)]
    """
    _check_limits(dose_gy, half_life_days, external)

    def parts(at: Tissue) -> tuple[float, float]:
        implant = float(bed_permanent(dose_gy, half_life_days=half_life_days, tissue=at))
        return implant, sum(bed_fractions(beam, tissue=at) for beam in external)

    def row(alpha_beta: float) -> BandRow:
        bed = sum(parts(tissue.at(alpha_beta)))
        return BandRow(alpha_beta, bed, float(eqd2(bed, alpha_beta_gy=alpha_beta)))

    _, bed, equivalent = row(tissue.alpha_beta_gy)
    implant, beams = parts(tissue)
    return BioEffect(
        bed_gy=bed,
        eqd2_gy=equivalent,
        effective_days=float(effective_days(dose_gy, half_life_days=half_life_days, tissue=tissue)),
        alpha_beta_gy=tissue.alpha_beta_gy,
        band=tuple(row(value) for value in tissue.band_gy),
        statement=tissue.statement,
        tissue=tissue.title,
        dose_gy=float(dose_gy),
        implant_bed_gy=implant,
        external_bed_gy=beams,
        source=f"{tissue.source}; {tissue.place}",
        remark=_remark(float(dose_gy), half_life_days, tissue),
    )


def _check_limits(dose_gy: float, half_life_days: float, external: tuple[ExternalBeam, ...]) -> None:
    """Refuse what is taken for a typing error."""
    check_doses(dose_gy)
    check_half_life(half_life_days)
    if dose_gy > MOST_GY:
        raise DoseError(f"a dose of {dose_gy:g} Gy", f"at most {MOST_GY:g} Gy", "correct the dose")
    if not SHORTEST_DAYS <= half_life_days <= LONGEST_DAYS:
        raise DoseError(
            f"a half-life of {half_life_days:g} days",
            f"{SHORTEST_DAYS:g} to {LONGEST_DAYS:g} days",
            "correct the half-life, 59.40 days for I-125",
        )
    for beam in external:
        if beam.fractions > MOST_GY or beam.dose_gy > MOST_GY:
            raise DoseError(
                "external beam of too many fractions or too high a dose",
                f"at most {MOST_GY:g} Gy in at most {MOST_GY:g} fractions",
                "correct the external beam",
            )


def _remark(dose_gy: float, half_life_days: float, tissue: Tissue) -> str:
    """Say so where the initial dose rate does not outpace repopulation."""
    initial, loss = dose_gy * log(2.0) / half_life_days, tissue.loss_gy_per_day
    if not loss or initial > loss:
        return ""
    return (
        f"The initial dose rate, {initial:.2g} Gy a day, does not outpace repopulation, {loss:.2g} Gy a day: "
        "by this model the implant cannot hold the tumour."
    )


def _given_share(days: ArrayLike, half_life_days: float) -> FloatArray:
    """Share of the dose to complete decay that is given up to a time."""
    return np.asarray(-np.expm1(-log(2.0) * np.asarray(days, dtype=float) / half_life_days))
