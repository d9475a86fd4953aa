"""The demonstration's report: what people look at."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seedbed.dosimetry import dose_function
from seedbed.imaging import CtVolume
from seedbed.implant import SeedImplant
from seedbed.journey.case import Case
from seedbed.journey.record import JourneyRecord
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
from seedbed.report.plan_figures import telling_planes


@dataclass(frozen=True)
class DemoPictures:
    """Pictures of one journey: PNG data addresses, and the curves as SVG."""

    planned: str
    given: str
    dvh: Markup


def demo_pictures(record: JourneyRecord) -> DemoPictures:
    """Draw the plan, what was given, and both as dose-volume curves."""
    return DemoPictures(
        planned=_slices(
            record, "Plan: seeds and the planned dose", record.case.ct.volume, record.planned.plan.implant
        ),
        given=_slices(
            record,
            "After implantation: seeds found on the second CT, dose that was given",
            record.verified.ct,
            record.verified.implant,
        ),
        dvh=Markup(_dvhs(record)),  # noqa: S704 - our own figure
    )


def demo_report(record: JourneyRecord, summary: dict[str, Any], pictures: DemoPictures) -> str:
    """Write the report of one journey as one HTML page that needs nothing else."""
    return render_page(
        "demo.html",
        {
            "summary": summary,
            "protocol": record.protocol,
            "decisions": record.decisions,
            "drug": record.follow_up.drug,
            "visits": record.follow_up.visits,
            "fired": _fired(record),
            "planned_slices": pictures.planned,
            "given_slices": pictures.given,
            "dvh": pictures.dvh,
            "timeline": Markup(_timeline(record)),  # noqa: S704 - our own figure
            "legend": _legend(record.case),
        },
    )


def _slices(record: JourneyRecord, title: str, ct: CtVolume, implant: SeedImplant) -> str:
    target = record.case.target
    return slice_figure(
        SliceView(title, ct, implant, dose_function(record.planned.source, implant)),
        target,
        record.case.organs,
        prescription_gy=record.decisions.prescription.dose_gy,
        z_mm=telling_planes(target, record.planned.plan.implant),
    )


def _dvhs(record: JourneyRecord) -> str:
    planned, verified = record.planned, record.verified
    pairs = [(planned.target_dvh, verified.target_dvh, TARGET_COLOUR)]
    for number, (before, after) in enumerate(zip(planned.organ_dvhs, verified.organ_dvhs, strict=True)):
        pairs.append((before, after, ORGAN_COLOURS[number % len(ORGAN_COLOURS)]))
    return dvh_figure(pairs, prescription_gy=record.decisions.prescription.dose_gy)


def _timeline(record: JourneyRecord) -> str:
    follow_up, drug = record.follow_up, record.follow_up.drug
    cycles = [
        (cycle.first_dose, cycle.last_dose, f"{drug.drug} {cycle.dose_mg:g} mg, {len(drug.cycles)} cycles")
        for cycle in drug.cycles
    ]
    responses = {point.on: point.response for point in follow_up.response.timepoints}
    visits = [(visit.on, visit.label, responses.get(visit.on, "")) for visit in follow_up.visits]
    return timeline_figure(record.case.treated_on, cycles, visits)


def _fired(record: JourneyRecord) -> list[tuple[str, str, str]]:
    """Rules that decided something: id, text, place in the paper."""
    protocol, decisions = record.protocol, record.decisions
    used = [
        decisions.prescription.rule_id,
        decisions.activity.rule_id,
        protocol.drug.start.id,
        *record.follow_up.drug.rule_ids,
        protocol.visits.id,
        *(rule_id for point in record.follow_up.response.timepoints for rule_id in point.rule_ids),
    ]
    rules = {rule.id: rule for rule in protocol.rules}
    return [(rules[name].id, rules[name].text, rules[name].place) for name in dict.fromkeys(used)]


def _legend(case: Case) -> list[tuple[str, str]]:
    organs = [(organ.name, ORGAN_COLOURS[n % len(ORGAN_COLOURS)]) for n, organ in enumerate(case.organs)]
    lines = [(f"{percent} %", colour) for percent, colour in ISODOSES]
    return [(case.target.name, TARGET_COLOUR), *organs, *lines, ("seed", "#7CFC00")]
