"""A verification as the page shows it: the latest calculation, and what people said of each seed."""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.dicom import CtSeries
from seedbed.errors import SeedbedError
from seedbed.implant import SeedImplant
from seedbed.journey.workbench.verifications.doses import GIVEN, PLANNED
from seedbed.journey.workbench.verifications.doubts import doubts_of
from seedbed.journey.workbench.verifications.folder import (
    KeptRun,
    kept_runs,
    read_asked,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import (
    ACCEPTED,
    ADDED,
    MOVED,
    Judgement,
    counted,
    read_judgement,
)
from seedbed.journey.workbench.verifications.latest import current_run, is_of_others, is_stale, latest_of
from seedbed.journey.workbench.verifications.live import live_of
from seedbed.journey.workbench.verifications.numbering import Numbering
from seedbed.journey.workbench.verifications.searching import Searched
from seedbed.journey.workbench.verifications.seeds import numbers_in, numbers_of, seen_by
from seedbed.journey.workbench.verifications.signing import signed_before, signed_state
from seedbed.verification.seed_edits import SAME_MM

COPIED = (
    "synthetic", "implanted", "found", "source", "registration", "migrated", "prescription_gy",
    "target", "contours", "cold_words",
)  # fmt: skip
LEFT_OUT = re.compile(
    r"Structure '(.+)' holds contours without a volume, left out: \d+ (OPEN_NONPLANAR|POINT)\."
)
WITHOUT = "Structures without contours: "


def verification_row(folder: Path) -> dict[str, Any]:
    """Return a verification for a list: seeds as they count now, and the dose of the latest calculation.

    ``stale`` says that this dose is of other seeds: then it is not to be shown. ``count`` is the number
    implanted as it is stated now.
    """
    asked, judgement, runs = read_asked(folder), read_judgement(folder), kept_runs(folder)
    search, latest = search_of(runs), latest_of(runs, judgement)
    row: dict[str, Any] = {**asdict(asked), "state": "none" if latest is None else "done"}
    if search is not None and latest is not None:
        record, stale = latest.record(), is_of_others(judgement, search, latest)
        dose = None if stale else record["dose"]
        row |= {
            "stale": stale,
            "count": judgement.implanted(asked.count),
            "found": len(counted(judgement, *numbers_of(search))),
            "doubtful": len(record["doubtful"]) + len(record["refused"]),
            "prescription_gy": record["prescription_gy"],
            "target": record["target"],
            "d90_gy": None if dose is None else dose["given"]["target"]["d90_gy"],
            "v100_pct": None if dose is None else dose["given"]["target"]["v100_pct"],
        }
    return row


def verification_state(folder: Path, ct: CtSeries | None = None) -> dict[str, Any]:
    """Return all that the page shows; without a calculation only what was asked.

    Where the seeds are others than those of the calculation, dose and cold regions are those of the seeds as
    they are now, on fewer samples; pairs, intervals and further seeds wait for the next calculation. Where
    only doubts were settled or the number implanted was corrected (``same_seeds``), intervals alone wait.

    Parameters
    ----------
    folder : Path
    ct : CtSeries, optional
        After implantation; without it nothing is calculated.
    """
    asked, judgement, runs = read_asked(folder), read_judgement(folder), kept_runs(folder)
    search, latest = search_of(runs), latest_of(runs, judgement)
    state: dict[str, Any] = {
        **asdict(asked),
        "count": judgement.implanted(asked.count),
        "version": judgement.version,
        "changes": [asdict(each) for each in judgement.changes],
        "can_undo": judgement.can_undo,
        "can_redo": judgement.can_redo,
        "state": "none",
    }
    if search is None or latest is None:
        return state
    record, shown = latest.record(), latest.shown()
    stale = is_stale(judgement, search, latest)
    same = stale and not is_of_others(judgement, search, latest)
    state |= {
        **{name: record[name] for name in COPIED},
        "state": "done",
        "notes": notes_to_show(record["notes"]),
        "run": asdict(latest.run),
        "numbering": Numbering.of(judgement, search, asked.count).to_dict(),
        "searched": Searched.of(judgement, runs, asked.count).to_dict(),
        "stale": stale,
        "same_seeds": same,
        "live": False,
        "seeds": found_seeds(judgement, search, record),
        "planned": shown["planned"],
        "pairs": _placement(record)["pairs"],
        "placement": {name: value for name, value in _placement(record).items() if name != "pairs"},
        "to_post": shown["to_post"],
        "dvhs": shown["dvhs"],
        **_dose(record, shown),
        **signed_state(latest, stale=stale),
        "signed_before": signed_before(runs) if stale else [],
    }
    if same:
        return {**state, "localisation": None}
    return state if ct is None or not stale else {**state, **_live(state, judgement, search, latest, ct)}


def _live(
    state: dict[str, Any], judgement: Judgement, search: KeptRun, latest: KeptRun, ct: CtSeries
) -> dict[str, Any]:
    """Return what follows the seeds at once; where they cannot lie so, the sentence that says why."""
    kept = {each["number"] for each in state["seeds"] if each["pair"] is not None}
    lasting: dict[str, Any] = {
        "pairs": [each for each in state["pairs"] if each["found"] in kept],
        "localisation": None,
        "top_up": None,
    }
    if latest.record()["dose"] is None:
        return lasting
    try:
        live = live_of(latest, ct, search)
        numbers = live.numbers(live.implant(seen_by(search), judgement))
    except SeedbedError as error:
        return {**lasting, "notes": [str(error), *state["notes"]]}
    told = live_state(numbers, latest.shown())
    return {**lasting, **told, "metrics": {**state["metrics"], **told["metrics"]}}


def seeds_now(folder: Path, ct: CtSeries) -> SeedImplant | None:
    """Return the seeds as they are now; None where they are those of the latest calculation.

    Raises
    ------
    InputError
        They cannot lie so.
    """
    judgement, runs = read_judgement(folder), kept_runs(folder)
    search, latest = search_of(runs), latest_of(runs, judgement)
    if search is None or latest is None or not is_of_others(judgement, search, latest):
        return None
    return live_of(latest, ct, search).implant(seen_by(search), judgement)


def live_state(numbers: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """Return dose, goals and cold regions of seeds as they are now, beside those planned.

    Parameters
    ----------
    numbers : dict
        Of `seedbed.journey.workbench.verifications.live.LiveDose.numbers`.
    shown : dict
        Of the calculation, see `seedbed.journey.workbench.verifications.shown`.
    """
    planned = {each["goal"]: each for each in shown["goals_planned"]}
    return {
        "live": True,
        "dvhs": {
            **{name: each for name, each in shown["dvhs"].items() if name == PLANNED}, GIVEN: numbers["dvhs"]
        },
        "goals": [
            {**each, "planned": planned.get(each["goal"]), "top_up": None} for each in numbers["goals"]
        ],
        "cold": _cold(numbers["cold"]),
        "metrics": {"given": numbers["metrics"]},
    }  # fmt: skip


def verification_structures(folder: Path) -> list[dict[str, Any]]:
    """Return the contours on the CT after implantation; none before the first calculation."""
    latest = current_run(folder)
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


def found_seeds(judgement: Judgement, search: KeptRun, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return everything that the search saw or people added, and what people said of it.

    ``hand`` says what a person did to it, which then stands in place of how sure the search was: ``"added"``,
    ``"moved"``, ``"accepted"`` (of what was in doubt), or nothing.

    Parameters
    ----------
    judgement : Judgement
    search : KeptRun
        What was found.
    record : dict
        Of the latest calculation: which seeds its dose counts, and their partners in the plan.
    """
    found, others = numbers_of(search)
    seen, used = _seen(search, judgement), {each["number"]: each for each in record["seeds"]}
    seen += [
        {"number": number, "confidence": None, "doubtful": False, "doubt": "", "surplus": False,
         "by_search": False}
        for number in judgement.added
    ]  # fmt: skip
    partner = {each["found"]: each for each in _placement(record)["pairs"]}
    now, put = set(counted(judgement, found, others)), judgement.placed
    for each in seen:
        number = each["number"]
        said, dosed = judgement.latest.get(number), used.get(number)
        if number in put:
            each |= {"from_mm": each.get("position_mm"), "position_mm": put[number].position_mm}
            each |= {"axis": put[number].axis, "placed_version": put[number].version}
        pair = partner.get(number) if number in now and _same_place(each, dosed) else None
        each |= {
            "state": judgement.state(number),
            "by": "" if said is None else said.by,
            "at": "" if said is None else said.at,
            "why": "" if said is None else said.why,
            "hand": _by_hand(each, judgement),
            "counts": number in now,
            "in_dose": dosed is not None,
            "strength_u": None if dosed is None else dosed["strength_u"],
            "pair": None if pair is None else pair["planned"],
            "distance_mm": None if pair is None else pair["distance_mm"],
        }
    return seen


def _seen(search: KeptRun, judgement: Judgement) -> list[dict[str, Any]]:
    """Return what the search saw, whether it counted it or not.

    The least certain of more seeds than were implanted are in doubt, by the number as it is stated now.
    """
    record = search.record()
    found, others = numbers_in(record)
    told = doubts_of(record, judgement)
    return [
        {"number": number, "position_mm": each["position_mm"], "axis": each["axis"],
         "confidence": each["confidence"], "doubtful": told[number].doubtful, "doubt": told[number].why,
         "surplus": told[number].surplus, "by_search": True}
        for number, each in zip(found, record["seeds"], strict=True)
    ] + [
        {"number": number, "position_mm": each["position_mm"], "axis": each["axis"],
         "confidence": each["confidence"], "doubtful": True, "doubt": each["why"], "surplus": False,
         "by_search": False}
        for number, each in zip(others, search.shown()["refused"], strict=True)
    ]  # fmt: skip


def _by_hand(seed: dict[str, Any], judgement: Judgement) -> str:
    number = seed["number"]
    if number in judgement.added:
        return ADDED
    if number in judgement.placed:
        return MOVED
    return ACCEPTED if seed["doubtful"] and judgement.state(number) == ACCEPTED else ""


def _same_place(seed: dict[str, Any], dosed: dict[str, Any] | None) -> bool:
    """Tell whether a seed lies where the calculation had it."""
    return dosed is not None and math.dist(seed["position_mm"], dosed["position_mm"]) <= SAME_MM


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
