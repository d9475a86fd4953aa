"""The order and safety sheet as one printable page."""

from typing import Final

from seedbed.implant.assay import Assay
from seedbed.implant.order import OrderSheet, Strength
from seedbed.implant.order_rules import order_rule
from seedbed.implant.release import Release
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language, Say, say_in
from seedbed.units import MBQ_PER_MCI

MARK: Final = 'content="seedbed order sheet"'
"""What tells a sheet of ours from other files."""


def order_page(
    sheet: OrderSheet,
    head: SheetHead,
    *,
    of_plan: str = "",
    off_plan_pct: float | None = None,
    language: Language = "en",
) -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : OrderSheet
    head : SheetHead
        Without a patient where the seeds are for stock.
    of_plan : str
        Seeds of the plan in words; empty where there is none.
    off_plan_pct : float or None
        By how much the strength of a seed on the implant day differs from the plan's; told loudly where it is
        more than rule ASSAY-MEAN lets a mean differ.
    language : {"en", "zh"}

    Returns
    -------
    str
        HTML.
    """
    say = say_in(language)
    return render_sheet(
        "order.html",
        head,
        {
            "sheet": sheet,
            "request": sheet.request,
            "strengths": _strengths(sheet, say),
            "of_plan": of_plan,
            "off_plan": _too_far(off_plan_pct, sheet, say),
            "release": release_text(sheet.release, say),
            "assay": None if sheet.assay is None else assay_text(sheet.assay, say),
        },
        language=language,
    )


def _too_far(off_pct: float | None, sheet: OrderSheet, say: Say) -> str:
    """Say that the seeds are not as strong as planned, where they are not."""
    if off_pct is None or abs(off_pct) <= order_rule("ASSAY-MEAN").numbers["investigate_percent"]:
        return ""
    return say("order.off_plan", u=sheet.seed_at_implant.u, off=off_pct)


def _strengths(sheet: OrderSheet, say: Say) -> list[tuple[str, Strength, Strength]]:
    """Rows of the table: what, at calibration, at implantation."""
    request = sheet.request
    return [
        (say("order.one"), sheet.seed_at_calibration, sheet.seed_at_implant),
        (
            say("order.implant", count=request.seeds),
            sheet.implanted_at_calibration,
            sheet.implanted_at_implant,
        ),
        (
            say("order.delivered", count=request.delivered),
            sheet.delivered_at_calibration,
            sheet.delivered_at_implant,
        ),
    ]


def release_text(release: Release, say: Say) -> str:
    """Say in a language what `Release.sentence` says in English."""
    if release.limit_mbq is None or release.limit_msv_per_h is None:
        return say("release.no_row")
    return say(
        f"release.{release.verdict.replace(' ', '_')}",
        mbq=release.activity_mbq,
        mci=release.activity_mbq / MBQ_PER_MCI,
        limit=release.limit_mbq,
        rate=release.limit_msv_per_h,
        measured=release.measured_msv_per_h or 0.0,
    )


def assay_text(assay: Assay, say: Say) -> str:
    """Say in a language what `Assay.sentence` says in English."""
    do = say(f"assay.{assay.verdict}")
    parts = [say("assay.mean", mean=assay.mean_u, off=assay.deviation_percent, stated=assay.stated_u, do=do)]
    if not assay.enough:
        parts.append(say("assay.more", measured=assay.measured, required=assay.required))
    if assay.single_seeds:
        parts.append(say("assay.single", numbers=", ".join(str(each) for each in assay.single_seeds)))
    return "; ".join(parts)
