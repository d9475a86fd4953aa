from pathlib import Path

import pytest

from seedbed.patient import FACTS
from seedbed.protocol import load_rules

DOCS = Path(__file__).parents[3] / "docs"
CHAPTERS = ("screen-and-prescribe.md", "drug-and-follow-up.md", "follow-up.md")


@pytest.fixture(scope="module")
def text() -> str:
    return "\n".join((DOCS / chapter).read_text(encoding="utf-8") for chapter in CHAPTERS)


def test_the_chapters_list_every_rule_and_reading(text: str) -> None:
    protocol = load_rules()
    ids = [rule.id for rule in protocol.rules] + [reading.id for reading in protocol.reading]
    assert [each for each in ids if f"| {each} |" not in text] == []


def test_the_chapter_lists_every_fact_with_its_unit_and_meaning(text: str) -> None:
    for fact in FACTS.values():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{fact.name}` |"))
        assert fact.meaning in row
        assert fact.unit in row
