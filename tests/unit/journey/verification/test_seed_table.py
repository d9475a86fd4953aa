"""The file of seeds: written, edited in any spreadsheet, read again."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, TableError
from seedbed.geometry import VoxelGrid
from seedbed.journey.verification.seed_table import (
    COLUMNS,
    edits_as_dict,
    read_seed_table,
    refuse_outside,
    write_seed_table,
)
from seedbed.verification.seed_edits import compare_edits
from seedbed.verification.seed_list import SeedTable, found_table


def seeds(count: int, seed: int = 0) -> SeedTable:
    """Seeds in random places at least 5 mm apart, one of five without an axis."""
    rng = np.random.default_rng(seed)
    steps = np.stack(np.meshgrid(*[np.arange(6)] * 3), axis=-1).reshape(-1, 3)[rng.permutation(216)[:count]]
    axes = rng.normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    axes[::5] = 0.0
    return found_table(
        -200.0 + 7.0 * steps + rng.uniform(-1, 1, (count, 3)),
        axes,
        confidence=rng.uniform(0, 1, count),
        axis_sd_deg=np.where(axes.any(axis=1), rng.uniform(0, 30, count), 90.0),
        position_sd_mm=rng.uniform(0.1, 0.9, count),
        doubt=[each % 2 * "beside bone, look at it" for each in range(count)],
    )


@settings(max_examples=30)
@given(st.integers(0, 150), st.integers(0, 2**32 - 1))
def test_what_is_written_is_read_without_an_edit(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int
) -> None:
    found = seeds(count, seed)
    file = tmp_path_factory.getbasetemp() / "seeds.csv"
    table = read_seed_table(write_seed_table(file, found))
    np.testing.assert_allclose(table.positions_mm, found.positions_mm, atol=5.001e-4)
    np.testing.assert_allclose(table.axes, found.axes, atol=2e-6)
    np.testing.assert_allclose(table.confidence, found.confidence, atol=5.001e-4)
    np.testing.assert_allclose(table.axis_sd_deg, found.axis_sd_deg, atol=5.001e-4)
    assert table.numbers.tolist() == found.numbers.tolist()
    assert (table.origin, table.doubt) == (found.origin, found.doubt)
    assert not compare_edits(found, table, slice_mm=2.5).any


def test_the_file_is_plain_text_with_the_columns_that_are_promised(tmp_path: Path) -> None:
    found = seeds(2)
    content = write_seed_table(tmp_path / "new" / "seeds.csv", found).read_bytes().decode("ascii")
    first, second, third = content.splitlines()
    assert first == "x_mm,y_mm,z_mm,ax,ay,az,confidence,number,axis_sd_deg,position_sd_mm,origin,doubt"
    x, y, z = found.positions_mm[0]
    assert second.startswith(f"{x:.3f},{y:.3f},{z:.3f},,,,")
    assert second.endswith(",found,")
    ax, ay, az = found.axes[1]
    assert f",{ax:.6f},{ay:.6f},{az:.6f}," in third
    assert third.endswith(',found,"beside bone, look at it"')


def test_no_zero_has_a_sign(tmp_path: Path) -> None:
    one = np.ones(1)
    table = found_table(
        np.array([[-0.0001, 0, 0]]),
        np.array([[-1e-9, 0, 1]]),
        confidence=one,
        axis_sd_deg=one,
        position_sd_mm=one,
    )
    assert "-0" not in write_seed_table(tmp_path / "s.csv", table).read_text()


def semicolons(text: str) -> bytes:
    rows = list(csv.reader(text.splitlines()))
    return "\r\n".join(
        ";".join(cell.replace(".", ",") if cell[-1:].isdigit() else cell for cell in row) for row in rows
    ).encode("utf-8-sig")


def quoted(text: str) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in csv.reader(text.splitlines())).encode(
        "utf-16"
    )


def quoted_decimal_commas(text: str) -> bytes:
    return "\n".join(
        ",".join(f'"{cell.replace(".", ",")}"' for cell in row) for row in csv.reader(text.splitlines())
    ).encode()


def turned_round(text: str) -> bytes:
    return "\n".join("\t".join(["", *row[::-1], ""]) for row in csv.reader(text.splitlines())).encode("gbk")


def with_more(text: str) -> bytes:
    head, *rows = text.splitlines()
    return "\n".join(
        [f"{head},\u5907\u6ce8,,", "", *(f"{row},\u770b,," for row in rows), ",,,", "", ",,,,,,,,,,,,,,", ""]
    ).encode("gb18030")


@pytest.mark.parametrize("spelling", [semicolons, quoted, quoted_decimal_commas, turned_round, with_more])
def test_a_file_saved_by_another_spreadsheet_says_the_same(
    tmp_path: Path, spelling: Callable[[str], bytes]
) -> None:
    found = seeds(12)
    file = write_seed_table(tmp_path / "seeds.csv", found)
    file.write_bytes(spelling(file.read_text(encoding="utf-8")))
    table = read_seed_table(file)
    np.testing.assert_allclose(table.positions_mm, found.positions_mm, atol=5.001e-4)
    assert not compare_edits(found, table, slice_mm=2.5).any


def test_a_person_deletes_moves_and_adds(tmp_path: Path) -> None:
    found = seeds(6)
    file = write_seed_table(tmp_path / "seeds.csv", found)
    head, first, second, *rest = file.read_text().splitlines()
    x, _, after = second.partition(",")
    file.write_text("\n".join([head, f"{float(x) + 2:.3f},{after}", *rest, "-100,-100.5,-101"]))
    edits = compare_edits(found, read_seed_table(file), slice_mm=2.5)
    assert first.split(",")[7] == "1"
    assert edits_as_dict(edits) == {
        "edited": True,
        "kept": [3, 4, 5, 6],
        "moved": [
            {
                "number": 2,
                "from_mm": found.positions_mm[1].round(3).tolist(),
                "to_mm": (found.positions_mm[1] + [2, 0, 0]).round(3).tolist(),
                "by_mm": pytest.approx(2.0, abs=1e-3),
                "turned_deg": 0.0,
            }
        ],
        "deleted": [1],
        "added": [7],
    }
    assert edits.final.positions_mm[-1].tolist() == [-100, -100.5, -101]


HEAD = ",".join(COLUMNS) + "\n"
GOOD = "1,2,3,0,0,1,0.9,1,4,0.3,found,\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,2,abc,0,0,1,,2,,,,\n", "column z_mm holds 'abc' in row 3"),
        ("1,,3,0,0,1,,2,,,,\n", "column y_mm holds nothing in row 3"),
        ("nan,2,3,0,0,1,,2,,,,\n", "column x_mm holds 'nan' in row 3"),
        (
            "1e9,2,3,0,0,1,,2,,,,\n",
            "column x_mm holds '1e9' in row 3 .*; expected a number from -10000 to 10000",
        ),
        ("9,2,3,0,,1,,2,,,,\n", "column ay holds nothing in row 3.*none where the axis is not known"),
        ("9,2,3,0,0,0.97,,2,,,,\n", "the axis .* in row 3 .* has length 0.970"),
        ("9,2,3,0,0,4.5,,2,,,,\n", "column az holds '4.5' in row 3"),
        ("9,2,3,0,0,1,,1.5,,,,\n", "column number holds '1.5' in row 3.*a whole number"),
        ("9,2,3,0,0,1,,-2,,,,\n", "column number holds '-2' in row 3"),
        ("9,2,3,0,0,1,,two,,,,\n", "column number holds 'two' in row 3"),
        ("9,2,3,0,0,1,90,2,,,,\n", "column confidence holds '90' in row 3 .* expected a number from 0 to 1"),
        ("9,2,3,0,0,1,,2,-1,,,\n", "column axis_sd_deg holds '-1' in row 3"),
        ("9,2,3,0,0,1,,2,,#DIV/0!,,\n", "column position_sd_mm holds '#DIV/0!' in row 3"),
        ("9,2,3,0,0,1,,2,,,moove,\n", "column origin holds 'moove' in row 3 .* found, added, moved"),
        ("9,2,3,0,0,1,,1,,,,\n", "seed 1 in row 2 and seed 1 in row 3 have the same number"),
        ("1,5,2,5,3,5,,,,,2,,,,\n", "column ax holds '5' in row 3"),
        ("1,5,2,5,3,5,0,0,0,1,0,1,2,found,\n", "has 15 cells in row 3, and 12 columns"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_row_and_column(tmp_path: Path, rows: str, said: str) -> None:
    file = tmp_path / "seeds.csv"
    file.write_text(HEAD + GOOD + rows)
    with pytest.raises(InputError, match=said):
        read_seed_table(file)


def test_a_column_that_lacks_is_named(tmp_path: Path) -> None:
    file = tmp_path / "seeds.csv"
    for column in ("x_mm", "az", "number"):
        file.write_text((HEAD + GOOD).replace(column, "other"))
        with pytest.raises(TableError, match=f"no column '{column}'"):
            read_seed_table(file)


def test_an_axis_nearly_of_length_1_is_made_so(tmp_path: Path) -> None:
    file = tmp_path / "seeds.csv"
    file.write_text(HEAD + "1,2,3,0.6,0.8,0.1,,,,,,\n4,5,6,0,0,0,,,,,,\n")
    table = read_seed_table(file)
    assert np.linalg.norm(table.axes[0]) == pytest.approx(1.0, abs=1e-12)  # sqrt(0.36 + 0.64 + 0.01) = 1.005
    assert (table.axes[1].tolist(), table.axis_sd_deg.tolist()) == ([0, 0, 0], [10.0, 90.0])
    assert (table.numbers.tolist(), table.confidence.tolist(), table.origin) == ([0, 0], [1, 1], ("", ""))


def test_only_the_first_row_is_no_seed(tmp_path: Path) -> None:
    file = tmp_path / "seeds.csv"
    file.write_text(HEAD)
    assert read_seed_table(file).count == 0


def test_a_seed_outside_the_ct_is_named_with_its_row(tmp_path: Path) -> None:
    file = tmp_path / "seeds.csv"
    file.write_text(HEAD + "1,2,3,,,,,,,,,\n-3,2,3,,,,,,,,,\n")
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 2.0), (5, 5, 5))
    with pytest.raises(InputError, match=r"without number in row 3 at \(-3.0, 2.0, 3.0\) mm lies outside"):
        refuse_outside(read_seed_table(file), grid)
    file.write_text(HEAD + "1,2,3,,,,,,,,,\n-0.4,4.4,8.9,,,,,,,,,\n")
    refuse_outside(read_seed_table(file), grid)
