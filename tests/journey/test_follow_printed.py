"""What ``seedbed follow`` prints for people: the category of pain, grades with their caveats."""

from pathlib import Path

import pytest
from tests.journey.clinic_files import write_files

from seedbed.cli.app import run

LABORATORY = (
    "Patient ID,Date of sample,Analyte,Value,Unit,Lower reference limit,Upper reference limit\n"
    "S-01,2025-03-12,platelets,<20,10^9/L,125,350\n"
    "S-01,2025-03-12,calcium,1.9,mmol/L,,\n"
)


def test_pain_has_its_category_and_grades_have_their_caveats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "clinic.sqlite")
    files = write_files(tmp_path / "files", Laboratory_values=LABORATORY)
    run(["registry", "import", str(files), "--register", place, "--by", "A. Tester"])
    run(["follow", "S-01", "--on", "2025-07-01", "--register", place])
    said = " ".join(capsys.readouterr().out.split())
    # no pain at all, and nobody said which analgesics: the score alone decides nothing by consensus
    assert "Pain 2025-03-12: not evaluable, NRS 4 to 2" in said
    assert "platelets <20 10^9/L: grade 4, Platelet count decreased (known only as <20 10^9/L" in said
    assert "total calcium (1)" in said
