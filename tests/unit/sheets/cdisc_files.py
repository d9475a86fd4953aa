"""Synthetic CDISC tumour files, written row by row."""

from pathlib import Path

TU = "USUBJID,TULNKID,TUTESTCD,TUSTRESC,TULOC,VISIT,VISITNUM,TUEVAL,TUEVALID,TUGRPID,TUDTC"
TR = (
    "USUBJID,TRGRPID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTRESC,TRSTRESN,TRSTRESU,TRSTAT,VISIT,VISITNUM,"
    "TREVAL,TREVALID,TRACPTFL,TRDTC"
)
DAYS = {1: "2024-01-01", 2: "2024-02-26", 3: "2024-04-22", 4: "2024-06-17"}


def lesion(name: str, word: str = "TARGET", *, loc: str = "LIVER", visit: int = 1, **more: str) -> str:
    """One TU row."""
    cells = {"test": "TUMIDENT", "group": "", "reader": "", "date": "", "subject": "01", **more}
    return (
        f"{cells['subject']},{name},{cells['test']},{word},{loc},V{visit},{visit},INVESTIGATOR,{cells['reader']},"
        f"{cells['group']},{cells['date']}"
    )


def result(name: str, visit: int, value: str, *, test: str = "LDIAM", **more: str) -> str:
    """One TR row."""
    cells = {"group": "", "unit": "mm", "number": "", "stat": "", "accepted": "", "reader": "", **more}
    cells = {"original": "", "original_unit": "", "date": DAYS[visit], "subject": "01", **cells}
    unit = "" if test == "TUMSTATE" else cells["unit"]
    return (
        f"{cells['subject']},{cells['group']},{name},{test},{cells['original']},{cells['original_unit']},{value},"
        f"{cells['number']},{unit},{cells['stat']},V{visit},{visit},INVESTIGATOR,{cells['reader']},"
        f"{cells['accepted']},{cells['date']}"
    )


def write(folder: Path, tu: list[str], tr: list[str]) -> tuple[Path, Path]:
    """Write both files."""
    paths = folder / "tu.csv", folder / "tr.csv"
    for path, header, rows in zip(paths, (TU, TR), (tu, tr), strict=True):
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return paths
