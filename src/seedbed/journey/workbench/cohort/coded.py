"""A copy of the register without identity: what researchers' analyses are made from.

Patients stand by codes, which are keyed hashes: the same in every analysis of a workplace, and nothing to
whoever lacks the key of the workplace. Texts that somebody typed are left out, but for those that make groups
and units; the names of lesions, courses, readers and the like are numbered. Dates stay, since times are
computed from them; the files of such an analysis do not show them.
"""

import base64
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from seedbed.errors import InputError, OutputError
from seedbed.journey.analysis.opening import refuse_changed
from seedbed.journey.progress import Progress, silent
from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS, Patient, Plain, Record
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.clinic_tables import TABLES

KEY_FILE = "cohort-codes.key"
KEY_BYTES = 32
CODE_SIGNS = 12
"""Of a code, 60 bits: of a million patients two have one code with a chance below 1 in 2 million."""
SHOWN = {
    "patient": ("arm",),
    "decision": ("decided", "subject"),
    "laboratory value": ("analyte", "unit"),
    "drug course": ("drug",),
}
"""Texts of each kind that make groups, units and legends, and are kept as they were typed."""
NUMBERED = ("lesion", "course", "implant", "reader", "site", "term", "organ")
"""Texts that tell things of one patient apart: they become numbers within the patient."""
LEFT_OUT = ("screening",)
"""Kinds that no analysis reads."""
AT_ONCE = 500
BONE = "bone"


def workplace_key(folder: Path) -> bytes:
    """Return the key of the codes of a workplace; it is made where there is none, by its server alone.

    Raises
    ------
    OutputError
        It cannot be written or read.
    """
    path = folder / KEY_FILE
    try:
        if not path.is_file():
            part = path.with_name(f"{KEY_FILE}.part")
            part.touch(mode=0o600)
            part.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
            part.replace(path)
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise OutputError(
            f"the key of the codes, '{path.name}', cannot be used ({error})",
            "a file of the workplace that this machine can write and read",
            "ask who keeps the workplace; with another key, patients get other codes",
        ) from error


def code_of(patient_id: str, key: bytes) -> str:
    """Return the code of a patient.

    Parameters
    ----------
    patient_id : str
    key : bytes

    Examples
    --------
    >>> code_of("SYN-1", bytes(32)) == code_of("SYN-1", bytes(32))
    True
    >>> len(code_of("SYN-1", bytes(32))), code_of("SYN-1", bytes(32))[:2]
    (14, 'R-')
    """
    digest = hmac.new(key, patient_id.encode(), sha256).digest()
    return f"R-{base64.b32encode(digest).decode()[:CODE_SIGNS]}"


@dataclass
class Coding:
    """How the records of a register lose their identity.

    Attributes
    ----------
    key : bytes
    numbers : dict
        Number of each name within a patient and a kind of name.
    """

    key: bytes
    numbers: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def coded(self, record: Record) -> Record:
        """Return a record without identity.

        Examples
        --------
        >>> patient = Patient(patient_id="SYN-1", person="Made Up", arm="A", note="made up", synthetic=True)
        >>> found = Coding(bytes(32)).coded(patient)
        >>> found.person, found.note, found.arm, found.synthetic
        ('', '', 'A', True)
        """
        kind, known = type(record), fields_of(type(record))
        shown = SHOWN.get(kind.KIND, ())
        values: dict[str, Plain] = {}
        for name, value in record.stated().items():
            if name == "patient_id":
                values[name] = code_of(record.patient_id, self.key)
            elif name in NUMBERED:
                values[name] = self._number(record, name, str(value))
            elif known[name].kind != "text" or name in shown:
                values[name] = value
        return kind.from_plain(values, where="a coded record")

    def _number(self, record: Record, name: str, value: str) -> str:
        """Return a name's number within the patient; a place in bone stays told, since rules ask for it."""
        there = self.numbers.setdefault((record.patient_id, name), {})
        number = str(there.setdefault(value, len(there) + 1))
        place = f"{value} {getattr(record, 'location', '')}".casefold()
        return f"{BONE} {number}" if name == "organ" and BONE in place else number


@contextmanager
def coded_register(clinic: ClinicRegister, key: bytes, progress: Progress = silent) -> Iterator[Path]:
    """Copy a register without identity into a file that lasts as long as this.

    Parameters
    ----------
    clinic : ClinicRegister
    key : bytes
    progress : Progress

    Raises
    ------
    InputError
        The register was changed while it was read.
    OutputError
        The copy cannot be written.
    """
    head = clinic.head()
    kinds = [kind for kind in KINDS.values() if kind.KIND not in LEFT_OUT]
    patients = _patients(clinic)
    _check_codes(patients, key)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "coded.sqlite"
        with open_clinic(path, create=True) as copy:
            for first in range(0, len(patients), AT_ONCE):
                progress("Coding", first, len(patients))
                some, coding = patients[first : first + AT_ONCE], Coding(key)
                every = [coding.coded(each) for kind in kinds for each in clinic.records(kind, patients=some)]
                copy.write(every, who="seedbed", why="a copy without identity")
        refuse_changed(clinic, head)
        yield path


def _patients(clinic: ClinicRegister) -> list[str]:
    column = TABLES[Patient.KIND].c
    return [row[0] for row in clinic.rows(select(column.patient_id).where(~column.voided))]


def _check_codes(patients: list[str], key: bytes) -> None:
    if len({code_of(each, key) for each in patients}) < len(patients):
        raise InputError("two patients with one code", "a code for each", "report it: another key is needed")


@contextmanager
def without_birth_dates(births: Callable[[], Any]) -> Iterator[None]:
    """Refuse, in other words, what a sentence says with somebody's date of birth.

    Parameters
    ----------
    births : callable
        Returns the dates of birth, as texts.

    Raises
    ------
    InputError
    """
    try:
        yield
    except InputError as error:
        said = f"{error.came} {error.expected} {error.do}"
        if not any(born and born in said for born in births()):
            raise
        raise InputError(
            "a date of birth contradicts the treatment of its patient",
            "a birth before the treatment",
            "ask somebody who may see the patients to analyse the cohort and correct it",
        ) from None
