"""Names of uploaded files: kept beside them for sentences, whatever signs they hold."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.journey.workbench.upload_names import (
    MOST_SIGNS,
    check_name,
    keep_name,
    shown_name,
    take_names,
)


@given(st.text(min_size=1, max_size=2 * MOST_SIGNS))
def test_what_is_shown_may_be_shown(name: str) -> None:
    shown = shown_name(name)
    if shown.strip():
        check_name(shown)
    assert shown_name(shown) == shown


@pytest.mark.parametrize(
    "name", ["scan/IM0001", "../../etc/passwd", "C:\\scan\\a", "<script>", "甲 50%.dcm", "~"]
)
def test_a_name_of_signs_that_can_be_seen_is_taken_as_it_is(name: str) -> None:
    check_name(name)
    assert shown_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "a\0b", "a\nb", "a\u202eb", "a\u2028b", "\ud800", "x" * 501])
def test_others_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="1 to 500 signs"):
        check_name(name)


def test_names_come_back_by_their_numbers_the_latest_counts_and_their_file_goes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: keep_name(tmp_path, number, f"甲/{number}"), range(200)))
    keep_name(tmp_path, 7, "again")
    assert take_names(tmp_path) == {number: f"甲/{number}" for number in range(200)} | {7: "again"}
    assert not [*tmp_path.iterdir()]
    assert take_names(tmp_path) == {}
