"""The notebook of the documentation runs from its first cell to its last, and its numbers are right."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lifelines.statistics import multivariate_logrank_test
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "docs" / "analysis-notebook.ipynb"
ASKED = """
import json
from numpy import isfinite
cells = {row.id: dict(zip(data.groups, row.cells)) for row in tables["table_2"].rows}
competing = {row.id: row.cells for row in tables["competing_risks"].rows}
weights = {row.id: row.cells for row in tables["weights"].rows}
print(json.dumps({
    "rates": {row.id: [cell.text for cell in row.cells] for row in tables["table_2"].rows},
    "response_p": response_test.p_value,
    "gender_p": gender.p_value,
    "months": months.tolist(), "event": event.tolist(), "labels": labels,
    "log_rank": [survival_test.statistic, survival_test.p_value],
    "log_rank_of_table": tables["survival"].rows[0].tests[0].p_value,
    "survival_24": [float(curve.survival[curve.times <= 24][-1]) for curve in curves.values()],
    "incidence_24": [[cell.numbers["incidence"] for cell in competing[f"competing.{cause}.at_24"][:3]]
                     for cause in ("local_progression", "death")],
    "effective": [[weights[name][at].numbers[key] for at in range(3)]
                  for name, key in (("patients", "n"), ("effective", "effective_n"))],
    "tg": [cell.numbers for row in tables["tg_model"].rows for cell in row.cells if "ratio" in cell.numbers],
    "audit": [each.arithmetic for each in audit.findings],
}))
"""


@pytest.fixture(scope="module")
def notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(notebook: Any) -> Any:
    """The notebook after a run in the folder it lies in, with one cell more that hands out its numbers."""
    asking = nbformat.from_dict(notebook)
    asking.cells = [*notebook.cells, nbformat.v4.new_code_cell(ASKED)]
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    return NotebookClient(
        asking, timeout=300, kernel_name="python3", allow_errors=False, resources=resources
    ).execute()


@pytest.fixture(scope="module")
def said(executed: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(executed.cells[-1].outputs[-1].text)
    return found


def test_it_is_kept_without_outputs(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert all(not cell.outputs and cell.execution_count is None for cell in _code(notebook))
    text = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "All patients here are synthetic" in text
    assert "research software" in text


def test_figures_and_tables_are_shown(executed: Any) -> None:
    kinds = [kind for cell in _code(executed) for each in cell.outputs for kind in each.get("data", {})]
    assert kinds.count("image/svg+xml") == 5
    assert kinds.count("text/html") >= 10
    assert not [each for cell in _code(executed) for each in cell.outputs if each.get("name") == "stderr"]


def test_response_is_that_of_the_paper(said: dict[str, Any]) -> None:
    # Table 2 of Chen et al. 2025
    rates = [said["rates"][f"response_6.{group}"] for group in "ABC"]
    assert [next(text for text in texts if "/" in text).split("(")[1] for texts in rates] == [
        "3/14)",
        "8/25)",
        "10/13)",
    ]
    assert round(said["response_p"], 3) == 0.006


def test_fisher_is_that_of_the_paper(said: dict[str, Any]) -> None:
    assert round(said["gender_p"], 3) == 0.529  # Table 1


def test_log_rank_is_that_of_another_program(said: dict[str, Any]) -> None:
    other = multivariate_logrank_test(said["months"], said["labels"], said["event"])
    assert said["log_rank"] == pytest.approx([other.test_statistic, other.p_value], rel=1e-9)
    assert said["log_rank_of_table"] == pytest.approx(other.p_value, rel=1e-9)


def test_incidences_and_survival_without_either_make_one(said: dict[str, Any]) -> None:
    sums = [sum(three) for three in zip(*said["incidence_24"], said["survival_24"], strict=True)]
    assert sums == pytest.approx([1.0] * 3, abs=1e-9)


def test_weights_tell_no_more_than_the_patients(said: dict[str, Any]) -> None:
    patients, effective = said["effective"]
    assert patients == [14, 25, 13]  # Table 1
    assert all(0 < less <= all_ for less, all_ in zip(effective, patients, strict=True))


def test_ratios_of_tg_lie_within_their_limits(said: dict[str, Any]) -> None:
    assert len(said["tg"]) >= 6
    assert all(0 < each["low"] < each["ratio"] < each["high"] for each in said["tg"])


def test_the_audit_finds_the_slips_that_arithmetic_shows(said: dict[str, Any]) -> None:
    assert "11 of 14 is 78.57 %, printed 77 %" in said["audit"]


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
