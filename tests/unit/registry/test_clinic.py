import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError, OutputError
from seedbed.patient import PartialDate
from seedbed.patient.records import (
    KINDS,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    Patient,
    Record,
    ScreeningFacts,
    VisitRecord,
)
from seedbed.registry.clinic import ClinicRegister, Written, open_clinic
from seedbed.registry.history import history

DAY = PartialDate("2026-03-02")
SYNTHETIC = {"who": "A. Tester", "why": "synthetic"}


def put(clinic: ClinicRegister, *records: Record) -> Written:
    return clinic.write(records, **SYNTHETIC)


def one_patient() -> list[Record]:
    return [
        Patient(patient_id="S-01", sex="female", born=PartialDate("1961")),
        LesionRecord(patient_id="S-01", lesion="T1", role="target", is_lymph_node=False),
        VisitRecord(patient_id="S-01", on=DAY, weight_kg=61.5, kps=90),
        LaboratoryValue(patient_id="S-01", on=DAY, analyte="Tg", value=0.04, comparator="<", unit="ng/mL"),
        Measurement(patient_id="S-01", lesion="T1", on=DAY, longest_mm=31.25),
        Pain(patient_id="S-01", on=PartialDate("2026-03"), nrs=4),
    ]


def test_what_was_written_is_read_again(clinic: ClinicRegister) -> None:
    records = one_patient()
    written = put(clinic, *reversed(records))
    assert (written.counts.added, written.counts.unchanged) == (6, 0)
    assert clinic.everything() == records


def test_the_same_again_changes_nothing_and_leaves_no_trace(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    before = clinic.head()
    again = put(clinic, *one_patient())
    assert (again.counts.unchanged, again.change_set, clinic.head()) == (6, None, before)


def test_what_a_record_does_not_state_stays(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    written = put(clinic, VisitRecord(patient_id="S-01", on=DAY, ecog=1))
    assert written.counts.changed == 1
    (visit,) = clinic.records(VisitRecord)
    assert (visit.weight_kg, visit.kps, visit.ecog) == (61.5, 90, 1)


def test_every_change_is_kept_with_who_and_why(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    clinic.write(
        [Measurement(patient_id="S-01", lesion="T1", on=DAY, longest_mm=13.25)],
        who="B. Reader",
        why="digits exchanged",
    )
    *_, last = history(clinic, patient_id="S-01", kind="measurement")
    assert (last.who, last.why, last.action) == ("B. Reader", "digits exchanged", "changed")
    assert last.differences == {"longest_mm": (31.25, 13.25)}
    assert [each.action for each in history(clinic, patient_id="S-01", kind="pain")] == ["added"]


def test_a_voided_record_is_not_read_and_not_lost(clinic: ClinicRegister) -> None:
    records = one_patient()
    put(clinic, *records)
    clinic.void(records[5], who="B. Reader", why="another patient's")
    assert clinic.records(Pain) == []
    assert [each.action for each in history(clinic, patient_id="S-01", kind="pain")] == ["added", "voided"]
    with pytest.raises(InputError, match="voided already"):
        clinic.void(records[5], **SYNTHETIC)


def test_what_was_voided_comes_back_only_when_that_is_said(clinic: ClinicRegister) -> None:
    records = one_patient()
    put(clinic, *records)
    clinic.void(records[5], **SYNTHETIC)
    again = put(clinic, *records)
    assert (again.counts.left_voided, again.counts.restored, clinic.records(Pain)) == (1, 0, [])
    changed = Pain(patient_id="S-01", on=PartialDate("2026-03"), nrs=2)
    restored = clinic.write([changed], **SYNTHETIC, restore=True)
    assert restored.counts.restored == 1
    assert [each.nrs for each in clinic.records(Pain)] == [2]
    clinic.void(changed, **SYNTHETIC)
    clinic.restore(Pain, changed.key, **SYNTHETIC)
    assert [each.nrs for each in clinic.records(Pain)] == [2]
    with pytest.raises(InputError, match="is not voided"):
        clinic.restore(Pain, changed.key, **SYNTHETIC)


def test_an_old_file_does_not_bring_a_voided_patient_back(clinic: ClinicRegister) -> None:
    records = one_patient()
    put(clinic, *records)
    clinic.void(records[0], **SYNTHETIC, dependents=True)
    another = Pain(patient_id="S-01", on=PartialDate("2026-06-01"), nrs=1)
    again = put(clinic, *records, another)
    assert (again.counts.left_voided, again.change_set) == (7, None)
    assert clinic.everything() == []
    with pytest.raises(InputError, match="refers to the patient S-01"):
        clinic.restore(Pain, records[5].key, **SYNTHETIC)


def test_a_record_that_others_refer_to_is_voided_with_them_or_not_at_all(clinic: ClinicRegister) -> None:
    records = one_patient()
    put(clinic, *records)
    with pytest.raises(InputError, match=r"1 records refer to lesion S-01, T1, such as the measurement"):
        clinic.void(records[1], **SYNTHETIC)
    clinic.void(records[1], **SYNTHETIC, dependents=True)
    assert (clinic.records(LesionRecord), clinic.records(Measurement)) == ([], [])
    other = Measurement(patient_id="S-01", lesion="T1", on=PartialDate("2026-06-01"), longest_mm=3)
    with pytest.raises(InputError, match="refers to the lesion S-01, T1"):
        put(clinic, other)
    clinic.void(records[0], **SYNTHETIC, dependents=True)
    assert clinic.everything() == []


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (Pain(patient_id="S-02", on=DAY, nrs=1), "refers to the patient S-02"),
        (Measurement(patient_id="S-01", lesion="T9", on=DAY, longest_mm=9), "refers to the lesion S-01, T9"),
        (Patient(patient_id="S-01", born=PartialDate("1971")), "two patients with one identifier"),
    ],
)
def test_one_bad_record_and_nothing_is_written(clinic: ClinicRegister, record: Record, sentence: str) -> None:
    put(clinic, *one_patient())
    before = clinic.head()
    good = Pain(patient_id="S-01", on=PartialDate("2026-05-04"), nrs=1)
    with pytest.raises(InputError, match=sentence):
        put(clinic, good, record)
    assert clinic.head() == before
    assert len(clinic.records(Pain)) == 1


def test_a_date_of_birth_is_corrected_when_that_is_said(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    corrected = Patient(patient_id="S-01", born=PartialDate("1971"))
    clinic.write([corrected], who="B. Reader", why="typed wrong", new_identity=True)
    assert str(clinic.records(Patient)[0].born) == "1971"


def test_two_values_under_one_key_are_refused(clinic: ClinicRegister) -> None:
    twice = [Pain(patient_id="S-01", on=DAY, nrs=nrs) for nrs in (1, 2)]
    with pytest.raises(InputError, match="two records of pain S-01"):
        put(clinic, Patient(patient_id="S-01"), *twice)


@pytest.mark.parametrize(("who", "why"), [("", "because"), ("A. Tester", " ")])
def test_nobody_writes_without_a_name_and_a_reason(clinic: ClinicRegister, who: str, why: str) -> None:
    with pytest.raises(InputError, match="nobody said"):
        clinic.write([Patient(patient_id="S-01")], who=who, why=why)


def test_many_patients_are_looked_up_in_parts(clinic: ClinicRegister) -> None:
    patients = [Patient(patient_id=f"S-{number:05}") for number in range(1234)]
    put(clinic, *patients)
    assert put(clinic, *patients).counts.unchanged == 1234
    some = {"S-00007", "S-01200"}
    assert {each.patient_id for each in clinic.records(Patient, patients=some)} == some


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
NUMBERS = st.floats(-1e9, 1e9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.dictionaries(TEXTS, st.tuples(NUMBERS, TEXTS), min_size=1, max_size=4))
def test_any_text_and_number_comes_back_as_it_was(
    clinic: ClinicRegister, values: dict[str, tuple[float, str]]
) -> None:
    patient = f"S-{clinic.head()[0]}"
    records = [
        LaboratoryValue(patient_id=patient, on=DAY, analyte=name, value=value, unit=unit)
        for name, (value, unit) in values.items()
    ]
    put(clinic, Patient(patient_id=patient), *records)
    assert clinic.records(LaboratoryValue, patients=[patient]) == sorted(records, key=lambda each: each.key)


def test_facts_of_screening_come_back_with_their_days(clinic: ClinicRegister) -> None:
    facts = ScreeningFacts.from_plain(
        {"patient_id": "S-01", "on": "2026-03", "kps": 90, "last_external_beam_date": "2025-11-03"}
    )
    put(clinic, Patient(patient_id="S-01"), facts)
    assert clinic.records(ScreeningFacts) == [facts]
    assert facts.facts.had_external_beam is True


def test_there_is_a_table_for_every_kind(clinic: ClinicRegister) -> None:
    assert all(clinic.records(kind) == [] for kind in KINDS.values())


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("mysql://clinic@localhost/register", "PostgreSQL database"),
        ("postgresql://clinic:secret@127.0.0.1:1/none", r"clinic:\*\*\*@127.0.0.1"),
        ("nowhere.sqlite", "there is no register 'nowhere.sqlite'"),
    ],
)
def test_a_place_that_is_no_register_is_named_without_its_password(where: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence), open_clinic(where):
        pass


def test_a_new_register_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "clinic.sqlite"
    with open_clinic(place, create=True) as clinic:
        put(clinic, *one_patient())
    assert place.stat().st_mode & 0o077 == 0


def test_a_new_register_into_which_nothing_could_be_written_is_not_left(tmp_path: Path) -> None:
    place = tmp_path / "clinic.sqlite"
    with pytest.raises(InputError, match="refers to the patient"), open_clinic(place, create=True) as clinic:
        put(clinic, Pain(patient_id="S-02", on=DAY, nrs=1))
    assert list(tmp_path.iterdir()) == []


def test_a_register_cannot_be_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="cannot be made"),
        open_clinic(tmp_path / "none" / "r.sqlite", create=True),
    ):
        pass


def test_nothing_is_written_into_a_database_that_is_no_register(tmp_path: Path) -> None:
    place = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(place)) as database, database:
        database.execute("CREATE TABLE t (a)")
    before = place.read_bytes()
    for create in (False, True):
        with pytest.raises(InputError, match="no register"), open_clinic(place, create=create):
            pass
    assert place.read_bytes() == before
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with pytest.raises(InputError, match="there is no register in"), open_clinic(empty):
        pass
    assert empty.stat().st_size == 0
