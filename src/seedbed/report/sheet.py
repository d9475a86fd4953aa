"""What all printed sheets share: whom and which plan they are about stands on each page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from seedbed.report.page import render_page
from seedbed.report.words import Language, Say, say_in

SHOWN_DIGITS, GROUP = 16, 4
"""Of a SHA-256 on each page; the first page holds all of it; local rule."""
NEW_LINE = "\n"


@dataclass(frozen=True)
class SheetHead:
    """Whom and which plan a sheet is about.

    Attributes
    ----------
    dated : date
        Day that the PDF carries, so that the same sheet is the same file on any day.
    version : str
        Of Seedbed.
    patient_name, patient_id, birth_date : str
        As a person reads them; empty where not known.
    study_date : str
        Of the images; empty where there are none.
    plan : str
        One line; empty where there is no plan.
    plan_sha256 : str
        SHA-256 of the RTPLAN file, 64 hexadecimal digits; empty where there is no plan.
    """

    dated: date
    version: str
    patient_name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    study_date: str = ""
    plan: str = ""
    plan_sha256: str = ""

    @property
    def short_hash(self) -> str:
        """First digits of the plan's SHA-256, in groups.

        Examples
        --------
        >>> SheetHead(date(2026, 1, 5), "1", plan_sha256="0123456789abcdef" * 4).short_hash
        '0123 4567 89ab cdef'
        """
        digits = self.plan_sha256[:SHOWN_DIGITS]
        return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def render_sheet(template: str, head: SheetHead, content: Mapping[str, Any], *, language: Language) -> str:
    """Fill the template of a sheet: one HTML page (A4) for the browser and for the PDF.

    Parameters
    ----------
    template : str
        File name under ``templates``.
    head : SheetHead
    content : mapping
        Values by name, beside ``say`` and ``head``.
    language : {"en", "zh"}
    """
    say = say_in(language)
    own = {
        "say": say,
        "head": head,
        "patient_line": patient_line(head, say),
        "plan_line": plan_line(head, say),
        "running": Markup(running_css(head, say)),  # noqa: S704 - its strings are escaped for CSS
    }
    return render_page(template, {**own, **content})


def patient_line(head: SheetHead, say: Say) -> str:
    """Say who the patient is, in one line."""
    if not (head.patient_name or head.patient_id):
        return say("head.no_patient")
    parts = [
        head.patient_name or say("head.no_name"),
        f"{say('head.id')} {head.patient_id or say('head.none')}",
        f"{say('head.born')} {head.birth_date or say('head.none')}",
    ]
    return " · ".join(parts)


def plan_line(head: SheetHead, say: Say) -> str:
    """Say which plan it is, in one line."""
    if not head.plan_sha256:
        return head.plan or say("head.no_plan")
    return " · ".join(part for part in (head.plan, f"SHA-256 {head.short_hash}") if part)


def running_css(head: SheetHead, say: Say) -> str:
    r"""Write the margins of each printed page: patient and plan above, notice and page number below.

    The strings stand in the rules themselves: browsers know no running elements, and both browsers of the
    Chromium family (131 or newer) and WeasyPrint know boxes in the margins (CSS Paged Media Level 3,
    section 4).

    Examples
    --------
    >>> head = SheetHead(date(2026, 1, 5), "1", patient_name='</style>"', patient_id="7")
    >>> css = running_css(head, say_in("en"))
    >>> "<" in css, r"\3c \2f style\3e \22 " in css
    (False, True)
    """
    before, between, after = say("head.page", page="\n", pages="\n").split("\n")
    above = f"{css_string(patient_line(head, say))} {css_string(NEW_LINE)} {css_string(plan_line(head, say))}"
    below = css_string(f"{say('notice')} Seedbed {head.version}")
    count = f"{css_string(before)} counter(page) {css_string(between)} counter(pages) {css_string(after)}"
    return (
        f"@page {{ @top-left {{ content: {above}; }} @bottom-left {{ content: {below}; }} "
        f"@bottom-right {{ content: {count}; }} }}"
    )


def css_string(text: str) -> str:
    r"""Write text as a CSS string that nothing in it can end: all but letters, digits and spaces as numbers.

    Source: CSS Syntax Module Level 3, section 4.3.7: the one space after an escape belongs to it.

    Examples
    --------
    >>> print(css_string('O"Neill\\ 王'))
    "O\22 Neill\5c  王"
    """
    safe = (letter if letter.isalnum() or letter == " " else f"\\{ord(letter):x} " for letter in text)
    return f'"{"".join(safe)}"'
