"""Tables of ``seedbed reproduce``: p-values, the other printed numbers by table, and last what disagrees."""

from collections.abc import Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table

from seedbed.cli.tables import reproduction_tables

KINDS = {"percentage": "Percentages", "group sum": "Sums", "rate": "Rates", "total": "Totals"}
YES, NO = "[green]yes[/]", "[bold red]no[/]"


def reproduction_report(found: dict[str, Any]) -> Iterator[Table]:
    """Show all that was recomputed, group by table, why the rest cannot be, and at the end what disagrees.

    Parameters
    ----------
    found : dict
        As `seedbed.journey.reproduce.Reproduction.to_dict` gives it.
    """
    yield from reproduction_tables(found)
    numbers = found["numbers"]
    for place in dict.fromkeys(row["place"] for row in numbers):
        mine = [row for row in numbers if row["place"] == place and row["agrees"] is not None]
        if mine:
            yield _counts(place, mine)
    left = [row for row in numbers if row["agrees"] is None]
    if left:
        yield _left(left, found["numbers_summary"])
    wrong = [row for row in (*found["rows"], *numbers) if row["agrees"] is False]
    if wrong:
        yield _disagreements(wrong)


def _counts(place: str, rows: list[dict[str, Any]]) -> Table:
    """Count, line by line, how many numbers of each kind agree."""
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in rows)]
    table = Table("Line", *(KINDS[kind] for kind in kinds), "Agrees", title=f"Numbers of {escape(place)}")
    for line in dict.fromkeys(_line(row) for row in rows):
        mine = [row for row in rows if _line(row) == line]
        agrees = all(row["agrees"] for row in mine)
        table.add_row(escape(line), *(_share(mine, kind) for kind in kinds), YES if agrees else NO)
    good = sum(row["agrees"] for row in rows)
    table.caption = f"{good} of {len(rows)} printed numbers agree"
    return table


def _line(row: dict[str, Any]) -> str:
    return str(row["label"]).partition(": ")[0]


def _share(rows: list[dict[str, Any]], kind: str) -> str:
    mine = [row["agrees"] for row in rows if row["kind"] == kind]
    return f"{sum(mine)} of {len(mine)}" if mine else ""


def _left(rows: list[dict[str, Any]], counted: dict[str, int]) -> Table:
    table = Table("Why not", "What", "Note", title="Numbers that are not recomputable", show_lines=True)
    reasons: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        reasons.setdefault(row["reason"], []).append(row)
    for reason, mine in reasons.items():
        labels = "; ".join(row["label"] for row in mine)
        notes = "; ".join(f"{row['label']}: {row['note']}" for row in mine if row["note"])
        table.add_row(escape(reason), escape(labels), escape(notes))
    table.caption = (
        f"{counted['agree']} agree, {counted['disagree']} disagree, "
        f"{counted['not_recomputable']} lines cannot be recomputed"
    )
    return table


def _disagreements(rows: list[dict[str, Any]]) -> Table:
    table = Table("Where", "What", "In what", title="Disagrees", show_lines=True)
    for row in rows:
        group = f", Group {row['group']}" if row.get("group", "all") != "all" else ""
        table.add_row(escape(row["place"]), escape(f"{row['label']}{group}"), escape(row["reason"]))
    return table
