"""Small made-up analysis sets for tests of the tables; nobody in them is a patient."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from seedbed.cohort.frame import AnalysisSet, make_column
from seedbed.cohort.variables import variables


def analysis_set(groups: Sequence[str], **values: Sequence[Any]) -> AnalysisSet:
    """Make a set of one patient for each group that is named; what is not given is not known."""
    names = tuple(dict.fromkeys(groups))
    count = len(groups)
    columns = {
        name: make_column(name, values.get(name, [None] * count), sources=[(f"made up {name}",)] * count)
        for name in variables()
    }
    return AnalysisSet(
        patients=tuple(f"SYN-{at}" for at in range(count)),
        group_by="arm",
        groups=names,
        group_of=np.array([names.index(each) for each in groups], dtype=np.int64),
        columns=columns,
        on=date(2026, 1, 1),
    )
