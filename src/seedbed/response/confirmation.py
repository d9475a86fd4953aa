"""Whether a response was sustained: told beside the response, never changing it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, Literal

from seedbed.patient import PartialDate

Response = Literal["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]
Confirmation = Literal["confirmed", "unconfirmed", "pending", "not applicable"]
Dated = tuple[date | PartialDate, Response]
SUSTAINED_BY: Final[dict[Response, frozenset[Response]]] = {
    "CR": frozenset({"CR"}),
    "PR": frozenset({"CR", "PR"}),
    "SD": frozenset({"CR", "PR", "SD"}),
    "NON-CR/NON-PD": frozenset({"CR", "NON-CR/NON-PD"}),
    "PD": frozenset({"PD"}),
    "NE": frozenset(),
}
"""A response is sustained by the same or a better one, progression by progression."""


def surely_apart(first: date | PartialDate, later: date | PartialDate, *, weeks: int) -> bool:
    """Tell whether two dates are that many weeks apart, whichever days they may be.

    Examples
    --------
    >>> surely_apart(date(2026, 1, 1), PartialDate("2026-02"), weeks=4)
    True
    >>> surely_apart(date(2026, 1, 5), PartialDate("2026-02"), weeks=4)
    False
    """
    end = later.earliest if isinstance(later, PartialDate) else later
    begin = first.latest if isinstance(first, PartialDate) else first
    return (end - begin).days >= 7 * weeks


def confirmation(
    history: Sequence[Dated], index: int, *, weeks: int, not_evaluable_at_most: int | None = None
) -> Confirmation:
    """Tell whether the response at one visit was sustained for some weeks.

    Visits that are not evaluable are passed over. A partial response after a complete one sustains no earlier
    partial response: the disease returned between them, or the complete response was none (RECIST 1.1,
    Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, table 3, note a).

    Parameters
    ----------
    history : sequence of (date or PartialDate, response)
        All visits after baseline, in the order of time.
    index : int
        Which of them.
    weeks : int
        How long a response must last (Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4: 4).
    not_evaluable_at_most : int, optional
        How many visits that are not evaluable may lie between; any number by default.

    Returns
    -------
    str
        ``confirmed``; ``unconfirmed`` where a later visit says otherwise first; ``pending`` while no later
        visit can tell, also where a date is not known well enough; ``not applicable`` where the visit itself
        is not evaluable.

    Examples
    --------
    >>> days = [date(2026, 1, 1), date(2026, 1, 29)]
    >>> confirmation([(days[0], "PR"), (days[1], "CR")], 0, weeks=4)
    'confirmed'
    """
    first, response = history[index]
    if response == "NE":
        return "not applicable"
    passed_over, complete_seen = 0, False
    for day, later in history[index + 1 :]:
        if later == "NE":
            passed_over += 1
            continue
        too_many = not_evaluable_at_most is not None and passed_over > not_evaluable_at_most
        returned = response == "PR" and later == "PR" and complete_seen
        if later not in SUSTAINED_BY[response] or too_many or returned:
            return "unconfirmed"
        if surely_apart(first, day, weeks=weeks):
            return "confirmed"
        complete_seen = complete_seen or later == "CR"
    return "pending"


def ever_confirmed(response: Response, history: Iterable[Dated], *, weeks: int) -> bool:
    """Tell whether a response was reached and sustained at any visit.

    Examples
    --------
    >>> ever_confirmed("CR", [(date(2026, 1, 1), "CR"), (date(2026, 3, 1), "CR")], weeks=4)
    True
    """
    listed = list(history)
    return any(
        found == response and confirmation(listed, index, weeks=weeks) == "confirmed"
        for index, (_, found) in enumerate(listed)
    )
