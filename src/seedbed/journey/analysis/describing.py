"""What was done, in words: the paragraph on methods, the versions, and where the records came from."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.tables import Table

PACKAGES = ("numpy", "scipy", "firthmodels", "matplotlib")
"""Libraries whose numbers stand in the tables, and the one that draws the figures."""


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
        f"{len(data.patients)} patients in {len(data.groups)} group(s) by {data.group_by} ({groups}) were "
        f"analysed as of {data.on}; nothing later was looked at. Response by {criteria}. {origin.sentence}"
    )
    rule_set = f"Rule set: {rules.source.name}, edition {rules.source.edition}."
    said = " ".join(f"{rule.text} [{rule.id}]" for rule in rules.every)
    used = f"Tests that were run: {', '.join(used_tests(tables)) or 'none'}."
    made = f"Computed with {_listed(versions())}."
    return people, f"{rule_set} {said}", f"{used} {made}"


def used_tests(tables: Sequence[Table]) -> list[str]:
    """Return the tests that gave a p-value, each once."""
    found = (test for table in tables for row in table.rows for test in row.tests)
    return list(dict.fromkeys(test.test for test in found if test.p_value is not None))


def _listed(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())
