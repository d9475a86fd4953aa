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
    "% \\usepackage{{array,booktabs,longtable}}; with Chinese names use XeLaTeX and \\usepackage{{xeCJK}}.\n"
)
LINE = 70
"""Letters of a line that a table can have before its cells are broken into lines (local rule)."""
NARROWEST, WIDEST = 10, 22
"""Letters below which a cell makes its column no narrower, and above which no wider (local rule)."""


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
    columns = _columns(table)
    title = "p{\\dimexpr\\linewidth-2\\tabcolsep\\relax}" if "p{" in columns else "l"
    yield f"\\begin{{longtable}}{{{columns}}}"
    yield f"\\multicolumn{{{len(table.columns)}}}{{{title}}}{{{tex(table.title)}}} \\\\"
    yield "\\toprule"
    yield f"{' & '.join(map(tex, table.columns))} \\\\ \\midrule \\endhead"
    for row in table.rows:
        yield _row(row, len(table.columns))
    yield "\\bottomrule"
    yield "\\end{longtable}}"
    for line in under_table(table):
        yield f"{{\\footnotesize {tex(line)}\\par}}"


def _columns(table: Table) -> str:
    """Say how wide the columns are: as wide as their text, or shares of the line where that is too long."""
    texts = [table.columns, *((row.label, *(cell.text for cell in row.cells)) for row in table.rows)]
    longest = [max(len(row[at]) for row in texts if at < len(row)) for at in range(len(table.columns))]
    if sum(longest) <= LINE:
        return f"l{'c' * (len(longest) - 1)}"
    shares = [max(NARROWEST, min(each, WIDEST)) for each in longest]
    return "".join(
        f">{{\\{'centering' if at else 'raggedright'}\\arraybackslash}}"
        f"p{{\\dimexpr{each / sum(shares):.3f}\\linewidth-2\\tabcolsep\\relax}}"
        for at, each in enumerate(shares)
    )


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
