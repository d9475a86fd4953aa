"""The typed tables: part of each is typed here again from the paper, and every printed sum is checked."""

from importlib.resources import files

import pytest

from seedbed.cohort import read_published
from seedbed.errors import InputError, TableError

PAPER = read_published()
CELLS = {(cell.id, cell.level, cell.group, cell.statistic): cell for cell in PAPER.cells}
HEADER = "# source: a paper\n# place: Table 1\n"
COLUMNS = "id,label,scale,level,group,size,statistic,value,note\n"
CLAIMS = HEADER + "id,label,place,scale,groups,quote,published,uses,note\n"


def row(line, level, statistics):
    return [tuple(CELLS[line, level, group, name].text for name in statistics) for group in "ABC"]


@pytest.mark.parametrize(
    ("line", "level", "printed"),
    [
        ("gender", "Male", [("7", "50"), ("8", "32"), ("4", "31")]),
        ("ecog", "0", [("10", "71"), ("21", "84"), ("11", "85")]),
        ("surgery", "TT + BCLND+LND", [("11", "77"), ("12", "48"), ("6", "48")]),
        ("metastasis", "Bone only", [("0", "0"), ("8", "32"), ("2", "15")]),
        ("mutations", "TERT mutation alone", [("2", "14"), ("3", "12"), ("4", "31")]),
        ("response_6_months", "SD", [("10", "71"), ("17", "68"), ("3", "23")]),
        ("response_12_months", "CR", [("1", "12"), ("4", "22"), ("4", "30")]),
        ("orr_12_months", "ORR", [("3", "33"), ("10", "56"), ("11", "85")]),
        ("dcr_6_months", "DCR", [("13", "93"), ("25", "100"), ("13", "100")]),
        ("adverse_events", "0", [("9", "64.28"), ("13", "52.00"), ("7", "53.85")]),
        ("adverse_events", "3", [("2", "14.29"), ("0", "0"), ("0", "0")]),
    ],
)
def test_counts_and_percentages_typed_again(line, level, printed):
    assert row(line, level, ("count", "percent")) == printed


def test_means_typed_again():
    assert row("age", "", ("mean", "sd")) == [("52.79", "17.27"), ("60.60", "15.07"), ("57.85", "15.61")]
    assert row("bmi", "", ("mean", "sd")) == [("21.37", "2.34"), ("22.74", "3.44"), ("20.71", "3.16")]


@pytest.mark.parametrize(
    ("line", "level", "printed"),
    [
        ("kps", "", [("90", "90", "90"), ("90", "90", "90"), ("90", "85", "90")]),
        (
            "tumor_size_baseline",
            "Before treatment",
            [("10.54", "11.94", "60.56"), ("78.73", "44.20", "141.31"), ("34.99", "18.13", "164.52")],
        ),
        (
            "vrr_12_months",
            "After 12 months of treatment",
            [("42.04", "0.29", "89.27"), ("48.15", "18.75", "98.53"), ("90.57", "78.57", "99.94")],
        ),
        (
            "tg_4_months",
            "After 4 months of treatment",
            [("28.17", "5.88", "103.83"), ("267.60", "21.35", "2130.90"), ("86.18", "31.09", "181.25")],
        ),
        (
            "nrs_6_months",
            "After 6 months of treatment",
            [("0.00", "0.00", "0.00"), ("1.00", "0.00", "1.00"), ("2.00", "1.25", "2.75")],
        ),
    ],
)
def test_medians_and_quartiles_typed_again(line, level, printed):
    assert row(line, level, ("median", "p25", "p75")) == printed


def test_p_values_typed_again():
    printed = {one.id: one.published.text for one in PAPER.comparisons}
    table_1 = [one.published.value for one in PAPER.comparisons if one.place == "Table 1"]
    assert table_1 == [0.529, 0.342, 0.138, 0.410, 0.589, 0.195, 0.054, 0.152, 0.651, 0.234, 0.453]
    assert printed["tumor_size_within_a"] == "0.009"
    assert printed["tg_within_a"] == "0.108"
    assert printed["nrs_within_c"] == "0.004"
    times = ("baseline", "2_months", "4_months", "6_months", "12_months")
    assert [printed[f"tg_{when}"] for when in times] == ["0.104", "0.033", "0.040", "0.022", "0.542"]
    assert (printed["lpfs"], printed["os"], printed["seeds_implanted"]) == ("0.023", "0.425", "0.26")
    assert (printed["adverse_events"], printed["adverse_events_text"]) == ("0.976", "0.98")


def test_every_group_adds_up_to_its_size():
    groups = {
        (c.id, c.group, c.size)
        for c in PAPER.cells
        if c.statistic == "count" and c.id[:3] not in ("orr", "dcr")
    }
    for line, group, size in groups:
        counts = [c.value for c in PAPER.cells if (c.id, c.group, c.statistic) == (line, group, "count")]
        assert sum(counts) == size, (line, group)


def test_rates_are_the_sums_of_their_classes():
    for months in ("6_months", "12_months"):
        for group in "ABC":
            cr, pr, sd = (
                CELLS[f"response_{months}", one, group, "count"].value for one in ("CR", "PR", "SD")
            )
            assert CELLS[f"orr_{months}", "ORR", group, "count"].value == cr + pr
            assert CELLS[f"dcr_{months}", "DCR", group, "count"].value == cr + pr + sd


def test_every_percentage_that_does_not_match_its_count_has_a_note_and_no_other_has():
    for cell in PAPER.cells:
        if cell.statistic == "percent":
            count = CELLS[cell.id, cell.level, cell.group, "count"].value
            half = 0.5 if "." not in cell.text else 0.005
            wrong = abs(100 * count / cell.size - cell.value) > half + 1e-9
            assert bool(cell.note) is wrong, cell


def test_every_median_outside_its_quartiles_has_a_note_and_no_other_has():
    for cell in PAPER.cells:
        if cell.statistic == "median":
            low, high = (CELLS[cell.id, cell.level, cell.group, name].value for name in ("p25", "p75"))
            assert bool(cell.note) is not (low <= cell.value <= high), cell


def test_every_file_names_its_source_and_ids_are_unique():
    folder = files("seedbed.cohort").joinpath("data", "chen2025")
    for entry in folder.iterdir():
        head = entry.read_text(encoding="utf-8").split("\n")[:3]
        assert head[0].startswith("# source: Chen Z")
        assert head[1].startswith("# place: ")
        assert head[2] == "# doi: 10.3389/fendo.2025.1587412"
    ids = [one.id for one in PAPER.comparisons]
    assert len(ids) == len(set(ids))


def write(folder, table, claims=CLAIMS + "os,OS,text,survival,A B,quote,0.4,,\n"):
    (folder / "table_1.csv").write_text(table, encoding="utf-8")
    (folder / "claims.csv").write_text(claims, encoding="utf-8")
    return folder


GOOD = HEADER + COLUMNS + "sex,Sex,nominal,Male,A,3,count,2,\nsex,Sex,nominal,,all,3,p_value,0.5,\n"


def test_another_paper_is_another_folder(tmp_path):
    paper = read_published(write(tmp_path, GOOD))
    assert [one.id for one in paper.comparisons] == ["sex", "os"]
    assert paper.source == "a paper"


@pytest.mark.parametrize(
    ("table", "claims", "said"),
    [
        (GOOD.replace("# source: a paper\n", ""), None, "source"),
        (GOOD.replace("scale", "kind", 1), None, "column(s) scale"),
        (GOOD.replace("nominal", "nominl"), None, "did you mean 'nominal'?"),
        (GOOD.replace("count", "number"), None, "column 'statistic'"),
        (GOOD.replace("count,2", "count,two"), None, "printed number 'two'"),
        (GOOD.replace("A,3", "A,-3"), None, "column 'size'"),
        (GOOD.replace("0.5", "significant"), None, "p-value 'significant'"),
        (GOOD, CLAIMS + "orr,ORR,text,nominal,A B,quote,0.4,sx,\n", "did you mean 'sex'?"),
        (GOOD, HEADER + "id,label\na,b\n", "place"),
    ],
)
def test_a_table_with_a_mistake_is_refused_in_a_sentence(tmp_path, table, claims, said):
    folder = write(tmp_path, table, claims) if claims else write(tmp_path, table)
    with pytest.raises(TableError) as caught:
        read_published(folder)
    assert said in str(caught.value)


def test_a_folder_without_claims_is_refused(tmp_path):
    with pytest.raises(InputError, match="claims"):
        read_published(tmp_path)
