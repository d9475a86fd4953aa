"""What a check says: a finding, a number that is fine, or that the print is too coarse to tell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Certainty = Literal["certain", "likely", "possible"]
CERTAINTIES: Final[tuple[Certainty, ...]] = ("certain", "likely", "possible")
"""``certain``: arithmetic alone; ``likely``: under a named assumption; ``possible``: worth asking."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where something is printed.

    Attributes
    ----------
    place : str
        Table, section or page.
    row, column : str
        Line and group; empty where the whole of it is meant.
    """

    place: str
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.place, self.row, self.column and f"group {self.column}")))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that does not fit.

    Attributes
    ----------
    kind : str
        Class of finding; `docs/audit.md` lists them.
    where : Where
    text : str
        What is wrong, in a sentence.
    arithmetic : str
        The numbers that show it.
    certainty : {"certain", "likely", "possible"}
    settle : str
        What would settle it.
    """

    kind: str
    where: Where
    text: str
    arithmetic: str
    certainty: Certainty
    settle: str


@dataclass(frozen=True, kw_only=True)
class Fine:
    """Something that was checked and fits; `text` says how."""

    kind: str
    where: Where
    text: str


@dataclass(frozen=True, kw_only=True)
class NoPower:
    """Something that what is printed cannot decide; `text` says why."""

    kind: str
    where: Where
    text: str


Verdict = Finding | Fine | NoPower


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """All verdicts on one study, the surest findings first.

    Attributes
    ----------
    source, doi : str
    findings : tuple of Finding
    fine : tuple of Fine
    no_power : tuple of NoPower
    """

    source: str
    doi: str
    findings: tuple[Finding, ...]
    fine: tuple[Fine, ...]
    no_power: tuple[NoPower, ...]

    @classmethod
    def gather(cls, source: str, doi: str, *, verdicts: Iterable[Verdict]) -> "AuditReport":
        """Sort verdicts into findings, what is fine and what cannot be told."""
        given = tuple(verdicts)
        findings = [one for one in given if isinstance(one, Finding)]
        findings.sort(key=lambda one: CERTAINTIES.index(one.certainty))
        return cls(
            source=source,
            doi=doi,
            findings=tuple(findings),
            fine=tuple(one for one in given if isinstance(one, Fine)),
            no_power=tuple(one for one in given if isinstance(one, NoPower)),
        )

    @property
    def counts(self) -> dict[str, Any]:
        """How many findings, by certainty and by class; how much is fine and how much cannot be told."""
        sure = Counter(one.certainty for one in self.findings)
        return {
            "findings": len(self.findings),
            "by_certainty": {name: sure[name] for name in CERTAINTIES},
            "by_class": dict(sorted(Counter(one.kind for one in self.findings).items())),
            "fine": len(self.fine),
            "no_power": len(self.no_power),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts under stable keys, ready for JSON."""
        return {
            "paper": {"source": self.source, "doi": self.doi},
            "findings": [_as_dict(one) for one in self.findings],
            "fine": [_as_dict(one) for one in self.fine],
            "no_power": [_as_dict(one) for one in self.no_power],
            "counts": self.counts,
        }


def _as_dict(one: Verdict) -> dict[str, Any]:
    found = asdict(one)
    return {"class": found.pop("kind"), **found}
