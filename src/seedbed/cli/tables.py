"""Tables for the terminal."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from seedbed.protocol import Protocol


def demo_table(summary: dict[str, Any]) -> Table:
    """Show the chief numbers of a journey; what falls short stands out."""
    plan, verify, dose = summary["plan"], summary["verify"], summary["prescription"]
    screening, cold = summary["screening"]["decision"], verify["cold_regions"]
    missed = "" if plan["aim_met"] else f", [bold red]aim of {plan['v100_aim_pct']:g} % missed[/]"
    unsure = "" if verify["seeds_found"] == verify["seeds_implanted"] else " [bold red](look at each)[/]"
    table = Table("Step", "Result", title=escape(summary["case"]["title"]), title_justify="left")
    table.add_row("Screening", screening if screening == "eligible" else f"[bold red]{screening}[/]")
    table.add_row("Prescription", f"{dose['dose_gy']:g} Gy by {dose['rule']}")
    table.add_row(
        "Seeds", f"{plan['seeds']} of {dose['seed_activity_mci']:.2f} mCi, {plan['needles']} needles"
    )
    table.add_row("Plan", f"V100 {plan['v100_pct']:.1f} %, D90 {plan['d90_gy']:.0f} Gy{missed}")
    if not plan["skin_in_image"]:
        table.add_row("Needles", "[bold red]the CT ends before the skin: entries lie at its edge[/]")
    table.add_row("Found", f"{verify['seeds_found']} seeds of {verify['seeds_implanted']} implanted{unsure}")
    table.add_row("Given", f"V100 {verify['v100_pct']:.1f} %, D90 {verify['d90_gy']:.0f} Gy")
    parts = "1 region" if len(cold) == 1 else f"{len(cold)} regions"
    table.add_row(
        "Cold", f"{parts}, {sum(region['volume_cc'] for region in cold):.2f} cc" if cold else "none"
    )
    responses = [f"{row['on']} {row['response']}" for row in summary["response"]["visits"]]
    table.add_row("Response", ", ".join(responses))
    table.caption = summary["seedbed"]["notice"]
    table.caption_justify = "left"
    return table


def reproduction_tables(found: dict[str, Any]) -> list[Table]:
    """Show published and recomputed p-values side by side, and why the rest cannot be recomputed."""
    done = Table("What", "Where", "Test", "Published", "Recomputed", "Agrees", title="Recomputed")
    for column in done.columns:
        column.overflow = "fold"
    done.columns[-1].min_width = len("Agrees")
    left = Table("Why not", "What", title="Not recomputable", show_lines=True)
    reasons: dict[str, list[str]] = {}
    for row in found["rows"]:
        if row["recomputed"] is None:
            reasons.setdefault(row["reason"], []).append(f"{row['label']} ({row['published_text']})")
            continue
        mark = "[green]yes[/]" if row["agrees"] else "[bold red]no[/]"
        texts = (row["label"], row["place"], row["test"], row["published_text"])
        done.add_row(*(escape(text) for text in texts), _p_value(row), mark)
    for reason, rows in reasons.items():
        left.add_row(escape(reason), escape("; ".join(rows)))
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
    for rule in protocol.rules:
        table.add_row(rule.id, escape(rule.text), escape(rule.place))
    for reading in protocol.reading:
        table.add_row(reading.id, escape(f"{reading.question} {reading.text}"), "our reading")
    return table
