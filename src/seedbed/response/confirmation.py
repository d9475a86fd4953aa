"""Whether a response was sustained: told beside the response, never changing it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal

Response = Literal["CR", "PR", "SD", "PD", "NE"]
Confirmation = Literal["confirmed", "unconfirmed", "pending", "not applicable"]
Dated = tuple[date, Response]
SUSTAINED_BY: Final[dict[Response, frozenset[Response]]] = {
    "CR": frozenset({"CR"}),
    "PR": frozenset({"CR", "PR"}),
    "SD": frozenset({"CR", "PR", "SD"}),
    "PD": frozenset({"PD"}),
    "NE": frozenset(),
}
"""A response is sustained by the same or a better one, progression by progression."""


def confirmation(history: Sequence[Dated], index: int, *, weeks: int) -> Confirmation:
    """Tell whether the response at one visit was sustained for some weeks.

    Visits that are not evaluable are passed over.

    Parameters
    ----------
    history : sequence of (date, response)
        All visits after baseline, in the order of time.
    index : int
        Which of them.
    weeks : int
        How long a response must last (Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4: 4).

    Returns
    -------
    str
        ``confirmed``; ``unconfirmed`` where a later visit says otherwise first; ``pending`` while no later
        visit can tell; ``not applicable`` where the visit itself is not evaluable.

    Examples
    --------
    >>> days = [date(2026, 1, 1), date(2026, 1, 29)]
    >>> confirmation([(days[0], "PR"), (days[1], "CR")], 0, weeks=4)
    'confirmed'
    """
    first, response = history[index]
    if response == "NE":
        return "not applicable"
    for day, later in history[index + 1 :]:
        if later == "NE":
            continue
        if later not in SUSTAINED_BY[response]:
            return "unconfirmed"
        if day - first >= timedelta(weeks=weeks):
            return "confirmed"
    return "pending"


def ever_confirmed(response: Response, history: Sequence[Dated], *, weeks: int) -> bool:
    """Tell whether a response was reached and sustained at any visit.

    Examples
    --------
    >>> ever_confirmed("CR", [(date(2026, 1, 1), "CR"), (date(2026, 3, 1), "CR")], weeks=4)
    True
    """
    return any(
        found == response and confirmation(history, index, weeks=weeks) == "confirmed"
        for index, (_, found) in enumerate(history)
    )
