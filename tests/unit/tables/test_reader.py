from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, SeedbedError, TableError
from seedbed.tables import read_table, read_toml, require_source

HEAD = "# source: A paper\n# place: Table 2\n"


def written(folder: Path, text: str, name: str = "made.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_columns_rows_and_header_are_read_in_file_order(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEAD + "# unit: cm\nr,g\n1,0.5\n2,0.25\n"))
    assert table.columns == ("r", "g")
    assert table.numbers("g") == [0.5, 0.25]
    assert table.meta == {"source": "A paper", "place": "Table 2", "unit": "cm"}


def test_a_header_key_on_two_lines_is_joined(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEAD + "# note: one\n# note: two\nr\n1\n"))
    assert table.meta["note"] == "one two"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_saved_by_excel_reads_the_same(tmp_path: Path, newline: str) -> None:
    text = (HEAD + "r,g\n1,0.5\n").replace("\n", newline)
    table = read_table(written(tmp_path, text, encoding="utf-8-sig"))
    assert (table.columns, table.meta["source"], table.numbers("r")) == (("r", "g"), "A paper", [1.0])


def test_commas_and_quotes_within_cells_stay(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEAD + 'claim,n\n"a, b ""c"" 中文",3\n'))
    assert table.rows[0]["claim"] == 'a, b "c" 中文'


REFUSED = {
    "no source": "# place: Table 2\nr\n1\n",
    "empty source": "# source:\n# place: Table 2\nr\n1\n",
    "blank place": "# source: A paper\n# place:   \nr\n1\n",
    "no header at all": "r,g\n1,2\n",
    "nothing": "",
    "no rows": HEAD + "r,g\n",
    "no columns": HEAD,
    "short row": HEAD + "r,g\n1,2\n3\n",
    "long row": HEAD + "r,g\n1,2,3\n",
    "a column twice": HEAD + "r,r\n1,2\n",
    "a quote that never ends": HEAD + 'r\n"1\n2\n',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_table_that_cannot_be_trusted_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"made\.csv"):
        read_table(written(tmp_path, text))


@pytest.mark.parametrize("cell", ["", " ", "nan", "inf", "-inf", "n/a", "1,5", "1e400", "0x1f"])
def test_a_hole_in_a_column_is_an_error_that_names_its_row(tmp_path: Path, cell: str) -> None:
    table = read_table(written(tmp_path, HEAD + f'r,g\n1,2\n3,"{cell}"\n'))
    with pytest.raises(TableError, match=r"made\.csv.*'g'.*row 2"):
        table.numbers("g")


def test_an_absent_column_is_an_error_that_lists_the_present_ones(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, HEAD + "r_cm,g\n1,2\n"))
    with pytest.raises(TableError, match=r"made\.csv.*'h'.*r_cm, g"):
        table.numbers("h")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_numbers_survive_exactly(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    path.write_text(HEAD + "v\n" + "\n".join(map(repr, values)), encoding="utf-8")
    assert read_table(path).numbers("v") == values


@pytest.mark.parametrize("make", [read_table, read_toml])
def test_unreadable_files_are_refused_in_a_sentence(tmp_path: Path, make: object) -> None:
    latin = tmp_path / "latin.txt"
    latin.write_bytes("# source: Müller\n".encode("latin-1"))
    for path in (tmp_path / "absent.txt", tmp_path, latin):
        with pytest.raises(InputError, match=path.name):
            make(path)  # type: ignore[operator]


@pytest.mark.parametrize("make", [read_table, read_toml])
@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-16", "UTF-16"), ("utf-16-be", "another"), ("gbk", "in another encoding")]
)
def test_a_file_in_another_encoding_is_told_so(
    tmp_path: Path, make: object, encoding: str, told: str
) -> None:
    path = written(
        tmp_path, HEAD + "# note: 粒籽源 é\n", encoding=encoding if encoding != "gbk" else "gb18030"
    )
    with pytest.raises(InputError, match=rf"is not UTF-8 \(it is .*{told}.*save it as UTF-8"):
        make(path)  # type: ignore[operator]


BAD_TOML = {
    "not TOML": "a = = 1\n",
    "a key twice": '[source]\nsource = "A"\nplace = "B"\nplace = "C"\n',
    "an impossible day": '[source]\nsource = "A"\nplace = "B"\n[x]\nday = 2026-02-30\n',
    "no source": "a = 1\n",
    "a source that is a word": 'source = "A paper"\n',
    "a source without a place": '[source]\nsource = "A paper"\n',
    "a source that is a list": '[source]\nsource = []\nplace = "Table 2"\n',
}


@pytest.mark.parametrize("text", BAD_TOML.values(), ids=BAD_TOML.keys())
def test_a_bad_toml_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"made\.toml"):
        read_toml(written(tmp_path, text, "made.toml"))


def test_toml_values_keep_their_kind(tmp_path: Path) -> None:
    text = '[source]\nsource = "A"\nplace = "B"\n[seed]\nlength = 3.0\nnames = ["x", "y"]\n'
    found = read_toml(written(tmp_path, text, "made.toml", encoding="utf-8-sig"))
    assert found["seed"] == {"length": 3.0, "names": ["x", "y"]}


def test_the_missing_keys_are_named_together() -> None:
    with pytest.raises(SeedbedError, match="source and place"):
        require_source({}, "6711")
