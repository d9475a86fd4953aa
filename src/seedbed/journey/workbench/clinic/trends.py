"""What was measured again and again: diameters, volumes, thyroglobulin and pain, as points over time."""

from collections.abc import Mapping
from typing import Any

Follow = Mapping[str, Any]


def trends(follow: Follow) -> dict[str, Any]:
    """Return the curves of one patient from what `follow_patient` answered.

    Examples
    --------
    >>> trends({})
    {'diameters': [], 'volume': [], 'tg': [], 'pain': []}
    """
    return {
        "diameters": [_diameters(case) for case in follow.get("tumour") or () if "visits" in case],
        "volume": [_volume(lesion) for lesion in follow.get("volume") or ()],
        "tg": _thyroglobulin(follow.get("thyroglobulin")),
        "pain": [_pain(site) for site in follow.get("pain") or ()],
    }


def _diameters(case: Follow) -> dict[str, Any]:
    first = {
        "on": case["baseline_on"],
        "sum_mm": case["baseline_sum_mm"],
        "response": "baseline",
        "change_pct": None,
        "reason": "",
        "rule_ids": [],
        "new_lesions": [],
    }
    later = [
        {
            "on": visit["on"],
            "sum_mm": visit["target_sum_mm"],
            "response": visit["overall_response"],
            "change_pct": visit["change_from_baseline_pct"],
            "reason": visit["reason"],
            "rule_ids": visit["rule_ids"],
            "new_lesions": visit["new_lesions"],
        }
        for visit in case["visits"]
        if visit["on"] is not None
    ]
    return {
        "reader": case["reader"],
        "best_response": case["best_response"],
        "best_confirmed_response": case["best_confirmed_response"],
        "notes": case["notes"],
        "points": [first, *later],
    }


def _volume(lesion: Follow) -> dict[str, Any]:
    first = {"on": lesion["baseline_on"], "volume_cc": lesion["baseline_cc"], "reduction_pct": 0.0}
    names = ("on", "volume_cc", "reduction_pct", "category")
    return {
        "lesion": lesion["lesion"],
        "reader": lesion["reader"],
        "points": [
            {**first, "category": "baseline"},
            *({name: visit[name] for name in names} for visit in lesion["visits"]),
        ],
    }


def _thyroglobulin(marker: Follow | None) -> list[dict[str, Any]]:
    """Give each sample; a value beyond the range of the assay keeps its sign and its limit."""
    if marker is None:
        return []
    judged = {each["on"]: each for each in marker["responses"]}
    return [
        {
            "on": sample["on"],
            **_value(sample["tg"]),
            "unit": sample["unit"],
            "assay": sample["tg_assay"],
            "tsh": _shown(sample["tsh_mu_per_l"]),
            "tgab": _shown(sample["tgab"]),
            "tgab_limit": sample["tgab_limit"],
            "category": judged.get(sample["on"], {}).get("category"),
            "caveats": [
                {"rule_id": each["rule_id"], "forbids": each["forbids"], "text": each["text"]}
                for each in judged.get(sample["on"], {}).get("caveats", ())
            ],
        }
        for sample in marker["samples"]
    ]


def _value(marker: Follow) -> dict[str, Any]:
    """Return the number that is drawn, and whether it is only a limit."""
    if marker["high"] is None:
        return {"value": marker["low"], "comparator": ">"}
    if marker["low"] != marker["high"]:
        return {"value": marker["high"], "comparator": "<"}
    return {"value": marker["low"], "comparator": ""}


def _shown(marker: Follow | None) -> str | None:
    if marker is None:
        return None
    found = _value(marker)
    return f"{found['comparator']}{found['value']:g}"


def _pain(site: Follow) -> dict[str, Any]:
    first = site["baseline"]
    points = [{"on": first["on"], "nrs": first["nrs"], "category": "baseline", "reason": ""}]
    points += [
        {"on": each["on"], "nrs": each["nrs_now"], "category": each["category"], "reason": each["reason"]}
        for each in site["visits"]
    ]
    return {"site": site["site"], "points": points}
