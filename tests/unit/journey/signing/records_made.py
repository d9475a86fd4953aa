"""A synthetic record of a verification, and two people who sign it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from seedbed.journey.signing import Statement

PHYSICIST = Statement("SYNTHETIC Physicist", "physicist", "39 of 40 seeds found, D90 121 Gy.", "accept")
DOCTOR = Statement("\u5f20 SYNTHETIC", "interventional doctor", "Top up next week.", "top-up")
FIRST_DAY, SECOND_DAY = datetime(2026, 12, 1, 8, 3, 11, tzinfo=UTC), datetime(2026, 12, 2, 9, tzinfo=UTC)


def make_record(folder: Path) -> Path:
    """Write the files of a record: some in a subfolder, one with a Chinese name."""
    (folder / "dicom").mkdir(parents=True)
    (folder / "verify.json").write_text(json.dumps({"seedbed": {"version": "0.1.0"}, "files": ["seeds.csv"]}))
    (folder / "seeds.csv").write_text("x_mm,y_mm,z_mm\n")
    (folder / "dicom" / "dose.dcm").write_bytes(b"SYNTHETIC" * 100)
    (folder / "\u9a8c\u8bc1.html").write_text("<p>SYNTHETIC</p>")
    return folder
