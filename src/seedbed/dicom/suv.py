"""Standardised uptake values: what PET pixels are multiplied by, from what the file says of dose and patient.

Source: Quantitative Imaging Biomarkers Alliance (RSNA), "Standardized Uptake Value (SUV)", vendor-neutral
pseudo-code; attributes by PS3.3 C.8.9 (PET series, isotope and image).
"""

from collections.abc import Sequence

import numpy as np

from seedbed.dicom.files import FloatArray, number, reading
from seedbed.dicom.pet_times import Injection, decay_seconds, injection_of
from seedbed.dicom.slices import Slice
from seedbed.errors import ImageError

BODY_WEIGHT, JAMES, JANMAHASATIAN = "BW", "LBMJAMES128", "LBMJANMA"
WEIGHTINGS = (BODY_WEIGHT, JAMES, JANMAHASATIAN)
"""Defined terms of SUV Type (0054,1006)."""
DOSE_BQ, WEIGHT_KG, HEIGHT_CM = (1e6, 1e10), (1.0, 400.0), (40.0, 250.0)
"""What is refused beyond: a number in another unit; local rule."""
OBESE = 35.0
"""Body mass index from which the formula of James is noted (Tahari et al. 2014)."""
DECAY_CORRECTED = {"DECY", "DECAY"}
PHILIPS, PHILIPS_SUV, PHILIPS_ACTIVITY = "Philips PET Private Group", 0x00, 0x09


def lean_body_mass_kg(weight_kg: float, height_cm: float, *, sex: str, formula: str) -> float:
    """Lean body mass of an adult.

    Parameters
    ----------
    weight_kg, height_cm : float
    sex : ``"M"`` or ``"F"``
    formula : ``"LBMJAMES128"`` or ``"LBMJANMA"``
        James (Research on obesity, HMSO 1976), with 128 for men, where some print 120; Janmahasatian et al.
        (Clin Pharmacokinet 44 (2005) 1051, doi 10.2165/00003088-200544100-00004). Both as in Tahari et al.
        (J Nucl Med 55 (2014) 1481, doi 10.2967/jnumed.113.136986) and as the terms of SUV Type in PS3.3.

    Returns
    -------
    float
        kg.

    Examples
    --------
    >>> round(lean_body_mass_kg(70.0, 175.0, sex="M", formula="LBMJAMES128"), 2)
    56.52
    >>> round(lean_body_mass_kg(70.0, 175.0, sex="F", formula="LBMJANMA"), 2)
    45.2
    """
    male = sex == "M"
    if formula == JAMES:
        share, squared = (1.10, 128.0) if male else (1.07, 148.0)
        return share * weight_kg - squared * (weight_kg / height_cm) ** 2
    index = weight_kg / (height_cm / 100) ** 2
    constant, rise = (6680.0, 216.0) if male else (8780.0, 244.0)
    return 9270.0 * weight_kg / (constant + rise * index)


def suv_factors(slices: Sequence[Slice], weighting: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return what the rescaled pixels of each slice are multiplied by, g/mL, and notes.

    Parameters
    ----------
    slices : sequence of Slice
    weighting : str
        ``"BW"``, ``"LBMJAMES128"`` or ``"LBMJANMA"``.

    Raises
    ------
    ImageError
        Pixels that are not corrected for attenuation and decay, units that give no SUV, slices that disagree,
        an attribute that is needed and missing.
    """
    if weighting not in WEIGHTINGS:
        raise ImageError(f"the SUV weighting {weighting!r}", f"one of {', '.join(WEIGHTINGS)}", "choose one")
    _check_corrected(slices)
    units = shared(slices, "Units")
    if units == "BQML":
        per_becquerel, notes = _per_becquerel(slices, weighting)
        return np.full(len(slices), per_becquerel), notes
    if units == "CNTS":
        return _philips(slices, weighting)
    if units == "GML":
        return _grams(slices, weighting)
    raise ImageError(
        f"PET slice '{slices[0].path.name}' has Units (0054,1001) {units!r}",
        "'BQML', 'GML', or 'CNTS' with the factors of Philips",
        "export the series in Bq/mL",
    )


def shared(slices: Sequence[Slice], keyword: str) -> str:
    """Return an attribute that all slices must have, and have alike."""
    found = {one.word(keyword): one for one in slices}
    if len(found) > 1 or "" in found:
        listed = ", ".join(f"{value!r} in '{one.path.name}'" for value, one in list(found.items())[:3])
        raise ImageError(
            f"the PET slices have {keyword} {listed}",
            f"one {keyword} in all slices",
            "export the series again, with this attribute",
        )
    return next(iter(found))


def _check_corrected(slices: Sequence[Slice]) -> None:
    for one in slices:
        terms = set(one.word("CorrectedImage").split("\\"))
        if "ATTN" not in terms or not terms & DECAY_CORRECTED:
            raise ImageError(
                f"PET slice '{one.path.name}' has CorrectedImage (0028,0051) {sorted(terms)}",
                "pixels corrected for attenuation (ATTN) and decay (DECY)",
                "export the corrected series",
            )


def _per_becquerel(slices: Sequence[Slice], weighting: str) -> tuple[float, tuple[str, ...]]:
    """SUV of 1 Bq/mL: mass over the dose that is left when the pixels count."""
    given = _injection(slices)
    correction = shared(slices, "DecayCorrection")
    mass, notes = _mass_kg(slices, weighting)
    if correction == "ADMIN":
        return 1000 * mass / given.dose_bq, notes
    if correction != "START":
        raise ImageError(
            f"PET slice '{slices[0].path.name}' has DecayCorrection (0054,1102) {correction!r}",
            "'START' or 'ADMIN'",
            "export the series that is corrected for decay",
        )
    seconds, more = decay_seconds(slices, given)
    return 1000 * mass / (given.dose_bq * 2.0 ** (-seconds / given.half_life_s)), notes + more


def _injection(slices: Sequence[Slice]) -> Injection:
    first = injection_of(slices[0])
    for one in slices:
        if injection_of(one) != first:
            raise ImageError(
                f"PET slice '{one.path.name}' has another RadiopharmaceuticalInformationSequence than "
                f"'{slices[0].path.name}'",
                "one injection",
                "export one consistent series",
            )
    _within(first.dose_bq, DOSE_BQ, "RadionuclideTotalDose (0018,1074)", "Bq", slices[0])
    return first


def _within(value: float, limits: tuple[float, float], what: str, unit: str, one: Slice) -> None:
    if not limits[0] <= value <= limits[1]:
        raise ImageError(
            f"PET slice '{one.path.name}' has {what} {value:g}",
            f"{limits[0]:g} to {limits[1]:g} {unit}",
            "correct the attribute or export again: it may be in another unit",
        )


def _number(slices: Sequence[Slice], keyword: str) -> float:
    shared(slices, keyword)
    one = slices[0]
    with reading(one.path, ImageError):
        return number(one.dataset, keyword, name=one.path.name, refusal=ImageError)


def _mass_kg(slices: Sequence[Slice], weighting: str) -> tuple[float, tuple[str, ...]]:
    """Body weight, or the lean body mass that follows from weight, height and sex."""
    weight = _number(slices, "PatientWeight")
    _within(weight, WEIGHT_KG, "PatientWeight (0010,1030)", "kg", slices[0])
    if weighting == BODY_WEIGHT:
        return weight, ()
    height = 100 * _number(slices, "PatientSize")
    _within(height, HEIGHT_CM, "PatientSize (0010,1020), in cm,", "cm", slices[0])
    sex = shared(slices, "PatientSex")
    if sex not in ("M", "F"):
        raise ImageError(
            f"PET slice '{slices[0].path.name}' has PatientSex (0010,0040) {sex!r}",
            "'M' or 'F' for the lean body mass",
            "use the SUV by body weight",
        )
    index = weight / (height / 100) ** 2
    noted = weighting == JAMES and index >= OBESE
    notes = (f"the formula of James fails at a body mass index of {index:.0f}: prefer {JANMAHASATIAN}",)
    return lean_body_mass_kg(weight, height, sex=sex, formula=weighting), notes if noted else ()


def _of_body_weight(slices: Sequence[Slice], weighting: str) -> tuple[float, tuple[str, ...]]:
    """Return what an SUV by body weight is multiplied by."""
    if weighting == BODY_WEIGHT:
        return 1.0, ()
    mass, notes = _mass_kg(slices, weighting)
    return mass / _number(slices, "PatientWeight"), notes


def _philips(slices: Sequence[Slice], weighting: str) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the factors that Philips writes: counts to SUV (7053,1000), or to Bq/mL (7053,1009)."""
    to_suv = np.array([_philips_factor(one, PHILIPS_SUV) for one in slices])
    if to_suv.all():
        ratio, notes = _of_body_weight(slices, weighting)
        return to_suv * ratio, notes
    to_activity = np.array([_philips_factor(one, PHILIPS_ACTIVITY) for one in slices])
    if to_activity.all():
        per_becquerel, notes = _per_becquerel(slices, weighting)
        return to_activity * per_becquerel, notes
    lacking = slices[int(np.flatnonzero(to_activity == 0)[0])]
    raise ImageError(
        f"PET slice '{lacking.path.name}' has Units (0054,1001) 'CNTS' and neither of the factors of Philips",
        "(7053,1000), SUV Scale Factor, or (7053,1009), Activity Concentration Scale Factor, in all slices",
        "export the series in Bq/mL, or with its private attributes",
    )


def _philips_factor(one: Slice, element: int) -> float:
    """Return a factor of Philips, 0 where it is missing."""
    found = one.private(0x7053, PHILIPS, element)
    with reading(one.path, ImageError):
        return float(found) if found else 0.0


def _grams(slices: Sequence[Slice], weighting: str) -> tuple[FloatArray, tuple[str, ...]]:
    """SUV as the scanner stored it; only that by body weight can be turned into another."""
    types = {one.word("SUVType") for one in slices}
    if types == {weighting}:
        return np.ones(len(slices)), ()
    if not types <= {BODY_WEIGHT, ""}:
        raise ImageError(
            f"PET slice '{slices[0].path.name}' has Units (0054,1001) 'GML' and SUVType (0054,1006) "
            f"{sorted(types)}",
            f"SUV by body weight ('BW'), or what was asked for ({weighting})",
            "export the series in Bq/mL",
        )
    ratio, notes = _of_body_weight(slices, weighting)
    assumed = ("SUVType (0054,1006) is missing: g/mL is taken as SUV by body weight",)
    return np.full(len(slices), ratio), notes + (assumed if "" in types else ())
