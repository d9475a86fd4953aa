"""Which of the seeds on a CT are counted: what the search found, and what people said of it since."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError, one_of
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.plans.draft import now
from seedbed.journey.workbench.refusals import check_version

FILE: Final = "judgement.json"
OPEN, ACCEPTED, REFUSED = STATES = ("open", "accepted", "refused")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One decision on one seed.

    Attributes
    ----------
    version : int
        Of the judgement that it made.
    seed : int
        Its number: found ones from 1, then what was seen and not counted.
    before, state : {"open", "accepted", "refused"}
    by, at : str
        Who, and when (UTC, ISO 8601).
    """

    version: int
    seed: int
    before: str
    state: str
    by: str
    at: str


@dataclass(frozen=True)
class Judgement:
    """All decisions on the seeds of a verification, in their order; none is ever taken away.

    Attributes
    ----------
    changes : tuple of Change
    """

    changes: tuple[Change, ...] = ()

    @property
    def version(self) -> int:
        """Counts the decisions, from 0."""
        return len(self.changes)

    @property
    def latest(self) -> Mapping[int, Change]:
        """The decision that holds, of each seed on which there is one."""
        return {each.seed: each for each in self.changes}

    def state(self, seed: int) -> str:
        """Return what holds of a seed.

        Examples
        --------
        >>> Judgement().state(3)
        'open'
        """
        found = self.latest.get(seed)
        return OPEN if found is None else found.state

    def changed(self, seed: int, state: str, *, by: str) -> "Judgement":
        """Return the judgement after one more decision.

        Raises
        ------
        InputError
            A state that is none.

        Examples
        --------
        >>> after = Judgement().changed(3, "refused", by="A")
        >>> after.version, after.state(3), after.changes[0].before
        (1, 'refused', 'open')
        """
        if state not in STATES:
            raise InputError(f"the state '{state[:40]}'", one_of(STATES, state), "choose one of them")
        one = Change(
            version=self.version + 1, seed=seed, before=self.state(seed), state=state, by=by, at=now()
        )
        return Judgement((*self.changes, one))


def counted(judgement: Judgement, found: Sequence[int], others: Sequence[int]) -> list[int]:
    """Return the numbers of the seeds that count for the dose.

    Parameters
    ----------
    judgement : Judgement
    found : sequence of int
        Seeds that the search counted: they count unless somebody refused them.
    others : sequence of int
        What it saw and did not count: counts where somebody accepted it.

    Examples
    --------
    >>> judgement = Judgement().changed(1, "refused", by="A").changed(4, "accepted", by="A")
    >>> counted(judgement, [1, 2, 3], [4, 5])
    [2, 3, 4]
    """
    kept = [seed for seed in found if judgement.state(seed) != REFUSED]
    return kept + [seed for seed in others if judgement.state(seed) == ACCEPTED]


def read_judgement(folder: Path) -> Judgement:
    """Read the decisions of a verification; none where nobody has decided yet."""
    path = folder / FILE
    if not path.is_file():
        return Judgement()
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Judgement(tuple(Change(**each) for each in kept["changes"]))


def judge_seed(folder: Path, seed: int, state: str, *, version: int, by: str) -> Judgement:
    """Decide on a seed, and keep it; hold the lock of the verification meanwhile.

    Raises
    ------
    ChangedElsewhereError
        Somebody decided since.
    InputError, OutputError
        A state that is none; it could not be written, and nothing was decided.
    """
    before = read_judgement(folder)
    last = before.changes[-1] if before.changes else None
    check_version(
        "the judgement of the seeds", version, before.version,
        who=last.by if last else "", at=last.at if last else "",
    )  # fmt: skip
    after = before.changed(seed, state, by=by)
    values: dict[str, Any] = {"version": after.version, "changes": [asdict(each) for each in after.changes]}
    with placed(folder / FILE, [], kind="a judgement", replaces=Path.is_file) as stage:
        stage.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    return after
