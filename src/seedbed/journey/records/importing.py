"""Records of a spreadsheet taken into the register: all, or none and a list of what is wrong where."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.collection import no_collection
from seedbed.journey.counted_notes import noted
from seedbed.journey.keyboard import keeping
from seedbed.journey.progress import Progress, silent
from seedbed.journey.records.checking import Fault, checked, held_records, is_there, place_of
from seedbed.patient.records import Record
from seedbed.registry.clinic import Planned, Written, open_clinic
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
    called : str
        What sentences call the source, where that is not its name.
    after : int, optional
        Number of the change set that the register must stand at: what was planned was planned for it.
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
    called: str = ""
    after: int | None = None

    @property
    def name(self) -> str:
        """What sentences call the source."""
        return self.called or self.source.name


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
    planned : Planned or None
        What would be written; of a dry run alone, where nothing keeps it out.
    """

    read: dict[str, int]
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...]
    written: Written | None
    planned: Planned | None = None

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
            "planned": None if self.planned is None else vars(self.planned.counts),
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
    content = read_records(question.source, called=question.called)
    if not content.records and not content.bad:
        raise InputError(
            f"'{question.called or question.source}' has no records{_said(content)}",
            "sheets and columns named as in the template",
            "compare it with an empty one ('seedbed registry template')",
        )
    progress("Checking", 1, 3)
    faults = [Fault("wrong", str(bad.address), bad.sentence) for bad in content.bad]
    held = held_records(question.register, content.records)
    if question.after is not None and held.number != question.after:
        raise InputError(
            "somebody else wrote to the register since this was checked",
            "a register that stays as it was checked against",
            "check it again",
        )
    doubtful, found = checked(content.records, held, question.today, new_identity=question.new_identity)
    faults += found
    left_out = doubtful["wrong"] | (set() if question.keep_asked else doubtful["ask"])
    records = [each.record for each in content.records if place_of(each.record) not in left_out]
    written = planned = None
    if _may_write(faults, question):
        progress("Comparing" if question.dry_run else "Writing", 2, 3)
        if question.dry_run:
            planned = _plan(records, question)
        else:
            written = _write(records, question, after=held.number)
    return Imported(
        read=dict(Counter(each.record.KIND for each in content.records)),
        faults=tuple(faults),
        remarks=(*content.remarks, *_left_voided(written or planned)),
        written=written,
        planned=planned,
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
        f"{wrong} cells or rows of '{question.name}' are wrong and {asked} are asked about, "
        f"the first: {first.address}: {first.sentence.rstrip('.')}",
        "a spreadsheet in which every cell is right; nothing was written",
        "correct it and import it again, or take the rest (--leave-bad)"
        if wrong
        else "correct it and import it again, or say that it is true (--yes)",
    )


def write_faults(imported: Imported, path: Path) -> Path:
    """Write what is wrong for a spreadsheet, cell by cell."""
    rows = [(fault.severity, fault.address, fault.sentence) for fault in imported.faults]
    return write_csv(path, ("severity", "address", "what"), rows)


def _may_write(faults: Iterable[Fault], question: ImportQuestion) -> bool:
    allowed = {"wrong": question.leave_bad, "ask": question.keep_asked or question.leave_bad}
    return all(allowed[fault.severity] for fault in faults)


def _left_voided(written: Written | Planned | None) -> Iterator[str]:
    yield from noted(
        written.counts.left_voided if written is not None else 0,
        "record is voided in the register, or of a voided patient, and stays so; to have it back, restore it "
        "(--restore).",
        "records are voided in the register, or of voided patients, and stay so; to have them back, restore "
        "them (--restore).",
    )


def _plan(records: Sequence[Record], question: ImportQuestion) -> Planned:
    with ExitStack() as stack:
        register = question.register
        if not is_there(register):
            register = Path(stack.enter_context(TemporaryDirectory())) / "empty.sqlite"
        clinic = stack.enter_context(open_clinic(register, create=True))
        return clinic.planned(records, new_identity=question.new_identity, restore=question.restore)


def _write(records: Sequence[Record], question: ImportQuestion, *, after: int) -> Written:
    why = question.why or f"import of {question.name} ({file_hash(question.source)})"
    with open_clinic(question.register, create=True) as clinic, keeping() as begin:
        return clinic.write(
            records,
            who=question.who,
            why=why,
            new_identity=question.new_identity,
            restore=question.restore,
            after=after,
            settled=begin,
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
