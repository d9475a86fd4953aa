"""LaTeX: every sign escaped, every brace closed."""

import re

import pytest
from tests.unit.report.analysis_reports import NASTY, report

from seedbed.cohort.tables import Cell, Row, Table
from seedbed.report.tables_tex import table_tex, tables_tex, tex


def test_nothing_of_a_text_is_a_command() -> None:
    assert tex(NASTY) == (
        r"=1+1 \& \textless{}b\textgreater{}50\%\textless{}/b\textgreater{} \{x\}\_y \#3 \$5 "
        r"\textbackslash{} \textasciitilde{} \textasciicircum{} 联合组 ?"
    )


def test_braces_and_environments_are_closed() -> None:
    text = tables_tex(report())
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    plain = re.sub(r"\\[{}]", "", body)
    assert plain.count("{") == plain.count("}")
    assert re.findall(r"\\begin\{(\w+)\}", body) == re.findall(r"\\end\{(\w+)\}", body) == ["longtable"]
    assert [body.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert r"1 $\pm$ 2 & \textbf{0.063} \\" in body
    assert r"\hspace{1em}Not known & $-$1 &  \\" in body


def test_a_table_that_is_too_wide_breaks_its_cells_within_the_line() -> None:
    long = "not estimable: no event up to 53.9 months in A, or all at one time"
    rows = (Row("x", "Overall survival, up to 53.9 months", (Cell(long), Cell("0.063"))),)
    text = table_tex(Table(id="t", title="T", columns=("", "Difference", "P"), rows=rows))
    shares = [float(each) for each in re.findall(r"dimexpr(0\.\d+)\\linewidth", text)]
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1, abs=0.002)
    assert sorted(shares) == [shares[2], shares[0], shares[1]]
    narrow = table_tex(Table(id="t", title="T", columns=("", "N"), rows=(Row("x", "Age", (Cell("52"),)),)))
    assert r"\begin{longtable}{lc}" in narrow
