"""A record as it is typed: read as a spreadsheet's row is, and checked with the records of the patient."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select

from seedbed.journey.records.checking import Fault, Held, checked
from seedbed.patient.fields import Field, check_known, fields_of
from seedbed.patient.records import REFERENCES, KeyValues, Patient, Plain, Record
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.registry.history import PastChange, history
from seedbed.sheets.addresses import Placed
from seedbed.sheets.cells import is_blank, reader_of
from seedbed.sheets.grids import Grid
from seedbed.sheets.reading import content_of

FORM, ROW = "form", 1
Severity = Literal["wrong", "lacking", "ask"]


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """Something about what was typed.

    Attributes
    ----------
    severity : {"wrong", "lacking", "ask"}
        What is asked about can be true, and is kept when somebody says so.
    field : str
        Empty where it is about the whole record, or another one.
    sentence : str
    """

    severity: Severity
    field: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What is typed into a form.

    Attributes
    ----------
    patient_id : str
    kind : type of Record
    texts : Mapping
        By field, as they stand in the form; what is empty says nothing.
    version : int
        The change set that wrote the record that is changed; 0 for a new one.
    """

    patient_id: str
    kind: type[Record]
    texts: Mapping[str, str]
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What was typed, as it was understood.

    Attributes
    ----------
    record : Record or None
        None where too little can be read.
    faults : tuple of FieldFault
    last : PastChange or None
        The latest change of the record with this key.
    old : Record or None
        The record with this key that counts now.
    number : int
        The latest change set that was looked at.
    """

    record: Record | None
    faults: tuple[FieldFault, ...]
    last: PastChange | None = None
    old: Record | None = None
    number: int = 0

    @property
    def voided(self) -> bool:
        """Whether there was a record with this key that was voided."""
        return self.last is not None and self.last.action == "voided"

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "record": self.record.stated() if self.record else None,
            "faults": [vars(fault) for fault in self.faults],
            "version": self.last.number if self.last else 0,
        }


def enter(clinic: ClinicRegister, typed: Typed, *, today: date) -> Entered:
    """Read what was typed and check it alone and with all records of the patient; nothing is written.

    Raises
    ------
    InputError
        A field that the kind does not have.
    """
    number, _ = clinic.head()
    placed, faults = _read(typed)
    if placed is None:
        return Entered(record=None, faults=tuple(faults), number=number)
    record = placed.record
    last = latest_change(clinic, type(record), record.key)
    every = clinic.everything(patients=[typed.patient_id])
    old = next((each for each in every if type(each) is type(record) and each.key == record.key), None)
    others = [each for each in every if each is not old]
    new_patient = isinstance(record, Patient) and old is None
    held = Held(others, _identifiers(clinic) if new_patient else (), number)
    _, found = checked([placed], held, today, new_identity=True)
    faults += [_of_form(fault) for fault in found]
    faults += _about_old(record, old, last, typed.version)
    return Entered(record=record, faults=tuple(dict.fromkeys(faults)), last=last, old=old, number=number)


def latest_change(clinic: ClinicRegister, kind: type[Record], key: KeyValues) -> PastChange | None:
    """Return the latest change of a record; None where there never was one."""
    past = history(clinic, patient_id=str(key[0]), kind=kind.KIND)
    return next((each for each in reversed(past) if each.key == key), None)


def _read(typed: Typed) -> tuple[Placed | None, list[FieldFault]]:
    """Read the texts by the rules for a row of a spreadsheet."""
    fields = fields_of(typed.kind)
    check_known(typed.texts, fields, where=f"the form of {typed.kind.KIND}")
    texts = {name: text.strip() for name, text in typed.texts.items()} | {"patient_id": typed.patient_id}
    grid = Grid(
        file=FORM,
        sheet=FORM,
        titles=tuple(fields),
        columns=tuple([texts.get(name, "")] for name in fields),
        places=tuple(f"{name}:" for name in fields),
        rows=[ROW],
    )
    content = content_of(grid, typed.kind.KIND)
    faults = [*_says_nothing(typed.kind, fields, texts)]
    nothing = {fault.field for fault in faults}
    for bad in content.bad:
        name = _field_of(bad.address.cell)
        if name in nothing:
            continue
        lacks = fields[name].needed and not texts.get(name)
        sentence = bad.sentence.partition("; no ")[0]
        faults.append(FieldFault(severity="lacking" if lacks else "wrong", field=name, sentence=sentence))
    return (content.records[0] if content.records else None), faults


def _says_nothing(
    kind: type[Record], fields: Mapping[str, Field], texts: Mapping[str, str]
) -> Iterator[FieldFault]:
    """Find words that in a spreadsheet stand for nothing: in a form an empty field says that."""
    for name, text in texts.items():
        if text and is_blank(text) and reader_of(kind.KIND, fields[name])(text) is None:
            sentence = f"'{name}' is '{text}', which says nothing; expected a value, or an empty field"
            yield FieldFault(severity="wrong", field=name, sentence=sentence)


def _of_form(fault: Fault) -> FieldFault:
    sheet, _, cell = fault.address.partition("!")
    name = _field_of(cell) if sheet == FORM else ""
    return FieldFault(severity=fault.severity, field=name, sentence=fault.sentence)


def _field_of(cell: str) -> str:
    return cell.rpartition(":")[0]


def _about_old(
    record: Record, old: Record | None, last: PastChange | None, version: int
) -> Iterator[FieldFault]:
    """Find a record that is there under the key of a new one, one that was voided, and another person."""
    field = record.KEY[-1]
    if old is not None and version == 0:
        sentence = f"{record.name} is there already; open it, and change it there"
        yield FieldFault(severity="wrong", field=field, sentence=sentence)
    if old is None and last is not None and last.action == "voided":
        sentence = (
            f"{record.name} was voided by {last.who} at {last.at} ({last.why}): is it to count again, "
            "as it is entered here?"
        )
        yield FieldFault(severity="ask", field=field, sentence=sentence)
    before: Mapping[str, Plain] = old.stated() if old is not None else {}
    for name, value in record.another_identity(before).items():
        sentence = (
            f"{record.name} has {name} '{before[name]}' and would have '{value}': is it the same person, and "
            "a correction?"
        )
        yield FieldFault(severity="ask", field=name, sentence=sentence)


def _identifiers(clinic: ClinicRegister) -> tuple[str, ...]:
    table = TABLES[Patient.KIND]
    return tuple(row[0] for row in clinic.rows(select(table.c.patient_id).where(~table.c.voided)))


def referring(records: Sequence[Record], record: Record) -> list[Record]:
    """Return the records that refer to a record, all of them to a patient.

    Parameters
    ----------
    records : sequence of Record
        Of the patient.
    record : Record
    """
    found = []
    for each in records:
        other, columns = REFERENCES.get(each.KIND, ("", ()))
        of_patient = isinstance(record, Patient) and not isinstance(each, Patient)
        same = other == record.KIND and tuple(getattr(each, name) for name in columns) == record.key
        if of_patient or same:
            found.append(each)
    return found
