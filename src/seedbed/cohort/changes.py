"""A group compared with itself at several times."""

from dataclasses import replace

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import Found, GroupTest, run_or_note
from seedbed.cohort.frame import FloatArray
from seedbed.statistics.paired import friedman, wilcoxon_signed_rank

FRIEDMAN, WILCOXON = "Friedman test", "Wilcoxon signed-rank test"
FEWEST = 2


def compare_times(values: FloatArray, *, of: int, rules: AnalysisRules) -> GroupTest:
    """Compare a group with itself: Friedman's test for three times or more, Wilcoxon's for two.

    Parameters
    ----------
    values : ndarray, shape (patients, times)
        Patients with a value at every time.
    of : int
        Patients of the group.
    rules : AnalysisRules

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> same = compare_times(np.ones((5, 2)), of=6, rules=analysis_rules())
    >>> same.p_value, same.missing, same.note
    (None, (1,), 'not estimable: 5 pairs without any difference')
    """
    two = values.shape[1] == 2
    about = GroupTest(
        test=WILCOXON if two else FRIEDMAN,
        n=(len(values),),
        missing=(of - len(values),),
        rule_ids=(rules.repeated.id,),
    )
    if len(values) < FEWEST:
        who = "1 patient" if len(values) else "no patient"
        return replace(about, note=f"not estimable: {who} with a value at every time")
    return run_or_note(about, lambda: _wilcoxon(values) if two else _friedman(values))


def _wilcoxon(values: FloatArray) -> Found:
    found = wilcoxon_signed_rank(values[:, 0], values[:, 1])
    return Found(found.p_value, found.z)


def _friedman(values: FloatArray) -> Found:
    found = friedman(*values.T)
    return Found(found.p_value, found.statistic, (found.df,))
