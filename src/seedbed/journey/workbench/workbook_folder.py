"""Workbooks that were uploaded: each in a folder of its own until somebody decides about it."""

import json
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.workbook_left import ABOUT, sweep_workbooks
from seedbed.journey.workbench.workbook_trail import SEEN
from seedbed.journey.workbench.workplace import Workplace

WORKBOOK, CHECKED, FAULTS = "workbook.xlsx", "found.json", "faults.csv"
BOOK = "xl/workbook.xml"
"""What every workbook of Excel holds (ECMA-376 part 1)."""
MOST_UNPACKED = 2**30
"""Bytes that a workbook may unpack to (local rule)."""


@dataclass(frozen=True)
class Uploaded:
    """A workbook that waits for a decision.

    Attributes
    ----------
    folder : Path
    called : str
        Its name where it comes from.
    by : str
        Who uploaded it.
    of_register : bool
        Whether it is the register, written to be fetched.
    """

    folder: Path
    called: str
    by: str
    of_register: bool = False

    @property
    def file(self) -> Path:
        """The workbook; it never lies under its own name."""
        return self.folder / WORKBOOK

    def checked(self) -> dict[str, Any]:
        """Return what the check found.

        Raises
        ------
        NotFoundError
        """
        try:
            found: dict[str, Any] = json.loads((self.folder / CHECKED).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFoundError(
                "a workbook that was not checked", "one that was", "wait for the check"
            ) from error
        return found

    def forget_check(self) -> None:
        """Take away what the last check found: it is shown, and kept, no longer."""
        for name in (CHECKED, SEEN):
            (self.folder / name).unlink(missing_ok=True)


def begin_workbook(workplace: Workplace, *, called: str, by: str, of_register: bool = False) -> Uploaded:
    """Make the folder of a new workbook, whose file is written next; what was long left goes."""
    sweep_workbooks(workplace)
    folder = workplace.uploads / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    about = {"called": called, "by": by, "of_register": of_register}
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return Uploaded(folder, called, by, of_register)


def uploaded_workbook(workplace: Workplace, name: str, *, by: str) -> Uploaded:
    """Return one's own workbook that waits for a decision.

    Raises
    ------
    NotFoundError
    """
    folder = workplace.uploads / name
    about = folder / ABOUT
    if name.isalnum() and name.isascii() and about.is_file():
        said = json.loads(about.read_text(encoding="utf-8"))
        if said["by"] == by:
            return Uploaded(folder, said["called"], by, said.get("of_register", False))
    raise NotFoundError(f"no workbook '{name[:40]}'", "one that you uploaded", "upload it again")


def waiting_workbooks(workplace: Workplace, *, by: str) -> list[str]:
    """Return one's own workbooks that were checked and wait for a decision, the latest first."""
    checked = sorted(
        workplace.uploads.glob(f"*/{CHECKED}"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    abouts = [file.with_name(ABOUT) for file in checked]
    return [each.parent.name for each in abouts if json.loads(each.read_text(encoding="utf-8"))["by"] == by]


def check_is_workbook(uploaded: Uploaded) -> None:
    """Refuse what is no workbook, before a job looks at it.

    Raises
    ------
    InputError
    """
    try:
        with zipfile.ZipFile(uploaded.file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        members = []
    if BOOK not in {each.filename for each in members}:
        raise InputError(
            f"'{uploaded.called}' is no workbook",
            "an .xlsx file without a password",
            "open it in a spreadsheet program and save it as .xlsx",
        )
    if sum(each.file_size for each in members) > MOST_UNPACKED:
        raise InputError(
            f"'{uploaded.called}' unpacks to more than {MOST_UNPACKED // 2**20} MiB",
            "a workbook of the register",
            "part it into several",
        )
