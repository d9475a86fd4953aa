"""Records by kind, in the order in which a register takes them."""

from collections.abc import Iterable

from seedbed.patient.records import KINDS, Record


def by_kind(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records by kind; kinds without records are left out.

    Examples
    --------
    >>> from seedbed.patient.records import Death, Patient
    >>> from seedbed.patient import PartialDate
    >>> list(by_kind([Death(patient_id="S-01", on=PartialDate("2026")), Patient(patient_id="S-01")]))
    ['patient', 'death']
    """
    found: dict[str, list[Record]] = {kind: [] for kind in KINDS}
    for record in records:
        found[record.KIND].append(record)
    return {kind: group for kind, group in found.items() if group}
