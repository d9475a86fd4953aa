"""What is shown of a checked workbook before somebody decides, and the mark of it that a decision names."""

import json
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from typing import Any

from seedbed.journey.records.checking import NEW_IDENTITY, Fault
from seedbed.journey.records.importing import Imported
from seedbed.registry.ledger import Change, as_json

MOST_SHOWN = 500
"""Faults, and changes, that a page lists; all are counted, and all faults stand in a file (local rule)."""
BELOW = " below, and check again"
"""What a page has in the place of an option of the command line."""
ON_PAGES = {
    "' here: two patients with one identifier, or a correction; give one another identifier, or say that it "
    "is a correction below, and check again": NEW_IDENTITY,
    "record is voided in the register, or of a voided patient, and stays so; to have it back, restore it "
    "below, and check again.": " (--restore)",
    "records are voided in the register, or of voided patients, and stay so; to have them back, restore them "
    "below, and check again.": " (--restore)",
}
"""What a page says, and the option that the command line names there."""
REGISTER = "register, "
"""So begins the address of a fault of what is in the register."""


def told(imported: Imported) -> dict[str, Any]:
    """Return what a page shows of a dry run."""
    found = imported.to_dict()
    planned = imported.planned
    changes = sorted(planned.changes, key=_worth_looking_at) if planned else []
    shown = [_change(each) for each in changes[:MOST_SHOWN]]
    faults = sorted(imported.faults, key=lambda each: each.severity != "wrong")
    return {
        **{name: found[name] for name in ("read", "wrong", "asked", "planned")},
        "remarks": [for_pages(each) for each in imported.remarks],
        "faults": [{**vars(each), "sentence": for_pages(each.sentence)} for each in faults[:MOST_SHOWN]],
        "changes": shown,
        "patients": sorted({each["patient_id"] for each in shown if each["differences"]}),
    }


def mark(imported: Imported, options: Mapping[str, bool], number: int) -> str:
    """Return the hash of all that a dry run found: that of another that found the same is the same.

    Parameters
    ----------
    imported : Imported
    options : mapping of str to bool
        What the workbook might do.
    number : int
        Of the latest change set of the register that it was checked against.
    """
    found = imported.to_dict()
    planned = imported.planned
    everything = [
        number,
        sorted(options.items()),
        found["read"],
        sorted(found["remarks"]),
        sorted([each.severity, each.address, each.sentence] for each in imported.faults),
        found["planned"],
        sorted([each.kind, each.key, each.action, each.old or "", each.new or ""] for each in planned.changes)
        if planned
        else None,
    ]
    return sha256(as_json(everything).encode()).hexdigest()


def for_pages(sentence: str) -> str:
    """Name what a page has, where a sentence names an option of the command line.

    Examples
    --------
    >>> for_pages("1 record is voided in the register, or of a voided patient, and stays so; to have it "
    ...           "back, restore it (--restore).")[-48:]
    'have it back, restore it below, and check again.'
    """
    for said, option in ON_PAGES.items():
        sentence = sentence.replace(said.replace(BELOW, option), said)
    return sentence


def told_of(faults: tuple[Fault, ...], there: Collection[str]) -> Iterator[str]:
    """Give the patients of the register of whom faults tell: a sentence may say what is there.

    Examples
    --------
    >>> other = Fault("wrong", "Patients!B4", "patient S-01 has sex 'male' in the register and 'female' here")
    >>> held = Fault("ask", "register, visit S-02, 2026-03", "an earlier day than that of the implant")
    >>> [*told_of((other, held), {"S-01", "S-02", "S-03"})]
    ['S-01', 'S-02']
    """
    for each in faults:
        for named in (each.sentence, each.address.removeprefix(REGISTER)):
            called = named.partition(" ")[2]  # after the kind of the record
            yield from {called.partition(end)[0] for end in (", ", ": ", " has ", " ")}.intersection(there)


def _worth_looking_at(change: Change) -> int:
    """Put what replaces something before what is new."""
    return ("changed", "restored", "added", "voided").index(change.action)


def _change(change: Change) -> dict[str, Any]:
    old, new = json.loads(change.old or "{}"), json.loads(change.new or "{}")
    names = dict.fromkeys((*old, *new)) if change.action == "changed" else {}
    return {
        "kind": change.kind,
        "patient_id": change.patient_id,
        "key": json.loads(change.key)[1:],
        "action": change.action,
        "differences": {
            name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)
        },
    }
