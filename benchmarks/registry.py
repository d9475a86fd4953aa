"""How fast a clinic's register takes many patients in, lists what is due, and proves itself; and its memory.

Run ``python benchmarks/registry.py`` (10 000 patients with 12 visits each, about two minutes), or with
``--patients 1000``. The patients are made up. They come as a folder of CSV files as a spreadsheet writes
them: patients, lesions, implantations, visits with five thyroid values and pain, and one measurement for each
visit.

Beside it stands the plain way: the csv module into one bare SQLite table for each file, without units,
checks or history. The ratio says what the checks, the typed records and the kept changes cost. Each runs in
a process of its own; peak memory holds Python itself.
"""

import argparse
import csv
import json
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from dose import peak_mb

VISITS = (0, 61, 122, 183, 365, 548, 730, 913, 1096, 1278, 1461, 1644)
TODAY = date(2026, 6, 1)
TITLES = {
    "Patients": ("Patient ID", "Sex", "Date of birth", "Group", "Synthetic"),
    "Lesions": ("Patient ID", "Lesion", "Role"),
    "Implantations": ("Patient ID", "Implant", "Session", "Date of session", "Seeds implanted"),
    "Visits": (
        *("Patient ID", "Date of visit", "Weight [kg]", "KPS", "FT3 [pmol/L]", "FT4 [pmol/L]"),
        *("TSH [mU/L]", "Tg [ng/mL]", "TgAb [IU/mL]", "Pain NRS"),
    ),
    "Measurements": (
        *("Patient ID", "Lesion", "Date of image", "Longest diameter [mm]"),
        *("Anteroposterior diameter [mm]", "Craniocaudal diameter [mm]", "Transverse diameter [mm]"),
    ),
}


def made_up(folder: Path, patients: int) -> int:
    """Write the files; returns the number of records that they hold."""
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in TITLES}
    for number in range(patients):
        name = f"SYN-{number:05}"
        start = date(2019, 6, 3) + timedelta(days=number * 7 % 880)
        seen = [start + timedelta(days=days + number % 9) for days in VISITS]
        born = f"{1940 + number % 50}-{1 + number % 12:02}"
        rows["Patients"].append((name, ("female", "male")[number % 2], born, "B", "yes"))
        rows["Lesions"].append((name, "T1", "target"))
        rows["Implantations"].append((name, "1", 1, start, 20 + number % 80))
        for visit, day in enumerate(day for day in seen if day <= TODAY):
            size = 40 - visit + number % 7
            labs = (4.1, 15.2, 0.05 + visit / 100, round(200 / (visit + 1) + number % 11, 2), 12 + number % 5)
            rows["Visits"].append((name, day, 60 + number % 30, 90, *labs, number % 4))
            rows["Measurements"].append((name, "T1", day, size, size, size - 2, size - 3))
    for name, found in rows.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([TITLES[name], *found])
    return sum(len(found) for found in rows.values()) + 6 * len(rows["Visits"])


def plain(folder: Path, register: Path) -> dict[str, float]:
    """Read the files with the csv module into bare tables."""
    begun = time.perf_counter()
    with sqlite3.connect(register) as database:
        for file in sorted(folder.glob("*.csv")):
            with file.open(newline="", encoding="utf-8") as opened:
                titles, *rows = csv.reader(opened)
            columns = ", ".join(f'"{title}"' for title in titles)
            database.execute(f'CREATE TABLE "{file.stem}" ({columns})')
            marks = ", ".join("?" * len(titles))
            database.executemany(f'INSERT INTO "{file.stem}" VALUES ({marks})', rows)  # noqa: S608
    return {"import_s": time.perf_counter() - begun}


def seedbed(folder: Path, register: Path) -> dict[str, float]:
    """Import, list what is due, and check, with Seedbed."""
    from seedbed.journey.records.due import clinic_due
    from seedbed.journey.records.importing import ImportQuestion, import_records
    from seedbed.journey.records.keeping import check_register

    begun = time.perf_counter()
    imported = import_records(ImportQuestion(source=folder, register=register, who="benchmark", today=TODAY))
    assert imported.written is not None, imported.faults[:3]
    after_import = time.perf_counter()
    due = clinic_due(register, on=TODAY)
    after_due = time.perf_counter()
    assert due.rows
    assert check_register(register).sound
    return {
        "records": imported.written.counts.added,
        "import_s": after_import - begun,
        "due_s": after_due - after_import,
        "due_visits": len(due.rows),
        "check_s": time.perf_counter() - after_due,
    }


WAYS = {"plain": plain, "seedbed": seedbed}


def run(way: str, folder: Path, register: Path) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--folder", str(folder), "--register", str(register)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--register", type=Path)
    asked = parser.parse_args()
    if asked.way:
        found = WAYS[asked.way](asked.folder, asked.register)
        print(json.dumps({**found, "peak_mb": peak_mb()}))
        return
    with TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        print(f"{asked.patients} patients, {made_up(folder, asked.patients)} records")
        found = {way: run(way, folder, Path(name) / f"{way}.sqlite") for way in WAYS}
    for way, numbers in found.items():
        print(f"{way:8}", "  ".join(f"{key} {value:.6g}" for key, value in numbers.items()))
    print(f"import: {found['seedbed']['import_s'] / found['plain']['import_s']:.1f} times the plain way")


if __name__ == "__main__":
    main()
