"""The commands ``seedbed km`` and ``seedbed fisher``: survival of groups, and an exact test of a table."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import print_json, say
from seedbed.errors import InputError

console = Console()
NOT_REACHED = "not reached"


def km(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="CSV, one patient a row.")],
    time: Annotated[str, typer.Option(help="Column with the time to the event or last observation.")],
    event: Annotated[
        str, typer.Option(help="Column with 1 (event) and 0 (censored), or column=value of the event.")
    ],
    group: Annotated[str | None, typer.Option(help="Column with the group.")] = None,
    horizon: Annotated[
        float | None, typer.Option(help="Time up to which restricted means are compared.")
    ] = None,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Estimate survival by Kaplan and Meier, with medians, means and the log-rank test."""
    from seedbed.journey.km import KmRequest, estimate_survival

    found = estimate_survival(KmRequest(file, time, event, group, horizon, level)).to_dict()
    if as_json:
        print_json(found)
        return
    console.print(_table(found))
    for line in _lines(found):
        say(line)


def fisher(
    table: Annotated[str, typer.Argument(metavar="TABLE", help='Counts, such as "7,7;8,17;4,9".')],
    seed: Annotated[int, typer.Option(min=0, help="Of random tables, where the exact test is too long.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Test whether rows and columns of a table of counts are independent, by Fisher's exact test."""
    from seedbed.journey.fisher import fisher_of_text

    if table.startswith("-") and not table[1:2].isdigit():
        raise InputError(f"the option '{table}'", "--seed or --json", "see `seedbed fisher --help`")
    found = fisher_of_text(table, seed=seed)
    if as_json:
        print_json(found.to_dict())
        return
    if found.method == "exact":
        say(f"Fisher's exact test: {_p(found.p_value)} ({found.tables} tables with these margins)")
    else:
        say(
            f"Fisher's test, Monte Carlo estimate: {_p(found.p_value)}, 99 % from {found.p_low:.2g} to "
            f"{found.p_high:.2g} ({found.tables} random tables, seed {found.seed}); not exact: {found.reason}"
        )
    dropped = len(found.dropped_rows) + len(found.dropped_columns)
    if dropped:
        say(f"Left out: {dropped} {'row or column' if dropped == 1 else 'rows or columns'} of zeros.")


def _table(found: dict[str, Any]) -> Table:
    percent = f"{100 * found['level']:g} %"
    headings = ["Group", "n", "Events", f"Median ({percent})", "Mean to last (SE)", "Follow-up"]
    horizon = next(
        (row["restricted_mean"]["horizon"] for row in found["groups"] if row["restricted_mean"]), None
    )
    if horizon is not None:
        headings.insert(5, f"Mean to {horizon:g} (SE)")
    table = Table(*headings, title="Kaplan-Meier", title_justify="left", box=SIMPLE_HEAD)
    for row in found["groups"]:
        cells = [escape(row["group"]), str(row["patients"]), str(row["events"]), _time(row["median"])]
        cells.append(_mean(row["mean"]))
        if horizon is not None:
            cells.append(_mean(row["restricted_mean"]))
        table.add_row(*cells, _time(row["follow_up"]))
    table.caption = (
        "Limits of medians: Brookmeyer-Crowley, log-log. Mean to last: to the largest time of the group, as "
        "SPSS; compare groups at one horizon. Follow-up: median, reverse Kaplan-Meier."
    )
    table.caption_justify = "left"
    return table


def _lines(found: dict[str, Any]) -> list[str]:
    lines = []
    test = found["log_rank"]
    if test:
        lines.append(f"Log-rank: chi-squared {test['statistic']:.3f}, df {test['df']}, {_p(test['p_value'])}")
    elif found["group"]:
        lines.append(f"No log-rank test: {found['no_log_rank']}")
    for pair in found["pairs"]:
        said = (
            pair["reason"]
            if pair["p_value"] is None
            else f"{_p(pair['p_value'])}, {_p(pair['holm_p_value'])} after Holm"
        )
        lines.append(f"{pair['first']} - {pair['second']}: {said}")
    for row in found["restricted_mean_comparisons"]:
        said = row["reason"] or (
            f"{row['difference']:.4g} ({_range(row['difference_interval'])}), {_p(row['difference_p_value'])}"
        )
        lines.append(f"Restricted mean, {row['first']} less {row['second']}: {said}")
    if any(row["restricted_mean"] and row["restricted_mean"]["beyond_data"] for row in found["groups"]):
        lines.append("* The horizon lies beyond the data: the last value of the curve is taken to last.")
    if found["left_out"]:
        rows = ", ".join(f"{row['row']} ({row['reason']})" for row in found["left_out"][:20])
        more = len(found["left_out"]) - 20
        lines.append(f"Left out: row {rows}" + (f" and {more} more" if more > 0 else ""))
    return lines


def _time(found: dict[str, Any]) -> str:
    if found["time"] is None and found["log_log"] == [None, None]:
        return NOT_REACHED
    median = NOT_REACHED if found["time"] is None else f"{found['time']:.4g}"
    return f"{median} ({_range(found['log_log'])})"


def _range(limits: list[float | None]) -> str:
    low, high = (NOT_REACHED if limit is None else f"{limit:.4g}" for limit in limits)
    return f"{low} to {high}"


def _mean(found: dict[str, Any] | None) -> str:
    if found is None:
        return "-"
    error = "no error" if found["standard_error"] is None else f"{found['standard_error']:.3g}"
    return f"{found['mean']:.4g} ({error})" + ("*" if found["beyond_data"] else "")


def _p(value: float) -> str:
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"
