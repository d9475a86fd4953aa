"""Records of a spreadsheet taken into the register: all, or none and a list of what is wrong where."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.collection import no_collection
from seedbed.journey.counted_notes import noted
from seedbed.journey.progress import Progress, silent
from seedbed.journey.records.checking import Fault, checked, held_records, place_of
from seedbed.patient.records import Record
from seedbed.registry.clinic import Written, open_clinic
from seedbed.sheets import write_csv
from seedbed.sheets.addresses import SheetContent
from seedbed.sheets.reader import read_records


@dataclass(frozen=True, kw_only=True)
class ImportQuestion:
    """What is imported, and on whose word.

    Attributes
    ----------
    source : Path
        A workbook, a CSV file, a folder of CSV files, or a file of another program.
    register : Path or str
        Made where there is none.
    who, why : str
    today : date
        Nothing in the records is later.
    keep_asked : bool
        Whether what is asked about is true and kept.
    leave_bad : bool
        Whether what is wrong, or asked about and not kept, is left out, and the rest is taken.
    new_identity : bool
        Whether name, sex and birth of a known patient may change.
    restore : bool
        Whether voided records that come again count again.
    dry_run : bool
        Whether everything is checked and nothing written.
    """

    source: Path
    register: Path | str
    who: str
    why: str = ""
    today: date
    keep_asked: bool = False
    leave_bad: bool = False
    new_identity: bool = False
    restore: bool = False
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import read, found and wrote.

    Attributes
    ----------
    read : dict of str to int
        Records by kind.
    faults : tuple of Fault
    remarks : tuple of str
    written : Written or None
        None where nothing was written.
    """

    read: dict[str, int]
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...]
    written: Written | None

    def count(self, severity: str) -> int:
        """Return how many faults there are of a severity."""
        return sum(fault.severity == severity for fault in self.faults)

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        written = self.written
        return {
            "read": self.read,
            "wrong": self.count("wrong"),
            "asked": self.count("ask"),
            "faults": [vars(fault) for fault in self.faults],
            "remarks": list(self.remarks),
            "written": None
            if written is None
            else {
                **vars(written.counts),
                "change_set": written.change_set.number if written.change_set else None,
                "hash": written.change_set.hash if written.change_set else None,
            },
        }


def import_records(question: ImportQuestion, progress: Progress = silent) -> Imported:
    """Read a spreadsheet, check every record alone and with all others of its patient, and write all or none.

    Raises
    ------
    InputError
        A source that cannot be read at all, or nothing in it.
    OutputError
        The register could not be written; it is as it was.
    """
    with no_collection():
        return _import(question, progress)


def _import(question: ImportQuestion, progress: Progress) -> Imported:
    progress("Reading", 0, 3)
    content = read_records(question.source)
    if not content.records and not content.bad:
        raise InputError(
            f"'{question.source}' has no records{_said(content)}",
            "sheets and columns named as in the template",
            "write a template with 'seedbed registry template' and compare",
        )
    progress("Checking", 1, 3)
    faults = [Fault("wrong", str(bad.address), bad.sentence) for bad in content.bad]
    held = held_records(question.register, content.records)
    doubtful, found = checked(content.records, held, question.today, new_identity=question.new_identity)
    faults += found
    left_out = doubtful["wrong"] | (set() if question.keep_asked else doubtful["ask"])
    records = [each.record for each in content.records if place_of(each.record) not in left_out]
    written = None
    if _may_write(faults, question):
        progress("Writing", 2, 3)
        written = _write(records, question, after=held.number)
    return Imported(
        read=dict(Counter(each.record.KIND for each in content.records)),
        faults=tuple(faults),
        remarks=(*content.remarks, *_left_voided(written)),
        written=written,
    )


def refuse_faults(imported: Imported, question: ImportQuestion) -> None:
    """Leave with an error where faults kept the records out.

    Raises
    ------
    InputError
    """
    if imported.written is not None or not imported.faults:
        return
    wrong, asked = imported.count("wrong"), imported.count("ask")
    if question.dry_run and not wrong:
        return
    first = next(fault for fault in imported.faults if not wrong or fault.severity == "wrong")
    raise InputError(
        f"{wrong} cells or rows of '{question.source.name}' are wrong and {asked} are asked about, "
        f"the first: {first.address}: {first.sentence.rstrip('.')}",
        "a spreadsheet in which every cell is right; nothing was written",
        "correct it and import it again, or say --leave-bad to take the rest"
        if wrong
        else "correct it and import it again, or say --yes if it is true",
    )


def write_faults(imported: Imported, path: Path) -> Path:
    """Write what is wrong for a spreadsheet, cell by cell."""
    rows = [(fault.severity, fault.address, fault.sentence) for fault in imported.faults]
    return write_csv(path, ("severity", "address", "what"), rows)


def _may_write(faults: Iterable[Fault], question: ImportQuestion) -> bool:
    allowed = {"wrong": question.leave_bad, "ask": question.keep_asked or question.leave_bad}
    return not question.dry_run and all(allowed[fault.severity] for fault in faults)


def _left_voided(written: Written | None) -> Iterator[str]:
    yield from noted(
        written.counts.left_voided if written is not None else 0,
        "record is voided in the register, or of a voided patient, and stays so; --restore brings it back.",
        "records are voided in the register, or of voided patients, and stay so; --restore brings them back.",
    )


def _write(records: Sequence[Record], question: ImportQuestion, *, after: int) -> Written:
    why = question.why or f"import of {question.source.name} ({file_hash(question.source)})"
    with open_clinic(question.register, create=True) as clinic:
        return clinic.write(
            records,
            who=question.who,
            why=why,
            new_identity=question.new_identity,
            restore=question.restore,
            after=after,
        )


def file_hash(source: Path) -> str:
    """Return the hash of a file, or of all files of a folder by name, as text."""
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    digest = sha256()
    for path in files:
        if source.is_dir():
            digest.update(f"{path.relative_to(source).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return f"sha256 {digest.hexdigest()}"


def _said(content: SheetContent) -> str:
    return f" ({content.remarks[0]})" if content.remarks else ""
