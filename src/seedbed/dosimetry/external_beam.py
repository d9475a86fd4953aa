"""External beam given before an implant, and doses in 2 Gy fractions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.dosimetry.tissues import Tissue, check_alpha_beta
from seedbed.errors import DoseError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ExternalBeam:
    """External beam given before: fractions of equal dose.

    Attributes
    ----------
    fractions : int
    fraction_gy : float
        Dose of one fraction, Gy.
    overall_days : float
        Days from the first to the last fraction, for repopulation; 0 counts none.

    Examples
    --------
    >>> ExternalBeam(25, 2.0).dose_gy
    50.0
    """

    fractions: int
    fraction_gy: float
    overall_days: float = 0.0

    @property
    def dose_gy(self) -> float:
        """Total physical dose, Gy."""
        return self.fractions * self.fraction_gy


def bed_fractions(beam: ExternalBeam, *, tissue: Tissue) -> float:
    """Biologically effective dose of external beam, Gy: ``n d [1 + d / (alpha/beta)] - K (T - Tk)+``.

    Repopulation counts only where ``beam.overall_days`` is given. A loss above the effect makes the BED zero.

    Raises
    ------
    DoseError
        A count, dose or time that has no meaning.

    Notes
    -----
    Source: Fowler JF, Br J Radiol 1989;62:679-694.

    Examples
    --------
    >>> from seedbed.dosimetry.tissues import load_tissue
    >>> bed_fractions(ExternalBeam(25, 2.0), tissue=load_tissue("thyroid"))
    60.0
    """
    if isinstance(beam.fractions, bool) or beam.fractions != int(beam.fractions) or beam.fractions < 1:
        raise DoseError(f"{beam.fractions} fractions", "a whole number from 1", "correct the external beam")
    if not (beam.fraction_gy > 0 and 0 <= beam.overall_days < np.inf and beam.fraction_gy < np.inf):
        raise DoseError(
            f"fractions of {beam.fraction_gy} Gy in {beam.overall_days} days",
            "a dose above 0 Gy and 0 or more days",
            "correct the external beam",
        )
    effect = beam.dose_gy * (1.0 + beam.fraction_gy / tissue.alpha_beta_gy)
    loss = tissue.loss_gy_per_day * max(beam.overall_days - tissue.kick_off_days, 0.0)
    return max(effect - loss, 0.0)


def eqd2(bed_gy: ArrayLike, *, alpha_beta_gy: float) -> FloatArray:
    """Dose in 2 Gy fractions of the same BED, Gy: ``BED / [1 + 2 / (alpha/beta)]``.

    Raises
    ------
    DoseError
        A negative or non-finite BED, or an alpha/beta that is not above 0.

    Examples
    --------
    >>> float(eqd2(60.0, alpha_beta_gy=10.0))
    50.0
    """
    check_alpha_beta(alpha_beta_gy)
    return np.asarray(check_doses(bed_gy, "BED") / (1.0 + 2.0 / alpha_beta_gy))


def check_doses(dose_gy: ArrayLike, what: str = "dose") -> FloatArray:
    """Return doses as an array; refuse what is negative or not a finite number.

    Raises
    ------
    DoseError
        A dose is negative, infinite or not a number.

    Examples
    --------
    >>> check_doses([80, 120]).tolist()
    [80.0, 120.0]
    """
    doses = np.asarray(dose_gy, dtype=float)
    wrong = ~(np.isfinite(doses) & (doses >= 0))
    if wrong.any():
        raise DoseError(
            f"a {what} of {doses[wrong].flat[0]} Gy",
            "a finite number of Gy, 0 or more",
            f"correct the {what}",
        )
    return doses
