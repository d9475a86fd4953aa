"""Seed models for a clinic: list them, show one, check one, start a file of one's own."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from seedbed.dosimetry.dose_rate_constants import published_constants
from seedbed.dosimetry.source_checks import SourceCheck, check_source
from seedbed.dosimetry.sources import Source, load_source, source_names
from seedbed.errors import TableError


def list_sources() -> dict[str, Any]:
    """Return all seed models, shipped and of the clinic, with the figures by which one is told from another.

    Examples
    --------
    >>> rows = {row["name"]: row for row in list_sources()["sources"]}
    >>> rows["6711"]["dose_rate_constant_cgy_per_h_u"], round(rows["6711"]["monte_carlo_deviation_pct"], 1)
    (0.965, 3.5)
    """
    return {"sources": [_summary(load_source(name)) for name in source_names()]}


def show_source(name: str | Path) -> dict[str, Any]:
    """Return everything that is on file of one seed model, tables included.

    Parameters
    ----------
    name : str or Path
        A name, or the path of a file.

    Raises
    ------
    TableError
        Unknown name, or a file that cannot be used.

    Examples
    --------
    >>> show_source("6711")["g_L"]["value"][:2]
    [1.055, 1.078]
    """
    source = load_source(name)
    return {
        **_summary(source),
        "half_life_days": source.half_life_days,
        "capsule_length_mm": source.capsule_length_mm,
        "capsule_diameter_mm": source.capsule_diameter_mm,
        "dose_rate_constant_reference": source.dose_rate_constant_reference,
        "manufacturers": list(source.manufacturers),
        "aliases": list(source.aliases),
        "derived": list(source.derived),
        "note": source.note,
        "g_L": {"r_cm": source.g_r_cm.tolist(), "value": source.g.tolist()},
        "F": {
            "r_cm": source.f_r_cm.tolist(),
            "theta_deg": source.f_theta_deg.tolist(),
            "value": source.f.tolist(),
        },
        "phi_an": {"r_cm": source.phi_r_cm.tolist(), "value": source.phi.tolist()},
    }


def check_named_source(name: str | Path) -> dict[str, Any]:
    """Return the findings of all checks on one seed model.

    Raises
    ------
    TableError
        Unknown name, or a file that cannot be read as a seed model.

    Examples
    --------
    >>> check_named_source("6711")["passes"]
    True
    """
    found = check_source(load_source(name))
    return {
        "name": found.name,
        "passes": found.passes,
        "findings": [
            {"check": f.check, "passes": f.passes, "text": f.text, "figure": f.figure} for f in found.findings
        ],
    }


def refuse_failed(found: dict[str, Any]) -> None:
    """Say in one sentence that a seed model fails, if it does.

    Raises
    ------
    TableError
        At least one check does not pass.

    Examples
    --------
    >>> refuse_failed(check_named_source("6711"))
    """
    failed = [finding for finding in found["findings"] if not finding["passes"]]
    if failed:
        reasons = "; ".join(finding["text"].rstrip(".") for finding in failed)
        raise TableError(
            f"seed model '{found['name']}' fails {len(failed)} of {len(found['findings'])} checks: {reasons}",
            "tables that hold together",
            "compare the file with its publication before any dose is calculated with it",
        )


def source_template() -> str:
    """Return the file to fill for a seed of one's own.

    Examples
    --------
    >>> "[F]" in source_template()
    True
    """
    return (files("seedbed.journey") / "data" / "seed_template.toml").read_text(encoding="utf-8")


def _summary(source: Source) -> dict[str, Any]:
    known = published_constants().get(source.name)
    checked: SourceCheck = check_source(source)
    return {
        "name": source.name,
        "title": source.title,
        "radionuclide": source.radionuclide,
        "dose_rate_constant_cgy_per_h_u": source.dose_rate_constant,
        "active_length_mm": source.active_length_mm,
        "reference": source.reference,
        "consensus_report": known.report if known else "",
        "monte_carlo_cgy_per_h_u": known.monte_carlo if known else None,
        "monte_carlo_deviation_pct": known.deviation_pct(source.dose_rate_constant) if known else None,
        "passes": checked.passes,
    }
