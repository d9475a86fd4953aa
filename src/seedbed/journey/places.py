"""Where results go: all of them, or none."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seedbed.errors import OutputError

SUMMARY = "summary.json"


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder to write in, and move what is in it to ``out`` when all went well.

    After an error or a stop ``out`` is as it was. An existing ``out`` must be empty or hold an earlier
    result of this program; files in it that the new result does not replace are kept.

    Raises
    ------
    OutputError
        ``out`` is a file, holds something else, or cannot be written.
    """
    _check_free(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise OutputError(
            f"nothing can be written beside '{out}' ({error.strerror})",
            "a folder that can be written",
            "choose another with --out",
        ) from error
    try:
        yield stage
        _publish(stage, out)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _check_free(out: Path) -> None:
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() and not (out.is_dir() and _is_result(out)):
        raise OutputError(
            f"'{out}' exists and is not an earlier result of Seedbed",
            "a new or empty folder, or an earlier result to replace",
            "choose another with --out",
        )


def _is_result(folder: Path) -> bool:
    try:
        content = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "seedbed" in content


def _publish(stage: Path, out: Path) -> None:
    """Move each entry of the stage into place; an old one steps aside first and is removed last."""
    out.mkdir(exist_ok=True)
    aside = stage / ".replaced"
    entries = list(stage.iterdir())
    aside.mkdir()
    for entry in entries:
        place = out / entry.name
        if place.exists():
            place.rename(aside / entry.name)
        entry.rename(place)
