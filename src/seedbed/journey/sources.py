"""Seed models for a clinic: list them, show one, check one, start a file of one's own."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from seedbed.dosimetry.dose_rate_constants import published_constants
from seedbed.dosimetry.source_checks import SourceCheck, check_source
from seedbed.dosimetry.sources import OwnModel, Source, load_source, load_unchecked, own_models, source_names
from seedbed.errors import TableError


def list_sources() -> dict[str, Any]:
    """Return all seed models, shipped and of the clinic, with the figures by which one is told from another.

    A file of the clinic that is not used for dose stands in the list with its ``problem`` in a sentence;
    where it cannot be read its figures are None.

    Examples
    --------
    >>> rows = {row["name"]: row for row in list_sources()["sources"]}
    >>> rows["6711"]["dose_rate_constant_cgy_per_h_u"], round(rows["6711"]["monte_carlo_deviation_pct"], 1)
    (0.965, 3.5)
    """
    own = own_models()
    shipped = [_summary(load_source(name)) for name in source_names() if name not in own]
    return {"sources": [*shipped, *map(_own_summary, own.values())]}


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
    source = load_unchecked(name)
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
    return _checked(check_source(load_unchecked(name)))


def check_all_sources() -> list[dict[str, Any]]:
    """Return the findings on all seed models; a broken file of the clinic has a finding "file" that says why.

    Examples
    --------
    >>> all(found["passes"] for found in check_all_sources() if found["name"] == "6711")
    True
    """
    own = own_models()
    shipped = [check_named_source(name) for name in source_names() if name not in own]
    return [*shipped, *map(_own_checked, own.values())]


def _own_checked(own: OwnModel) -> dict[str, Any]:
    found = _checked(check_source(own.source)) if own.source else {"findings": []}
    broken = own.problem is not None and (own.source is None or own.source.name != own.name)
    text = f"{own.problem.came}." if own.problem and broken else f"read from '{own.path}'."
    finding = {"check": "file", "passes": not broken, "checked": True, "text": text, "figure": None}
    return {
        "name": own.name,
        "passes": own.problem is None,
        "findings": [finding, *found["findings"]],
    }


def _checked(found: SourceCheck) -> dict[str, Any]:
    return {
        "name": found.name,
        "passes": found.passes,
        "findings": [
            {"check": f.check, "passes": f.passes, "checked": f.checked, "text": f.text, "figure": f.figure}
            for f in found.findings
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


def _own_summary(own: OwnModel) -> dict[str, Any]:
    """Summary of a clinic's file, named after the file; its problem in a sentence."""
    if own.source is None:
        row: dict[str, Any] = dict.fromkeys(_summary(load_source("6711")))
        row |= {"title": "", "radionuclide": "", "reference": "", "consensus_report": ""}
    else:
        row = _summary(own.source)
    problem = str(own.problem) if own.problem else ""
    return {**row, "name": own.name, "passes": not problem, "problem": problem}


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
        "problem": "",
    }
