"""The two sets of tables: those of the paper, and those that go beyond it."""

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.competing_table import competing_table
from seedbed.cohort.dose_response_table import dose_response_table
from seedbed.cohort.e_value_table import e_value_table
from seedbed.cohort.flow_table import flow_table
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.further_tables import (
    follow_up_table,
    hazard_table,
    holm_table,
    missing_table,
)
from seedbed.cohort.p_value_table import p_value_table
from seedbed.cohort.paper_tables import changes_table, characteristics_table, response_table
from seedbed.cohort.rate_tables import imputed_rate_table, rate_table
from seedbed.cohort.response_time_tables import response_time_table
from seedbed.cohort.restricted_mean_table import restricted_mean_table
from seedbed.cohort.survival_tables import survival_table
from seedbed.cohort.tables import Table, with_significance
from seedbed.cohort.tg_model_table import tg_model_table
from seedbed.cohort.weighted_tables import weighted_tables


def paper_tables(data: AnalysisSet, rules: AnalysisRules) -> tuple[Table, ...]:
    """Return the tables of the paper, survival, and the flow of patients."""
    found = (
        characteristics_table(data, rules),
        response_table(data, rules),
        changes_table(data, rules),
        survival_table(data, rules),
        flow_table(data),
    )
    return tuple(with_significance(table, rules.level.alpha) for table in found)


def further_tables(
    data: AnalysisSet, rules: AnalysisRules, *, tested: tuple[Table, ...]
) -> tuple[Table, ...]:
    """Return what goes beyond the paper; p-values of the tested tables are adjusted together."""
    dose, hazards = dose_response_table(data), hazard_table(data)
    responses, competing = response_time_table(data, rules), competing_table(data)
    found = (
        rate_table(data, rules),
        imputed_rate_table(data, rules),
        *((responses,) if responses is not None else ()),
        tg_model_table(data),
        follow_up_table(data, rules),
        restricted_mean_table(data),
        hazards,
        e_value_table(data, rules, hazards=hazards),
        *((competing,) if competing is not None else ()),
        *weighted_tables(data, rules),
        *((dose,) if dose is not None else ()),
    )
    listed = (holm_table(tested), p_value_table((*tested, *found)), missing_table(data))
    return tuple(with_significance(table, rules.level.alpha) for table in (*found, *listed))
