"""Registers without identity: codes, numbers in place of names, and no text that somebody typed."""

from pathlib import Path

import pytest
from tests.unit.journey.analysis.made_up_clinics import clinic_of, image, patient

from seedbed.errors import InputError, OutputError
from seedbed.journey.workbench.cohort.coded import (
    KEY_FILE,
    LEFT_OUT,
    NUMBERED,
    SHOWN,
    code_of,
    coded_register,
    without_birth_dates,
    workplace_key,
)
from seedbed.patient.fields import fields_of
from seedbed.patient.records import (
    KINDS,
    AdverseEvent,
    Baseline,
    Contact,
    Death,
    LesionRecord,
    Measurement,
    Patient,
    VisitRecord,
    partial,
)
from seedbed.registry.clinic import open_clinic

KEY = bytes(range(32))
SECRET = "Zzyzx Quillfeather"  # noqa: S105 - nobody is called so


def test_a_code_is_the_same_and_depends_on_the_key() -> None:
    assert code_of("S-1", KEY) == code_of("S-1", KEY)
    assert len({code_of(f"S-{at}", KEY) for at in range(5000)}) == 5000
    assert code_of("S-1", KEY) != code_of("S-1", bytes(32))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = workplace_key(tmp_path)
    assert (len(key), workplace_key(tmp_path)) == (32, key)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0
    (tmp_path / "other").mkdir()
    assert workplace_key(tmp_path / "other") != key


def test_a_damaged_key_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("no key")
    with pytest.raises(OutputError, match="cannot be used"):
        workplace_key(tmp_path)


def test_no_typed_text_is_in_the_copy() -> None:
    """Every text of every kind holds a name here; in the copy none does, but the few that make groups."""
    name = f"S-{SECRET}"
    on = partial("2024-02-01")
    written = [
        Patient(
            patient_id=name, person=SECRET, sex="female", born=partial("1961-05-20"), arm="A", note=SECRET
        ),
        Baseline(patient_id=name, on=on, kps=80, note=SECRET),
        LesionRecord(
            patient_id=name, lesion=SECRET, organ=f"rib bone {SECRET}", location=SECRET, role="target"
        ),
        LesionRecord(patient_id=name, lesion=f"{SECRET} 2", organ="lung", role="target"),
        Measurement(patient_id=name, lesion=SECRET, on=on, reader=SECRET, longest_mm=20.0, note=SECRET),
        VisitRecord(patient_id=name, on=on, label=SECRET, symptoms=SECRET, note=SECRET),
        AdverseEvent(patient_id=name, term=SECRET, start=on, grade=2, note=SECRET),
        Contact(patient_id=name, on=on, how=SECRET),
        Death(patient_id=name, on=on, cause=SECRET),
    ]
    with clinic_of(*written) as clinic, coded_register(clinic, KEY) as path, open_clinic(path) as copy:
        found = copy.everything()
        content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert len(found) == len(written)
    assert {each.patient_id for each in found} == {code_of(name, KEY)}
    assert SECRET.encode() not in content
    lesions = [each for each in found if isinstance(each, LesionRecord)]
    assert [(each.lesion, each.organ) for each in lesions] == [("1", "bone 1"), ("2", "2")]
    measured = next(each for each in found if isinstance(each, Measurement))
    assert (measured.lesion, measured.reader, measured.longest_mm) == ("1", "1", 20.0)
    assert next(each for each in found if isinstance(each, Baseline)).kps == 80


def test_every_text_is_shown_numbered_or_left_out_on_purpose() -> None:
    """A key of any kind must stay a key: every text in it is shown or numbered."""
    for kind in KINDS.values():
        texts = {name for name, each in fields_of(kind).items() if each.kind == "text"} & {*kind.KEY}
        handled = {"patient_id", *NUMBERED, *SHOWN.get(kind.KIND, ())}
        assert kind.KIND in LEFT_OUT or texts <= handled, kind.KIND
    for name, shown in SHOWN.items():
        assert {*shown} <= {*fields_of(KINDS[name])}


def test_voided_patients_are_not_copied() -> None:
    with clinic_of(*patient("S-1"), *patient("S-2"), image("2024-01-05", 20.0)) as clinic:
        clinic.void(clinic.records(Patient)[1], who="test", why="synthetic", dependents=True)
        with coded_register(clinic, KEY) as path, open_clinic(path) as copy:
            assert [each.patient_id for each in copy.records(Patient)] == [code_of("S-1", KEY)]


def test_the_copy_is_gone_afterwards() -> None:
    with clinic_of(*patient()) as clinic, coded_register(clinic, KEY) as path:
        assert path.is_file()
    assert not path.exists()


def test_a_sentence_with_a_birth_is_said_in_other_words() -> None:
    with (
        pytest.raises(InputError, match="a date of birth contradicts") as caught,
        without_birth_dates(lambda: ["1961-05-20"]),
    ):
        raise InputError("a birth on 1961-05-20", "a birth before", "correct it")
    assert "1961" not in f"{caught.value}"
    with pytest.raises(InputError, match="leave nobody"), without_birth_dates(lambda: ["1961-05-20"]):
        raise InputError("filters that leave nobody", "somebody", "widen")
