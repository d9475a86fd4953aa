"""The demonstration's report: what people look at."""

from typing import Any

from markupsafe import Markup

from seedbed.journey.case import Case
from seedbed.journey.clinic import Decisions, FollowUp
from seedbed.journey.implanting import PlannedDose, VerifiedDose, dose_of, telling_planes
from seedbed.protocol import Protocol
from seedbed.report import render_page
from seedbed.report.figures import (
    ISODOSES,
    ORGAN_COLOURS,
    TARGET_COLOUR,
    SliceView,
    dvh_figure,
    slice_figure,
    timeline_figure,
)


def demo_report(
    case: Case,
    protocol: Protocol,
    decisions: Decisions,
    planned: PlannedDose,
    verified: VerifiedDose,
    follow_up: FollowUp,
    summary: dict[str, Any],
) -> str:
    """Write the report of one journey as one HTML page that needs nothing else."""
    return render_page(
        "demo.html",
        {
            "summary": summary,
            "protocol": protocol,
            "decisions": decisions,
            "drug": follow_up.drug,
            "visits": follow_up.visits,
            "fired": _fired(protocol, decisions, follow_up),
            "planned_slices": _slices(case, decisions, planned, verified, given=False),
            "given_slices": _slices(case, decisions, planned, verified, given=True),
            "dvh": Markup(_dvhs(decisions, planned, verified)),  # noqa: S704 - our own figure
            "timeline": Markup(_timeline(case, follow_up)),  # noqa: S704 - our own figure
            "legend": _legend(case),
        },
    )


def _slices(
    case: Case, decisions: Decisions, planned: PlannedDose, verified: VerifiedDose, *, given: bool
) -> str:
    implant = verified.implant if given else planned.plan.implant
    view = SliceView(
        title="After implantation: seeds found on the second CT, dose that was given" if given else
        "Plan: seeds and the planned dose",
        ct=verified.ct if given else case.ct.volume,
        implant=implant,
        dose_at=dose_of(planned.source, implant),
    )  # fmt: skip
    return slice_figure(
        view,
        case.target,
        case.organs,
        prescription_gy=decisions.prescription.dose_gy,
        z_mm=telling_planes(case.target, planned.plan.implant),
    )


def _dvhs(decisions: Decisions, planned: PlannedDose, verified: VerifiedDose) -> str:
    pairs = [(planned.target_dvh, verified.target_dvh, TARGET_COLOUR)]
    for number, (before, after) in enumerate(zip(planned.organ_dvhs, verified.organ_dvhs, strict=True)):
        pairs.append((before, after, ORGAN_COLOURS[number % len(ORGAN_COLOURS)]))
    return dvh_figure(pairs, prescription_gy=decisions.prescription.dose_gy)


def _timeline(case: Case, follow_up: FollowUp) -> str:
    drug = follow_up.drug
    cycles = [
        (cycle.first_dose, cycle.last_dose, f"{drug.drug} {cycle.dose_mg:g} mg, {len(drug.cycles)} cycles")
        for cycle in drug.cycles
    ]
    responses = {point.on: point.response for point in follow_up.response.timepoints}
    visits = [(visit.on, visit.label, responses.get(visit.on, "")) for visit in follow_up.visits]
    return timeline_figure(case.treated_on, cycles, visits)


def _fired(protocol: Protocol, decisions: Decisions, follow_up: FollowUp) -> list[tuple[str, str, str]]:
    """Rules that decided something: id, text, place in the paper."""
    dose, activity, drug, response = (
        decisions.prescription,
        decisions.activity,
        protocol.drug,
        follow_up.response,
    )
    used = {rule_id for point in response.timepoints for rule_id in point.rule_ids}
    judged = [rule for rule in _response_rules(protocol) if rule[0] in used]
    return [
        (dose.rule_id, dose.text, dose.place),
        (activity.rule_id, activity.text, activity.place),
        (drug.start.id, drug.start.text, drug.start.place),
        (drug.schedule.id, drug.schedule.text, drug.schedule.place),
        (protocol.visits.id, protocol.visits.text, protocol.visits.place),
        *judged,
    ]


def _response_rules(protocol: Protocol) -> list[tuple[str, str, str]]:
    rules = protocol.response
    every = (
        rules.complete,
        rules.partial,
        rules.stable,
        rules.progression,
        rules.not_evaluable,
        rules.confirmation,
    )
    return [(rule.id, rule.text, rule.place) for rule in every]


def _legend(case: Case) -> list[tuple[str, str]]:
    organs = [(organ.name, ORGAN_COLOURS[n % len(ORGAN_COLOURS)]) for n, organ in enumerate(case.organs)]
    lines = [(f"{percent} %", colour) for percent, colour in ISODOSES]
    return [(case.target.name, TARGET_COLOUR), *organs, *lines, ("seed", "#7CFC00")]
