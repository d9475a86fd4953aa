"""Take one printed cell apart: ``7 (50%)``, ``52.79 ± 17.27``, ``10.54 (11.94, 60.56)``.

A cell is typed as the paper prints it. The minus sign, the raised decimal point and the wide brackets of
typesetters are read as the plain ones; a number with a comma inside, such as ``2,795``, is refused: a comma
parts quartiles.
"""

import re
from dataclasses import dataclass
from typing import Final

from seedbed.errors import TableError

_N: Final = r"-?\d+(?:\.\d+)?"
_OPEN, _SHUT = r"\s*[(\[]\s*", r"\s*[)\]]"
_PARTED: Final = r"\s*(?:,|;|–|—|-|\bto\b)\s*"

FORMS: Final = {
    "counts": (
        rf"(?P<count>\d+)(?:\s*/\s*(?P<size>\d+))?(?:{_OPEN}(?P<percent>{_N})\s*%?{_SHUT})?",
        rf"(?P<percent>{_N})\s*%(?:{_OPEN}(?P<count>\d+)(?:\s*/\s*(?P<size>\d+))?{_SHUT})?",
    ),
    "mean_sd": (
        rf"(?P<mean>{_N})(?:\s*(?:±|\+/-|\+-)\s*(?P<sd>\d+(?:\.\d+)?)|{_OPEN}(?P<sd2>\d+(?:\.\d+)?){_SHUT})?",
    ),
    "quartiles": (rf"(?P<median>{_N})(?:{_OPEN}(?P<p25>{_N}){_PARTED}(?P<p75>{_N}){_SHUT})?",),
}
"""How a cell of each kind may be printed."""

TYPESET: Final = str.maketrans("−·（）％，；", "-.()%,;")
"""Signs of typesetters, Western and Chinese, and the plain ones."""

EXAMPLES: Final = {
    "counts": "'7 (50%)', '7', '3/14 (21%)', '21% (3/14)' or '21%'",
    "mean_sd": "'52.79 ± 17.27', '52.79 (17.27)' or '52.79'",
    "quartiles": "'10.54 (11.94, 60.56)', '10.54 (11.94–60.56)' or '10.54'",
}


@dataclass(frozen=True)
class CellText:
    """What one printed cell holds.

    Attributes
    ----------
    numbers : tuple of (str, str)
        Statistic (``count``, ``percent``, ``mean``, ``sd``, ``median``, ``p25``, ``p75``) and its number.
    size : int or None
        The denominator, where the cell prints one.
    """

    numbers: tuple[tuple[str, str], ...]
    size: int | None = None


def read_cell(kind: str, text: str) -> CellText:
    """Take a printed cell apart.

    Parameters
    ----------
    kind : {"counts", "mean_sd", "quartiles"}
    text : str
        The cell as printed.

    Raises
    ------
    TableError
        The cell has none of the forms of its kind.

    Examples
    --------
    >>> read_cell("counts", "21% (3/14)")
    CellText(numbers=(('count', '3'), ('percent', '21')), size=14)
    >>> read_cell("quartiles", "90 (85,90)").numbers
    (('median', '90'), ('p25', '85'), ('p75', '90'))
    """
    plain = re.sub(r"\s", " ", text).strip().translate(TYPESET)
    for form in FORMS[kind]:
        match = re.fullmatch(form, plain, re.ASCII)
        if match is not None:
            found = {
                name.rstrip("2"): value for name, value in match.groupdict().items() if value is not None
            }
            size = found.pop("size", None)
            order = ("count", "percent", "mean", "sd", "median", "p25", "p75")
            numbers = tuple((name, found[name]) for name in order if name in found)
            return CellText(numbers, None if size is None else int(size))
    raise TableError(f"the cell '{text}'", f"a cell of {kind} such as {EXAMPLES[kind]}", "type it as printed")
