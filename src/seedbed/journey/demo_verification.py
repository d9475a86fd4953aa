"""The demonstration's verification sheet."""

from pathlib import Path
from typing import Any

from seedbed.journey.demo_report import DemoPictures
from seedbed.journey.record import JourneyRecord
from seedbed.journey.sheets import put_pdf, sheet_head
from seedbed.report.verification_sheet import (
    PICTURES,
    ColdPlace,
    FoundSeeds,
    VerificationSheet,
    verification_page,
)
from seedbed.report.words import LANGUAGES, sheet_name
from seedbed.verification.cold import LEAST_CC

NAME = "verification"
VERIFICATION = tuple(
    sheet_name(NAME, language, ending) for language in LANGUAGES for ending in ("html", "pdf")
)
"""Files of the sheet; an old one goes where the new result has none."""
CARRIED_OVER = "The contours of the planning CT were carried over unchanged."


def write_verification(
    record: JourneyRecord, summary: dict[str, Any], pictures: DemoPictures, stage: Path
) -> None:
    """Write the sheet in each language, and its PDF where one can be made."""
    sheet = _sheet(record, summary, pictures, stage / "dicom" / "plan.dcm")
    for language in LANGUAGES:
        page = verification_page(sheet, language=language)
        (stage / sheet_name(NAME, language, "html")).write_text(page, encoding="utf-8")
        put_pdf(page, stage / sheet_name(NAME, language, "pdf"))


def _sheet(
    record: JourneyRecord, summary: dict[str, Any], pictures: DemoPictures, plan_file: Path
) -> VerificationSheet:
    plan, given, rx = summary["plan"], summary["verify"], summary["prescription"]["dose_gy"]
    shown = (pictures.planned, pictures.given, pictures.dvh)
    return VerificationSheet(
        head=sheet_head(record.case.ct.identity, f"{plan['target']}, {rx:g} Gy", plan_file),
        target=f"{plan['target']}, {plan['volume_cc']:.1f} cc",
        source=record.planned.source.title,
        prescription_gy=rx,
        seeds=_found(given),
        planned=plan,
        given=given,
        organs=[
            (name, each["d2cc_gy"], given["organs"][name]["d2cc_gy"]) for name, each in plan["organs"].items()
        ],
        cold=[_cold(region) for region in given["cold_regions"]],
        least_cold_cc=LEAST_CC,
        pictures=dict(zip(PICTURES, shown, strict=True)),
        notes=[f"SYNTHETIC: {', '.join(record.case.synthetic)}.", CARRIED_OVER],
    )


def _found(given: dict[str, Any]) -> FoundSeeds:
    return FoundSeeds(
        implanted=given["seeds_implanted"],
        found=given["seeds_found"],
        matched=given["seeds_matched_to_plan"],
        missing=given["planned_without_found"],
        extra=given["found_without_planned"],
        mean_mm=given["displacement_mean_mm"],
        most_mm=given["displacement_max_mm"],
    )


def _cold(region: dict[str, Any]) -> ColdPlace:
    x, y, z = region["coldest_mm"]
    low, high = region["z_mm"]
    return ColdPlace(region["volume_cc"], region["least_gy"], (x, y, z), (low, high))
