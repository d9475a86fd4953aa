"""A plan in words, for the terminal and the page."""

from math import ceil
from typing import Any


def plan_rows(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Chief lines on a plan: what, and its value.

    Parameters
    ----------
    document : dict
        What ``plan.json`` holds.
    """
    target = document["metrics"]["target"]
    rows = [
        ("Target", f"{document['target']['name']}, {document['target']['volume_cc']:.1f} cc"),
        ("Prescription", f"{document['prescription_gy']:g} Gy, {document['source']['title']}"),
        ("Seeds", seeds_words(document)),
        ("Needles", needles_words(document)),
        ("Dose", dose_words(target)),
        ("Cost", gap_words(document)),
    ]
    if document["robustness"] is not None:
        rows.append(("When needles miss", robust_words(document["robustness"])))
    return rows


def seeds_words(document: dict[str, Any]) -> str:
    """Say how many seeds of which strengths."""
    strengths = [seed["strength_mci"] for seed in document["seeds"]]
    kinds = sorted({round(mci, 3) for mci in strengths})
    parts = [f"{sum(round(mci, 3) == kind for mci in strengths)} of {kind:.2f} mCi" for kind in kinds]
    there = document["seeds_there_already"]
    beside = f", beside {there} that lie there already" if there else ""
    return f"{' and '.join(parts)}, {document['total_activity_mci']:.1f} mCi in all{beside}"


def needles_words(document: dict[str, Any]) -> str:
    """Say how many needles from where."""
    count, mode = document["needle_count"], document["mode"]
    where = f"azimuth {document['azimuth_deg']:.0f}, tilt {document['tilt_deg']:.0f} degrees"
    kind = {"parallel": "parallel, ", "fan": "free-hand, mean "}.get(mode, "as given, mean ")
    return f"{count}, {kind}{where}"


def dose_words(target: dict[str, Any]) -> str:
    """Say what the target gets."""
    return (
        f"V100 {target['v100_pct']:.1f} %, V150 {target['v150_pct']:.0f} %, V200 {target['v200_pct']:.0f} %, "
        f"D90 {target['d90_gy']:.0f} Gy ({target['d90_pct']:.0f} %)"
    )


def gap_words(document: dict[str, Any]) -> str:
    """Say how far a plan is from the best possible."""
    bound, cost = document["bound"], f"{document['cost']:g}"
    if bound is None:
        return f"{cost}; how cheap a plan could be was not asked"
    if bound["proven_best"]:
        return f"{cost}; proven: on these needles no plan whose target lacks as little dose is cheaper"
    return (
        f"{cost}; no plan on these needles whose target lacks as little dose costs less than "
        f"{bound['cost']:.4g}: "
        f"at most {ceil(1000 * (1 - bound['cost'] / document['cost']) - 1e-9) / 10:g} % can be saved"
    )


def robust_words(robust: dict[str, Any]) -> str:
    """Say what displaced implants leave."""
    d90, v100 = robust["d90_gy"], robust["v100_pct"]
    breath = f" and breathing of the {robust['breathing']}" if robust["breathing"] else ""
    return (
        f"with the errors of '{robust['errors']['name']}'{breath} D90 is at least {d90['p5']:.0f} Gy in "
        f"95 of 100 implants, {d90['p50']:.0f} Gy in half of them; V100 {v100['p5']:.0f} and "
        f"{v100['p50']:.0f} %"
    )


def goal_words(goal: dict[str, Any]) -> str:
    """Say by how much a goal is met or missed."""
    word = "met" if goal["met"] else "missed"
    return f"{word} by {abs(goal['by']):.1f} {goal['unit']}"
