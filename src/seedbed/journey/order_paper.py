"""The order and safety sheet as files: HTML and PDF, in each language."""

from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from seedbed.dicom import PlanFile, iso, read_plan_file
from seedbed.errors import InputError
from seedbed.implant.order import OrderSheet
from seedbed.journey.sheets import SheetKind, SheetPlace, sheet_head, write_sheet
from seedbed.report.order_sheet import MARK, order_page
from seedbed.report.sheet import SheetHead
from seedbed.report.words import Language, say_in

KIND = SheetKind("earlier order sheet", MARK)


@dataclass(frozen=True)
class OrderPaper:
    """How an order sheet is to be written.

    Attributes
    ----------
    out : Path
        The HTML file; other languages and the PDF lie beside it.
    plan : Path or None
        RTPLAN that the seeds are for: its patient and its SHA-256 stand on each page.
    languages : tuple of {"en", "zh"}
    pdf : bool
    """

    out: Path
    plan: Path | None = None
    languages: tuple[Language, ...] = ("en",)
    pdf: bool = True


def write_order(sheet: OrderSheet, paper: OrderPaper) -> tuple[list[Path], list[str]]:
    """Write the sheet for printing; an earlier sheet is replaced, nothing else is.

    Returns
    -------
    tuple of (list of Path, list of str)
        Files written, and a sentence for each PDF that is lacking.

    Raises
    ------
    InputError
        The plan holds another number of seeds, or seeds of another radionuclide.
    OutputError
        A place is a folder, another file, or cannot be written.
    """
    plan = None if paper.plan is None else _plan_of(sheet, paper.plan)
    head, off_plan_pct = _head(sheet, plan, paper.plan), _off_plan(plan, sheet)

    def page_in(language: Language) -> str:
        of_plan = _seeds_of(plan, sheet, language)
        return order_page(sheet, head, of_plan=of_plan, off_plan_pct=off_plan_pct, language=language)

    return write_sheet(page_in, SheetPlace(paper.out, paper.languages, paper.pdf), KIND)


def _plan_of(sheet: OrderSheet, path: Path) -> PlanFile:
    """Read the plan that the seeds are for; refuse one of another number of seeds or radionuclide."""
    plan, request = read_plan_file(path), sheet.request
    if (plan.implant.count, plan.source.radionuclide) != (request.seeds, request.radionuclide):
        raise InputError(
            f"'{path.name}' holds {plan.implant.count} seeds of {plan.source.radionuclide}, ordered are "
            f"{request.seeds} of {request.radionuclide}",
            "the same; spare seeds are ordered with --spare",
            "correct --seeds, --source or --plan",
        )
    return plan


def _head(sheet: OrderSheet, plan: PlanFile | None, path: Path | None) -> SheetHead:
    if plan is None or path is None:
        return SheetHead(dated=sheet.request.implanted, version=version("seedbed"))
    return sheet_head(plan.identity, f"{plan.target}, {plan.dose_gy:g} Gy", path)


def _seeds_of(plan: PlanFile | None, sheet: OrderSheet, language: Language) -> str:
    """Say in words which seeds a plan holds, and of which day their strengths are."""
    if plan is None:
        return ""
    say, per_mci = say_in(language), sheet.request.u_per_mci
    kinds = sorted(Counter(plan.implant.strengths_u.round(3).tolist()).items())
    parts = [
        say("needle.of_strength", count=count, u=f"{u:.3f}", mci=f"{u / per_mci:.3f}") for u, count in kinds
    ]
    return ", ".join([*parts, plan.source.title, say("needle.holds", day=iso(plan.dates.implanted))])


def _off_plan(plan: PlanFile | None, sheet: OrderSheet) -> float | None:
    """Return by how many percent a seed on the implant day differs from the nearest strength of the plan."""
    if plan is None:
        return None
    wanted: list[float] = plan.implant.strengths_u.tolist()
    return min((100 * (sheet.seed_at_implant.u / each - 1) for each in wanted), key=abs)
