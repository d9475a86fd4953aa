"""Say what a dose means biologically, with the band that belongs to it."""

from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any

from seedbed.dosimetry import load_source
from seedbed.dosimetry.bioeffect import BioEffect, ExternalBeam, bio_effect
from seedbed.dosimetry.tissues import load_tissue
from seedbed.errors import InputError
from seedbed.report import NOTICE

DEFAULT_SOURCE = "6711"


@dataclass(frozen=True)
class BioEffectRequest:
    """One dose of an implant, and the external beam before it.

    Attributes
    ----------
    dose_gy : float
        To complete decay.
    source : str or None
        Seed model, for its half-life; 6711 where neither it nor ``half_life_days`` is given.
    half_life_days : float or None
    tissue : str
        As `seedbed.dosimetry.tissues.load_tissue` knows it.
    external : tuple of ExternalBeam
    """

    dose_gy: float
    source: str | None = None
    half_life_days: float | None = None
    tissue: str = "thyroid"
    external: tuple[ExternalBeam, ...] = ()


def assess(request: BioEffectRequest) -> BioEffect:
    """Calculate BED and EQD2 of an implant and of external beam, over the band of alpha/beta.

    Raises
    ------
    InputError
        Both a source and a half-life, an unknown source or tissue, or a number that has no meaning.

    Examples
    --------
    >>> found = assess(BioEffectRequest(60.0, tissue="late-organ"))
    >>> round(found.bed_gy, 1), len(found.band)
    (61.3, 3)
    """
    if request.source is not None and request.half_life_days is not None:
        raise InputError(
            f"source '{request.source}' and a half-life of {request.half_life_days} days",
            "one of them",
            "leave one out: a source has its half-life",
        )
    half_life = request.half_life_days
    if half_life is None:
        half_life = load_source(request.source or DEFAULT_SOURCE).half_life_days
    return bio_effect(
        request.dose_gy,
        half_life_days=half_life,
        tissue=load_tissue(request.tissue),
        external=request.external,
    )


def bioeffect_as_dict(found: BioEffect) -> dict[str, Any]:
    """Return a biological effect for machines; an infinite effective time is ``None``.

    Examples
    --------
    >>> bioeffect_as_dict(assess(BioEffectRequest(60.0, tissue="late-organ")))["effective_days"] is None
    True
    """
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        "tissue": found.tissue,
        "dose_gy": found.dose_gy,
        "alpha_beta_gy": found.alpha_beta_gy,
        "bed_gy": found.bed_gy,
        "implant_bed_gy": found.implant_bed_gy,
        "external_bed_gy": float(found.external_bed_gy),
        "eqd2_gy": found.eqd2_gy,
        "effective_days": found.effective_days if isfinite(found.effective_days) else None,
        "band": [row._asdict() for row in found.band],
        "remark": found.remark,
        "statement": found.statement,
        "source": found.source,
    }


def external_beam(text: str) -> ExternalBeam:
    """Read external beam as a person writes it: ``25x2``, or ``25x2/33`` with the overall time in days.

    Raises
    ------
    InputError
        The text has another form.

    Examples
    --------
    >>> external_beam("25x2/33")
    ExternalBeam(fractions=25, fraction_gy=2.0, overall_days=33.0)
    """
    fractions, _, rest = text.lower().replace(" ", "").partition("x")
    dose, _, days = rest.partition("/")
    try:
        return ExternalBeam(int(fractions), float(dose), float(days or 0.0))
    except ValueError as error:
        raise InputError(
            f"external beam '{text}'",
            "fractions x dose in Gy, with the overall time in days after a slash",
            "write it like 25x2 or 25x2/33",
        ) from error
