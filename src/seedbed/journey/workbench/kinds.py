"""Kinds of jobs: long work that runs in a process of its own.

Each names a function ``(workplace, arguments, progress, stop) -> dict``: the open `Workplace`, a dict of JSON
values, `Progress`, and a function that tells whether to stop. It is imported in the job's process alone, and
returns JSON values; a `SeedbedError` that it raises becomes the sentence of the job.
"""

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "analyse": "seedbed.journey.workbench.cohort.running:run_analyse",
        "demo": "seedbed.journey.workbench.imports:run_demo",
        "demo_implant": "seedbed.journey.workbench.demo_implant:run_demo_implant",
        "pair": "seedbed.journey.workbench.pairs.matching:run_pair",
        "plan": "seedbed.journey.workbench.plan_runs:run_plan",
        "plan_approval": "seedbed.journey.workbench.plan_approving:run_approval",
        "plan_sheets": "seedbed.journey.workbench.plan_sheets:run_plan_sheets",
        "import": "seedbed.journey.workbench.imports:run_import",
        "workbook_check": "seedbed.journey.workbench.workbooks:run_check",
        "workbook_export": "seedbed.journey.workbench.workbooks:run_export",
        "workbook_keep": "seedbed.journey.workbench.workbooks:run_keep",
        "verify": "seedbed.journey.workbench.verifications.runs:run_verify",
    }
)
"""Module and function of each kind: ``"import": "seedbed.journey.workbench.imports:run_import"``."""
