"""The verification sheet as files."""

from collections.abc import Sequence
from pathlib import Path

from seedbed.journey.sheets import put_pdf, sheet_head
from seedbed.journey.single_file import sha256
from seedbed.journey.verification import sheet_facts
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.judging import JudgedDose
from seedbed.journey.verification.objects import TOP_UP
from seedbed.journey.verification.pictures import Drawn
from seedbed.journey.verification.placing import Placement
from seedbed.report.verification_sheet import VerificationSheet, verification_page
from seedbed.report.words import LANGUAGES, sheet_name
from seedbed.verification import Migrated
from seedbed.verification.cold import LEAST_CC

NAME = "verification"
SHEETS = tuple(sheet_name(NAME, language, ending) for language in LANGUAGES for ending in ("html", "pdf"))
SHOWN_DIGITS = 16


def write_sheets(sheet: VerificationSheet, asked: Asked, stage: Path) -> list[str]:
    """Write the sheet in each language; return a sentence where a PDF is lacking."""
    notes = []
    for language in asked.question.languages:
        page = verification_page(sheet, language=language)
        (stage / sheet_name(NAME, language, "html")).write_text(page, encoding="utf-8")
        if asked.question.pdf:
            notes += put_pdf(page, stage / sheet_name(NAME, language, "pdf"))
    return notes


def verification_sheet(
    asked: Asked,
    found: Finding,
    placement: Placement | None,
    migrated: Sequence[Migrated],
    dose: JudgedDose | None,
    drawn: Drawn,
    *,
    notes: Sequence[str],
    stage: Path,
) -> VerificationSheet:
    """Put the sheet together."""
    planned, given, after = sheet_facts.target_states(dose)
    band = None if dose is None else dose.interval("D90")
    cold, cold_90 = ([], None) if dose is None else sheet_facts.all_cold(dose)
    plan = stage / TOP_UP
    target = asked.contours.target if asked.contours is not None else None
    return VerificationSheet(
        head=sheet_head(asked.ct.identity, _label(asked), asked.question.plan_file),
        target="" if target is None else f"{target.name}, {target.volume_mm3 / 1000:.1f} cc",
        source="" if dose is None else asked.source.title,
        prescription_gy=asked.rx_gy,
        seeds=sheet_facts.seeds_fact(asked, found, placement),
        planned=planned,
        given=given,
        organs=sheet_facts.organ_rows(dose),
        cold=cold,
        least_cold_cc=LEAST_CC,
        top_up=sheet_facts.top_up_fact(dose, sha256(plan)[:SHOWN_DIGITS] if plan.exists() else ""),
        pictures=drawn.figures,
        notes=notes,
        after=after,
        organs_after=sheet_facts.organs_after(dose),
        d90_gy=None if band is None else band[1:],
        cold_90=cold_90,
        migrated=sheet_facts.migrated_facts(migrated, found),
        whole=None if placement is None else sheet_facts.whole_fact(placement),
        needles=[] if placement is None else sheet_facts.needle_rows(placement),
        contours=sheet_facts.contours_fact(asked),
        volume=sheet_facts.volume_fact(dose),
        no_top_up="" if dose is None else dose.no_top_up,
        doubtful_pictures=drawn.doubtful,
    )


def _label(asked: Asked) -> str:
    """Say in one line what was verified."""
    parts = [] if asked.contours is None else [asked.contours.target.name]
    if asked.rx_gy is not None:
        parts.append(f"{asked.rx_gy:g} Gy")
    return ", ".join(parts)
