"""Analyses kept in the workplace: one folder for each question and state of the register, never changed."""

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.journey.workbench.refusals import NotFoundError

FOLDER, FILES, ARCHIVE, SHOWN, ABOUT = "analyses", "files", "analysis.zip", "shown.json", "about.json"
TYPES: Mapping[str, str] = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".tex": "text/x-tex; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


@dataclass(frozen=True)
class KeptAnalysis:
    """An analysis that is there.

    Attributes
    ----------
    folder : Path
    about : dict
        ``id``, ``question``, ``by``, ``made``, ``head``, ``patients``, ``groups``.
    """

    folder: Path
    about: dict[str, Any]

    @property
    def id(self) -> str:
        """Its name."""
        return self.folder.name

    @property
    def coded(self) -> bool:
        """Whether its patients stand by codes."""
        return bool(self.about["question"]["coded"])

    def shown(self) -> dict[str, Any]:
        """Return tables, figures, methods and notes."""
        found: dict[str, Any] = json.loads((self.folder / SHOWN).read_text(encoding="utf-8"))
        return found

    def files(self) -> list[dict[str, Any]]:
        """Return name and size of each file."""
        root = self.folder / FILES
        every = sorted(path for path in root.rglob("*") if path.is_file())
        return [
            {"name": path.relative_to(root).as_posix(), "size_bytes": path.stat().st_size} for path in every
        ]

    def file(self, name: str) -> Path:
        """Return one of its files.

        Raises
        ------
        NotFoundError
            A name that is not on the list of its files.
        """
        if name not in {each["name"] for each in self.files()}:
            raise NotFoundError(f"no file '{name[:80]}'", "one that the analysis lists", "look at the list")
        return self.folder / FILES / name

    @property
    def archive(self) -> Path:
        """All files as one zip."""
        return self.folder / ARCHIVE


def analyses_folder(workplace_folder: Path) -> Path:
    """Return the folder of the analyses of a workplace."""
    return workplace_folder / FOLDER


def media_type(path: Path) -> str:
    """Return what a file is, as browsers are told.

    Examples
    --------
    >>> media_type(Path("figures/flow.svg"))
    'image/svg+xml'
    """
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def kept_analyses(workplace_folder: Path, *, coded: bool) -> list[KeptAnalysis]:
    """Return the analyses that are there, the latest first.

    Parameters
    ----------
    workplace_folder : Path
    coded : bool
        Whether those are wanted whose patients stand by codes; no one list holds both.
    """
    root = analyses_folder(workplace_folder)
    abouts = root.glob(f"*/{ABOUT}") if root.is_dir() else ()
    every = [found for path in abouts if (found := _kept(path.parent)) is not None and found.coded == coded]
    return sorted(every, key=lambda each: (each.about["made"], each.id), reverse=True)


def kept_analysis(workplace_folder: Path, name: str, *, coded: bool) -> KeptAnalysis | None:
    """Return an analysis; None where there is none that may be seen."""
    if not (name.isascii() and name.isalnum()):
        return None
    found = _kept(analyses_folder(workplace_folder) / name)
    return found if found is not None and found.coded == coded else None


def _kept(folder: Path) -> KeptAnalysis | None:
    about = folder / ABOUT
    if folder.suffix or not about.is_file():
        return None
    return KeptAnalysis(folder, json.loads(about.read_text(encoding="utf-8")))
