"""A small report whose texts try to break every format; nobody in it is a patient."""

from datetime import date

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.tables import Cell, Row, Table
from seedbed.report.analysis_report import AnalysisReport, ReportFigure

TEST = GroupTest(
    test="Kruskal-Wallis test", statistic=5.5, df=(2,), p_value=0.0625, n=(3, 4), rule_ids=("AN-MEDIAN",)
)
NASTY = "=1+1 & <b>50%</b> {x}_y #3 $5 \\ ~ ^ 联合组 \x01"
TABLE = Table(
    id="table_1",
    title="Table 1. A & B",
    columns=("Label", "Group 联合 (N=3)", "P-value"),
    rows=(
        Row(
            "age",
            NASTY,
            (Cell("1 ± 2", {"mean": 1.0, "sd": 2.25}), Cell("0.063", {"p_value": 0.0625}, strong=True)),
            tests=(TEST,),
        ),
        Row("age.missing", "Not known", (Cell("\u22121"), Cell("", {"n": None})), level=1),
    ),
    footnotes=("A footnote with 5 % and <tags>.",),
    methods="Kruskal-Wallis test: age",
)


def report(figures: tuple[ReportFigure, ...] = ()) -> AnalysisReport:
    return AnalysisReport(
        title="Analysis",
        dated=date(2026, 1, 5),
        version="0.1.0",
        facts=(("Patients", "3"),),
        paper=(TABLE,),
        further=(),
        methods=("What was run & how.",),
        notes=("One <note>.",),
        figures=figures,
    )
