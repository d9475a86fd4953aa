"""Estimators and tests, one published formula each."""

from seedbed.statistics.chi_square import ChiSquareResult, TrendResult, chi_square, linear_by_linear
from seedbed.statistics.competing_risks import (
    CumulativeIncidence,
    GrayResult,
    cumulative_incidence,
    gray_test,
    incidence_band,
)
from seedbed.statistics.counts import CountTable, clean_counts
from seedbed.statistics.cox import HazardModel, HazardRatio, cox_regression
from seedbed.statistics.e_value import EValue, e_value
from seedbed.statistics.exact import FisherResult, fisher_exact
from seedbed.statistics.fine_gray import fine_gray
from seedbed.statistics.firth import firth_regression
from seedbed.statistics.hazard_ratios import GroupHazards, group_hazard_ratios
from seedbed.statistics.intervals import Interval
from seedbed.statistics.log_rank import LogRankResult, PairwiseResult, log_rank, pairwise_log_rank
from seedbed.statistics.monte_carlo import FisherEstimate, fisher_monte_carlo
from seedbed.statistics.multiplicity import holm
from seedbed.statistics.normality import NormalityResult, lilliefors, shapiro_wilk
from seedbed.statistics.paired import FriedmanResult, SignedRankResult, friedman, wilcoxon_signed_rank
from seedbed.statistics.proportionality import ProportionalityTest, proportional_hazards_tests
from seedbed.statistics.proportions import Proportion, exact_proportion, wilson_proportion
from seedbed.statistics.quantiles import Quartiles, spss_quantile, spss_quartiles, tukey_hinges
from seedbed.statistics.ranks import KruskalWallisResult, kruskal_wallis, kruskal_wallis_from_counts
from seedbed.statistics.rmst import (
    RestrictedMean,
    RestrictedMeanComparison,
    compare_restricted_means,
    restricted_mean,
)
from seedbed.statistics.survival import (
    ConfidenceBand,
    CurvePoint,
    KaplanMeier,
    Quantile,
    confidence_band,
    follow_up_curve,
    kaplan_meier,
    points_at,
    quantile,
)
from seedbed.statistics.two_proportions import Comparison, TwoGroups, odds_ratio, risk_difference, risk_ratio
from seedbed.statistics.variance import (
    AnovaRange,
    AnovaResult,
    anova,
    anova_from_summary,
    anova_rounding_range,
)

__all__ = [
    "AnovaRange",
    "AnovaResult",
    "ChiSquareResult",
    "Comparison",
    "ConfidenceBand",
    "CountTable",
    "CumulativeIncidence",
    "CurvePoint",
    "EValue",
    "FisherEstimate",
    "FisherResult",
    "FriedmanResult",
    "GrayResult",
    "GroupHazards",
    "HazardModel",
    "HazardRatio",
    "Interval",
    "KaplanMeier",
    "KruskalWallisResult",
    "LogRankResult",
    "NormalityResult",
    "PairwiseResult",
    "Proportion",
    "ProportionalityTest",
    "Quantile",
    "Quartiles",
    "RestrictedMean",
    "RestrictedMeanComparison",
    "SignedRankResult",
    "TrendResult",
    "TwoGroups",
    "anova",
    "anova_from_summary",
    "anova_rounding_range",
    "chi_square",
    "clean_counts",
    "compare_restricted_means",
    "confidence_band",
    "cox_regression",
    "cumulative_incidence",
    "e_value",
    "exact_proportion",
    "fine_gray",
    "firth_regression",
    "fisher_exact",
    "fisher_monte_carlo",
    "follow_up_curve",
    "friedman",
    "gray_test",
    "group_hazard_ratios",
    "holm",
    "incidence_band",
    "kaplan_meier",
    "kruskal_wallis",
    "kruskal_wallis_from_counts",
    "lilliefors",
    "linear_by_linear",
    "log_rank",
    "odds_ratio",
    "pairwise_log_rank",
    "points_at",
    "proportional_hazards_tests",
    "quantile",
    "restricted_mean",
    "risk_difference",
    "risk_ratio",
    "shapiro_wilk",
    "spss_quantile",
    "spss_quartiles",
    "tukey_hinges",
    "wilcoxon_signed_rank",
    "wilson_proportion",
]
