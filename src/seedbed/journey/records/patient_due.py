"""The follow-up of one patient, visit by visit, with what was left out at each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.records.due import start_note
from seedbed.journey.records.known import check_known
from seedbed.journey.records.treatment import begun, treatment_starts
from seedbed.journey.records.visit_items import items_at_visits, items_not_asked
from seedbed.patient import PartialDate
from seedbed.patient.records import Contact, Death, DrugCourse, VisitRecord, partial
from seedbed.protocol import Protocol, is_protocol_drug, load_rules
from seedbed.protocol.follow_up import FollowUp, FollowUpFacts, SeenVisit, follow_up
from seedbed.registry.clinic import ClinicRegister, open_clinic


@dataclass(frozen=True, kw_only=True)
class PatientDue:
    """The follow-up of one patient, visit by visit; ``started`` is the start of treatment as it is known."""

    patient_id: str
    started: PartialDate
    follow_up: FollowUp
    protocol: Protocol

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "patient_id": self.patient_id,
            "on": self.follow_up.today.isoformat(),
            "treatment_started": str(self.started),
            "note": start_note(self.started),
            "visits": [
                {
                    "month": each.month,
                    "due_on": each.due_on.isoformat(),
                    "status": each.status,
                    "seen_on": each.seen or None,
                    "days_off": each.days_off,
                    "window_days": each.window_days,
                    "missing_items": [
                        {"rule_id": item, "text": self.protocol.rule(item).text}
                        for item in each.missing_items
                    ],
                    "text": each.text,
                    "note": start_note(self.started),
                }
                for each in self.follow_up.visits
            ],
            "extra_visits": list(self.follow_up.extra_stated),
        }


def patient_due(
    where: Path | str, patient_id: str, *, on: date, rules_file: Path | None = None
) -> PatientDue:
    """Follow one patient visit by visit, with what was left out at each.

    Raises
    ------
    InputError
        No such register or patient, or a patient whose treatment has not begun.
    """
    protocol = load_rules(rules_file)
    with open_clinic(where) as clinic:
        facts = follow_up_facts(clinic, patient_id, on=on, protocol=protocol)
        started = treatment_starts(clinic, patients=[patient_id], protocol=protocol)[patient_id]
    return PatientDue(
        patient_id=patient_id,
        started=started,
        follow_up=follow_up(facts, on, protocol=protocol),
        protocol=protocol,
    )


def follow_up_facts(
    clinic: ClinicRegister, patient_id: str, *, on: date, protocol: Protocol
) -> FollowUpFacts:
    """Gather what the register says of the follow-up of a patient up to a day."""
    only = [patient_id]
    check_known(clinic, patient_id)
    courses = clinic.records(DrugCourse, patients=only)
    starts = [partial(day).earliest for _, day in begun(clinic, patients=only, protocol=protocol)]
    if not any(start <= on for start in starts):
        raise InputError(
            f"the treatment of {patient_id} has not begun on {on}",
            f"an implantation or a first dose of {protocol.drug.name} by then",
            "add it to the register, or ask for a later day",
        )
    deaths = [each.on.latest for each in clinic.records(Death, patients=only) if each.on.earliest <= on]
    died = min(deaths[0], on) if deaths else None
    done = items_at_visits(clinic, protocol, patients=only)
    visits = [each.on for each in clinic.records(VisitRecord, patients=only)]
    contacts = [each.on.earliest for each in clinic.records(Contact, patients=only)]
    return FollowUpFacts(
        treatment_starts=tuple(start for start in starts if start <= on),
        seen=tuple(
            _seen_visit(day, died or on, items=done.get((patient_id, day.text), ()))
            for day in visits
            if day.earliest <= (died or on)
        ),
        died_on=died,
        last_contact_on=max((day for day in contacts if day <= on), default=None),
        with_drug=any(is_protocol_drug(each.drug, protocol) for each in courses),
        not_asked=items_not_asked(clinic, patient_id, protocol),
    )


def _seen_visit(when: PartialDate, last: date, *, items: Iterable[str]) -> SeenVisit:
    """Return a visit with every day that it can have been on, up to a last one."""
    until = None if when.day else min(when.latest, last)
    return SeenVisit(on=when.earliest, items=tuple(sorted(items)), until=until, stated=when.text)
