"""Read a typed paper, or say in one sentence with its line what is wrong with it."""

from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from seedbed.cohort.auditing.models import Typed
from seedbed.cohort.auditing.places import fault, known_part
from seedbed.cohort.auditing.references import check_study
from seedbed.cohort.auditing.study import Study
from seedbed.errors import TableError
from seedbed.tables.reader import read_text, read_toml

EXPECTED: Final = {
    "missing": "that key",
    "string_type": "text in quotes, as printed",
    "bool_type": "true or false",
    "list_type": "an array",
    "dict_type": "a table of groups",
    "model_type": "a table",
    "string_too_short": "text that is not empty",
    "too_short": "at least one",
    "string_pattern_mismatch": "a plain decimal number, whole and not negative where patients are counted",
    "union_tag_not_found": "the key 'kind'",
}


def read_study(path: Path | Traversable) -> Study:
    """Read a typed paper.

    Parameters
    ----------
    path : Path or Traversable
        A TOML file of the form that `docs/audit.md` describes.

    Returns
    -------
    Study

    Raises
    ------
    TableError
        Not TOML, no source, an unknown key, a cell that cannot be taken apart, a group or a line that is
        named but not there; key and line are said.
    InputError
        The file cannot be read.
    """
    content, text = read_toml(path), read_text(path)
    try:
        typed = Typed.model_validate(content)
    except ValidationError as error:
        raise _first_fault(error, content, name=path.name, text=text) from None
    check_study(typed, partial(fault, path.name, text))
    return Study.of(typed)


def _first_fault(error: ValidationError, content: dict[str, Any], *, name: str, text: str) -> TableError:
    faults = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
    first = faults[0]
    place = known_part(content, first["loc"])
    if first["type"] == "extra_forbidden":
        return fault(
            name, text, place, came="is no key of this format", expected="a key that docs/audit.md lists"
        )
    if first["type"] == "missing":
        return fault(name, text, place, came="is missing", expected="that key", do="add it")
    if first["type"].startswith("union_tag"):
        came = f"is {first.get('ctx', {}).get('tag', 'missing')!r}"
        return fault(name, text, (*place, "kind"), came=came, expected=_expected(first))
    came = "is a table or array" if isinstance(first["input"], dict | list) else f"is {first['input']!r}"
    return fault(name, text, place, came=came, expected=_expected(first))


def _expected(first: ErrorDetails) -> str:
    if first["type"] in ("literal_error", "union_tag_invalid"):
        context = first.get("ctx", {})
        return f"one of {context.get('expected') or context.get('expected_tags')}"
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return EXPECTED.get(first["type"], message)
