"""What uploaded files are called where they come from: for sentences, never for a place on the disk."""

import json
import unicodedata
from pathlib import Path
from threading import Lock
from typing import Final

from seedbed.errors import InputError

MOST_SIGNS: Final = 500
"""Signs of a name with its folders (local rule)."""
NO_SIGNS: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""Unicode's categories of what is no sign: controls, formats, surrogates, breaks of lines and paragraphs."""
NAMES: Final = "names.txt"
_WRITING = Lock()


def shown_name(name: str) -> str:
    r"""Return a name as sentences can show it: no signs that cannot be seen, and its end where it is long.

    Examples
    --------
    >>> shown_name("scan/IM\n0001"), len(shown_name("x" * 9000))
    ('scan/IM�0001', 500)
    """
    return "".join("\ufffd" if _unseen(sign) else sign for sign in name[-MOST_SIGNS:])


def check_name(name: str) -> None:
    """Refuse a name that sentences cannot show.

    Raises
    ------
    InputError
    """
    if not name.strip() or len(name) > MOST_SIGNS or any(map(_unseen, name)):
        raise InputError(
            f"a file whose name is '{shown_name(name)[-60:]}'",
            f"1 to {MOST_SIGNS} signs that can be seen",
            "give the file another name",
        )


def keep_name(folder: Path, number: int, name: str) -> None:
    """Keep the name of a file of an upload; the latest counts."""
    line = json.dumps([number, name]) + "\n"
    with _WRITING, (folder / NAMES).open("a", encoding="ascii") as file:
        file.write(line)


def take_names(folder: Path) -> dict[int, str]:
    """Return the names of an upload's files by their numbers, and take them away from among the files."""
    file = folder / NAMES
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="ascii").splitlines()
    file.unlink()
    return dict(map(json.loads, lines))


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in NO_SIGNS
