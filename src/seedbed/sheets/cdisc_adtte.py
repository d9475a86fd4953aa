"""Times to events as a table in the shape of CDISC's ADTTE.

CDISC, The ADaM Basic Data Structure for Time-to-Event Analyses, version 1.0 (2012), section 4: one row for
each subject and parameter; CNSR is 0 for an event and positive for a censored time; AVAL is the time from
STARTDT to ADT.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from seedbed.errors import InputError
from seedbed.sheets.csv_files import write_csv
from seedbed.sheets.csv_tables import escaped

COLUMNS: Final = (
    *(
        "STUDYID",
        "USUBJID",
        "PARAMCD",
        "PARAM",
        "STARTDT",
        "ADT",
        "AVAL",
        "CNSR",
        "EVNTDESC",
        "CNSDTDSC",
        "SRCDOM",
    ),
)
CODE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
"""ADaM Implementation Guide 1.3, PARAMCD: at most 8 signs, no digit first."""
LONGEST: Final = 200
"""Bytes of a text that a SAS transport file holds (ADaM Implementation Guide 1.3, section 3)."""


@dataclass(frozen=True, kw_only=True)
class TimeToEvent:
    """The time of one subject to an event, or to where the subject was last seen without it.

    Attributes
    ----------
    study, subject : str
    code : str
        PARAMCD, such as ``LPFS``.
    parameter : str
        PARAM, with the unit, such as ``Local progression-free survival (days)``.
    start, end : date
        Both count: an event on the first day has the time 1.
    censored : int
        0 for an event; 1, or a larger number by kind of censoring.
    event : str
        EVNTDESC: what happened, or why the time is censored.
    censored_on : str
        CNSDTDSC: what the date of censoring is; empty for an event.
    source : str
        SRCDOM: the table that the date comes from.

    Raises
    ------
    InputError
        A code or text that is too long, an end before its start, a description that does not fit CNSR.

    Examples
    --------
    >>> TimeToEvent(study="X", subject="X-01", code="OS", parameter="Overall survival (days)",
    ...             start=date(2026, 1, 1), end=date(2026, 1, 31), censored=0, event="death").days
    31
    """

    study: str
    subject: str
    code: str
    parameter: str
    start: date
    end: date
    censored: int
    event: str
    censored_on: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        where = f"{self.code} of {self.subject}"
        if not CODE.fullmatch(self.code):
            raise InputError(f"the code '{self.code}'", "at most 8 capital letters and digits", "shorten it")
        if self.end < self.start:
            raise InputError(f"{where} ends {self.end}, starts {self.start}", "a later end", "correct it")
        if self.censored < 0 or bool(self.censored_on) != (self.censored > 0) or not self.event:
            raise InputError(
                f"{where} has CNSR {self.censored}, EVNTDESC '{self.event}', CNSDTDSC '{self.censored_on}'",
                "a description always, and one of the date where CNSR is not 0, only there",
                "correct them",
            )
        texts = (self.study, self.subject, self.parameter, self.event, self.censored_on, self.source)
        for text in texts:
            if len(text.encode()) > LONGEST:
                raise InputError(f"{where} has '{text}'", f"at most {LONGEST} bytes", "shorten it")

    @property
    def days(self) -> int:
        """AVAL: the days from start to end, both counted."""
        return (self.end - self.start).days + 1


def write_adtte(path: Path, times: Iterable[TimeToEvent]) -> Path:
    """Write times to events as a CSV table; a program reads it, so it has no byte order mark.

    Raises
    ------
    InputError
        Two rows of one subject and parameter.

    Examples
    --------
    >>> import tempfile
    >>> row = TimeToEvent(study="X", subject="X-01", code="OS", parameter="Overall survival (days)",
    ...                   start=date(2026, 1, 1), end=date(2026, 1, 31), censored=1, event="alive",
    ...                   censored_on="last contact", source="SV")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_adtte(Path(folder) / "adtte.csv", [row])
    ...     print(path.read_text(encoding="utf-8").splitlines()[1])
    X,X-01,OS,Overall survival (days),2026-01-01,2026-01-31,31,1,alive,last contact,SV
    """
    rows = list(times)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.subject, row.code) in seen:
            raise InputError(f"two rows of {row.code} of {row.subject}", "each once", "leave one of them out")
        seen.add((row.subject, row.code))
    return write_csv(path, COLUMNS, map(_cells, rows), byte_order_mark=False)


def _cells(row: TimeToEvent) -> list[object]:
    texts = [escaped(text) for text in (row.study, row.subject, row.code, row.parameter)]
    ends = [escaped(text) for text in (row.event, row.censored_on, row.source)]
    return [*texts, row.start, row.end, row.days, row.censored, *ends]
