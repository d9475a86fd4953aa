r"""Tables for LaTeX: longtable with the lines of booktabs, every sign of the text escaped."""

from collections.abc import Iterator

from seedbed.cohort.tables import Cell, Row, Table
from seedbed.report.analysis_report import AnalysisReport, shown_text, under_table

ESCAPED = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "±": r"$\pm$",
    "\u2212": "$-$",
    "²": r"\textsuperscript{2}",
    "³": r"\textsuperscript{3}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    '"': "{''}",
}
HEAD = (
    "% Written by Seedbed {version}, {dated}. \\input this file into a document that has\n"
    "% \\usepackage{{booktabs,longtable}}; with Chinese names use XeLaTeX and \\usepackage{{xeCJK}}.\n"
)


def tables_tex(report: AnalysisReport) -> str:
    """Return all tables of a report as LaTeX."""
    parts = [HEAD.format(version=report.version, dated=report.dated)]
    for title, tables in (("Tables of the paper", report.paper), ("Better than the paper", report.further)):
        parts.append(f"\\section*{{{title}}}\n")
        parts += [table_tex(table) for table in tables]
    parts.append("\\section*{Statistical methods}\n")
    parts += [f"{tex(line)}\n\n" for line in report.methods]
    return "\n".join(parts)


def table_tex(table: Table) -> str:
    r"""Return one table as LaTeX.

    Examples
    --------
    >>> from seedbed.cohort.tables import Cell
    >>> rows = (Row("x", "A & B", (Cell("50%"),)),)
    >>> print(table_tex(Table(id="t_1", title="T", columns=("", "N"), rows=rows)).splitlines()[5])
    A \& B & 50\% \\
    """
    return "\n".join(_lines(table)) + "\n"


def _lines(table: Table) -> Iterator[str]:
    yield "{\\small"
    yield f"\\begin{{longtable}}{{l{'c' * (len(table.columns) - 1)}}}"
    yield f"\\multicolumn{{{len(table.columns)}}}{{l}}{{{tex(table.title)}}} \\\\"
    yield "\\toprule"
    yield f"{' & '.join(map(tex, table.columns))} \\\\ \\midrule \\endhead"
    for row in table.rows:
        yield _row(row, len(table.columns))
    yield "\\bottomrule"
    yield "\\end{longtable}}"
    for line in under_table(table):
        yield f"{{\\footnotesize {tex(line)}\\par}}"


def _row(row: Row, width: int) -> str:
    label = f"\\hspace{{{row.level}em}}{tex(row.label)}" if row.level else tex(row.label)
    cells = [label, *(_cell(cell) for cell in row.cells)]
    return f"{' & '.join(cells + [''] * (width - len(cells)))} \\\\"


def _cell(cell: Cell) -> str:
    return f"\\textbf{{{tex(cell.text)}}}" if cell.strong else tex(cell.text)


def tex(text: str) -> str:
    r"""Escape a text.

    Examples
    --------
    >>> print(tex("p<0.05 & 50%_{x}"))
    p\textless{}0.05 \& 50\%\_\{x\}
    """
    return "".join(ESCAPED.get(sign, sign) for sign in shown_text(text))
