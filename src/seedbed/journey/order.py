"""Order seeds: from what a person types to a sheet that a physicist signs."""

from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from seedbed.dosimetry import load_source
from seedbed.errors import InputError
from seedbed.implant.order import OrderRequest, OrderSheet, StatedAt, order_sheet
from seedbed.implant.radionuclides import radionuclide
from seedbed.report import NOTICE


@dataclass(frozen=True)
class OrderQuestion:
    """What a person knows when ordering seeds.

    Attributes
    ----------
    seeds, spare : int
    calibrated, implanted : date
    activity_mci, strength_u : float or None
        One of them: apparent activity or air-kerma strength of one seed.
    stated_at : {"calibration", "implant"}
        Day at which it holds.
    source : str
        Seed model, for its radionuclide.
    measured : tuple of float
        Assay, in mCi where ``activity_mci`` is given, else in U.
    measured_on : date or None
        Day at which the assay holds; the calibration day where None.
    distance_m : float
    measured_msv_per_h : float or None
        Dose rate at 1 m from the patient.
    """

    seeds: int
    calibrated: date
    implanted: date
    activity_mci: float | None = None
    strength_u: float | None = None
    stated_at: StatedAt = "calibration"
    spare: int = 0
    source: str = "6711"
    measured: tuple[float, ...] = ()
    measured_on: date | None = None
    distance_m: float = 1.0
    measured_msv_per_h: float | None = None


def make_order(question: OrderQuestion) -> OrderSheet:
    """Work out the order and safety sheet.

    Raises
    ------
    InputError
        Both or none of activity and strength, an unknown seed model, or a number that has no meaning.

    Examples
    --------
    >>> days = date(2026, 11, 20), date(2026, 12, 1)
    >>> sheet = make_order(OrderQuestion(40, *days, activity_mci=0.7, spare=4))
    >>> round(sheet.implanted_at_implant.mci, 2), sheet.assay_seeds, sheet.release.verdict
    (24.63, 5, 'measure')
    """
    source = load_source(question.source)
    nuclide = radionuclide(source.radionuclide)
    stated, u_per_one = _stated(question, nuclide.u_per_mci)
    return order_sheet(
        OrderRequest(
            seeds=question.seeds,
            strength_u=stated * u_per_one,
            calibrated=question.calibrated,
            implanted=question.implanted,
            radionuclide=nuclide.name,
            half_life_days=source.half_life_days,
            u_per_mci=nuclide.u_per_mci,
            stated_at=question.stated_at,
            spare=question.spare,
            source=source.title,
            measured_u=tuple(value * u_per_one for value in question.measured),
            measured_on=question.measured_on,
            distance_m=question.distance_m,
            measured_msv_per_h=question.measured_msv_per_h,
        )
    )


def _stated(question: OrderQuestion, u_per_mci: float) -> tuple[float, float]:
    """Return the strength of a seed as it was typed, and the U of one of its units."""
    if (question.activity_mci is None) == (question.strength_u is None):
        raise InputError(
            f"activity {question.activity_mci} mCi and strength {question.strength_u} U of a seed",
            "exactly one of them",
            "give either --activity-mci or --strength-u",
        )
    if question.activity_mci is not None:
        return question.activity_mci, u_per_mci
    assert question.strength_u is not None  # noqa: S101 - the other one of the two
    return question.strength_u, 1.0


def order_as_dict(sheet: OrderSheet) -> dict[str, Any]:
    """Return the sheet for machines: plain numbers, texts and lists; days as ``2026-12-01``.

    Examples
    --------
    >>> days = date(2026, 11, 20), date(2026, 12, 1)
    >>> order_as_dict(make_order(OrderQuestion(40, *days, strength_u=0.889)))["release"]["verdict"]
    'measure'
    """
    numbers: dict[str, Any] = _plain(asdict(sheet))
    numbers["seed_to_order_is"] = sheet.seed_to_order_is
    numbers["release"]["sentence"] = sheet.release.sentence
    if sheet.assay is not None:
        numbers["assay"]["sentence"] = sheet.assay.sentence
        numbers["assay"]["passed"] = sheet.assay.passed
    return {"seedbed": {"version": version("seedbed"), "notice": NOTICE}, **numbers}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
