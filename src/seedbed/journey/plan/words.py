"""A plan in words, for the terminal and the sheets."""

from math import ceil
from typing import Any

from seedbed.report.words import Say, say_in

ENGLISH = say_in("en")


def plan_rows(document: dict[str, Any], say: Say = ENGLISH) -> list[tuple[str, str]]:
    """Chief lines on a plan: what, and its value.

    Parameters
    ----------
    document : dict
        What ``plan.json`` holds.
    say : callable
        Says it in a language, see `seedbed.report.words.say_in`.
    """
    target, title = document["target"], document["source"]["title"]
    rows = [
        (say("target"), say("plan.target", name=target["name"], cc=target["volume_cc"])),
        (say("prescription"), say("plan.prescription", gy=document["prescription_gy"], title=title)),
        (say("seeds"), seeds_words(document, say)),
        (say("needles"), needles_words(document, say)),
        (say("plan.dose"), dose_words(document["metrics"]["target"], say)),
        (say("plan.cost"), gap_words(document, say)),
    ]
    if document["robustness"] is not None:
        rows.append((say("plan.robust"), robust_words(document["robustness"], say)))
    return rows


def seeds_words(document: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say how many seeds of which strengths."""
    strengths = [seed["strength_mci"] for seed in document["seeds"]]
    kinds = sorted({round(mci, 3) for mci in strengths})
    counts = [(sum(round(mci, 3) == kind for mci in strengths), kind) for kind in kinds]
    parts = [say("plan.seeds_of", count=count, mci=mci) for count, mci in counts]
    there = document["seeds_there_already"]
    return say(
        "plan.seeds_all",
        parts=say("plan.and").join(parts),
        mci=document["total_activity_mci"],
        beside=say("plan.beside", count=there) if there else "",
    )


def needles_words(document: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say how many needles from where."""
    where = say("plan.where", azimuth=document["azimuth_deg"], tilt=document["tilt_deg"])
    kind = {"parallel": "plan.parallel", "fan": "plan.fan"}.get(document["mode"], "plan.given")
    return say(kind, count=document["needle_count"], where=where)


def dose_words(target: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say what the target gets."""
    return say(
        "plan.doses",
        v100=target["v100_pct"],
        v150=target["v150_pct"],
        v200=target["v200_pct"],
        d90=target["d90_gy"],
        d90_pct=target["d90_pct"],
    )


def gap_words(document: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say how far a plan is from the best possible."""
    bound, cost = document["bound"], f"{document['cost']:g}"
    if bound is None:
        return say("plan.no_bound", cost=cost)
    if bound["proven_best"]:
        return say("plan.best", cost=cost)
    saved = ceil(1000 * (1 - bound["cost"] / document["cost"]) - 1e-9) / 10
    return say("plan.gap", cost=cost, bound=bound["cost"], saved=saved)


def robust_words(robust: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say what displaced implants leave."""
    d90, v100 = robust["d90_gy"], robust["v100_pct"]
    return say(
        "plan.robust_is",
        errors=robust["errors"]["name"],
        breath=say("plan.breath", site=robust["breathing"]) if robust["breathing"] else "",
        d90_low=d90["p5"],
        d90_mid=d90["p50"],
        v100_low=v100["p5"],
        v100_mid=v100["p50"],
    )


def goal_words(goal: dict[str, Any], say: Say = ENGLISH) -> str:
    """Say by how much a goal is met or missed."""
    return say("plan.goal_met" if goal["met"] else "plan.goal_missed", by=abs(goal["by"]), unit=goal["unit"])
