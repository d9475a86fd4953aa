"""A small picture of each thing that the search saw, drawn once and kept."""

from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np

from seedbed.imaging import CtVolume
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, search_of
from seedbed.journey.workbench.verifications.runs import numbers_of

THUMBS: Final = "thumbs"
_drawing = Lock()
"""One picture at a time: fonts are no matter for two threads."""


def kept_thumb(folder: Path, number: int) -> Path | None:
    """Return the picture where it was drawn before."""
    path = folder / THUMBS / f"{number}.png"
    return path if path.is_file() else None


def draw_thumb(folder: Path, number: int, ct: CtVolume) -> Path:
    """Draw three cuts through what the search saw, and keep the picture.

    Parameters
    ----------
    folder : Path
        Of the verification.
    number : int
        Found seeds from 1, then what was not counted.
    ct : CtVolume
        After implantation.

    Raises
    ------
    NotFoundError
        No such seed, or nothing was found yet.
    """
    from seedbed.report.seed_thumbs import seed_thumb

    position, axis = place_of(search_of(kept_runs(folder)), number)
    path = folder / THUMBS / f"{number}.png"
    with _drawing, placed(path, [], kind="a picture", replaces=Path.is_file) as stage:
        stage.write_bytes(seed_thumb(ct, np.array(position), None if axis is None else np.array(axis)))
    return path


def place_of(search: KeptRun | None, number: int) -> tuple[list[float], list[float] | None]:
    """Return position and axis of what has a number.

    Raises
    ------
    NotFoundError
    """
    found, others = ([], []) if search is None else numbers_of(search)
    if search is not None and number in found:
        one = search.record()["seeds"][found.index(number)]
        return one["position_mm"], one["axis"]
    if search is not None and number in others:
        one = search.shown()["refused"][others.index(number)]
        return one["position_mm"], one["axis"]
    raise NotFoundError(f"no seed {number}", "a seed of this verification", "choose one of the list")
