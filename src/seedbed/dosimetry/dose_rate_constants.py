"""Published dose-rate constants: the consensus of the AAPM reports, and Monte Carlo beside it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from seedbed.tables import read_table

REPORTS = {"U1": "TG-43U1", "U1S1": "TG-43U1S1", "U1S2": "TG-43U1S2"}


@dataclass(frozen=True)
class PublishedConstant:
    """What is published of one model's dose-rate constant Lambda, cGy/(h U).

    Attributes
    ----------
    name, radionuclide : str
    consensus : float or None
        Newest consensus value of the AAPM; None where there is none.
    report : str
        The report that holds it.
    monte_carlo : float
        By egs_brachy, an independent figure; a consensus is the mean of measurement and calculation.
    """

    name: str
    radionuclide: str
    consensus: float | None
    report: str
    monte_carlo: float

    def deviation_pct(self, dose_rate_constant: float) -> float:
        """How far a constant lies above the Monte Carlo one, percent.

        Examples
        --------
        >>> round(published_constants()["6711"].deviation_pct(0.965), 1)
        3.5
        """
        return 100.0 * (dose_rate_constant / self.monte_carlo - 1.0)


@cache
def published_constants() -> dict[str, PublishedConstant]:
    """Return the published constants by model (Safigholi et al. 2020, Table II).

    Examples
    --------
    >>> published_constants()["AgX100"].consensus, published_constants()["AgX100"].report
    (0.952, 'TG-43U1S2')
    """
    table = read_table(files("seedbed.dosimetry") / "data" / "dose_rate_constants.csv")
    return {
        row["name"]: PublishedConstant(
            name=row["name"],
            radionuclide=row["radionuclide"],
            consensus=None if row["consensus"] == "none" else float(row["consensus"]),
            report=REPORTS.get(row["report"], ""),
            monte_carlo=value,
        )
        for row, value in zip(table.rows, table.numbers("egs_brachy"), strict=True)
    }


def monte_carlo_range(radionuclide: str) -> tuple[float, float] | None:
    """Lowest and highest Monte Carlo constant of the seeds of a radionuclide; None where none is published.

    Examples
    --------
    >>> monte_carlo_range("I-125")
    (0.887, 1.01)
    """
    values = [c.monte_carlo for c in published_constants().values() if c.radionuclide == radionuclide]
    return (min(values), max(values)) if values else None
