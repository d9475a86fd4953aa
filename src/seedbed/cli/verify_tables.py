"""Tables that ``seedbed verify`` prints."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from seedbed.report.verification_sheet import METRICS


def seeds_table(found: Mapping[str, Any]) -> Table:
    """Count the seeds: implanted, found, doubtful, and against the plan."""
    table = Table(title="Seeds", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row("Implanted", "not stated" if found["implanted"] is None else str(found["implanted"]))
    table.add_row("Found", str(found["found"]))
    table.add_row("In doubt", str(len(found["doubtful"])))
    table.add_row("Not counted, like seeds", str(len(found["refused"])))
    table.add_row("Migrated", str(len(found["migrated"])))
    placed = found["placement"]
    if placed is not None:
        table.add_row("Planned", str(found["plan"]["seeds"]))
        table.add_row("Near their planned places", str(placed["matched"]))
        if placed["mean_mm"] is not None:
            table.add_row(
                "Displacement, mean (largest)", f"{placed['mean_mm']:.1f} ({placed['max_mm']:.1f}) mm"
            )
    return table


def dose_table(found: Mapping[str, Any]) -> Table:
    """Compare the target's dose as planned, as given and with a top-up."""
    dose = found["dose"]
    top_up = dose["top_up"] and dose["top_up"]["after"]
    states = [("Planned", dose["planned"]), ("Given", dose["given"]), ("With top-up", top_up)]
    shown = [(name, state["target"]) for name, state in states if state]
    table = Table(title=f"{found['target']}, {found['prescription_gy']:g} Gy")
    table.add_column()
    for name, _ in shown:
        table.add_column(name, justify="right")
    for name, unit, key in METRICS:
        table.add_row(f"{name} ({unit})", *(f"{state[key]:.1f}" for _, state in shown))
    sure = dose["localisation"]
    if sure is not None:
        band = sure["d90_gy"]
        line = ["", *("" for _ in shown[1:])]
        line[[name for name, _ in shown].index("Given")] = f"{band['p5']:.1f} to {band['p95']:.1f}"
        table.add_row("D90, 5 to 95 % (Gy)", *line)
    if top_up:
        table.add_row("Further seeds", *("" for _ in shown[1:]), str(dose["top_up"]["seeds"]))
    return table
