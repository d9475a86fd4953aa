"""Volume reductions against responses by diameter.

A lesion whose diameters all shrink by the part f keeps (1 - f)^3 of its volume: 30 % of the diameter is
65.7 % of the volume. A printed quartile says how many patients at most lie above it; more responders than
that do not fit lesions that shrink alike in all directions.
"""

from collections.abc import Iterator
from fractions import Fraction

from seedbed.cohort.auditing.findings import Certainty, Finding, Fine, NoPower, Verdict
from seedbed.cohort.auditing.models import VolumeLink
from seedbed.cohort.auditing.numbers import PrintedNumber, shown
from seedbed.cohort.auditing.quartile_definitions import DEFINITIONS
from seedbed.cohort.auditing.quartile_search import PARTS
from seedbed.cohort.auditing.study import Study, where
from seedbed.cohort.published import Cell

KIND = "volume_against_response"


def volume_percent(diameter_percent: Fraction) -> Fraction:
    """Return the volume reduction of a lesion that shrinks alike in all directions.

    Examples
    --------
    >>> float(volume_percent(Fraction(30)))
    65.7
    """
    return 100 * (1 - (1 - diameter_percent / 100) ** 3)


def most_above(part: str, n: int) -> int:
    """Return how many of n patients can lie above a printed quartile, under any usual definition.

    Examples
    --------
    >>> most_above("p75", 25), most_above("median", 18)
    (6, 9)
    """
    return max(n - one.seat(n, PARTS[part]).rank for one in DEFINITIONS.values() if one.usual)


def check_volumes(study: Study) -> Iterator[Verdict]:
    """Check the responders of each group against its volume reductions."""
    for link in study.typed.volume:
        for group in study.group_sizes:
            yield _check(study, link, group)


def _check(study: Study, link: VolumeLink, group: str) -> Verdict:
    one = study.variable(link.reduction)
    cells = {
        cell.statistic: cell for cell in study.line(one.id) if cell.group == group and cell.statistic in PARTS
    }
    wanted = (group, "count")
    counted = [
        c for c in study.line(link.response) if (c.group, c.statistic) == wanted and c.level in link.levels
    ]
    place = where(one, column=group)
    if not cells or len(counted) < len(link.levels):
        return NoPower(kind=KIND, where=place, text="quartiles or responses are not printed")
    responders, limit = sum(int(c.text) for c in counted), volume_percent(Fraction(link.diameter_percent))
    below = {name: cell for name, cell in cells.items() if PrintedNumber(cell.text).high < limit}
    if not below:
        return Fine(kind=KIND, where=place, text=f"every quartile is {shown(limit, 1)} % or more")
    n_line, n_response = next(iter(cells.values())).size, counted[0].size
    part = min(below, key=lambda name: most_above(name, n_line))
    for n in (n_line, n_response):
        if responders > most_above(part, n):
            sure: Certainty = "likely" if n == n_line else "possible"
            return _too_many(study, link, below[part], part=part, n=n, responders=responders, certainty=sure)
    text = (
        f"{responders} responders, at most {most_above(part, n_line)} of {n_line} above {below[part].text} %"
    )
    return Fine(kind=KIND, where=place, text=text)


def _too_many(
    study: Study, link: VolumeLink, cell: Cell, *, part: str, n: int, responders: int, certainty: Certainty
) -> Finding:
    limit = shown(volume_percent(Fraction(link.diameter_percent)), 1)
    names = {"p25": "lower quartile", "median": "median", "p75": "upper quartile"}
    doubt = (
        ""
        if n == cell.size
        else f" (with the n = {n} of the response; the line stands under n = {cell.size})"
    )
    return Finding(
        kind=KIND,
        where=where(study.variable(link.reduction), column=cell.group),
        text=f"{responders} responders by diameter, but at most {most_above(part, n)} patients whose volume "
        f"shrank by more than {cell.text} %",
        arithmetic=f"{link.diameter_percent} % of the diameter in all directions is {limit} % of the volume; "
        f"{names[part]} {cell.text} % < {limit} %: at most {most_above(part, n)} of {n} lie above it{doubt}; "
        f"{' + '.join(link.levels)} = {responders} in {study.variable(link.response).place}",
        certainty=certainty,
        settle="whether lesions shrank unequally in the three directions, nodes were judged by short axis, "
        "or the two were measured on different lesions or patients",
    )
