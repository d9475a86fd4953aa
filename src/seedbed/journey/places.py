"""Where results go: all of them, or none."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from seedbed.errors import OutputError
from seedbed.journey.keyboard import keeping

SUMMARY = "summary.json"


@contextmanager
def staged(out: Path, *, holds: str = SUMMARY, owns: Sequence[str] = ()) -> Iterator[Path]:
    """Give a folder to write in, and move what is in it to ``out`` when all went well.

    After an error or a stop ``out`` is as it was. An existing ``out`` must be empty or hold an earlier
    result of this program; files in it that the new result neither replaces nor owns are kept.

    Parameters
    ----------
    out : Path
    holds : str
        The JSON file by which an earlier result is known.
    owns : sequence of str
        Entries that go when the new result has none of that name.

    Raises
    ------
    OutputError
        ``out`` is a file, holds something else, or cannot be written.
    """
    check_place(out, holds)
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
        with keeping() as begin:
            begin()
            _publish(stage, out, owns)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def files_below(place: Path) -> list[Path]:
    """Return a file, or the files in a folder and its subfolders, in their order.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = (Path(name) / "a.dcm").write_bytes(b"")
    ...     [path.name for path in files_below(Path(name))]
    ['a.dcm']
    """
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def check_place(out: Path, holds: str = SUMMARY) -> None:
    """Refuse a folder that `staged` would refuse, before anything is calculated.

    Raises
    ------
    OutputError
        ``out`` is a file or holds something else.
    """
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() and not (out.is_dir() and _is_result(out / holds)):
        raise OutputError(
            f"'{out}' exists and is not an earlier result of Seedbed",
            "a new or empty folder, or an earlier result to replace",
            "choose another with --out",
        )


def check_empty(out: Path) -> None:
    """Refuse a place that holds anything: what lies there may be another patient's.

    Raises
    ------
    OutputError
        ``out`` is a file, or a folder with something in it.

    Examples
    --------
    >>> check_empty(Path("no such folder"))
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError(
            f"'{out}' exists and is not an empty folder",
            "a new or empty folder",
            "choose another, or move away what is there",
        )


def _is_result(file: Path) -> bool:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "seedbed" in content


def _publish(stage: Path, out: Path, owns: Sequence[str]) -> None:
    """Move each entry of the stage into place; an old one steps aside first and is removed last."""
    out.mkdir(exist_ok=True)
    aside = stage / ".replaced"
    entries = list(stage.iterdir())
    aside.mkdir()
    for name in {*owns} - {entry.name for entry in entries}:
        if (out / name).exists():
            (out / name).rename(aside / name)
    for entry in entries:
        place = out / entry.name
        if place.exists():
            place.rename(aside / entry.name)
        entry.rename(place)
