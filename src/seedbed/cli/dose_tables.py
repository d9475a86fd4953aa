"""Tables of doses and dose-volume histograms for the terminal."""

from typing import Any

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

AT_ONCE = 5
"""Metrics in one table."""


def dose_table(found: dict[str, Any]) -> Table:
    """Show what was calculated, from what."""
    source, implant, dose, plan = found["source"], found["implant"], found["dose"], found["plan"]
    table = Table("What", "Value", title="Dose of a seed plan", title_justify="left")
    by = "by the user's word" if source["chosen_by"] == "user" else "as the plan says"
    table.add_row("Seed model", f"{escape(source['title'])}, {by}")
    table.add_row("Data", escape(source["reference"]))
    table.add_row("Seeds", _seeds(implant))
    table.add_row("Strength", _strength(implant))
    table.add_row("Strengths of", f"{plan['strength_date'] or 'no date'}, {_implanted(plan)}")
    table.add_row("Formula", f"TG-43U1, {implant['formula']}, in water")
    table.add_row("Time", _time(dose))
    shape, spacing = dose["grid"]["shape_zyx"], dose["grid"]["spacing_mm"]
    table.add_row("Grid", f"{shape[2]} x {shape[1]} x {shape[0]} voxels of {spacing[0]:g} mm")
    table.add_row("Highest voxel", f"{dose['max_gy']:.1f} Gy")
    if dose["cutoff_mm"] is not None:
        table.add_row(
            "Cut-off", f"{dose['cutoff_mm']:g} mm, drops at most {dose['dropped_at_most_gy']:.3g} Gy"
        )
    table.caption, table.caption_justify = found["seedbed"]["notice"], "left"
    return table


def _strength(implant: dict[str, Any]) -> str:
    return (
        f"{implant['total_strength_u']:.2f} U ({implant['total_activity_mci']:.2f} mCi, "
        f"{implant['total_activity_mbq']:.1f} MBq apparent)"
    )


def _seeds(implant: dict[str, Any]) -> str:
    weakest, strongest = (f"{implant[key]:.3g}" for key in ("weakest_u", "strongest_u"))
    return f"{implant['seeds']} of {weakest} U" + ("" if weakest == strongest else f" to {strongest} U")


def _implanted(plan: dict[str, Any]) -> str:
    if plan["implant_date_stated"]:
        return f"brought to the implantation on {plan['implanted_on']}"
    return "taken as of the implantation"


def _time(dose: dict[str, Any]) -> str:
    return "to complete decay" if dose["until_days"] is None else f"{dose['until_days']:g} d"


def dvh_tables(found: dict[str, Any]) -> list[Table]:
    """Show volume and doses of each structure, and its metrics, in tables that fit 80 columns."""
    rows = found["structures"]
    doses = Table("Structure", "cc", "Min Gy", "Mean Gy", "Max Gy", box=SIMPLE, title="Doses")
    for each in rows:
        numbers = (each["volume_cc"], each["min_gy"], each["mean_gy"], each["max_gy"])
        doses.add_row(_marked(each), *(f"{number:.2f}" for number in numbers))
    names = list(rows[0]["metrics"])
    tables = [doses, *(_metric_table(rows, names[k : k + AT_ONCE]) for k in range(0, len(names), AT_ONCE))]
    for table in tables:
        table.title_justify = table.caption_justify = "left"
        for column in table.columns[1:]:
            column.justify = "right"
    partly = "* partly outside the dose grid: all but its volume is of the part inside. "
    notice = found["seedbed"]["notice"]
    tables[-1].caption = (partly if any(map(_partly, rows)) else "") + notice
    return tables


def conformity_table(found: dict[str, Any]) -> Table:
    """Show how the isodose of the prescription fits the target."""
    table = Table("Figure", "Value", box=SIMPLE, title=f"Conformity of {escape(found['target'])}")
    table.title_justify = "left"
    names = {
        "v_ref_cc": "V_ref, cc",
        "cn": "CN (CI)",
        "ei": "EI",
        "hi": "HI",
        "minimum_peripheral_dose_gy": "Minimum peripheral dose, Gy",
        "matched_peripheral_dose_gy": "Matched peripheral dose, Gy",
        "natural_dose_ratio": "Natural dose ratio",
    }
    for key, name in names.items():
        table.add_row(name, "none" if found[key] is None else f"{found[key]:.2f}")
    return table


def _partly(each: dict[str, Any]) -> bool:
    return bool(each["outside_cc"] > 1e-6 * each["volume_cc"])


def _marked(each: dict[str, Any]) -> str:
    return escape(each["structure"]) + (" *" if _partly(each) else "")


def _metric_table(rows: list[dict[str, Any]], names: list[str]) -> Table:
    table = Table("Structure", *(f"{n} {rows[0]['metrics'][n]['unit']}" for n in names), box=SIMPLE)
    for each in rows:
        table.add_row(_marked(each), *(f"{each['metrics'][n]['value']:.2f}" for n in names))
    return table
