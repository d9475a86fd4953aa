"""Which of the seeds that a search counted are in doubt, by the number implanted as it is stated now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seedbed.journey.verification.finding import SURPLUS, least_certain
from seedbed.journey.workbench.verifications.judgement import REFUSED, Judgement, counted
from seedbed.journey.workbench.verifications.seeds import numbers_in


@dataclass(frozen=True)
class Doubt:
    """What is doubtful about a seed.

    Attributes
    ----------
    doubtful : bool
        Whether somebody is to look at it.
    why : str
        Its own doubt, else that more count than were implanted; empty where nothing is doubtful.
    surplus : bool
        Whether it is one of the least certain of more seeds than were implanted.
    """

    doubtful: bool
    why: str
    surplus: bool


def doubts_of(record: Mapping[str, Any], judgement: Judgement) -> dict[int, Doubt]:
    """Return the doubt about each seed that the search counted, by its number.

    As many of the least certain as count beyond the number implanted are in doubt; those refused are none.

    Parameters
    ----------
    record : mapping
        Of the search.
    judgement : Judgement
    """
    found, others = numbers_in(record)
    implanted = judgement.implanted(record.get("implanted"))
    more = 0 if implanted is None else len(counted(judgement, found, others)) - implanted
    kept = {
        int(each["number"]): float(each["confidence"])
        for each in record["seeds"]
        if judgement.state(int(each["number"])) != REFUSED
    }
    surplus = set(least_certain(kept, more))
    return {int(each["number"]): _doubt(each, record["doubtful"], surplus) for each in record["seeds"]}


def _doubt(seed: Mapping[str, Any], doubtful: list[int], surplus: set[int]) -> Doubt:
    """Return the doubt about one seed; too many at the search may be too many no more."""
    number = int(seed["number"])
    more = number in surplus
    own = "" if seed["doubt"] == SURPLUS else seed["doubt"]
    by_search = number in doubtful and (own == seed["doubt"] or not seed["certain"])
    return Doubt(more or by_search, own or (SURPLUS if more else ""), more)
