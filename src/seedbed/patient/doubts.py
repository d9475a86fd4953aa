"""A doubt about a record: what is wrong with it, or is to be asked about."""

from dataclasses import dataclass
from typing import Literal

from seedbed.patient.records import Record


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or is to be asked about.

    Attributes
    ----------
    severity : {"wrong", "ask"}
        What is wrong cannot be true; what is asked about can, and is kept when somebody says so.
    record : Record
    field : str
    sentence : str
    """

    severity: Literal["wrong", "ask"]
    record: Record
    field: str
    sentence: str
