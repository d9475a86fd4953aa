"""Files of a made-up patient as a clinic would type them, for tests of the register's commands."""

from pathlib import Path

FILES = {
    "Patients": "Patient ID,Sex,Date of birth,Group,Synthetic\nS-01,F,1961-05,C,yes\n",
    "Lesions": "Patient ID,Lesion,Role\nS-01,T1,target\n",
    "Implantations": ("Patient ID,Implant,Session,Date of session,Seeds implanted\nS-01,1,1,2025-01-10,40\n"),
    "Drug courses": "Patient ID,Course,Drug,Start\nS-01,1,anlotinib,2025-01-10\n",
    "Drug doses": (
        "Patient ID,Course,Since,Daily dose [mg],Reason\n"
        "S-01,1,2025-01-10,12,planned\nS-01,1,2025-01-31,10,adverse event\n"
    ),
    "Visits": (
        "Patient ID,Date of visit,Weight [kg],FT3 [pmol/L],FT4 [pmol/L],TSH [mU/L],"
        "Tg [ng/mL],TgAb [IU/mL],Pain\n"
        "S-01,2025-01-08,61.5,4.1,15,0.03,200,10,4\n"
        "S-01,2025-03-12,61.0,4.1,15,0.03,100,10,2\n"
        "S-01,2025-06-02,60.5,4.1,15,0.03,<0.04,10,0\n"
    ),
    "Measurements": (
        "Patient ID,Lesion,Date of image,Longest diameter [mm],Anteroposterior diameter [mm],"
        "Craniocaudal diameter [mm],Transverse diameter [mm]\n"
        "S-01,T1,2025-01-05,40,40,30,20\nS-01,T1,2025-03-12,28,28,21,14\nS-01,T1,2025-06-02,27,27,21,14\n"
    ),
    "Adverse events": (
        "Patient ID,Term,Start,Grade,Attribution\nS-01,hand-foot syndrome,2025-01-25,3,drug\n"
    ),
}


def write_files(folder: Path, **other: str) -> Path:
    """Write the files, some of them with other content (spaces in names as underscores)."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = {name.replace("_", " "): text for name, text in other.items()}
    for name, text in {**FILES, **changed}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
