"""Rows for spreadsheets: texts and, one a row, every number."""

from decimal import Decimal

from tests.unit.report.analysis_reports import TABLE

from seedbed.report.tables_csv import number_rows, text_rows


def test_texts_and_what_stands_under_them() -> None:
    rows = text_rows(TABLE)
    assert rows[0][1:] == ["1 ± 2", "0.063"]
    assert rows[0][0].endswith("联合组 ?")
    assert rows[1] == ["  Not known", "\u22121", ""]
    assert rows[2:] == [["A footnote with 5 % and <tags>."], ["Tests: Kruskal-Wallis test: age."]]


def test_every_number_in_full() -> None:
    group = "Group 联合 (N=3)"
    assert list(number_rows(TABLE)) == [
        ("table_1", "age", group, "mean", Decimal("1.0")),
        ("table_1", "age", group, "sd", Decimal("2.25")),
        ("table_1", "age", "P-value", "p_value", Decimal("0.0625")),
        ("table_1", "age", "test 1", "statistic, Kruskal-Wallis test", Decimal("5.5")),
        ("table_1", "age", "test 1", "p_value, Kruskal-Wallis test", Decimal("0.0625")),
        ("table_1", "age", "test 1", "df 1, Kruskal-Wallis test", Decimal(2)),
        ("table_1", "age.missing", "P-value", "n", ""),
    ]
