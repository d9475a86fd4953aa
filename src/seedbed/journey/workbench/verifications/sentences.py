"""What people did to the seeds of a verification, in sentences for its record and sheet."""

from collections.abc import Collection

from seedbed.journey.workbench.verifications.judgement import (
    ACCEPTED,
    ADDED,
    MOVED,
    REFUSED,
    Change,
    Judgement,
)

WORDS = {ADDED: "added by hand", MOVED: "moved by hand"}


def sentences(judgement: Judgement, counts: Collection[int]) -> list[str]:
    """Say of each seed what holds: one sentence each, in the order of their numbers.

    Parameters
    ----------
    judgement : Judgement
    counts : collection of int
        Numbers of the seeds that count: of a seed that does not, only that it was refused is said.

    Examples
    --------
    >>> place = {"kind": "added", "position_mm": (1.0, 2.0, 3.25)}
    >>> judgement = Judgement().changed(7, "accepted", by="A", why="missed by the search", **place)
    >>> sentences(judgement, [7])[0].rsplit(",", 1)[0]
    'Seed 7 was added by hand at (1.0, 2.0, 3.2) mm: missed by the search (A'
    """
    latest = judgement.latest
    held = [seed for seed in sorted(latest) if seed in counts or latest[seed].state == REFUSED]
    said = [_sentence(judgement, latest[seed]) for seed in held]
    return [each for each in said if each]


def _sentence(judgement: Judgement, last: Change) -> str:
    put = judgement.placed.get(last.seed)
    if last.state == REFUSED:
        if last.seed in judgement.added:
            return ""  # added and taken away again
        return f"Seed {last.seed} was refused by hand{_because(last)}."
    if put is not None and put.position_mm is not None:
        place = ", ".join(f"{value:.1f}" for value in put.position_mm)
        what = WORDS[ADDED if last.seed in judgement.added else MOVED]
        to = "at" if last.seed in judgement.added else "to"
        return f"Seed {last.seed} was {what} {to} ({place}) mm{_because(put)}."
    return f"Seed {last.seed} was accepted by hand{_because(last)}." if last.state == ACCEPTED else ""


def _because(change: Change) -> str:
    why = f": {change.why}" if change.why else ""
    return f"{why} ({change.by}, {change.at[:10]})"
