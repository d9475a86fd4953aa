"""The list of cases is read from the store once, and again only where the store has other images."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.filing import filing
from seedbed.journey.workbench.case_folder import case_name, list_cases
from seedbed.journey.workbench.case_list import CaseList
from seedbed.registry.schema import FACTS
from seedbed.registry.store import Store

SERIES = 2000


def add(store: Store, number: int, *, modality: str = "CT", frame: str = "") -> None:
    """Put a row of a series of its own into the register; the list reads no files."""
    said = dict.fromkeys(FACTS, "") | {
        "instance_uid": f"1.{modality}.{number}", "series_uid": f"2.{modality}.{number}",
        "study_uid": f"3.{number // 4}", "frame_uid": frame or f"4.{number}",
        "patient_id": f"SYN-{number // 8}", "modality": modality, "study_date": f"2026{number % 12 + 1:02}01",
    }  # fmt: skip
    assert store.index(f"{modality}{number:062}", 1, InstanceFacts(**said), origin="synthetic")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store whose register knows 2 000 series."""
    with filing(tmp_path_factory.mktemp("many") / "store") as files:
        for number in range(SERIES):
            add(files.store, number)
        yield files.store


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """What the register is asked."""
    found: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield found
    event.remove(Engine, "before_cursor_execute", hear)


def test_the_second_call_reads_no_series(store: Store, asked: list[str]) -> None:
    kept = CaseList()
    first = kept.rows(store)
    assert (len(first), len(asked)) == (SERIES, 3)
    asked.clear()
    assert kept.rows(store) == first
    assert kept.encoded(store) is kept.encoded(store)
    assert len(asked) == 3
    assert all(each.endswith("LIMIT ? OFFSET ?") for each in asked)  # the one that was added last
    assert {each["case"] for each in json.loads(kept.encoded(store).octets)["cases"]} == {
        row.case for row in first
    }
    assert kept.rows(store, patient_id="SYN-3") == list_cases(store, patient_id="SYN-3")


def test_what_came_since_is_listed(store: Store) -> None:
    kept = CaseList()
    before = {row.case: row for row in kept.rows(store)}
    add(store, 1, modality="RTSTRUCT", frame="4.1")
    add(store, SERIES + 1)
    after = {row.case: row for row in kept.rows(store)}
    assert after.keys() - before.keys() == {case_name(f"2.CT.{SERIES + 1}")}
    named = case_name("2.CT.1")
    assert (before[named].structure_sets, after[named].structure_sets) == (0, 1)
    assert kept.rows(store) == list_cases(store)


def test_an_empty_store_has_no_cases_and_then_one(tmp_path: Path) -> None:
    kept = CaseList()
    with filing(tmp_path / "store") as files:
        assert kept.rows(files.store) == []
        add(files.store, 0)
        assert [row.patient_id for row in kept.rows(files.store)] == ["SYN-0"]
