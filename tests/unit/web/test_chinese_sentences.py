"""Every Chinese template stands for English that the program can say; data entry is Chinese as a whole."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain

import pytest
from tests.unit.web.english_sentences import (
    SOURCE,
    browser_texts,
    literals_of,
    pieces,
    rule_texts,
    table,
    words,
)

from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS
from seedbed.protocol import load_rules

ENTERING = (
    *("patient/consistency.py", "patient/likeness.py", "patient/odd_doses.py", "patient/odd_sizes.py"),
    *("patient/odd_values.py", "journey/records/checking.py", "sheets/dates.py", "sheets/cells.py"),
    *("journey/workbench/clinic/entering.py", "journey/workbench/clinic/saving.py"),
)
"""What is said while somebody types."""
REFUSING = (
    *("journey/workbench/accounts.py", "journey/workbench/signing_in.py", "journey/workbench/passwords.py"),
    *("journey/workbench/refusals.py", "journey/workbench/plan_approval.py", "journey/workbench/drawn.py"),
    *("journey/workbench/plan_runs.py", "journey/workbench/two_people.py", "web/visit.py", "web/guard.py"),
    *(f"web/routes/{name}.py" for name in ("records", "patients", "cohort", "imports", "jobs")),
)
"""What the server says no with where people work."""
VERIFYING = (
    *(f"journey/verification/{name}.py" for name in ("carried", "making", "topping_up")),
    *(f"journey/workbench/verifications/{name}.py" for name in ("numbering", "sentences")),
    *("imaging/seed_judging.py", "verification/drifted_matching.py"),
)
"""What is said of the seeds on a CT after implantation: notes, doubts and reasons."""
NOT_SAID = {
    # of verification: sheets and their pictures, and what only the command line meets
    *("a seed in stock", "give one with --structures", "a structure set", "no structures"),
    *("too small", "partial date", "yes or no", "is the date"),  # words of records and of fields
    *("write the date as text", "correct the date", "write it with two digits", "write the year first"),
    "a record that cannot be read has faults",  # an assertion
    "make one first with 'seedbed serve --add-administrator NAME",  # said in the terminal
    "at least one, where others than this machine's user can reach the workbench",
    "has no account of an administrator",
    "the workplace",
}


@cache
def program() -> str:
    """Return all texts of the program, one a line."""
    literals = chain.from_iterable(literals_of(file) for file in sorted(SOURCE.rglob("*.py")))
    return "\n".join(dict.fromkeys((*literals, *rule_texts(), *browser_texts())))


@cache
def translated() -> str:
    return "\n".join(table())


def test_every_template_still_stands_for_words_of_the_program() -> None:
    gone = {
        template: lost
        for template in table()
        if (lost := [piece for piece in pieces(template) if not _stands_in(piece, program())])
    }
    assert not gone


def _stands_in(piece: str, texts: str) -> bool:
    """Tell whether words stand in texts; what is counted has its number and its plural put to it."""
    uncounted = re.sub(r"^1 ", "", piece)
    return any(each in texts for each in (piece, uncounted, uncounted.removesuffix("s")))


@pytest.mark.parametrize("name", ENTERING)
def test_everything_said_of_what_is_typed_has_chinese(name: str) -> None:
    assert not _lacking(literals_of(SOURCE / name))


@pytest.mark.parametrize("name", VERIFYING)
def test_everything_said_of_the_seeds_of_a_verification_has_chinese(name: str) -> None:
    assert not _lacking(literals_of(SOURCE / name))


@pytest.mark.parametrize("name", REFUSING)
def test_everything_the_server_says_no_with_where_people_work_has_chinese(name: str) -> None:
    assert not _lacking(literals_of(SOURCE / name, refused=True))


def _lacking(literals: Iterable[str]) -> list[str]:
    found = [piece for literal in literals for piece in pieces(literal) if words(piece)]
    return [piece for piece in found if piece not in translated() and piece not in NOT_SAID]


def test_every_rule_of_screening_prescription_activity_and_visits_has_chinese() -> None:
    rules = load_rules()
    said = [each.text for each in (*rules.inclusion, *rules.exclusion, *rules.prescription, *rules.activity)]
    said += [item.text for item in rules.visits.item]
    asked = {each.id for each in (*rules.inclusion, *rules.exclusion, *rules.prescription, *rules.activity)}
    said += [reading.text for rule in sorted(asked) for reading in rules.readings(rule)]
    assert not [text for text in said if text not in table()]


def test_every_kind_of_records_has_a_chinese_name_within_sentences() -> None:
    assert not [kind for kind in KINDS if kind not in table() or f"{kind} {{1}}" not in table()]


def test_whatever_a_record_needs_has_chinese_where_a_cell_of_a_workbook_is_empty() -> None:
    needed = {each.meaning for kind in KINDS.values() for each in fields_of(kind).values() if each.needed}
    assert "identifier of the patient in this register" in needed
    assert not needed - table().keys()


def test_a_translation_holds_chinese() -> None:
    names = {"Tg {1} to {2} {3}", "x, y and z in mm"}  # the same in both
    assert not [
        (english, chinese)
        for english, chinese in table().items()
        if not any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
        and english not in names
        and words(english)
    ]


def test_whatever_is_noted_in_the_access_trail_has_chinese() -> None:
    noted = re.compile(r'(?:viewed|note)\(\s*"([^"]+)"|trail\.note\(\s*\w+, "([^"]+)"')
    rooms = (SOURCE / "web", SOURCE / "journey" / "workbench")
    sources = [file.read_text(encoding="utf-8") for room in rooms for file in sorted(room.rglob("*.py"))]
    found = {one or other for source in sources for one, other in noted.findall(source)}
    assert {"patient", "record saved", "images imported"} <= found
    assert not found - table().keys()
