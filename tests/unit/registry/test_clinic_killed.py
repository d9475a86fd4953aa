"""A program killed while it writes to the clinic's register leaves it as it was before."""

import os
import random
from pathlib import Path

import pytest
from tests.unit.registry.killing import killed_after
from tests.unit.registry.test_clinic import one_patient, put

from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.proof import prove

PATIENTS = 4000
WRITING = f"""
import sys
from seedbed.patient import PartialDate
from seedbed.patient.records import Pain, Patient
from seedbed.registry.clinic import open_clinic
names = [f"S-{{number:05}}" for number in range({PATIENTS})]
records = [Patient(patient_id=name) for name in names]
records += [Pain(patient_id=name, on=PartialDate("2026-03-02"), nrs=3) for name in names]
with open_clinic(sys.argv[1]) as clinic:
    print("begun", flush=True)
    clinic.write(records, who="A. Tester", why="synthetic")
    print("written", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_all_or_nothing_is_there_after_kill_9(clinic: ClinicRegister, place: Path | str) -> None:
    rng = random.Random(20261127)  # noqa: S311 - moments, not secrets
    put(clinic, *one_patient())
    before = clinic.head()
    cut_short = 0
    for _ in range(4):
        said = killed_after(WRITING, place, rng.uniform(0.02, 0.25))
        with open_clinic(place) as again:
            proof = prove(again)
            assert proof.sound, proof.faults
            if "written" in said:
                assert proof.records == 6 + 2 * PATIENTS
                break
            assert again.head() in (before, (2, proof.head))  # killed after the end, before it could say so
            cut_short += again.head() == before
    assert cut_short >= 1
