"""Survival of groups of patients from one CSV file: curves, medians, means, follow-up, log-rank test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.errors import InputError, TableError
from seedbed.sheets.csv_files import CsvSheet, as_number, read_csv
from seedbed.statistics.intervals import Interval, normal_quantile
from seedbed.statistics.log_rank import LogRankResult, PairwiseResult, log_rank, pairwise_log_rank
from seedbed.statistics.rmst import (
    RestrictedMean,
    RestrictedMeanComparison,
    compare_restricted_means,
    restricted_mean,
)
from seedbed.statistics.survival import (
    KaplanMeier,
    Quantile,
    confidence_band,
    follow_up_curve,
    kaplan_meier,
    quantile,
)
from seedbed.statistics.survival_times import read_groups

YES = ("1", "1.0", "true", "yes")
NO = ("0", "0.0", "false", "no")
SHARES = (0.25, 0.5, 0.75)
EVERYONE = "all"
MOST_BYTES = 100_000_000
"""A longer file is refused (local rule)."""


@dataclass(frozen=True)
class KmRequest:
    """What is asked.

    Attributes
    ----------
    file : Path
        CSV, one patient a row.
    time : str
        Column with the time until the event or the last observation.
    event : str
        Column with 1 for an event and 0 for a censored time; or ``column=value``: that value is the event and
        every other a censored time.
    group : str or None
        Column with the group; all patients are one group without it.
    horizon : float or None
        Time up to which restricted means are taken and compared.
    level : float
        Of the confidence limits.
    """

    file: Path
    time: str
    event: str
    group: str | None = None
    horizon: float | None = None
    level: float = 0.95


@dataclass(frozen=True)
class LeftOut:
    """A row that was not used.

    Attributes
    ----------
    row : int
        As a spreadsheet counts.
    reason : str
    """

    row: int
    reason: str


@dataclass(frozen=True)
class Patients:
    """The rows of a file that can be used.

    Attributes
    ----------
    times, events, groups : tuple
    codes : dict of str to int
        What stood in the column of events, and how often.
    left_out : tuple of LeftOut
    """

    times: tuple[float, ...]
    events: tuple[bool, ...]
    groups: tuple[str, ...]
    codes: dict[str, int]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class GroupSurvival:
    """Survival of one group.

    Attributes
    ----------
    group : str
    curve : KaplanMeier
    quantiles : tuple of Quantile
        25 %, 50 % and 75 % with the event.
    mean : RestrictedMean or None
        Up to the largest time of the group, as SPSS; None where all times are zero.
    restricted : RestrictedMean or None
        Up to the horizon, where one was asked for.
    follow_up : Quantile
        Median of the reverse Kaplan-Meier curve.
    """

    group: str
    curve: KaplanMeier
    quantiles: tuple[Quantile, ...]
    mean: RestrictedMean | None
    restricted: RestrictedMean | None
    follow_up: Quantile


@dataclass(frozen=True)
class KmResult:
    """Survival of all groups.

    Attributes
    ----------
    request : KmRequest
    patients : Patients
    groups : tuple of GroupSurvival
    follow_up : Quantile
        Of all patients.
    test : LogRankResult or None
    pairs : tuple of PairwiseResult
        With three groups or more.
    no_test : str
        Why there is no test; empty else.
    compared : tuple of (str, str, RestrictedMeanComparison or None, str)
        Restricted means of each two groups up to the horizon, or why there is none.
    """

    request: KmRequest
    patients: Patients
    groups: tuple[GroupSurvival, ...]
    follow_up: Quantile
    test: LogRankResult | None
    pairs: tuple[PairwiseResult, ...]
    no_test: str
    compared: tuple[tuple[str, str, RestrictedMeanComparison | None, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything for machines; `docs/statistics.md` names the fields."""
        return {
            "file": str(self.request.file),
            "time": self.request.time,
            "event": self.request.event,
            "group": self.request.group,
            "level": self.request.level,
            "horizon": self.request.horizon,
            "patients": len(self.patients.times),
            "events": sum(self.patients.events),
            "event_codes": self.patients.codes,
            "left_out": [asdict(each) for each in self.patients.left_out],
            "follow_up": _quantile_as_dict(self.follow_up),
            "groups": [_group_as_dict(each, self.request.level) for each in self.groups],
            "log_rank": None if self.test is None else asdict(self.test),
            "no_log_rank": self.no_test,
            "pairs": [asdict(each) for each in self.pairs],
            "restricted_mean_comparisons": [_comparison_as_dict(*each) for each in self.compared],
        }


def estimate_survival(request: KmRequest) -> KmResult:
    r"""Estimate survival of each group of a file, and test whether the groups differ.

    Raises
    ------
    TableError
        A file that cannot be read, a column that lacks, a cell that is no time or no event.
    InputError
        A negative time, no patient left, a level or horizon outside its range.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "made.csv"
    ...     _ = file.write_text("months;died;arm\n6;1;A\n7,5;1;A\n13;0;A\n2;1;B\n3;1;B\n;0;B\n")
    ...     found = estimate_survival(KmRequest(file, "months", "died", "arm"))
    >>> [(each.group, each.curve.patients, each.quantiles[1].time) for each in found.groups]
    [('A', 3, 7.5), ('B', 2, 2.5)]
    >>> found.patients.left_out
    (LeftOut(row=7, reason="no 'months'"),)
    """
    normal_quantile(request.level)
    patients = read_patients(request)
    names, places = read_groups(patients.groups, len(patients.groups))
    times, events = np.array(patients.times), np.array(patients.events)
    curves = {name: (times[places == place], events[places == place]) for place, name in enumerate(names)}
    groups = tuple(_survival(name, *chosen, request=request) for name, chosen in curves.items())
    test, pairs, no_test = _tests(patients, names)
    return KmResult(
        request=request,
        patients=patients,
        groups=groups,
        follow_up=quantile(follow_up_curve(times, events), 0.5, level=request.level),
        test=test,
        pairs=pairs,
        no_test=no_test,
        compared=_compared(groups, request),
    )


def read_patients(request: KmRequest) -> Patients:
    """Read times, events and groups; a row with an empty cell is left out and named.

    Raises
    ------
    TableError
        As `estimate_survival`.
    """
    event, _, value = request.event.partition("=")
    wanted = [name for name in (request.time, event, request.group) if name is not None]
    needs = [name.strip().casefold() for name in wanted]
    sheet = _sheet(request.file, needs)
    kept: list[tuple[float, bool, str, str]] = []
    left_out = []
    for row, cells in sheet.rows:
        empty = [name for name, need in zip(wanted, needs, strict=True) if not cells[need].strip()]
        if empty:
            left_out.append(LeftOut(row, f"no '{empty[0]}'"))
            continue
        code = cells[needs[1]]
        group = cells[needs[2]] if request.group is not None else EVERYONE
        kept.append(
            (
                _time(cells[needs[0]], request.time, row, request.file),
                _event(code, value, event, row=row, file=request.file),
                group,
                code,
            )
        )
    if not kept:
        raise TableError(
            f"'{request.file.name}' has no row with {' and '.join(wanted)}",
            "one patient at least",
            "fill the columns, or name others",
        )
    times, events, groups, codes = zip(*kept, strict=True)
    if value and not any(events):
        raise TableError(
            f"no '{event}' in '{request.file.name}' is '{value}'",
            f"one of {', '.join(sorted(set(codes)))}",
            "name the value that stands for the event",
        )
    return Patients(times, events, groups, dict(sorted(Counter(codes).items())), tuple(left_out))


def _sheet(file: Path, needs: Sequence[str]) -> CsvSheet:
    twice = [name for name, times in Counter(needs).items() if times > 1]
    if twice:
        raise InputError(
            f"column '{twice[0]}' named twice", "different columns", "name the column of each once"
        )
    return read_csv(file, needs=needs, most_bytes=MOST_BYTES)


def _time(text: str, column: str, row: int, file: Path) -> float:
    try:
        value = as_number(text)
    except ValueError:
        value = -1.0
    if value < 0:
        raise TableError(
            f"'{column}' in row {row} of '{file.name}' is '{text}'",
            "a time of zero or more, in one unit for all rows",
            "correct the cell, or empty it to leave the patient out",
        )
    return value


def _event(text: str, value: str, column: str, *, row: int, file: Path) -> bool:
    if value:
        return _same(text, value)
    if text.casefold() not in (*YES, *NO):
        raise TableError(
            f"'{column}' in row {row} of '{file.name}' is '{text}'",
            "1 for an event or 0 for a censored time",
            f"say which value is the event, as in --event {column}={text}",
        )
    return text.casefold() in YES


def _same(one: str, other: str) -> bool:
    try:
        return as_number(one) == as_number(other)
    except ValueError:
        return one.strip().casefold() == other.strip().casefold()


def _survival(name: str, times: Any, events: Any, *, request: KmRequest) -> GroupSurvival:
    curve, level = kaplan_meier(times, events), request.level
    return GroupSurvival(
        group=name,
        curve=curve,
        quantiles=tuple(quantile(curve, share, level=level) for share in SHARES),
        mean=restricted_mean(curve, level=level) if curve.last_time > 0 else None,
        restricted=None
        if request.horizon is None
        else restricted_mean(curve, horizon=request.horizon, level=level),
        follow_up=quantile(follow_up_curve(times, events), 0.5, level=level),
    )


def _tests(
    patients: Patients, names: Sequence[str]
) -> tuple[LogRankResult | None, tuple[PairwiseResult, ...], str]:
    if len(names) < 2:
        return None, (), "there is one group"
    chosen = (patients.times, patients.events, patients.groups)
    pairs = pairwise_log_rank(*chosen) if len(names) > 2 else ()
    try:
        return log_rank(*chosen), pairs, ""
    except InputError as error:
        return None, pairs, str(error)


def _compared(
    groups: Sequence[GroupSurvival], request: KmRequest
) -> tuple[tuple[str, str, RestrictedMeanComparison | None, str], ...]:
    if request.horizon is None:
        return ()
    found: list[tuple[str, str, RestrictedMeanComparison | None, str]] = []
    for one, two in combinations(groups, 2):
        try:
            compared = compare_restricted_means(
                one.curve, two.curve, horizon=request.horizon, level=request.level
            )
            found.append((one.group, two.group, compared, ""))
        except InputError as error:
            found.append((one.group, two.group, None, str(error)))
    return tuple(found)


def _limits(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else [interval.low, interval.high]


def _quantile_as_dict(found: Quantile) -> dict[str, Any]:
    return {
        "share": found.share,
        "time": found.time,
        "log_log": _limits(found.log_log),
        "log": _limits(found.log),
    }


def _mean_as_dict(found: RestrictedMean | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "horizon": found.horizon,
        "mean": found.mean,
        "standard_error": found.standard_error or None,
        "interval": _limits(found.interval) if found.standard_error else None,
        "beyond_data": found.beyond_data,
    }


def _comparison_as_dict(
    first: str, second: str, found: RestrictedMeanComparison | None, reason: str
) -> dict[str, Any]:
    row: dict[str, Any] = {"first": first, "second": second, "reason": reason}
    names = (
        "difference",
        "difference_interval",
        "difference_p_value",
        "ratio",
        "ratio_interval",
        "ratio_p_value",
    )
    for name in names:
        value = None if found is None else getattr(found, name)
        row[name] = _limits(value) if isinstance(value, Interval) else value
    return row


def _group_as_dict(found: GroupSurvival, level: float) -> dict[str, Any]:
    curve = found.curve
    return {
        "group": found.group,
        "patients": curve.patients,
        "events": int(curve.events.sum()),
        "censored": int(curve.censored.sum()),
        "last_time": curve.last_time,
        "median": _quantile_as_dict(found.quantiles[1]),
        "quantiles": [_quantile_as_dict(each) for each in found.quantiles],
        "mean": _mean_as_dict(found.mean),
        "restricted_mean": _mean_as_dict(found.restricted),
        "follow_up": _quantile_as_dict(found.follow_up),
        "steps": _steps(curve, level),
    }


def _steps(curve: KaplanMeier, level: float) -> list[dict[str, Any]]:
    names = ("times", "at_risk", "events", "censored", "survival", "standard_error")
    columns = [getattr(curve, name).tolist() for name in names]
    rows = [dict(zip(("time", *names[1:]), cells, strict=True)) for cells in zip(*columns, strict=True)]
    for key, band in (
        ("log_log", confidence_band(curve, transform="log-log", level=level)),
        ("log", confidence_band(curve, transform="log", level=level)),
    ):
        for row, low, high, known in zip(
            rows, band.low.tolist(), band.high.tolist(), band.defined.tolist(), strict=True
        ):
            row[key] = [low, high] if known else None
    return rows
