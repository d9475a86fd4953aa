"""Tables for the terminal."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from seedbed.protocol import Protocol


def demo_table(summary: dict[str, Any]) -> Table:
    """Show the chief numbers of a journey."""
    plan, verify, dose = summary["plan"], summary["verify"], summary["prescription"]
    table = Table("Step", "Result", title=escape(summary["case"]["title"]), title_justify="left")
    table.add_row("Screening", summary["screening"]["decision"])
    table.add_row("Prescription", f"{dose['dose_gy']:g} Gy by {dose['rule']}")
    table.add_row(
        "Seeds", f"{plan['seeds']} of {dose['seed_activity_mci']:.2f} mCi on {plan['needles']} needles"
    )
    table.add_row("Plan", f"V100 {plan['v100_pct']:.1f} %, D90 {plan['d90_gy']:.0f} Gy")
    table.add_row("Found", f"{verify['seeds_found']} seeds of {verify['seeds_implanted']} implanted")
    table.add_row("Given", f"V100 {verify['v100_pct']:.1f} %, D90 {verify['d90_gy']:.0f} Gy")
    cold = verify["cold_regions"]
    table.add_row(
        "Cold", f"{len(cold)} regions, {sum(r['volume_cc'] for r in cold):.2f} cc" if cold else "none"
    )
    responses = [f"{row['on']} {row['response']}" for row in summary["response"]["visits"]]
    table.add_row("Response", ", ".join(responses))
    table.caption = summary["seedbed"]["notice"]
    table.caption_justify = "left"
    return table


def reproduction_tables(found: dict[str, Any]) -> list[Table]:
    """Show published and recomputed p-values side by side, and why the rest cannot be recomputed."""
    done = Table(
        "Where", "What", "Test", "Published", "Recomputed", "Agrees", title="Recomputed", title_justify="left"
    )
    left = Table("Where", "What", "Published", "Why not", title="Not recomputable", title_justify="left")
    for row in found["rows"]:
        published = row["published_text"] if "published_text" in row else str(row["published"])
        if row["recomputed"] is None:
            left.add_row(escape(row["place"]), escape(row["label"]), published, escape(row["reason"] or ""))
            continue
        mark = {True: "[green]yes[/]", False: "[bold red]no[/]", None: ""}[row["agrees"]]
        done.add_row(
            escape(row["place"]),
            escape(row["label"]),
            escape(row["test"]),
            escape(published),
            _p_value(row),
            mark,
        )
    counted = found["summary"]
    done.caption = (
        f"{counted['agree']} agree, {counted['disagree']} disagree, "
        f"{counted['not_recomputable']} cannot be recomputed"
    )
    return [done, left]


def _p_value(row: dict[str, Any]) -> str:
    low, high = row["recomputed_low"], row["recomputed_high"]
    if low is None or high is None or high - low < 5e-5:
        return f"{row['recomputed']:.4f}"
    return f"{row['recomputed']:.4f} ({low:.4f} to {high:.4f})"


def rules_table(protocol: Protocol) -> Table:
    """List rules: id, what they say, where they stand."""
    table = Table("Rule", "What it says", "Where", title=escape(protocol.title), title_justify="left")
    drug, response = protocol.drug, protocol.response
    rules = [
        *protocol.inclusion, *protocol.exclusion, *protocol.prescription, *protocol.activity,
        drug.schedule, drug.start, drug.reduction, drug.stop, drug.continuation, protocol.visits,
        response.complete, response.partial, response.progression, response.stable, response.confirmation,
        *protocol.endpoint,
    ]  # fmt: skip
    for rule in rules:
        table.add_row(rule.id, escape(rule.text), escape(rule.place))
    for reading in protocol.reading:
        table.add_row(reading.id, escape(f"{reading.question} {reading.text}"), "our reading")
    return table
