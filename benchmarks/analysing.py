"""How fast a cohort of many patients is analysed, from the register to every table and file; and its memory.

Run ``python benchmarks/analysing.py`` (1000 patients with 12 visits each, a few seconds), or with
``--patients 10000`` and ``--processes 1``. The patients are those of ``registry.py``, made up, in three
groups, with their first image before the implant. Taking them into the register is not timed.
"""

import argparse
import csv
import os
import resource
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from dose import peak_mb
from registry import TODAY, made_up

from seedbed.journey.analysis.analysing import AnalyseQuestion, analyse_cohort
from seedbed.journey.analysis.many_processes import usable_processes
from seedbed.journey.records.importing import ImportQuestion, import_records

AFTER_FIRST_IMAGE = timedelta(days=9)


def change(file: Path, column: int, values: list[str]) -> None:
    """Write other values into a column, in turn."""
    with file.open(newline="", encoding="utf-8") as opened:
        titles, *rows = csv.reader(opened)
    for at, row in enumerate(rows):
        row[column] = values[at % len(values)]
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([titles, *rows])


def later_implants(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8") as opened:
        _, *rows = csv.reader(opened)
    return [(date.fromisoformat(row[3]) + AFTER_FIRST_IMAGE).isoformat() for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=usable_processes())
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        files, register = Path(name) / "files", Path(name) / "register.sqlite"
        files.mkdir()
        made_up(files, asked.patients)
        change(files / "Patients.csv", 3, ["A", "B", "C"])
        change(files / "Implantations.csv", 3, later_implants(files / "Implantations.csv"))
        taken = ImportQuestion(source=files, register=register, who="benchmark", today=TODAY)
        assert import_records(taken).written is not None
        before, used = time.perf_counter(), cpu_seconds()
        question = AnalyseQuestion(
            source=register, out=Path(name) / "out", on=TODAY, today=TODAY, processes=asked.processes
        )
        found = analyse_cohort(question)
        assert len(found.data.patients) == asked.patients
        wall, used = time.perf_counter() - before, cpu_seconds() - used
    print(
        f"{asked.patients} patients, {asked.processes} processes: {wall:.1f} s ({used:.1f} s of processors), "
        f"peak {peak_mb():.0f} MB and at most {largest_child_mb():.0f} MB for each process"
    )


def cpu_seconds() -> float:
    """Count the seconds of processors that this process and its ended children used."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def largest_child_mb() -> float:
    """Return the peak memory of the largest child, MB; on Linux the kernel counts in KiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


if __name__ == "__main__":
    main()
