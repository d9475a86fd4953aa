"""What a call would write is what it then writes, and telling it changes nothing."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import PartialDate
from seedbed.patient.records import Patient, Record, VisitRecord
from seedbed.registry.clinic import open_clinic
from seedbed.registry.history import history

DAYS = [PartialDate.of(date(2024, month, 5)) for month in range(1, 5)]
PATIENTS = st.builds(Patient, patient_id=st.sampled_from("AB"), arm=st.sampled_from(("", "x", "y")))
VISITS = st.builds(
    VisitRecord,
    patient_id=st.sampled_from("AB"),
    on=st.sampled_from(DAYS),
    kps=st.sampled_from((None, 80, 90)),
    note=st.sampled_from(("", "synthetic")),
)


def each_once(records: list[Record]) -> list[Record]:
    return [*{(each.KIND, each.key): each for each in records}.values()]


RECORDS = st.lists(PATIENTS | VISITS, min_size=1, max_size=6).map(each_once)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=RECORDS, coming=RECORDS, voided=st.booleans(), restore=st.booleans())
def test_what_is_planned_is_what_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    there: list[Record],
    coming: list[Record],
    *,
    voided: bool,
    restore: bool,
) -> None:
    both = [Patient(patient_id=each) for each in "AB"]
    with open_clinic(tmp_path_factory.mktemp("r") / "r.sqlite", create=True) as clinic:
        clinic.write(both, who="S", why="synthetic")
        clinic.write(there, who="S", why="synthetic")
        visits = clinic.records(VisitRecord)
        if voided and visits:
            clinic.void(visits[0], who="S", why="synthetic")
        head, before = clinic.head(), clinic.everything()
        planned = clinic.planned(coming, restore=restore)
        assert (clinic.head(), clinic.everything()) == (head, before)
        written = clinic.write(coming, who="S", why="synthetic", restore=restore)
        assert planned.counts == written.counts
        assert planned.number == head[0]
        past = [each for one in "AB" for each in history(clinic, patient_id=one) if each.number > head[0]]
        assert sorted((each.kind, each.patient_id, each.action) for each in planned.changes) == sorted(
            (each.kind, each.patient_id, each.action) for each in past
        )


def test_what_would_be_refused_is_refused(tmp_path: Path) -> None:
    with open_clinic(tmp_path / "r.sqlite", create=True) as clinic:
        with pytest.raises(InputError, match="refers to the patient A"):
            clinic.planned([VisitRecord(patient_id="A", on=DAYS[0])])
        assert clinic.head()[0] == 0
        clinic.write([Patient(patient_id="A")], who="S", why="the lock was let go")
