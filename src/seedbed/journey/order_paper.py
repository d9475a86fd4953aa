"""The order and safety sheet as files: HTML and PDF, in each language."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from seedbed.dicom import PlanFile, iso, read_plan_file
from seedbed.errors import InputError, OutputError
from seedbed.implant.order import OrderSheet
from seedbed.journey.sheets import NO_PDF, sheet_head
from seedbed.journey.single_file import check_free, placed
from seedbed.report.order_sheet import MARK, order_page
from seedbed.report.pdf import make_pdf, subject_of
from seedbed.report.sheet import SheetHead
from seedbed.report.words import LANGUAGES, Language, say_in

KIND = "earlier order sheet"


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
    if paper.out.suffix.lower() == ".pdf":
        raise InputError(
            f"the sheet would go to '{paper.out}'",
            "a name that ends in .html; the PDF lies beside it",
            "change --out",
        )
    content, notes = _contents(sheet, paper)
    for place in content:
        check_free(place, [], kind=KIND, replaces=_is_sheet)
    for place, data in content.items():
        with placed(place, [], kind=KIND, replaces=_is_sheet) as stage:
            stage.write_bytes(data)
    for old in {place for language in LANGUAGES for place in _places(paper.out, language)} - content.keys():
        if _is_sheet(old):
            old.unlink()
    return list(content), notes


def _contents(sheet: OrderSheet, paper: OrderPaper) -> tuple[dict[Path, bytes], list[str]]:
    """Return what goes into each file, and a sentence for each PDF that cannot be made."""
    plan = None if paper.plan is None else _plan_of(sheet, paper.plan)
    head = _head(sheet, plan, paper.plan)
    content: dict[Path, bytes] = {}
    notes: list[str] = []
    for language in paper.languages:
        page = order_page(
            sheet, head, of_plan=_seeds_of(plan, sheet, language), off_plan_pct=_off_plan(plan, sheet),
            language=language,
        )  # fmt: skip
        html, pdf = _places(paper.out, language)
        content[html] = page.encode()
        try:
            if paper.pdf:
                content[pdf] = make_pdf(page, pdf.name)
        except OutputError as error:
            notes.append(f"{NO_PDF}{error}")
    return content, notes


def _places(out: Path, language: Language) -> tuple[Path, Path]:
    """Return where HTML and PDF of a language go."""
    stem = out.stem if language == "en" else f"{out.stem}.{language}"
    return out.with_name(f"{stem}{out.suffix}"), out.with_name(f"{stem}.pdf")


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


def _is_sheet(place: Path) -> bool:
    """Whether a file is an order sheet of ours, HTML or PDF."""
    with suppress(OSError, UnicodeDecodeError):
        if place.suffix == ".pdf":
            return f'content="{subject_of(place)}"' == MARK
        return MARK in place.read_text(encoding="utf-8")
    return False
