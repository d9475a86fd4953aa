"""The records of an analysis opened: a register, or a spreadsheet taken into one for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from seedbed.errors import InputError
from seedbed.journey.analysis.describing import Origin
from seedbed.journey.records.importing import ImportQuestion, file_hash, import_records
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.register import is_url
from seedbed.sheets.reader import READERS


@contextmanager
def opened_records(
    source: Path | str, *, today: date
) -> Iterator[tuple[ClinicRegister, Origin, tuple[str, ...]]]:
    """Open a register, or take a spreadsheet into one that lasts as long as this.

    Parameters
    ----------
    source : Path or str
        A register (a file or a URL), a workbook, a table or a folder of tables.
    today : date
        Nothing in a spreadsheet is later.

    Yields
    ------
    tuple of (ClinicRegister, Origin, tuple of str)
        The remarks of the import come last.

    Raises
    ------
    InputError
        No such source, or a spreadsheet with a wrong cell.
    """
    if is_url(source) or not _is_sheet(Path(source)):
        with open_clinic(source) as clinic:
            number, digest = clinic.head()
            yield clinic, Origin(name=_name(clinic), what="register", hash=digest, change_set=number), ()
        return
    with TemporaryDirectory() as folder:
        register = Path(folder) / "register.sqlite"
        remarks = _taken_in(Path(source), register, today=today)
        with open_clinic(register) as clinic:
            yield (
                clinic,
                Origin(name=Path(source).name, what="spreadsheet", hash=file_hash(Path(source))),
                remarks,
            )


def _name(clinic: ClinicRegister) -> str:
    """Name a register without the folder that it lies in, which tells of the clinic's computers."""
    return clinic.place if is_url(clinic.where) else Path(clinic.where).name


def _is_sheet(source: Path) -> bool:
    return source.is_dir() or source.suffix.casefold() in READERS


def _taken_in(source: Path, register: Path, *, today: date) -> tuple[str, ...]:
    """Import a spreadsheet by the rules of the register; what it asks about is kept, and told."""
    asked = ImportQuestion(
        source=source, register=register, who="seedbed analyse", today=today, keep_asked=True
    )
    imported = import_records(asked)
    wrong = [fault for fault in imported.faults if fault.severity == "wrong"]
    if wrong:
        raise InputError(
            f"{len(wrong)} cells or rows of '{source.name}' are wrong, the first: {wrong[0].address}: "
            f"{wrong[0].sentence.rstrip('.')}",
            "a spreadsheet in which every cell is right",
            "correct it; 'seedbed registry import' lists all, and can leave them out",
        )
    told = [f"{fault.address}: {fault.sentence}" for fault in imported.faults]
    return (*imported.remarks, *told)


def refuse_changed(clinic: ClinicRegister, head: tuple[int | None, str]) -> None:
    """Refuse numbers from two states of a register.

    Parameters
    ----------
    clinic : ClinicRegister
    head : tuple of (int, str)
        Number and hash of the change set that was the latest before.

    Raises
    ------
    InputError
    """
    if clinic.head() != head:
        raise InputError(
            "the register was changed while it was read", "records of one state", "run the analysis again"
        )
