"""LaTeX: every sign escaped, every brace closed."""

import re

from tests.unit.report.analysis_reports import NASTY, report

from seedbed.report.tables_tex import tables_tex, tex


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
