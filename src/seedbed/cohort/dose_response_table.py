"""Whether a higher dose on the CT after the implant went with more volume lost and longer local control."""

import numpy as np
from scipy.stats import spearmanr

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.estimate_tests import COX, ratio_test
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.lesion_dose_table import lesion_dose_table
from seedbed.cohort.tables import Cell, Row, Table, p_text, ratio_interval_text, ratio_text
from seedbed.errors import SeedbedError
from seedbed.statistics.cox import cox_regression

FEWEST = 4
"""Patients below which a correlation says nothing (local rule)."""
STEP_GY = 10.0


def dose_response_table(data: AnalysisSet) -> Table | None:
    """Return D90 against volume reduction and local control; None where no D90 was verified.

    Lesion by lesion where the register names the lesions of the implants, else patient by patient.
    """
    if (by_lesion := lesion_dose_table(data)) is not None:
        return by_lesion
    dose = data.column("d90_gy")
    if not dose.known.any():
        return None
    rows = (*(_correlation(data, month) for month in (6, 12)), _control(data))
    return Table(
        id="dose_response",
        title="Dose on the CT after the implant, and what followed",
        columns=("", "Patients", "Estimate", "P-value"),
        rows=rows,
        footnotes=(
            "D90: the lowest of a patient's implants; volume: all targets, also those without seeds.",
            "No session with a verified D90 names its lesion, so that nothing can be told lesion by lesion.",
            "All groups together; patients with a low D90 may differ in other things: no cause follows.",
        ),
        methods="Spearman's rank correlation; Cox's hazard ratio for 10 Gy more",
    )


def _correlation(data: AnalysisSet, month: int) -> Row:
    dose, lost = data.column("d90_gy"), data.column(f"vrr_{month}")
    both = dose.known & lost.known
    count = Cell(str(int(both.sum())), {"n": int(both.sum())})
    label = f"D90 and VRR at {month} months, Spearman's rho"
    one, two = dose.values[both], lost.values[both]
    if both.sum() < FEWEST or np.ptp(one) == 0 or np.ptp(two) == 0:
        why = f"fewer than {FEWEST} patients with both" if both.sum() < FEWEST else "all values are alike"
        return Row(f"vrr_{month}", label, (count, Cell(f"not estimable: {why}"), Cell("")))
    found = spearmanr(one, two)
    rho, p = float(found.statistic), float(found.pvalue)
    n = len(one)
    test = GroupTest(
        test="t test of Spearman's rank correlation",
        statistic=rho * ((n - 2) / (1 - rho**2)) ** 0.5 if abs(rho) < 1 else None,
        df=(n - 2,),
        p_value=p,
        n=(n,),
        missing=(len(both) - n,),
        rule_ids=(),
    )
    cells = (count, Cell(f"{rho:.2f}", {"rho": rho}), Cell(p_text(p), {"p_value": p}))
    return Row(f"vrr_{month}", label, cells, tests=(test,))


def _control(data: AnalysisSet) -> Row:
    dose, months, events = (data.column(name) for name in ("d90_gy", "lpfs_months", "lpfs_event"))
    both = dose.known & months.known
    count = Cell(str(int(both.sum())), {"n": int(both.sum()), "events": float(events.values[both].sum())})
    label = f"LPFS, hazard ratio for {STEP_GY:g} Gy more"
    try:
        covariate = dose.values[both] / STEP_GY
        model = cox_regression(months.values[both], events.values[both], covariates=covariate, names=["d90"])
    except SeedbedError as error:
        return Row("lpfs", label, (count, Cell(f"not estimable: {error.came}"), Cell("")))
    (found,) = model.estimates
    text = f"{ratio_text(found.ratio)} (95% CI {ratio_interval_text(found.low, found.high)})"
    numbers = {"hazard_ratio": found.ratio, "low": found.low, "high": found.high}
    p = Cell(p_text(found.p_value), {"p_value": found.p_value})
    test = ratio_test(COX, found, n=(int(both.sum()),), events=model.events)
    return Row("lpfs", label, (count, Cell(text, numbers), p), tests=(test,))
