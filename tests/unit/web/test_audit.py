"""The audit of a typed paper in the browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.unit.web.benches import API, bench_at, code_of, made, signed_in

from seedbed.journey.audit import example_paper

EXAMPLE = Path(__file__).parents[3] / "examples" / "founding-paper.toml"


@pytest.fixture
def researcher(tmp_path: Path) -> Iterator[TestClient]:
    with bench_at(tmp_path) as bench:
        yield signed_in(bench, made(bench), "researcher")


def test_the_shipped_paper_is_the_example() -> None:
    assert example_paper() == EXAMPLE.read_text(encoding="utf-8")


def test_the_example_has_its_findings(researcher: TestClient) -> None:
    """One can be redone by hand: Table 1 prints 77 % for 11 of 14, which is 78.57 %."""
    text = researcher.get(f"{API}/audit/example").json()["text"]
    found = researcher.post(f"{API}/audit", json={"text": text}).json()
    assert found["counts"]["findings"] == len(found["findings"]) > 0
    assert any("11 of 14 is 78.57 %" in each["arithmetic"] for each in found["findings"])
    assert all(each["arithmetic"] and each["settle"] for each in found["findings"])
    order = ["certain", "likely", "possible"]
    sure = [order.index(each["certainty"]) for each in found["findings"]]
    assert sure == sorted(sure)


def test_a_changed_count_is_found(researcher: TestClient) -> None:
    text = example_paper()
    changed = text.replace('id = "A"\nname = "anlotinib"\nn = "14"', 'id = "A"\nname = "anlotinib"\nn = "15"')
    assert changed != text
    found = researcher.post(f"{API}/audit", json={"text": changed}).json()["findings"]
    assert any("53" in each["arithmetic"] and "52" in each["arithmetic"] for each in found)


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [("", 400, "bad_input"), ("x = ", 400, "bad_input"), ("[source]\n", 400, "bad_input"),
     ("#" * 400_001, 400, "bad_input"), ("\ud800", 400, "bad_input"), ("a = 1\0", 400, "bad_input")],
)  # fmt: skip
def test_what_is_no_paper_is_a_sentence(researcher: TestClient, text: str, status: int, code: str) -> None:
    body = b'{"text": "\\ud800"}' if text == "\ud800" else None
    headers = {"Content-Type": "application/json"}
    given = {"content": body, "headers": headers} if body else {"json": {"text": text}}
    response = researcher.post(f"{API}/audit", **given)
    assert (response.status_code, code_of(response)) == (status, code)
