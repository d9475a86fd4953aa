"""Results are placed whole or not at all."""

from pathlib import Path

import pytest

from seedbed.errors import OutputError
from seedbed.journey.places import check_place, staged


def place(out: Path, *names: str, fail: bool = False) -> None:
    with staged(out, holds="plan.json", owns=("plan.json", "guide.stl", "pictures")) as stage:
        for name in names:
            (stage / name).write_text("new")
        (stage / "plan.json").write_text('{"seedbed": {}}')
        if fail:
            raise KeyboardInterrupt


def test_what_the_new_result_lacks_goes_and_the_rest_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place(out, "guide.stl")
    (out / "mine.txt").write_text("mine")
    place(out)
    assert sorted(path.name for path in out.iterdir()) == ["mine.txt", "plan.json"]


def test_a_stop_leaves_all_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    place(out, "guide.stl")
    (out / "guide.stl").write_text("first")
    with pytest.raises(KeyboardInterrupt):
        place(out, "guide.stl", fail=True)
    assert (out / "guide.stl").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("content", ["[]", "{}", "no json"])
def test_a_file_of_the_right_name_alone_is_no_result(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(OutputError, match="not an earlier result"):
        check_place(tmp_path, "plan.json")


def test_a_result_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"seedbed": {}}')
    check_place(tmp_path)
    with pytest.raises(OutputError, match="not an earlier result"):
        check_place(tmp_path, "plan.json")
