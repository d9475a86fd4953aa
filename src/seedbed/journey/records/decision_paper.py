"""The decision sheet of one patient as files: screening and prescription, HTML and PDF, in each language."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seedbed.journey.records.deciding import DecisionQuestion, Prescribed, prescribe_dose
from seedbed.journey.sheets import SheetKind, SheetPlace, check_place, clinic_head, write_sheet
from seedbed.journey.single_file import sha256
from seedbed.patient.records import Patient
from seedbed.protocol import Screening, screen
from seedbed.registry.clinic import open_clinic
from seedbed.report.decision_sheet import MARK, DecisionSheet, decision_page
from seedbed.report.sheet import SheetHead

KIND = SheetKind("earlier decision sheet", MARK)


@dataclass(frozen=True)
class DecisionOnPaper:
    """A prescription that was written down, with the screening beside it.

    Attributes
    ----------
    prescribed : Prescribed
    screening : Screening
        From the same facts and rules; not written into the register.
    files : tuple of Path
    notes : tuple of str
        A sentence for each PDF that is lacking.
    """

    prescribed: Prescribed
    screening: Screening
    files: tuple[Path, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            **self.prescribed.to_dict(),
            "screening": {
                "decision": self.screening.decision,
                "against": list(self.screening.against),
                "unknown": list(self.screening.unknown),
                "missing_facts": list(self.screening.missing),
            },
            "sheet": {"files": [str(each) for each in self.files], "notes": list(self.notes)},
        }


def prescribe_on_paper(
    question: DecisionQuestion, place: SheetPlace, *, site: str | None = None
) -> DecisionOnPaper:
    """Choose dose and activity by rule, and print the decision sheet, whatever the screening says.

    The place is tried before the decision is taken, so that none is recorded without its sheet.

    Raises
    ------
    InputError
        No such file, patient or site.
    UndecidedError
        A fact that decides the dose is not stated; no sheet is written.
    OutputError
        A place is a folder, another file, or cannot be written.
    """
    check_place(place, KIND)
    prescribed = prescribe_dose(question, site=site)
    screening = screen(prescribed.found.facts, prescribed.protocol, arm=question.arm)
    head, synthetic = _head(question)
    file, rules = question.facts_file, question.rules_file
    sheet = DecisionSheet(
        protocol=prescribed.protocol,
        on=question.on,
        screening=screening,
        prescription=prescribed.prescription,
        activity=prescribed.activity,
        origin=prescribed.found.origin,
        arm=question.arm,
        facts_file=file.name if file else "",
        facts_sha256=sha256(file) if file else "",
        rules_file=rules.name if rules else "",
        synthetic=synthetic,
    )
    files, notes = write_sheet(lambda language: decision_page(sheet, head, language=language), place, KIND)
    return DecisionOnPaper(prescribed, screening, tuple(files), tuple(notes))


def _head(question: DecisionQuestion) -> tuple[SheetHead, bool]:
    """Say whom the sheet is about, and whether that patient is made up."""
    if question.register is None or question.patient_id is None:
        return SheetHead(dated=question.on, version=version("seedbed")), False
    with open_clinic(question.register) as clinic:
        patient = clinic.records(Patient, patients=[question.patient_id])[0]
    return clinic_head(patient, on=question.on), bool(patient.synthetic)
