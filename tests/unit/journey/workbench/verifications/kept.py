"""A verification as it is kept, written by hand: three seeds, one of them doubtful, and metal not counted."""

import json
from pathlib import Path
from typing import Any

from seedbed.journey.workbench.verifications.folder import begin_verification

RUN = "a" * 16
SQUARE = [[-8.0, -8.0], [8.0, -8.0], [8.0, 8.0], [-8.0, 8.0]]


def seed(number: int, x: float, confidence: float) -> dict[str, Any]:
    return {
        "number": number, "position_mm": [x, 0.0, 0.0], "axis": [1.0, 0.0, 0.0], "confidence": confidence,
        "certain": confidence >= 0.8, "axis_sd_deg": 4.0, "position_sd_mm": 0.3, "origin": "found",
        "doubt": "" if confidence >= 0.8 else "little metal", "strength_u": 0.6, "axis_used": True,
    }  # fmt: skip


def record() -> dict[str, Any]:
    """What a run without edits wrote, as far as it is read."""
    goal = {
        "goal": "target:V100>=95!", "structure": "target", "metric": "V100", "sense": "at least",
        "limit": 95.0, "hard": True, "source": "test", "value": 90.0, "unit": "%", "met": False, "by": -5.0,
    }  # fmt: skip
    cold = {
        "below_gy": 60.0, "volume_cc": 0.5, "share_pct": 2.5, "least_gy": 40.0, "mean_gy": 50.0,
        "centre_mm": [0.0, 0.0, 5.0], "coldest_mm": [0.0, 0.0, 5.0], "z_mm": [2.5, 7.5], "slices": [9, 11],
        "touches_surface": True, "place": "5 mm superior of the centre",
    }  # fmt: skip
    target = {"d90_gy": 55.0, "v100_pct": 90.0}
    pair = {
        "planned": 1, "found": 1, "displacement_mm": [0.0, 0.0, 1.0], "distance_mm": 1.0,
        "beyond_drift_mm": 1.0,
    }  # fmt: skip
    return {
        "seedbed": {"version": "test"}, "strength_u": 0.6,
        "asked": {"organs": [], "site": "other", "goals": []},
        "synthetic": True, "implanted": None, "found": 3, "doubtful": [3],
        "seeds": [seed(1, -5.0, 0.99), seed(2, 0.0, 0.95), seed(3, 5.0, 0.6)],
        "refused": [{"position_mm": [0.0, 6.0, 0.0], "confidence": 0.4, "why": "a lump"}],
        "source": {"name": "6711", "title": "6711"}, "registration": None, "plan": None, "migrated": [],
        "placement": {"pairs": [pair], "missing": [], "extra": []},
        "prescription_gy": 60.0, "target": "GTV", "contours": "carried", "notes": [], "cold_words": [],
        "dose": {
            "planned": {"target": target}, "given": {"target": target}, "goals": [goal], "localisation": None,
            "cold": {"under_100_pct": [cold], "under_90_pct": [cold | {"within": 1}]},
            "top_up": None, "top_up_asked": False,
        },
    }  # fmt: skip


def keep_run(folder: Path, run: str = RUN, **more: Any) -> None:
    """Write the files of a run."""
    asked = {
        "name": run, "judgement_version": 0, "counted": None, "top_up": False, "by": "A",
        "at": "2026-01-06T10:00:00+00:00",
    }  # fmt: skip
    planned = {"number": 1, "position_mm": [-5.0, 0.0, -1.0], "axis": None, "strength_u": 0.6, "needle": 1}
    refused = {"position_mm": [0.0, 6.0, 0.0], "axis": [0.0, 1.0, 0.0], "confidence": 0.4, "why": "a lump"}
    contour = {
        "name": "GTV", "role": "target", "colour": "#ff0000", "version": 1, "by": "", "at": "",
        "plane_distance_mm": 4.0, "planes": [{"z_mm": z, "polygons": [SQUARE]} for z in (-4.0, 0.0, 4.0)],
    }  # fmt: skip
    files = {
        "verify.json": record(),
        "run.json": asked | more,
        "shown.json": {
            "planned": [planned], "refused": [refused], "to_post": None, "dvhs": {}, "goals_planned": []
        },
        "contours.json": {"structures": [contour]},
    }  # fmt: skip
    place = folder / "runs" / run
    place.mkdir(parents=True)
    for name, values in files.items():
        (place / name).write_text(json.dumps(values), encoding="utf-8")
    rows = [f"{each['position_mm'][0]},0,0,1,0,0,{each['confidence']},{each['number']},4,0.3,found,"
            for each in record()["seeds"]]  # fmt: skip
    head = "x_mm,y_mm,z_mm,ax,ay,az,confidence,number,axis_sd_deg,position_sd_mm,origin,doubt"
    (place / "seeds.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def begun(verifications: Path, case: str = "0" * 16) -> Path:
    """Begin a verification; return its folder."""
    asked = begin_verification(verifications, case=case, plan="1" * 16, plan_case="2" * 16, by="A")
    return verifications / asked.verification
