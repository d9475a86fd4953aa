"""Whether a lesion with a higher dose lost more volume and stayed longer under control, lesion by lesion."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from seedbed.cohort.estimate_tests import z_test
from seedbed.cohort.frame import AnalysisSet, BoolArray, FloatArray
from seedbed.cohort.lesion_rules import lesion_rules
from seedbed.cohort.lesions import VRR_MONTHS, Lesions
from seedbed.cohort.tables import Cell, Row, Table, p_text, signed
from seedbed.errors import InputError, SeedbedError
from seedbed.statistics.cluster_ranks import DRAWS, MOST_MEMBERS, cluster_spearman
from seedbed.statistics.cluster_robust import cluster_cox, few_clusters
from seedbed.statistics.cox import few_events
from seedbed.statistics.dose_half import half_control_dose
from seedbed.statistics.estimating_equations import ClusterMeans, cluster_means

STEP_GY = 10.0
FEWEST_PATIENTS = 4
"""Patients below which an estimate says nothing (local rule)."""
SEED = 1
"""Of the draws of patients."""
HORIZON_MONTHS = 12
RANKS = "z test of Spearman's rank correlation, error by patient"
SLOPE = "Wald test, generalised estimating equations, robust error by patient"
HAZARD = "Wald test, Cox, robust error by patient"
CURVE = "Wald test, logistic curve, robust error by patient"
MOST_UNKNOWN = 0.2
"""Share of lesions not followed to the horizon above which no half dose is given (local rule)."""
CONFOUNDED = (
    "Nobody was given a dose by chance: the prescription follows the patient, a large target is harder to "
    "fill and loses volume otherwise, a drug may work beside the seeds. No cause follows."
)
ADJUSTED = ", adjusted for the logarithm of the volume before"
GROWTH = f"Growth of the lesion, hazard ratio for {STEP_GY:g} Gy more"


@dataclass(frozen=True)
class _Estimate:
    """A number with its limits, and the test and p-value of no effect."""

    name: str
    value: float
    low: float
    high: float
    p_value: float
    test: str
    z: float
    decimals: int = 2

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """Estimate and p-value."""
        value, low, high = (signed(each, self.decimals) for each in (self.value, self.low, self.high))
        numbers = {self.name: self.value, "low": self.low, "high": self.high}
        p = Cell(p_text(self.p_value), {"p_value": self.p_value})
        return Cell(f"{value} ({low} to {high})", numbers), p


def lesion_dose_table(data: AnalysisSet) -> Table | None:
    """Return D90 against volume reduction and local control of each lesion; None without a verified D90."""
    lesions = data.lesions
    if not lesions.verified.any():
        return None
    rows = (
        *(row for month in VRR_MONTHS for row in _volume_rows(lesions, month)),
        _ratio(lesions, id="control", label=GROWTH),
        _ratio(lesions, id="control_adjusted", label=GROWTH + ADJUSTED, adjusted=True),
        _half(lesions),
        _rank(lesions, lesions.volume_cc, id="d90_volume", label="D90 and volume before, Spearman's rho"),
        _rank(
            lesions,
            lesions.prescription_gy,
            id="d90_prescription",
            label="D90 and prescription, Spearman's rho",
        ),
    )
    return Table(
        id="dose_response",
        title="Dose of each lesion on the CT after the implant, and what followed",
        columns=("", "Lesions", "Patients", "Estimate (95% CI)", "P-value"),
        rows=rows,
        footnotes=_footnotes(lesions),
        methods=_methods(lesions),
    )


def _volume_rows(lesions: Lesions, month: int) -> tuple[Row, ...]:
    what = f"VRR at {month} months"
    slope = f"{what}, percentage points for {STEP_GY:g} Gy more"
    return (
        _rank(lesions, lesions.vrr_pct(month), id=f"vrr_{month}", label=f"D90 and {what}, Spearman's rho"),
        _slope(lesions, month, id=f"vrr_{month}_slope", label=slope),
        _slope(lesions, month, id=f"vrr_{month}_adjusted", label=slope + ADJUSTED, adjusted=True),
    )


def _rank(lesions: Lesions, other: FloatArray, *, id: str, label: str) -> Row:
    both = lesions.verified & ~np.isnan(other)

    def estimate() -> _Estimate:
        one, two, patients = lesions.d90_gy[both], other[both], lesions.patients[both]
        found = cluster_spearman(one, two, clusters=patients, seed=SEED)
        z = float(np.arctanh(found.rho)) * (1 - found.rho**2) / found.standard_error
        return _Estimate("rho", found.rho, found.low, found.high, found.p_value, RANKS, z)

    return _row(id, label, lesions=lesions, both=both, estimate=estimate)


def _slope(lesions: Lesions, month: int, *, id: str, label: str, adjusted: bool = False) -> Row:
    both = with_both(lesions, month)

    def estimate() -> _Estimate:
        found = vrr_model(lesions, month, adjusted=adjusted).estimates[0]
        z = found.coefficient / found.standard_error
        limits = found.low, found.high
        return _Estimate("slope", found.coefficient, *limits, found.p_value, SLOPE, z, decimals=1)

    return _row(id, label, lesions=lesions, both=both, estimate=estimate)


def with_both(lesions: Lesions, month: int) -> BoolArray:
    """Tell which lesions have a verified D90 and a VRR at a month."""
    found: BoolArray = lesions.verified & ~np.isnan(lesions.vrr_pct(month))
    return found


def vrr_model(lesions: Lesions, month: int, *, adjusted: bool = False) -> ClusterMeans:
    """Fit the VRR of each lesion to its D90, in steps of 10 Gy, and where asked to its volume before.

    Raises
    ------
    InputError
        Fewer than four patients, or as `seedbed.statistics.estimating_equations.cluster_means`.
    """
    both = with_both(lesions, month)
    patients = lesions.patients[both]
    if lesions.patients_with(both) < FEWEST_PATIENTS:
        raise InputError(
            f"fewer than {FEWEST_PATIENTS} patients", f"{FEWEST_PATIENTS} at least", "give no estimate"
        )
    covariates, names = _covariates(lesions, both, adjusted)
    lost = lesions.vrr_pct(month)[both]
    return cluster_means(lost, covariates=covariates, clusters=patients, names=names)


def _ratio(lesions: Lesions, *, id: str, label: str, adjusted: bool = False) -> Row:
    both = lesions.verified & ~np.isnan(lesions.control_months)
    if adjusted:
        both &= lesions.volume_cc > 0
    grown = int(lesions.grown[both].sum())

    def estimate() -> _Estimate:
        covariates, names = _covariates(lesions, both, adjusted)
        times, patients = lesions.control_months[both], lesions.patients[both]
        model = cluster_cox(times, lesions.grown[both], covariates=covariates, clusters=patients, names=names)
        found = model.estimates[0]
        z = found.coefficient / found.standard_error
        return _Estimate("hazard_ratio", found.ratio, found.low, found.high, found.p_value, HAZARD, z)

    return _row(id, label, lesions=lesions, both=both, estimate=estimate, events=grown)


def _half(lesions: Lesions) -> Row:
    """Return the D90 at which half of the lesions are controlled, where that can be said."""
    judged = lesions.verified & ~np.isnan(lesions.control_months)
    by_then = lesions.grown & (lesions.control_months <= HORIZON_MONTHS)
    both = judged & (by_then | (lesions.control_months >= HORIZON_MONTHS))

    def estimate() -> _Estimate:
        found = half_control_dose(lesions.d90_gy[both], ~by_then[both], clusters=lesions.patients[both])
        lost = int(judged.sum() - both.sum())
        if lost > MOST_UNKNOWN * judged.sum():
            raise InputError(
                f"{lost} of {int(judged.sum())} lesions were not followed so long", "more", "give none"
            )
        z = float(np.sign(found.log_odds) * -ndtri(found.p_value / 2))
        limits = found.low, found.high
        return _Estimate("half_dose_gy", found.dose, *limits, found.p_value, CURVE, z, decimals=1)

    label = f"D90 at which half of the lesions have not grown at {HORIZON_MONTHS} months, Gy"
    grew = int(by_then[both].sum())
    return _row("half_dose", label, lesions=lesions, both=both, estimate=estimate, events=grew)


def _covariates(lesions: Lesions, both: BoolArray, adjusted: bool) -> tuple[FloatArray, list[str]]:
    dose = lesions.d90_gy[both] / STEP_GY
    if not adjusted:
        return dose[:, None], ["D90"]
    return np.column_stack([dose, np.log(lesions.volume_cc[both])]), ["D90", "logarithm of the volume"]


def _row(
    id: str,
    label: str,
    *,
    lesions: Lesions,
    both: BoolArray,
    estimate: Callable[[], _Estimate],
    events: int | None = None,
) -> Row:
    """Return a row with an estimate, or with the sentence that says why there is none."""
    n, patients = int(both.sum()), lesions.patients_with(both)
    grew = {} if events is None else {"events": events}
    counts = (
        Cell(str(n) if events is None else f"{n}, {events} grew", {"n": n, **grew}),
        Cell(str(patients), {"n": patients}),
    )
    if patients < FEWEST_PATIENTS:
        return Row(
            id, label, (*counts, Cell(f"not estimable: fewer than {FEWEST_PATIENTS} patients"), Cell(""))
        )
    try:
        found = estimate()
    except SeedbedError as error:
        return Row(id, label, (*counts, Cell(f"not estimable: {error.came}"), Cell("")))
    test = z_test(found.test, found.z, p_value=found.p_value, n=(patients,), events=events)
    return Row(id, label, (*counts, *found.cells), tests=(replace(test, note=f"{n} lesions"),))


def _footnotes(lesions: Lesions) -> tuple[str, ...]:
    rules = lesion_rules()
    without = len(lesions) - int(lesions.verified.sum())
    several = np.bincount(lesions.patients[lesions.verified]) > 1
    lacking = f"{without} of {len(lesions)} implanted lesions without a verified D90 are not in it."
    alone = "No patient has several lesions here: errors are those that are robust without clusters."
    return (
        *(f"{rule.text} [{rule.id}]" for rule in (rules.dose, rules.growth, rules.control)),
        f"Further rules: {', '.join(rule.id for rule in (rules.unit, rules.volume, rules.back))}.",
        "All groups together. The last two rows show how D90 goes with volume and prescription.",
        CONFOUNDED,
        *((lacking,) if without else ()),
        *(() if several.any() else (alone,)),
        *_doubts(lesions),
        *(f"{note}." for note in lesions.notes),
    )


def _doubts(lesions: Lesions) -> tuple[str, ...]:
    """Tell where few patients or few events make the numbers unsafe."""
    judged = lesions.verified & ~np.isnan(lesions.control_months)
    patients = lesions.patients_with(lesions.verified)
    events = int(lesions.grown[judged].sum())
    said = (few_clusters(patients).replace("clusters", "patients"), few_events(events, 1) if events else "")
    return tuple(f"{each[0].upper()}{each[1:]}." for each in said if each)


def _methods(lesions: Lesions) -> str:
    drawn = (
        f"{DRAWS} draws of patients, seed {SEED}" if len(lesions) <= MOST_MEMBERS else "jackknife by patient"
    )
    return (
        f"Spearman's rank correlation, error from {drawn}; generalised estimating equations with "
        "exchangeable correlation within patients and robust error; Cox's hazard ratio with the error of Lin "
        "and Wei by patient; half dose: logistic curve, robust by patient"
    )
