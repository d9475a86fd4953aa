"""Estimators and tests, one published formula each."""

from seedbed.statistics.counts import CountTable, clean_counts
from seedbed.statistics.exact import FisherResult, fisher_exact
from seedbed.statistics.ranks import KruskalWallisResult, kruskal_wallis, kruskal_wallis_from_counts
from seedbed.statistics.variance import AnovaRange, AnovaResult, anova_from_summary, anova_rounding_range

__all__ = [
    "AnovaRange",
    "AnovaResult",
    "CountTable",
    "FisherResult",
    "KruskalWallisResult",
    "anova_from_summary",
    "anova_rounding_range",
    "clean_counts",
    "fisher_exact",
    "kruskal_wallis",
    "kruskal_wallis_from_counts",
]
from seedbed.statistics.survival import kaplan_meier, quantile, follow_up_curve
