"""What was done, in words: the paragraph on methods, the versions, and where the records came from."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.tables import Table

PACKAGES = ("numpy", "scipy", "statsmodels", "surpyval", "firthmodels", "matplotlib")
"""Libraries whose numbers stand in the tables, and the one that draws the figures."""

ESTIMATES: Final = (
    ("survival", "survival", "Kaplan and Meier, limits by the log-log transformation"),
    ("rates", "share", "limits by Clopper and Pearson, of differences by Newcombe"),
    ("rates_everyone", "share", "the same of all patients"),
    ("response_times", "incidence", "incidence by Aalen and Johansen, duration by Kaplan and Meier"),
    ("tg_model", "geometric_mean", ""),
    ("follow_up", "median", "reverse Kaplan-Meier"),
    ("restricted_means", "mean", ""),
    ("hazard_ratios", "hazard_ratio", ""),
    ("e_values", "e_value", ""),
    ("competing_risks", "incidence", "incidence by Aalen and Johansen, limits by the log-log transformation"),
    ("competing_risks", "hazard_ratio", "Fine and Gray's model with robust limits"),
    (
        "weights",
        "effective_n",
        "multinomial logistic regression of the group; generalised overlap weights by Li and Li 2019",
    ),
    ("balance", "before", "largest absolute standardised difference between two groups"),
    ("weighted", "value", "weighted shares and means; weighted Kaplan-Meier curves"),
    ("dose_response", "rho", ""),
    ("holm", "p_holm", "Holm's steps within each table"),
)
"""Table, a number that it has where the estimate was made, and how; empty: as the table says itself."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the records came from.

    Attributes
    ----------
    name : str
        Of the register, without a password, or of the file or folder.
    what : {"register", "spreadsheet"}
    hash : str
        Hash of the head of the register, or of the file.
    change_set : int or None
        Number of the latest change set of the register.
    """

    name: str
    what: str
    hash: str
    change_set: int | None = None

    @property
    def sentence(self) -> str:
        """Say it."""
        if self.what == "register":
            return f"Records: register {self.name}, change set {self.change_set}, hash {self.hash}."
        return f"Records: {self.name}, {self.hash}."


def versions() -> dict[str, str]:
    """Return the versions of what computed the numbers."""
    return {
        "seedbed": version("seedbed"),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def methods(
    data: AnalysisSet, rules: AnalysisRules, *, tables: Sequence[Table], origin: Origin, criteria: str
) -> tuple[str, ...]:
    """Return paragraphs that state who was analysed, by which rules, with which tests and versions."""
    groups = ", ".join(f"{name} {size}" for name, size in zip(data.groups, data.sizes, strict=True))
    people = (
        f"{_counted(len(data.patients), 'patient')} in {_counted(len(data.groups), 'group')} by "
        f"{data.group_by} ({groups}) {'was' if len(data.patients) == 1 else 'were'} "
        f"analysed as of {data.on}; nothing later was looked at. Response by {criteria}. {origin.sentence}"
    )
    rule_set = f"Rule set: {rules.source.name}, edition {rules.source.edition}."
    said = " ".join(f"{rule.text} [{rule.id}]" for rule in rules.every)
    used = f"Tests that were run: {', '.join(used_tests(tables)) or 'none'}."
    made = f"Computed with {_listed(versions())}."
    return people, f"{rule_set} {said}", *_estimated(tables), f"{used} {made}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _estimated(tables: Sequence[Table]) -> list[str]:
    said = used_estimates(tables)
    return [f"Estimates that were made. {' '.join(said)}"] if said else []


def used_estimates(tables: Sequence[Table]) -> list[str]:
    """Return a sentence for each table that has estimates: how they were made.

    Examples
    --------
    >>> from seedbed.cohort.tables import Cell, Row
    >>> row = Row("a", "A", (Cell("0.1", {"p_holm": 0.1}),))
    >>> used_estimates([Table(id="holm", title="P-values", columns=("", "P"), rows=(row,))])
    ["'P-values': Holm's steps within each table."]
    """
    found = ((table.title, _how(table)) for table in tables)
    return [f"'{title}': {'; '.join(how)}." for title, how in found if how]


def _how(table: Table) -> list[str]:
    said = [
        how or table.methods.rstrip(".")
        for name, number, how in ESTIMATES
        if name == table.id and _has(table, number)
    ]
    errors = [note.rstrip(".") for note in table.footnotes if note.startswith("Errors by")]
    return [*said, *(f"{note[0].lower()}{note[1:]}" for note in errors)] if said else []


def _has(table: Table, number: str) -> bool:
    return any(cell.numbers.get(number) is not None for row in table.rows for cell in row.cells)


def used_tests(tables: Sequence[Table]) -> list[str]:
    """Return the tests that gave a p-value, each once."""
    found = (test for table in tables for row in table.rows for test in row.tests)
    return list(dict.fromkeys(test.test for test in found if test.p_value is not None))


def _listed(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())
