"""The tables of Chen et al. 2025 from an analysis set: characteristics, response, changes over time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.changes import compare_times
from seedbed.cohort.comparing import compare_classes, compare_numbers
from seedbed.cohort.frame import AnalysisSet, IntArray
from seedbed.cohort.summaries import are_normal, number_cell, summary_note
from seedbed.cohort.tables import Cell, Row, Table, blank, count_cell, missing_row, p_cell, percent_text
from seedbed.cohort.tg_visits import MONTHS

CHARACTERISTICS = (
    *("sex", "age_years", "bmi_kg_m2", "kps", "ecog", "pathology", "surgery", "bilateral_tumours"),
    *("extrathyroidal_extension", "metastasis", "mutation", "seeds", "prescription_gy"),
)
OF_IMPLANTS = ("seeds", "prescription_gy")
LIMITS = (
    "< or > before a median or quartile: it rests on values beyond what can be measured, so that it lies "
    "below or above the number; both of them: it is not known on which side."
)
RESPONSE_CLASSES = ("CR", "PR", "SD", "PD")
NO_IMPLANT = Cell("no implant", {"n": 0})
OBJECTIVE, CONTROLLED = 2, 3
"""How many of the classes are objective response, and disease control."""


@dataclass(frozen=True)
class Change:
    """A block of table 3: one measurement at several times."""

    id: str
    title: str
    names: tuple[str, ...]
    compared_within: bool = True


CHANGES = (
    Change("volume", "Tumour volume, cm³", ("volume_0", "volume_6", "volume_12")),
    Change("vrr", "VRR, %", ("vrr_6", "vrr_12"), compared_within=False),
    Change("tg", "Serum Tg, ng/mL", ("tg_0", "tg_2", "tg_4", "tg_6", "tg_12")),
    Change("nrs", "NRS pain scores", ("nrs_0", "nrs_6")),
)


def characteristics_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return table 1: characteristics before treatment, and what was implanted."""
    rows: list[Row] = []
    notes: list[str] = []
    for name in CHARACTERISTICS:
        column = data.column(name)
        found = _class_rows(data, name, rules) if column.variable.classes else _number_rows(data, name, rules)
        rows += found
        notes += [f"{column.variable.label}: {note}." for note in (*column.notes, *_test_notes(found))]
    return Table(
        id="table_1",
        title="Table 1. Patients' characteristics",
        columns=("Characteristics", *data.titles(), "P-value"),
        rows=tuple(rows),
        footnotes=(
            "Percentages are of the patients whose value is known.",
            *notes,
            "BMI: body mass index; KPS: Karnofsky performance status; ECOG: performance status by ECOG.",
            "PTC, FTC: papillary, follicular thyroid carcinoma; NTT, TT: near-total, total thyroidectomy.",
            "BCLND, LND: bilateral central, lateral lymph node dissection.",
        ),
        methods=methods_line(rows),
    )


def response_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return table 2: response at 6 and 12 months, ORR and DCR of the patients who were assessed."""
    rows: list[Row] = []
    notes: list[str] = []
    for month in (6, 12):
        name = f"response_{month}"
        counts = data.counts(name)
        test = compare_classes(counts, ordered=True, missing=data.missing(name), rules=rules)
        head = Row(
            name, f"{month} months after treatment", (*blank(4), p_cell(test), *blank(2)), tests=(test,)
        )
        rows += [head, *(_response_row(data, place, name) for place in range(len(data.groups)))]
        notes += [f"{month} months: {note}." for note in (*data.column(name).notes, *_test_notes([head]))]
        missing = ", ".join(
            f"{group} {each}" for group, each in zip(data.groups, data.missing(name), strict=True)
        )
        notes.append(f"{month} months, not assessed or not evaluable, and not in N: {missing}.")
    return Table(
        id="table_2",
        title="Table 2. Response at different times after treatment",
        columns=("Follow-up time", *RESPONSE_CLASSES, "P-value", "ORR", "DCR"),
        rows=tuple(rows),
        footnotes=(
            "n (%). ORR = (CR + PR) / N; DCR = (CR + PR + SD) / N; N: who has a response at that visit.",
            *notes,
        ),
        methods=methods_line(rows),
    )


def _response_row(data: AnalysisSet, place: int, name: str) -> Row:
    counts = [int(each) for each in data.counts(name)[place]]
    total = sum(counts)
    label = f"{'Group ' * (data.group_by == 'arm')}{data.groups[place]} (N={total})"
    cells = tuple(count_cell(each, total) for each in counts)
    rates = tuple(_rate(sum(counts[:upto]), total) for upto in (OBJECTIVE, CONTROLLED))
    return Row(f"{name}.{data.groups[place]}", label, (*cells, Cell(""), *rates), level=1)


def _rate(count: int, total: int) -> Cell:
    if total == 0:
        return Cell("not estimable: nobody was assessed", {"n": 0, "of": 0, "percent": None})
    numbers = {"n": count, "of": total, "percent": 100.0 * count / total}
    return Cell(f"{percent_text(count, total)} ({count}/{total})", numbers)


def changes_table(data: AnalysisSet, rules: AnalysisRules) -> Table:
    """Return table 3: volume, VRR, Tg and pain over time, between and within groups, and the worst grades."""
    rows: list[Row] = []
    notes: list[str] = []
    for change in CHANGES:
        rows += _change_rows(data, change, rules)
        for name in change.names:
            column = data.column(name)
            notes += [f"{column.variable.label}: {note}." for note in column.notes]
    rows += _class_rows(data, "worst_grade", rules, label="Worst adverse event (CTCAE 5.0)")
    notes += [f"Adverse events: {note}." for note in data.column("worst_grade").notes]
    return Table(
        id="table_3",
        title="Table 3. Changes before and after treatment",
        columns=("", *data.titles(), "P-value"),
        rows=tuple(rows),
        footnotes=(
            "P-value within the group: its patients with a value at every time, compared with themselves.",
            *notes,
            *([LIMITS] if any("beyond" in cell.numbers for row in rows for cell in row.cells) else []),
            "VRR: volume reduction rate; Tg: thyroglobulin; NRS: numerical rating scale.",
        ),
        methods=methods_line(rows),
    )


def _change_rows(data: AnalysisSet, change: Change, rules: AnalysisRules) -> list[Row]:
    normal = all(are_normal(data.samples(name), rules) for name in change.names)
    beyond = _beyond_limits(data) if change.id == "tg" else {}
    rows = [Row(change.id, change.title, blank(len(data.groups) + 1))]
    for name in change.names:
        test = compare_numbers(data.samples(name), normal=normal, missing=data.missing(name), rules=rules)
        label = data.column(name).variable.label
        test = replace(test, about=label)
        label = label.partition(" ")[2].capitalize()
        sides = beyond.get(name, [None] * len(data.groups))
        cells = tuple(
            number_cell(each, data.column(name).variable, normal=normal, beyond=side)
            for each, side in zip(data.samples(name), sides, strict=True)
        )
        rows.append(
            Row(name, f"{label}, {summary_note(normal)}", (*cells, p_cell(test)), level=1, tests=(test,))
        )
        lacking = missing_row(name, data.missing(name))
        rows += [lacking] if lacking else []
    if change.compared_within:
        rows.append(_within_row(data, change, rules))
    return rows


def _beyond_limits(data: AnalysisSet) -> dict[str, list[IntArray]]:
    """Tell of each known Tg, by visit and group: below (-1), above (1) what can be measured, or measured."""
    found: dict[str, list[IntArray]] = {}
    for month in MONTHS:
        name, taken = f"tg_{month}", data.courses.tg_ng_ml.at_month(month)
        sides = np.zeros(len(data.patients), dtype=np.int64)
        sides[taken.patients] = np.where(taken.words == "<", -1, np.where(taken.words == ">", 1, 0))
        known = data.column(name).known
        found[name] = [sides[(data.group_of == place) & known] for place in range(len(data.groups))]
    return found


def _within_row(data: AnalysisSet, change: Change, rules: AnalysisRules) -> Row:
    """Compare each group with itself; a row of cells, and a test for each behind it."""
    tests = tuple(
        replace(
            compare_times(data.together(change.names, place), of=size, rules=rules),
            about=f"{change.title} within {data.groups[place]}",
        )
        for place, size in enumerate(data.sizes)
    )
    cells = tuple(
        Cell(
            f"{p_cell(test).text}{f' (n={test.n[0]})' if test.p_value is not None else ''}",
            p_cell(test).numbers,
        )
        for test in tests
    )
    return Row(f"{change.id}.within", "P-value within the group", (*cells, Cell("")), level=1, tests=tests)


def _class_rows(data: AnalysisSet, name: str, rules: AnalysisRules, label: str = "") -> list[Row]:
    known = data.column(name).variable
    counts, missing = data.counts(name), data.missing(name)
    test = compare_classes(counts, ordered=known.scale == "ordered", missing=missing, rules=rules)
    title = label or known.title
    rows = [Row(name, title, (*blank(len(data.groups)), p_cell(test)), tests=(test,))]
    for place in np.flatnonzero(counts.sum(axis=0)).tolist():
        cells = tuple(count_cell(int(row[place]), int(row.sum())) for row in counts)
        each = known.classes[place]
        rows.append(Row(f"{name}.{each}", each[0].upper() + each[1:], (*cells, Cell("")), level=1))
    lacking = missing_row(name, missing, label=_missing_label(name))
    return [*rows, lacking] if lacking else rows


def _missing_label(name: str) -> str:
    return "No implant, or not known" if name in OF_IMPLANTS else "Not known"


def _number_rows(data: AnalysisSet, name: str, rules: AnalysisRules) -> list[Row]:
    known, samples, missing = data.column(name).variable, data.samples(name), data.missing(name)
    normal = are_normal(samples, rules)
    test = compare_numbers(samples, normal=normal, missing=missing, rules=rules)
    cells = [number_cell(each, known, normal=normal) for each in samples]
    if name in OF_IMPLANTS:
        cells = [NO_IMPLANT if bare else cell for bare, cell in zip(_bare(data, name), cells, strict=True)]
    rows = [
        Row(name, known.title, (*blank(len(data.groups)), p_cell(test)), tests=(test,)),
        Row(f"{name}.summary", summary_note(normal), (*cells, Cell("")), level=1),
    ]
    lacking = missing_row(name, missing, label=_missing_label(name))
    return [*rows, lacking] if lacking else rows


def _bare(data: AnalysisSet, name: str) -> list[bool]:
    """Tell which groups have patients and no implant on record."""
    implanted = np.array([bool(each) for each in data.column(name).sources], dtype=bool)
    return [
        bool(size) and not implanted[data.group_of == place].any() for place, size in enumerate(data.sizes)
    ]


def _test_notes(rows: Sequence[Row]) -> list[str]:
    return [test.note for row in rows for test in row.tests if test.note and test.p_value is not None]


def methods_line(rows: Sequence[Row]) -> str:
    """Say which tests the p-values of a table come from."""
    used: dict[str, list[str]] = {}
    for row in rows:
        for test in row.tests:
            if test.p_value is not None and (test.about or row.level == 0):
                used.setdefault(test.test, []).append(test.about or row.label)
    return "; ".join(f"{test}: {', '.join(dict.fromkeys(what))}" for test, what in used.items())
