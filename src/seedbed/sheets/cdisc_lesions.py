"""The lesions of one subject and reader, as CDISC tumour records name them: roles, parts, mergers."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from seedbed.errors import InputError, one_of
from seedbed.patient import Lesion, Role
from seedbed.sheets.cdisc_cells import Record, plain_word

VisitKey = tuple[str, str]
NODE: Final = re.compile(r"\b(LYMPH )?NODES?\b")
NEW_NAME: Final = re.compile(r"NEW.*", re.IGNORECASE)
ROLES: Final[dict[str, Role]] = {
    "TARGET": "target",
    "TARGET LESION": "target",
    "NON TARGET": "non-target",
    "NONTARGET": "non-target",
    "NON TARGET LESION": "non-target",
    "NEW": "new",
    "NEW LESION": "new",
    "NEW TARGET": "new",
    "NEW NON TARGET": "new",
    "EQUIVOCAL": "new",
    "EQUIVOCAL NEW": "new",
    "NEW EQUIVOCAL": "new",
    "EQUIVOCAL NEW LESION": "new",
    "NEW UNEQUIVOCAL": "new",
    "UNEQUIVOCAL NEW": "new",
    "UNEQUIVOCAL NEW LESION": "new",
}
"""What TUSTRESC says of a lesion, in capitals without punctuation."""


@dataclass
class Lesions:
    """The lesions of one subject and reader, as they are gathered from the records.

    Attributes
    ----------
    known : dict of str to Lesion
    appeared : list of (str, tuple, Record, bool)
        Name of a new lesion, a visit that identified it, the record, and whether it was equivocal there.
    merged : list of (frozenset of str, tuple)
        Lesions that grew together under one of their own names, and the visit that says so.
    identified_at : dict of str to tuple
        The visit that identified each lesion.
    repeated : list of int
        Rows that say the same as another.
    faults, notes : list of str
        Rows that cannot be used; what was read in a way worth knowing.
    """

    known: dict[str, Lesion] = field(default_factory=dict)
    appeared: list[tuple[str, VisitKey, Record, bool]] = field(default_factory=list)
    merged: list[tuple[frozenset[str], VisitKey]] = field(default_factory=list)
    identified_at: dict[str, VisitKey] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep a note once."""
        if text not in self.notes:
            self.notes.append(text)

    def fault(self, error: InputError) -> None:
        """Keep the sentence of a row that cannot be used."""
        self.faults.append(str(error))


def visit_key(record: Record, date_column: str) -> VisitKey:
    """Return what tells one visit of a record from another: its number, else its name, else its date.

    Examples
    --------
    >>> visit_key(Record("tr.csv", 2, {"visitnum": "2.0", "visit": "WEEK 3"}), "trdtc")
    ('number', '2')
    """
    number = record["visitnum"]
    try:
        return ("number", f"{float(number):g}") if number else _named(record, date_column)
    except ValueError:
        return "number", number


def _named(record: Record, date_column: str) -> VisitKey:
    if record["visit"]:
        return "name", record["visit"].upper()
    return "date", record[date_column].partition("T")[0]


def is_node(location: str) -> bool:
    """Tell whether a place is a lymph node.

    Examples
    --------
    >>> is_node("LYMPH NODE, CERVICAL"), is_node("THYROID NODULE")
    (True, False)
    """
    return NODE.search(plain_word(location)) is not None


def parent_of(name: str, known: Collection[str], group: str = "") -> str:
    """Return the lesion of which a name is a part, such as T01 of T01.2 or T01a; empty where there is none.

    Examples
    --------
    >>> parent_of("T01.2", ["T01"]), parent_of("T01a", ["T01"]), parent_of("T02", ["T01"])
    ('T01', 'T01', '')
    """
    tried = [group, re.split(r"[._-][^._-]*$", name)[0], re.sub(r"[A-Za-z]$", "", name)]
    return next((each for each in tried if each != name and each in known), "")


def merged_of(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the lesions that a name joins, such as those of T01/T02; empty where it joins none.

    Examples
    --------
    >>> merged_of("T01/T02", ["T01", "T02", "T03"]), merged_of("T01", ["T01"])
    (('T01', 'T02'), ())
    """
    for separator in (r"\s*[/+&,;]\s*", r"\s+and\s+", r"\s*[-_]\s*"):
        parts = re.split(separator, name, flags=re.IGNORECASE)
        if len(parts) > 1 and all(part in known for part in parts):
            return tuple(parts)
    return ()


def add_part(found: Lesions, name: str, parent: str) -> None:
    """Add a part of a lesion that split.

    Examples
    --------
    >>> found = Lesions(known={"T1": Lesion("T1", is_lymph_node=True)})
    >>> add_part(found, "T1.1", "T1")
    >>> found.known["T1.1"].is_lymph_node
    True
    """
    whole = found.known[parent]
    found.known[name] = Lesion(
        name,
        is_lymph_node=whole.is_lymph_node,
        role=whole.role,
        location=whole.location,
        organ=whole.organ,
        method=whole.method,
        part_of=parent,
    )


def add_merged(found: Lesions, name: str, names: tuple[str, ...]) -> None:
    """Add the lesion to which several grew together; a node only where all of them are.

    Examples
    --------
    >>> found = Lesions(known={name: Lesion(name) for name in ("T1", "T2")})
    >>> add_merged(found, "T1/T2", ("T1", "T2"))
    >>> found.known["T1/T2"].merged_from
    ('T1', 'T2')
    """
    parts = [found.known[each] for each in names]
    found.known[name] = Lesion(
        name,
        is_lymph_node=all(each.is_lymph_node for each in parts),
        role=parts[0].role,
        location=parts[0].location,
        organ=parts[0].organ,
        method=parts[0].method,
        merged_from=names,
    )


def add_unknown(found: Lesions, record: Record) -> None:
    """Take a lesion that only a TR record names for what its name and group say.

    Raises
    ------
    InputError
        They say nothing.

    Examples
    --------
    >>> found = Lesions()
    >>> add_unknown(found, Record("tr.csv", 2, {"trlnkid": "NEW01", "trgrpid": "NEW"}))
    >>> found.known["NEW01"].role, found.notes
    ('new', ['NEW01 is no TU record; taken as a new lesion'])
    """
    name, group = record["trlnkid"], plain_word(record["trgrpid"])
    parent, joined = parent_of(name, found.known), merged_of(name, found.known)
    if joined:
        add_merged(found, name, joined)
        found.note(f"{name} is no TU record; taken as {' and '.join(joined)} grown together")
    elif parent:
        add_part(found, name, parent)
        found.note(f"{name} is no TU record; taken as a part of {parent}")
    elif ROLES.get(group) == "new" or (not group and NEW_NAME.fullmatch(name)):
        found.known[name] = Lesion(name, role="new", location=record["trloc"])
        found.note(f"{name} is no TU record; taken as a new lesion")
    else:
        raise InputError(
            f"{record.where} measures lesion '{name}', which no TU record of this subject and reader names",
            one_of(found.known, name),
            "correct TRLNKID or add the lesion to TU",
        )
