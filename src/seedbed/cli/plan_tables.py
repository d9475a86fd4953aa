"""Tables of a plan for the terminal."""

from typing import Any

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from seedbed.journey.plan.words import goal_words, plan_rows


def plan_table(found: dict[str, Any]) -> Table:
    """Show the plan in a few lines; what falls short stands out."""
    word = "" if found["hard_goals_met"] else " [bold red](hard goals missed)[/]"
    table = Table("What", "Value", title=f"Plan{word}", title_justify="left")
    for what, value in plan_rows(found):
        table.add_row(what, escape(value))
    return table


def goal_table(found: dict[str, Any]) -> Table:
    """Show each goal: reached, met or missed, and its chance under errors."""
    robust = found["robustness"]
    columns = ["Structure", "Goal", "Reached", "Verdict", *(["Chance"] if robust else [])]
    table = Table(*columns, box=SIMPLE, title="Goals (! hard)", title_justify="left")
    for number, goal in enumerate(found["goals"]):
        colour = "green" if goal["met"] else "bold red" if goal["hard"] else "yellow"
        name = found["target"]["name"] if goal["structure"] == "target" else goal["structure"]
        sign = "≥" if goal["sense"] == "at least" else "≤"
        asked = f"{goal['metric']} {sign} {goal['limit']:g} {goal['unit']}{' !' if goal['hard'] else ''}"
        row = [escape(name), asked, f"{goal['value']:.1f}", f"[{colour}]{goal_words(goal)}[/]"]
        table.add_row(*row, *([f"{robust['goals'][number]['chance_pct']:.0f} %"] if robust else []))
    for place in (2, 4)[: 2 if robust else 1]:
        table.columns[place].justify = "right"
    return table


def choice_table(found: dict[str, Any]) -> Table:
    """Show the plan beside others to choose from."""
    columns = ("Plan", "Needles", "Seeds", "V100 %", "V150 %", "V200 %", "D90 Gy", "5 % below")
    table = Table(*columns, box=SIMPLE, title="Plans to choose from", title_justify="left")
    robust = found["robustness"]
    lows = [robust and robust["d90_gy"]["p5"], *(each["d90_p5_gy"] for each in found["alternatives"])]
    for plan, low in zip([found, *found["alternatives"]], lows, strict=True):
        target = plan["metrics"]["target"]
        hot = [f"{target[key]:.1f}" for key in ("v100_pct", "v150_pct", "v200_pct", "d90_gy")]
        mark = "" if plan["hard_goals_met"] else " [red](hard goal missed)[/]"
        low_text = "-" if low is None else f"{low:.1f}"
        table.add_row(plan["name"] + mark, str(plan["needle_count"]), str(plan["seed_count"]), *hot, low_text)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
