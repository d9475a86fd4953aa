"""Records written to their tables and to the chain of changes, within one transaction of the caller's."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from seedbed.errors import InputError
from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS, REFERENCES, KeyValues, Plain, Record, references_of
from seedbed.registry.clinic_tables import TABLES
from seedbed.registry.ledger import Action, Change, ChangeSet, append, as_json, insert_rows, key_json

Stated = dict[str, Plain]
AT_ONCE = 500
"""Patients looked up in one query, well below the number of parameters that databases take."""
SOME = 20
"""From more such queries on, a table is read as a whole."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many records were added, changed, restored, there already as they came, or voided and left so."""

    added: int = 0
    changed: int = 0
    restored: int = 0
    unchanged: int = 0
    left_voided: int = 0


@dataclass(frozen=True)
class _Held:
    """What the register holds under a key."""

    stated: Stated
    voided: bool


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Who writes and why, and what is allowed.

    Attributes
    ----------
    who, why : str
    new_identity : bool
        Whether name, sex and birth of a patient may change.
    restore : bool
        Whether voided records that come again count again.
    whole : bool
        Whether what a record does not state is not stated any more, rather than left as it was.
    """

    who: str
    why: str
    new_identity: bool = False
    restore: bool = False
    whole: bool = False


_There = dict[str, dict[KeyValues, _Held]]
"""What the register holds, by kind and key."""


def write_records(
    connection: Connection, records: Sequence[Record], writing: Writing
) -> tuple[Counts, ChangeSet | None]:
    """Write records and their changes; `ClinicRegister.write` tells the rules."""
    counts, changes = apply_records(connection, records, writing)
    return counts, append(connection, changes, who=writing.who, why=writing.why) if changes else None


def apply_records(
    connection: Connection, records: Sequence[Record], writing: Writing
) -> tuple[Counts, list[Change]]:
    """Write records to their tables, and return the changes, which are not in the chain yet."""
    by_kind = _by_kind(records)
    there = _there(connection, by_kind)
    coming = sum(len(same) for same in by_kind.values())
    if not writing.restore:
        by_kind = _without_voided(by_kind, there)
    left_voided = coming - sum(len(same) for same in by_kind.values())
    live = _live(by_kind, there)
    changes: list[Change] = []
    unchanged = 0
    for name, same in by_kind.items():
        _check_references(name, same, live)
        found = _written(connection, same, there[name], writing=writing)
        unchanged += len(same) - len(found)
        changes += found
    counted = Counter(change.action for change in changes)
    counts = Counts(
        added=counted["added"],
        changed=counted["changed"],
        restored=counted["restored"],
        unchanged=unchanged,
        left_voided=left_voided,
    )
    return counts, changes


def _by_kind(records: Sequence[Record]) -> dict[str, dict[KeyValues, Record]]:
    """Part the records by kind, in the order in which kinds refer to each other, and by key."""
    found: dict[str, list[Record]] = {name: [] for name in KINDS}
    for each in records:
        found[each.KIND].append(each)
    return {name: _by_key(same) for name, same in found.items() if same}


def _there(connection: Connection, by_kind: Mapping[str, Mapping[KeyValues, Record]]) -> _There:
    """Read once what the register holds of the patients that come: their kinds, and what those refer to."""
    patients = {each.patient_id for same in by_kind.values() for each in same.values()}
    wanted = {*by_kind, *(other for name in by_kind for other, _ in references_of(name))}
    return {name: _held(connection, KINDS[name], patients) for name in wanted}


def _without_voided(
    by_kind: Mapping[str, dict[KeyValues, Record]], there: _There
) -> dict[str, dict[KeyValues, Record]]:
    """Leave out what was voided, and whatever comes of patients who were: an old file brings nobody back."""
    gone = {key[0] for key, held in there.get("patient", {}).items() if held.voided}
    found = {}
    for name, same in by_kind.items():
        held = there[name]
        left = {
            key: each
            for key, each in same.items()
            if each.patient_id not in gone and not (key in held and held[key].voided)
        }
        if left:
            found[name] = left
    return found


def void_record(connection: Connection, record: Record, *, who: str, why: str, dependents: bool) -> ChangeSet:
    """Void a record, and those that refer to it where that is wanted."""
    held = _held(connection, type(record), [record.patient_id]).get(record.key)
    if held is None or held.voided:
        raise InputError(
            f"{record.name} is not in the register" if held is None else f"{record.name} is voided already",
            "a record that is there",
            "look it up with 'seedbed registry history'",
        )
    others = list(_dependents(connection, record))
    if others and not dependents:
        raise InputError(
            f"{len(others)} records refer to {record.name}, such as the {_named(*others[0])}",
            "none",
            "void them first, or all at once with --dependents",
        )
    changes = [_voided(kind, key, each) for kind, key, each in [*others, (type(record), record.key, held)]]
    for kind, key, _ in [*others, (type(record), record.key, held)]:
        _set_voided(connection, kind, key, voided=True)
    return append(connection, changes, who=who, why=why)


def restore_record(
    connection: Connection, kind: type[Record], key: KeyValues, *, who: str, why: str
) -> ChangeSet:
    """Let a voided record count again, as it was."""
    held = _held(connection, kind, [str(key[0])]).get(key)
    name = f"{kind.KIND} {', '.join(str(value) for value in key if value != '')}"
    if held is None or not held.voided:
        raise InputError(
            f"{name} is {'not in the register' if held is None else 'not voided'}",
            "a record that was voided",
            "look it up with 'seedbed registry history'",
        )
    record = kind.from_plain(held.stated)
    by_kind = {kind.KIND: {key: record}}
    _check_references(kind.KIND, by_kind[kind.KIND], _live(by_kind, _there(connection, by_kind)))
    _set_voided(connection, kind, key, voided=False)
    change = Change(kind.KIND, record.patient_id, key_json(key), "restored", None, as_json(held.stated))
    return append(connection, [change], who=who, why=why)


def _set_voided(connection: Connection, kind: type[Record], key: KeyValues, *, voided: bool) -> None:
    table = TABLES[kind.KIND]
    where = [table.c[name] == value for name, value in zip(kind.KEY, key, strict=True)]
    connection.execute(update(table).where(*where).values(voided=voided))


def _voided(kind: type[Record], key: KeyValues, held: _Held) -> Change:
    return Change(kind.KIND, str(key[0]), key_json(key), "voided", as_json(held.stated), None)


def _dependents(connection: Connection, record: Record) -> Iterator[tuple[type[Record], KeyValues, _Held]]:
    for name, kind in reversed([*KINDS.items()]):
        other, columns = REFERENCES.get(name, ("", ()))
        if record.KIND not in ("patient", other) or name == record.KIND:
            continue
        for key, held in _held(connection, kind, [record.patient_id]).items():
            refers = record.KIND == "patient" or tuple(held.stated[each] for each in columns) == record.key
            if refers and not held.voided:
                yield kind, key, held


def _named(kind: type[Record], key: KeyValues, _: _Held) -> str:
    return f"{kind.KIND} {', '.join(str(value) for value in key if value != '')}"


def _by_key(records: Sequence[Record]) -> dict[KeyValues, Record]:
    found: dict[KeyValues, Record] = {}
    for each in records:
        same = found.setdefault(each.key, each)
        if same is not each and same != each:
            raise InputError(
                f"two records of {each.name} with different values",
                "one record for one key",
                "keep the one that is right",
            )
    return found


def _live(by_kind: Mapping[str, Mapping[KeyValues, Record]], there: _There) -> dict[str, set[KeyValues]]:
    """Keys of patients, lesions and courses that records may refer to: those there, and those to come."""
    return {
        name: {
            *(key for key, each in held.items() if not each.voided),
            *by_kind.get(name, ()),
        }
        for name, held in there.items()
    }


def _check_references(
    name: str, records: Mapping[KeyValues, Record], live: Mapping[str, set[KeyValues]]
) -> None:
    for other, columns in references_of(name):
        for each in records.values():
            key = tuple(getattr(each, column) for column in columns)
            if key not in live[other]:
                raise InputError(
                    f"{each.name} refers to the {other} {', '.join(key)}, which the register does not have",
                    f"a {other} that is there, or comes with it",
                    f"add the {other}, or correct the name",
                )


def _written(
    connection: Connection,
    records: Mapping[KeyValues, Record],
    held: Mapping[KeyValues, _Held],
    *,
    writing: Writing,
) -> list[Change]:
    kind = type(next(iter(records.values())))
    changes: list[Change] = []
    new: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    for key, record in records.items():
        stated, there = record.stated(), held.get(key)
        action: Action = "added" if there is None else "restored" if there.voided else "changed"
        if there is not None and not there.voided:
            stated = stated if writing.whole else record.over(there.stated)
            if stated == there.stated:
                continue
            if not writing.new_identity:
                _check_identity(record, there.stated)
            kind.from_plain(stated, where=f"{record.name}, as it would be then,")
        (new if there is None else other).append(_row(kind, stated))
        old = as_json(there.stated) if action == "changed" and there is not None else None
        changes.append(Change(kind.KIND, record.patient_id, key_json(key), action, old, as_json(stated)))
    if new:
        insert_rows(connection, TABLES[kind.KIND], new)
    if other:
        connection.execute(
            _update(kind), [{f"_{name}": value for name, value in row.items()} for row in other]
        )
    return changes


def _row(kind: type[Record], stated: Stated) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(fields_of(kind))
    row.update(dict.fromkeys(kind.KEY, ""), **stated, voided=False)
    return row


def _update(kind: type[Record]) -> Any:
    table = TABLES[kind.KIND]
    where = [table.c[name] == bindparam(f"_{name}") for name in kind.KEY]
    names = [column.name for column in table.columns if column.name not in kind.KEY]
    return update(table).where(*where).values({name: bindparam(f"_{name}") for name in names})


def _check_identity(record: Record, old: Stated) -> None:
    differs = record.another_identity(old)
    if differs:
        said = ", ".join(f"{name} '{old[name]}' there and '{now}' here" for name, now in differs.items())
        raise InputError(
            f"{record.name} has {said}: two patients with one identifier, or a correction",
            "the same person under one identifier",
            "give one of them another identifier, or say that it is a correction with --new-identity",
        )


def _held(connection: Connection, kind: type[Record], patients: Collection[str]) -> dict[KeyValues, _Held]:
    """Return what the register holds of some patients, voided or not."""
    table, names = TABLES[kind.KIND], tuple(fields_of(kind))
    query = select(*(table.c[name] for name in names), table.c.voided)
    wanted = sorted(patients)
    parts = [wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE)]
    if len(parts) > SOME:
        rows = connection.execute(query).all()
    else:
        rows = [
            row for part in parts for row in connection.execute(query.where(table.c.patient_id.in_(part)))
        ]
    held = {}
    for *values, voided in rows:
        row = dict(zip(names, values, strict=True))
        key = tuple(row[name] for name in kind.KEY)
        stated = {name: value for name, value in row.items() if value is not None and value != ""}
        held[key] = _Held(stated, voided)
    return held
