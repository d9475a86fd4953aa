"""RECIST 1.1 written a second time, on bare numbers of whole millimetres; all rows are synthetic."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sheets.cdisc_files import lesion, result, write

from seedbed.journey.recist import RecistRequest, judge_files

DAY = date(2024, 1, 1)
Sizes = tuple[int | None, int | None]  # a mass and a node
State = str
Seen = tuple[Sizes, State, bool]  # the two targets, the other lesion, a new lesion


def plain_target(now: Sizes, earlier: list[Sizes], cr_held: bool) -> str:
    """Sections 4.3.1 and 4.4.2."""
    mass, node = now
    there = bool(mass) or (node or 0) >= 10
    if None not in now and not there:
        return "CR"
    if there and cr_held:
        return "PD"
    sums = [sum(size or 0 for size in sizes) for sizes in earlier if None not in sizes]
    total, nadir = sum(size or 0 for size in now), min(sums)
    if total - nadir >= 5 and (nadir == 0 or Fraction(total - nadir, nadir) >= Fraction(1, 5)):
        return "PD"
    if None in now:
        return "NE"
    return "PR" if Fraction(total, sums[0]) <= Fraction(7, 10) else "SD"


def plain_other(state: State, cr_held: bool) -> str:
    """Section 4.3.3."""
    known = {"ABSENT": "CR", "UNEQUIVOCAL PROGRESSION": "PD", "NOT EVALUABLE": "NE"}
    return known.get(state, "PD" if cr_held else "NON-CR/NON-PD")


def plain_overall(target: str, other: str, new: bool) -> str:
    """Table 1."""
    if new or "PD" in (target, other):
        return "PD"
    return "PR" if target == "CR" and other != "CR" else target


def held(responses: list[str], index: int, days: int, allowed: set[str]) -> bool:
    """Whether a response lasted 28 days, one visit that was not evaluable passed over."""
    gap = missed = 0
    for number in range(index + 1, len(responses)):
        gap += days
        if responses[number] == "NE":
            missed += 1
            continue
        broken = responses[number] == "PR" and "CR" in responses[index + 1 : number]
        if responses[number] not in allowed or missed > 1 or broken:
            return False
        if gap >= 28:
            return True
    return False


def plain_best(responses: list[str], days: int, *, confirmed: bool) -> str:
    """Table 3 and sections 4.4.3, 4.6."""
    counted = responses[: responses.index("PD") + 1] if "PD" in responses else responses
    for response, allowed in (("CR", {"CR"}), ("PR", {"CR", "PR"})):
        for index, found in enumerate(counted):
            if found == response and (not confirmed or held(counted, index, days, allowed)):
                return response
    late = [found for index, found in enumerate(counted) if (index + 1) * days >= 42]
    if {"CR", "PR", "SD"} & set(late):
        return "SD"
    if "PD" in counted:
        return "PD"
    after_cr = counted[counted.index("CR") :] if "CR" in counted else []
    return "PD" if {"PR", "SD"} & set(after_cr) else "NE"


def plain(visits: list[Seen], days: int) -> dict[str, Any]:
    targets, others, overall = [], [], []
    new = False
    for number, (sizes, state, appeared) in enumerate(visits[1:], start=1):
        new = new or appeared
        cr_held = any(found == "CR" and cr_lasted(overall, at, days) for at, found in enumerate(overall))
        targets.append(plain_target(sizes, [each[0] for each in visits[:number]], cr_held))
        others.append(plain_other(state, cr_held))
        overall.append(plain_overall(targets[-1], others[-1], new))
    best = [plain_best(overall, days, confirmed=confirmed) for confirmed in (False, True)]
    return {"targets": targets, "others": others, "overall": overall, "best": best}


def cr_lasted(overall: list[str], at: int, days: int) -> bool:
    """Whether complete response at one visit was followed by another 28 days later, nothing else between."""
    for number in range(at + 1, len(overall)):
        if overall[number] not in ("CR", "NE"):
            return False
        if overall[number] == "CR" and (number - at) * days >= 28:
            return True
    return False


def judged(folder: Path, visits: list[Seen], days: int) -> dict[str, Any]:
    tu = [lesion("T01"), lesion("T02", loc="LYMPH NODE"), lesion("NT01", "NON-TARGET")]
    tr = []
    for number, ((mass, node), state, new) in enumerate(visits, start=1):
        on = {"visit": 1, "date": (DAY + timedelta(days=days * (number - 1))).isoformat()}
        rows = [result("NT01", value=state, test="TUMSTATE", **on)]  # type: ignore[arg-type]
        for name, test, size in (("T01", "LDIAM", mass), ("T02", "LPERP", node)):
            stat = "NOT DONE" if size is None else ""
            value = "" if size is None else str(size)
            rows.append(result(name, value=value, test=test, stat=stat, **on))  # type: ignore[arg-type]
        if new:
            rows.append(result("NEW01", value="PRESENT", test="TUMSTATE", group="NEW", **on))  # type: ignore[arg-type]
        tr += [row.replace(",V1,1,", f",V{number},{number},") for row in rows]
    (subject,) = judge_files(RecistRequest(*write(folder, tu, tr))).to_dict()["subjects"]
    return {
        "targets": [visit["target_response"] for visit in subject["visits"]],
        "others": [visit["non_target_response"] for visit in subject["visits"]],
        "overall": [visit["overall_response"] for visit in subject["visits"]],
        "best": [subject["best_response"], subject["best_confirmed_response"]],
    }


SIZE = st.one_of(st.none(), st.sampled_from([0, 0, 3, 5, 9, 10, 12]), st.integers(0, 40))
STATE = st.sampled_from(["PRESENT", "ABSENT", "ABSENT", "NOT EVALUABLE", "UNEQUIVOCAL PROGRESSION"])
LATER = st.tuples(st.tuples(SIZE, SIZE), STATE, st.sampled_from([False] * 5 + [True]))
FIRST = st.tuples(st.tuples(st.integers(5, 40), st.integers(10, 30)), st.just("PRESENT"), st.just(False))


@settings(max_examples=150, deadline=None)
@given(FIRST, st.lists(LATER, min_size=1, max_size=6), st.sampled_from([14, 21, 28, 42]))
def test_two_writings_agree(first: Seen, later: list[Seen], days: int) -> None:
    visits = [first, *later]
    with TemporaryDirectory() as folder:
        assert judged(Path(folder), visits, days) == plain(visits, days)
