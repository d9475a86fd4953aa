"""Needles that the user drew, or that lie in the patient: typed, as JSON, or from a plan."""

import json
from pathlib import Path
from typing import Any

from seedbed.dicom.plan_needles import read_own_needles
from seedbed.errors import InputError
from seedbed.implant import Needle
from seedbed.implant.seeds import Vector
from seedbed.journey.plan.question import PlanQuestion

FAR_MM = 10_000.0
TYPED = "NAME:x,y,z:x,y,z with entry and tip in mm, such as N1:80,10,5:30,12,5"
IN_FILE = 'a list of needles such as {"name": "N1", "entry_mm": [80, 10, 5], "tip_mm": [30, 12, 5]}'


def read_needles(question: PlanQuestion) -> tuple[Needle, ...]:
    """Return all needles that are kept as they are.

    Raises
    ------
    InputError
        A text or file that says no needles, a name twice.
    """
    found = [typed_needle(text) for text in question.needles]
    if question.needles_file is not None:
        found += needles_of(question.needles_file)
    names = [needle.name for needle in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"two needles are called '{twice}'", "a name of its own for each", "rename one")
    return tuple(found)


def typed_needle(text: str) -> Needle:
    """Read one needle.

    Examples
    --------
    >>> typed_needle("N1:80,10,5:30,12,5")
    Needle(name='N1', entry_mm=(80.0, 10.0, 5.0), tip_mm=(30.0, 12.0, 5.0))
    """
    name, _, ends = text.partition(":")
    entry, _, tip = ends.partition(":")
    try:
        return Needle(_name(name), _point(entry.split(",")), _point(tip.split(",")))
    except (ValueError, TypeError):
        raise InputError(f"the needle '{text}'", TYPED, "correct the needle") from None


def needles_of(path: Path) -> tuple[Needle, ...]:
    """Read needles from a JSON file, a ``plan.json`` for example, or from an RTPLAN by Seedbed."""
    if not path.is_file():
        raise InputError(f"there is no file '{path}'", "a file of needles", "correct its name")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return read_own_needles(path)
    if text[128:132] == "DICM":
        return read_own_needles(path)
    try:
        content = json.loads(text)
        listed = content["needles"] if isinstance(content, dict) else content
        return tuple(_from_json(each) for each in listed)
    except (ValueError, TypeError, KeyError):
        raise InputError(f"'{path.name}' says no needles", IN_FILE, "correct the file") from None


def _from_json(each: dict[str, Any]) -> Needle:
    return Needle(_name(each["name"]), _point(each["entry_mm"]), _point(each["tip_mm"]))


def _name(text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError("a needle without a name")
    return text.strip()


def _point(parts: list[Any]) -> Vector:
    if not isinstance(parts, list):
        raise TypeError("no list of numbers")
    x, y, z = (float(part) for part in parts)
    if not all(abs(value) < FAR_MM for value in (x, y, z)):
        raise ValueError("a place far away")
    return x, y, z
