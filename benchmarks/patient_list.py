"""How fast the workbench lists a clinic's patients with what is due, and checks what is typed.

Run ``python benchmarks/patient_list.py`` (10 000 patients with 12 visits each, some minutes, nearly all
of them for the import), with ``--patients 1000``, or with ``--register FILE`` for such a register that is
there. The patients are made up. The first list counts what is due for all; it is kept until something is
written, and after a change of one patient that one alone is counted anew. Times are medians of five,
without the network: of the clock, and of the processor, which other work on the machine does not lengthen.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from registry import TODAY, made_up

from seedbed.journey.records.importing import ImportQuestion, import_records
from seedbed.journey.workbench.clinic.counting import keeper_of
from seedbed.journey.workbench.clinic.entering import Typed, enter
from seedbed.journey.workbench.clinic.overview import ListQuestion, patient_list
from seedbed.journey.workbench.clinic.patient import patient_page
from seedbed.patient import PartialDate
from seedbed.patient.records import VisitRecord
from seedbed.registry.clinic import ClinicRegister, open_clinic

PATIENT = "SYN-00007"


def filled(folder: Path, patients: int) -> Path:
    """Import made-up patients."""
    files, register = folder / "files", folder / "register.sqlite"
    files.mkdir()
    made_up(files, patients)
    imported = import_records(ImportQuestion(source=files, register=register, who="benchmark", today=TODAY))
    assert imported.written is not None, imported.faults[:3]
    return register


def timed(what: str, act: Callable[[], object], *, before: Callable[[], object] | None = None) -> None:
    """Print the median of five runs, each after something that is not timed."""
    clock, processor = [], []
    for _ in range(5):
        if before is not None:
            before()
        begun, used = time.perf_counter(), time.process_time()
        act()
        clock.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.process_time() - used))
    print(f"{what:36} {median(clock):7.0f} ms, of the processor {median(processor):7.0f} ms")


def measure(clinic: ClinicRegister) -> None:
    """Time what the pages ask for."""

    def listed(**asked: Any) -> object:
        return patient_list(clinic, ListQuestion(**asked), on=TODAY)

    def change() -> None:
        """Write a visit and void it: two changes of one patient."""
        record = VisitRecord(patient_id=PATIENT, on=PartialDate("2026-05-31"))
        clinic.write([record], who="benchmark", why="synthetic", restore=True)
        clinic.void(record, who="benchmark", why="synthetic")

    typed = Typed(patient_id=PATIENT, kind=VisitRecord, texts={"on": "2026-05-30", "weight_kg": "61,5"})
    timed("list, all counted anew", listed, before=keeper_of.cache_clear)
    timed("list", listed)
    timed("list, searched", lambda: listed(search="0012"))
    timed("list, missing, the longest first", lambda: listed(part="missing", sort="longest_open"))
    timed("list after one patient was changed", listed, before=change)
    timed("page of a patient", lambda: patient_page(clinic, PATIENT, on=TODAY))
    timed("check of what is typed", lambda: enter(clinic, typed, today=TODAY))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--register", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        register = asked.register or filled(Path(name), asked.patients)
        with open_clinic(register) as clinic:
            measure(clinic)


if __name__ == "__main__":
    main()
