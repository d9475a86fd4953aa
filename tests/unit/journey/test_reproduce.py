import pytest

from seedbed.errors import InputError
from seedbed.journey.reproduce import reproduce


def test_it_reports_the_paper_row_by_row():
    report = reproduce().to_dict()
    ids = [row["id"] for row in report["rows"]]
    assert ids[:3] == ["gender", "age", "bmi"]
    assert {"kps", "response_6_months", "response_12_months", "adverse_events", "lpfs", "os"} <= set(ids)
    assert report["rows"][0]["published"] == 0.529
    assert report["rows"][ids.index("nrs_baseline")]["published_text"] == "<0.001"
    assert report["summary"]["disagree"] == sum(row["agrees"] is False for row in report["rows"])


def test_the_keys_for_machines_are_stable():
    report = reproduce().to_dict()
    assert list(report) == ["paper", "rows", "summary", "numbers", "numbers_summary"]
    assert set(report["numbers"][0]) == {
        *("id", "place", "label", "group", "kind", "published_text", "recomputed", "recomputed_text"),
        *("agrees", "reason", "note"),
    }
    assert report["numbers_summary"]["disagree"] == sum(row["agrees"] is False for row in report["numbers"])


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        reproduce(tmp_path / "nowhere")
