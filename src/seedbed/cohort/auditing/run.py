"""Run every check over one study."""

from collections.abc import Callable, Iterator
from typing import Final

from seedbed.cohort.auditing.claims import check_extremes, check_p_claims, check_ranges, check_values
from seedbed.cohort.auditing.criteria import check_criteria
from seedbed.cohort.auditing.denominators import check_missing, check_same_time
from seedbed.cohort.auditing.findings import AuditReport, Verdict
from seedbed.cohort.auditing.means import check_headings, check_means, check_sds
from seedbed.cohort.auditing.p_values import check_p_values
from seedbed.cohort.auditing.percentages import check_percentages
from seedbed.cohort.auditing.quartiles import check_order, check_range, check_whole_scores
from seedbed.cohort.auditing.study import Study
from seedbed.cohort.auditing.sums import check_groups, check_levels, check_rates, check_totals
from seedbed.cohort.auditing.survival_medians import check_medians
from seedbed.cohort.auditing.survival_times import (
    check_endpoint_order,
    check_longest,
    check_whole_months,
    check_words,
)
from seedbed.cohort.auditing.volumes import check_volumes

CHECKS: Final[tuple[Callable[[Study], Iterator[Verdict]], ...]] = (
    check_groups,
    check_levels,
    check_rates,
    check_totals,
    check_percentages,
    check_order,
    check_whole_scores,
    check_range,
    check_headings,
    check_means,
    check_sds,
    check_p_values,
    check_values,
    check_extremes,
    check_ranges,
    check_p_claims,
    check_words,
    check_whole_months,
    check_endpoint_order,
    check_longest,
    check_medians,
    check_missing,
    check_same_time,
    check_volumes,
    check_criteria,
)


def audit_study(study: Study) -> AuditReport:
    """Run every check.

    Parameters
    ----------
    study : Study
        As `read_study` returns it.

    Returns
    -------
    AuditReport
        Findings, the surest first, in the order of the checks; what is fine; what cannot be told.
    """
    source = study.typed.source
    return AuditReport.gather(
        source.source, source.doi, verdicts=(v for check in CHECKS for v in check(study))
    )
