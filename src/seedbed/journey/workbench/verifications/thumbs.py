"""A small picture of each thing that the search saw or people put there, drawn once and kept."""

from pathlib import Path
from typing import Final

import numpy as np

from seedbed.imaging import CtVolume
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.drawing import DRAWING
from seedbed.journey.workbench.verifications.editing import check_number, seen_of
from seedbed.journey.workbench.verifications.judgement import Judgement, read_judgement

THUMBS: Final = "thumbs"


def kept_thumb(folder: Path, number: int) -> Path | None:
    """Return the picture where it was drawn before."""
    path = _path(folder, read_judgement(folder), number)
    return path if path.is_file() else None


def draw_thumb(folder: Path, number: int, ct: CtVolume) -> Path:
    """Draw three cuts through a seed, and keep the picture.

    Parameters
    ----------
    folder : Path
        Of the verification.
    number : int
        Found seeds from 1, then what was not counted, then those added by hand.
    ct : CtVolume
        After implantation.

    Raises
    ------
    NotFoundError, InputError
        No such seed, or nothing was found yet.
    """
    from seedbed.report.seed_thumbs import seed_thumb

    seen, judgement = seen_of(folder), read_judgement(folder)
    check_number(seen, judgement, number)
    position, axis = seen.place(judgement, number)
    path = _path(folder, judgement, number)
    with DRAWING, placed(path, [], kind="a picture", replaces=Path.is_file) as stage:
        stage.write_bytes(seed_thumb(ct, np.array(position), None if axis is None else np.array(axis)))
    return path


def _path(folder: Path, judgement: Judgement, number: int) -> Path:
    """Name the picture of a seed; of one that was put elsewhere it is another."""
    put = judgement.placed.get(number)
    return folder / THUMBS / (f"{number}.png" if put is None else f"{number}-{put.version}.png")
