"""CDISC tumour identification (TU) records of one subject and reader, read into lesions."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

from seedbed.errors import InputError, one_of
from seedbed.patient import Lesion, Role
from seedbed.sheets.cdisc_cells import Record, plain_word
from seedbed.sheets.cdisc_lesions import (
    ROLES,
    Lesions,
    VisitKey,
    add_merged,
    add_part,
    is_node,
    merged_of,
    parent_of,
    visit_key,
)

YES: Final = frozenset({"Y", "YES", "PREVIOUSLY IRRADIATED", "IRRADIATED"})


def read_lesions(records: Sequence[Record]) -> Lesions:
    """Read the TU records of one subject and reader; a row that cannot be used becomes a sentence.

    Examples
    --------
    >>> rows = [Record("tu.csv", 2, {"tutestcd": "TUMIDENT", "tustresc": "TARGET", "tulnkid": "T01",
    ...                              "tuloc": "LYMPH NODE", "visitnum": "1"})]
    >>> read_lesions(rows).known["T01"].is_lymph_node
    True
    """
    found = Lesions()
    readers: tuple[tuple[str, Callable[[Record, Lesions], None]], ...] = (
        ("TUMIDENT", _identify),
        ("TUSPLIT", _split),
        ("TUMERGE", _merge),
    )
    for test, reader in readers:
        for record in records:
            if _test(record) == test:
                try:
                    reader(record, found)
                except InputError as error:
                    found.fault(error)
    _merge_by_visit(records, found)
    for record in records:
        if _test(record) not in ("TUMIDENT", "TUSPLIT", "TUMERGE"):
            found.note(f"TU records of the test {_test(record)} are not used")
    return found


def _test(record: Record) -> str:
    return record["tutestcd"].upper() or "TUMIDENT"


def _identify(record: Record, found: Lesions) -> None:
    name, word = record["tulnkid"], plain_word(record.first_of("tustresc", "tuorres"))
    role = ROLES.get(word)
    if not name or role is None:
        raise InputError(
            f"{record.where} identifies lesion '{name}' as '{record.first_of('tustresc', 'tuorres')}'",
            "a name in TULNKID, and TARGET, NON-TARGET or NEW in TUSTRESC",
            "complete the row",
        )
    if role != "new" and _came_later(record, name, found):
        return
    before = found.known.get(name)
    if before is not None and before.role != role:
        raise InputError(
            f"{record.where} calls lesion '{name}' {role}, an earlier row {before.role}",
            "one role of a lesion from its first visit on",
            "correct one of them",
        )
    if before is None:
        found.known[name] = _lesion(record, name, role)
        found.identified_at[name] = visit_key(record, "tudtc")
    if role == "new":
        equivocal = "EQUIVOCAL" in word.split()
        found.appeared.append((name, visit_key(record, "tudtc"), record, equivocal))


def _came_later(record: Record, name: str, found: Lesions) -> bool:
    """Take a lesion that another visit identifies by the names of others as their part or merger."""
    parent, joined = parent_of(name, found.known), merged_of(name, found.known)
    first = found.identified_at.get((joined or (parent,))[0])
    if name in found.known or first in (None, visit_key(record, "tudtc")):
        return False
    if joined:
        add_merged(found, name, joined)
    else:
        add_part(found, name, parent)
    found.note(
        f"{record.where} identifies {name} after baseline; "
        f"taken as what became of {' and '.join(joined) or parent}"
    )
    return True


def _lesion(record: Record, name: str, role: Role) -> Lesion:
    location = record["tuloc"]
    thickness = record["tuslthk"]
    return Lesion(
        name,
        is_lymph_node=is_node(location),
        role=role,
        location=location,
        organ=location,
        method=record["tumethod"],
        slice_thickness_mm=_thickness(record, thickness) if thickness else None,
        previously_irradiated=plain_word(record["previr"]) in YES,
    )


def _thickness(record: Record, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"{record.where} gives the slice thickness '{text}'", "a number, mm", "correct it"
        ) from None


def _split(record: Record, found: Lesions) -> None:
    name = record["tulnkid"]
    parent = parent_of(name, found.known, record["tugrpid"])
    if not parent:
        if name in found.known:
            found.note(f"{record.where}: {name} is said to have split; its parts are told by their names")
            return
        raise InputError(
            f"{record.where} says that lesion '{name}' came from a split",
            "a name after that of the lesion that split, such as T01.1, or that lesion in TUGRPID",
            "name the lesion that split",
        )
    add_part(found, name, parent)


def _merge(record: Record, found: Lesions) -> None:
    name, known = record["tulnkid"], found.known
    joined = merged_of(name, known)
    if joined:
        add_merged(found, name, joined)
        return
    named = _lesions_named(record, known)
    if name in known and named:
        found.merged.append((frozenset({name, *named}), visit_key(record, "tudtc")))
    elif name not in known and len(named) > 1:
        add_merged(found, name, named)
    elif name not in known:
        raise InputError(
            f"{record.where} says that lesion '{name}' came from a merger",
            "the lesions that grew together, such as T01/T02, in TULNKID or TUSTRESC; " + one_of(known, name),
            "name them",
        )


def _lesions_named(record: Record, known: Collection[str]) -> tuple[str, ...]:
    """Return the other lesions that the row names in its result or its group."""
    text = " ".join(record[column] for column in ("tustresc", "tuorres", "tugrpid"))
    words = re.split(r"[\s/+&,;()]+", text)
    return tuple(dict.fromkeys(word for word in words if word in known and word != record["tulnkid"]))


def _merge_by_visit(records: Sequence[Record], found: Lesions) -> None:
    """Take lesions that are said to have merged at one visit, and nothing more, as one."""
    groups: dict[VisitKey, set[str]] = {}
    for record in records:
        plain = record["tulnkid"] in found.known and not _lesions_named(record, found.known)
        if _test(record) == "TUMERGE" and plain and not found.known[record["tulnkid"]].merged_from:
            groups.setdefault(visit_key(record, "tudtc"), set()).add(record["tulnkid"])
    for key, names in groups.items():
        if len(names) > 1:
            found.merged.append((frozenset(names), key))
        else:
            found.note(f"{', '.join(names)} is said to have merged, no record says with which lesion")
