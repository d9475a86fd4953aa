"""Options of the command line stand in brackets in sentences that pages show too; pages leave them out."""

import re

import pytest
from tests.unit.web.english_sentences import SOURCE, literals_of

REACHED = (
    *("dicom/plan_dates.py", "journey/import_files.py", "journey/importing.py", "planning/request.py"),
    *("journey/plan/asking.py", "journey/plan/of_hand.py", "journey/plan/theatre.py"),
    *("journey/verification/reading.py", "journey/verification/objects.py"),
    *("journey/verification/finding.py", "journey/before_after/matching.py"),
    *("journey/analysis/building.py", "journey/analysis/judging.py"),
)
"""Modules whose sentences reach a page: imports, planning, verification, pairs, cohorts."""
NOT_REACHED = {
    # what the workbench never asks for: it states the planning CT, and where structures were drawn, itself
    *("--axes-from-needles", "--plan-ct", "--structures", "--plan-structures", "--drawn-on", "--group"),
}
OPTION = re.compile(r"--[a-z][a-z-]*")
IN_BRACKETS = re.compile(r" ?\(--[a-z][a-z-]*\)")


def bare(text: str) -> set[str]:
    """Return the options that a text names outside of brackets."""
    return {*OPTION.findall(IN_BRACKETS.sub("", text))} - NOT_REACHED


@pytest.mark.parametrize("name", REACHED)
def test_options_stand_in_brackets(name: str) -> None:
    found = {text: options for text in literals_of(SOURCE / name) if (options := bare(text))}
    assert not found


def test_an_option_outside_of_brackets_is_seen() -> None:
    assert bare("state the day with --implant-date (--on)") == {"--implant-date"}
