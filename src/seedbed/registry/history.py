"""What was changed in the register: when, by whom, why, from what to what."""

import json
from dataclasses import dataclass

from sqlalchemy import select

from seedbed.patient.records import Plain
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import CHANGE, CHANGE_SET


@dataclass(frozen=True, kw_only=True)
class PastChange:
    """One record added, changed, voided or restored.

    Attributes
    ----------
    number : int
        Of the set of changes it was written with.
    at : str
        UTC, ISO 8601.
    who, why : str
    kind, patient_id : str
    key : tuple
        The key of the record.
    action : str
        ``added``, ``changed``, ``voided`` or ``restored``.
    old, new : dict
        What was stated before and after.
    """

    number: int
    at: str
    who: str
    why: str
    kind: str
    patient_id: str
    key: tuple[Plain, ...]
    action: str
    old: dict[str, Plain]
    new: dict[str, Plain]

    @property
    def differences(self) -> dict[str, tuple[Plain | None, Plain | None]]:
        """The fields that differ, each with the value before and after; None is "not stated"."""
        names = [*self.old, *(name for name in self.new if name not in self.old)]
        pairs = {name: (self.old.get(name), self.new.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def history(clinic: ClinicRegister, *, patient_id: str, kind: str | None = None) -> list[PastChange]:
    """Return all changes of the records of a patient, the oldest first.

    Parameters
    ----------
    clinic : ClinicRegister
    patient_id : str
    kind : str, optional
        One kind of records alone.
    """
    query = (
        select(
            *(CHANGE_SET.c[name] for name in ("number", "at", "who", "why")),
            *(CHANGE.c[name] for name in ("kind", "patient_id", "key", "action", "old", "new")),
        )
        .join(CHANGE_SET, CHANGE.c.change_set == CHANGE_SET.c.number)
        .where(CHANGE.c.patient_id == patient_id)
        .order_by(CHANGE.c.change_set, CHANGE.c.position)
    )
    if kind is not None:
        query = query.where(CHANGE.c.kind == kind)
    return [
        PastChange(
            number=row.number,
            at=row.at,
            who=row.who,
            why=row.why,
            kind=row.kind,
            patient_id=row.patient_id,
            key=tuple(json.loads(row.key)),
            action=row.action,
            old=json.loads(row.old or "{}"),
            new=json.loads(row.new or "{}"),
        )
        for row in clinic.rows(query)
    ]
