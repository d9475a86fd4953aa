"""Show which printed numbers of the paper come out again: p-values, percentages, sums, rates."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.cohort import Audit, AuditRow, audit, read_published
from seedbed.cohort.recounting import Recount, recount


@dataclass(frozen=True)
class Reproduction:
    """A paper recomputed.

    Attributes
    ----------
    p_values : Audit
    numbers : Recount
        Every other number of its tables.
    """

    p_values: Audit
    numbers: Recount

    @property
    def rows(self) -> tuple[AuditRow, ...]:
        """One row for each p-value."""
        return self.p_values.rows

    @property
    def summary(self) -> dict[str, int]:
        """Count the p-values: recomputed, agree, disagree, not_recomputable."""
        return self.p_values.summary

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers under stable keys, ready for JSON."""
        return {
            **self.p_values.to_dict(),
            "numbers": self.numbers.to_list(),
            "numbers_summary": self.numbers.summary,
        }


def reproduce(folder: Path | None = None) -> Reproduction:
    """Recompute the published comparisons of three treatment groups, and every number that counts fix.

    Parameters
    ----------
    folder : Path, optional
        Typed tables and claims of another paper, laid out as `seedbed.cohort.read_published` reads them.

    Returns
    -------
    Reproduction
        ``rows`` and ``summary`` of the p-values, ``numbers``, and ``to_dict()`` with the keys ``paper``,
        ``rows``, ``summary``, ``numbers`` and ``numbers_summary``.

    Raises
    ------
    InputError
        A file is missing or cannot be understood.

    Examples
    --------
    >>> report = reproduce().to_dict()
    >>> report["paper"]["doi"], report["rows"][0]["id"], report["rows"][0]["agrees"]
    ('10.3389/fendo.2025.1587412', 'gender', True)
    >>> report["numbers"][0]["recomputed_text"]
    '14 + 25 + 13 = 52'
    """
    paper = read_published(folder)
    return Reproduction(audit(paper), recount(paper))
