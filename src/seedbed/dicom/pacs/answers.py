"""What another system answered: matches of a query, what came, what was taken."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["PATIENT", "STUDY", "SERIES", "IMAGE"]
Keep = Callable[[bytes], object]
"""Takes a whole DICOM file and returns only when it is safe on disk."""
Progress = Callable[[str, int, int], None]
"""Is told a step, how much of it is done, and of how much."""
LARGEST_OBJECT = 1 << 32
"""Bytes of an object that is fetched or received; local rule: as the longest value of PS3.5, 7.1."""


@dataclass(frozen=True)
class Match:
    """One patient, study, series or instance that a PACS named.

    Attributes
    ----------
    level : str
        "PATIENT", "STUDY", "SERIES" or "IMAGE".
    values : Mapping[str, str]
        Text by DICOM keyword; several values of one attribute are parted by a backslash.
    """

    level: Level
    values: Mapping[str, str]


@dataclass(frozen=True)
class Retrieved:
    """What came of a study.

    Attributes
    ----------
    count : int
        Instances that were kept now.
    already : int
        Instances that were here before and were not asked for again.
    failed : tuple of (str, str)
        UID and reason of each instance that the PACS lists and that is not here.
    """

    count: int
    already: int = 0
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sent:
    """What a PACS took.

    Attributes
    ----------
    stored : int
        Instances that the PACS acknowledged.
    already : int
        Instances that it said it has.
    failed : tuple of (Path, str)
        File and reason of each that it did not take.
    remarks : tuple of (Path, str)
        File and remark of each that it stored with a warning, such as attributes that it changed.
    """

    stored: int
    already: int = 0
    failed: tuple[tuple[Path, str], ...] = ()
    remarks: tuple[tuple[Path, str], ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for whoever sent: the remarks, and what nobody compared.

        Examples
        --------
        >>> Sent(3, remarks=((Path("ct.dcm"), "0xB000, Warning"),)).notes
        ('ct.dcm: 0xB000, Warning',)
        """
        has = f"The PACS has objects of {self.already} of these UIDs already"
        there = f"{has}; whether they are the same was not compared."
        remarks = tuple(f"{path}: {remark}" for path, remark in self.remarks)
        return (*remarks, there) if self.already else remarks


class StoppedError(KeyboardInterrupt):
    """Ctrl-C in the middle of a transfer; what was done by then stays done.

    Attributes
    ----------
    done : int
        Objects that the other system acknowledged, or that we kept.
    total : int
        Objects in all.
    """

    def __init__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        super().__init__(f"stopped after {done} of {total} objects")


@contextmanager
def counting(done: Callable[[], int], total: int) -> Iterator[None]:
    """Have a stop say how far a transfer had come.

    Raises
    ------
    StoppedError
        Instead of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        raise StoppedError(done(), total) from stop


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""
