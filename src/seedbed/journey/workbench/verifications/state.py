"""A verification as the page shows it: the latest calculation, and what people said of each seed."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.journey.workbench.verifications.folder import (
    KeptRun,
    kept_runs,
    latest_of,
    read_asked,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import Judgement, counted, read_judgement
from seedbed.journey.workbench.verifications.runs import numbers_of

COPIED = (
    "synthetic", "implanted", "found", "source", "registration", "plan", "migrated", "prescription_gy",
    "target", "contours", "cold_words",
)  # fmt: skip
LEFT_OUT = re.compile(
    r"Structure '(.+)' holds contours without a volume, left out: \d+ (OPEN_NONPLANAR|POINT)\."
)
WITHOUT = "Structures without contours: "


def verification_row(folder: Path) -> dict[str, Any]:
    """Return a verification for a list."""
    asked, latest = read_asked(folder), latest_of(kept_runs(folder))
    row: dict[str, Any] = {**asdict(asked), "state": "none" if latest is None else "done"}
    if latest is not None:
        record = latest.record()
        dose = record["dose"]
        row |= {
            "found": record["found"],
            "doubtful": len(record["doubtful"]) + len(record["refused"]),
            "prescription_gy": record["prescription_gy"],
            "target": record["target"],
            "d90_gy": None if dose is None else dose["given"]["target"]["d90_gy"],
            "v100_pct": None if dose is None else dose["given"]["target"]["v100_pct"],
        }
    return row


def verification_state(folder: Path) -> dict[str, Any]:
    """Return all that the page shows; without a calculation only what was asked."""
    asked, judgement, runs = read_asked(folder), read_judgement(folder), kept_runs(folder)
    search, latest = search_of(runs), latest_of(runs)
    state: dict[str, Any] = {
        **asdict(asked),
        "version": judgement.version,
        "changes": [asdict(each) for each in judgement.changes],
        "state": "none",
    }
    if search is None or latest is None:
        return state
    record, shown = latest.record(), latest.shown()
    return {
        **state,
        **{name: record[name] for name in COPIED},
        "state": "done",
        "notes": notes_to_show(record["notes"]),
        "run": asdict(latest.run),
        "stale": is_stale(judgement, search, latest),
        "seeds": found_seeds(judgement, search, record),
        "planned": shown["planned"],
        "pairs": _placement(record)["pairs"],
        "placement": {name: value for name, value in _placement(record).items() if name != "pairs"},
        "to_post": shown["to_post"],
        "dvhs": shown["dvhs"],
        **_dose(record, shown),
    }


def verification_structures(folder: Path) -> list[dict[str, Any]]:
    """Return the contours on the CT after implantation; none before the first calculation."""
    latest = latest_of(kept_runs(folder))
    return [] if latest is None else latest.structures()


def notes_to_show(notes: Sequence[str]) -> list[str]:
    """Leave out that the needles and seeds drawn into an approved plan are no volumes: they need not be.

    Examples
    --------
    >>> drawn = "Structure 'N1' holds contours without a volume, left out: 1 OPEN_NONPLANAR."
    >>> notes_to_show([drawn, "Structures without contours: N1.", "Look at 1 seed in doubt: 3."])
    ['Look at 1 seed in doubt: 3.']
    """
    drawn = {found[1] for note in notes if (found := LEFT_OUT.fullmatch(note))}
    kept = []
    for note in notes:
        names = note.removeprefix(WITHOUT).removesuffix(".").split(", ") if note.startswith(WITHOUT) else []
        if not LEFT_OUT.fullmatch(note) and not (names and drawn.issuperset(names)):
            kept.append(note)
    return kept


def is_stale(judgement: Judgement, search: KeptRun, latest: KeptRun) -> bool:
    """Tell whether the dose is of other seeds than those that count now."""
    found, others = numbers_of(search)
    used = found if latest.run.counted is None else list(latest.run.counted)
    return counted(judgement, found, others) != used


def found_seeds(judgement: Judgement, search: KeptRun, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return everything that the search saw, whether it counted it or not, and what people said of it.

    Parameters
    ----------
    judgement : Judgement
    search : KeptRun
        What was found.
    record : dict
        Of the latest calculation: which seeds its dose counts, and their partners in the plan.
    """
    first = search.record()
    found, others = numbers_of(search)
    doubtful, used = set(first["doubtful"]), {each["number"]: each for each in record["seeds"]}
    partner = {each["found"]: each for each in _placement(record)["pairs"]}
    seen = [
        {"number": number, "position_mm": each["position_mm"], "axis": each["axis"],
         "confidence": each["confidence"], "doubtful": number in doubtful, "doubt": each["doubt"],
         "by_search": True}
        for number, each in zip(found, first["seeds"], strict=True)
    ] + [
        {"number": number, "position_mm": each["position_mm"], "axis": each["axis"],
         "confidence": each["confidence"], "doubtful": True, "doubt": each["why"], "by_search": False}
        for number, each in zip(others, search.shown()["refused"], strict=True)
    ]  # fmt: skip
    now = set(counted(judgement, found, others))
    for each in seen:
        number = each["number"]
        said, pair, dosed = judgement.latest.get(number), partner.get(number), used.get(number)
        each |= {
            "state": judgement.state(number),
            "by": "" if said is None else said.by,
            "at": "" if said is None else said.at,
            "counts": number in now,
            "in_dose": dosed is not None,
            "strength_u": None if dosed is None else dosed["strength_u"],
            "pair": None if pair is None else pair["planned"],
            "distance_mm": None if pair is None else pair["distance_mm"],
        }
    return seen


def _placement(record: dict[str, Any]) -> dict[str, Any]:
    placement: dict[str, Any] | None = record["placement"]
    return {"pairs": [], "missing": [], "extra": []} if placement is None else placement


def _dose(record: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    dose = record["dose"]
    if dose is None:
        return {"goals": [], "cold": [], "metrics": {}, "localisation": None, "top_up": None}
    after = {} if dose["top_up"] is None else {each["goal"]: each for each in dose["top_up"]["goals"]}
    planned = {each["goal"]: each for each in shown["goals_planned"]}
    return {
        "goals": [
            {**each, "planned": planned.get(each["goal"]), "top_up": after.get(each["goal"])}
            for each in dose["goals"]
        ],
        "cold": _cold(dose["cold"]),
        "metrics": {"planned": dose["planned"], "given": dose["given"]},
        "localisation": dose["localisation"],
        "top_up": dose["top_up"] if dose["top_up_asked"] else None,
    }


def _cold(cold: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the regions below the prescription, each with those below 90 % of it that lie in it."""
    return [
        region | {"deep": [each for each in cold["under_90_pct"] if each["within"] == number]}
        for number, region in enumerate(cold["under_100_pct"], start=1)
    ]
