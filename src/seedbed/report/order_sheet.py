"""The order and safety sheet as one printable page."""

from typing import Final

from seedbed.implant.order import OrderSheet
from seedbed.report.page import render_page

MARK: Final = 'content="seedbed order sheet"'
"""What tells a sheet of ours from other files."""


def order_page(sheet: OrderSheet, program_version: str) -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : OrderSheet
    program_version : str
        Of Seedbed, to be printed.

    Returns
    -------
    str
        HTML.
    """
    request = sheet.request
    strengths = [
        ("One seed", "单粒", sheet.seed_at_calibration, sheet.seed_at_implant),
        (
            f"To implant: {request.seeds}",
            f"植入 {request.seeds} 粒",
            sheet.implanted_at_calibration,
            sheet.implanted_at_implant,
        ),
        (
            f"Delivered: {request.delivered}",
            f"到货 {request.delivered} 粒",
            sheet.delivered_at_calibration,
            sheet.delivered_at_implant,
        ),
    ]
    return render_page(
        "order.html",
        {"sheet": sheet, "request": request, "strengths": strengths, "version": program_version},
    )
