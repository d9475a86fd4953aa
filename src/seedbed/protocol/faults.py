"""Turn what pydantic found wrong in a rules file into one sentence."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seedbed.errors import RulesError, one_of
from seedbed.protocol.models import Protocol

Place = tuple[int | str, ...]
UNION_TAGS: Final = ("bool", "float")
"""What pydantic adds to the place of a value that may be of two kinds."""
KINDS: Final = {
    "model_type": "a table, such as [drug]",
    "tuple_type": "an array, such as [2, 4, 6]",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_too_short": "a text that is not empty",
    "too_short": "an array that is not empty",
}


def rules_error(error: ValidationError, content: Mapping[str, Any], *, name: str) -> RulesError:
    """Say the first fault of a rules file: a misspelt key before anything else.

    Parameters
    ----------
    error : ValidationError
        As pydantic raised it for `Protocol`.
    content : Mapping
        The file that was read.
    name : str
        Its name, for the sentence.
    """
    faults = sorted(error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden")
    fault = faults[0]
    place = _real_place(fault["loc"], content)
    where = f"rules file '{name}'{_rule_at(place, content)}"
    path = write_path(place)
    if fault["type"] == "extra_forbidden":
        known = _keys(_model_at(place[:-1]))
        return RulesError(f"{where} holds '{path}'", one_of(known, str(place[-1])), "correct the key")
    if fault["type"] == "missing":
        return RulesError(f"{where} lacks '{path}'", "that key, which the rule needs", "add it")
    return RulesError(f"{where} has '{path}' = {_shown(fault['input'])}", _expected(fault), "correct it")


def write_path(place: Sequence[int | str]) -> str:
    """Write a place in a rules file, counted from 0.

    Examples
    --------
    >>> write_path(("prescription", 1, "dose_gy"))
    'prescription[1].dose_gy'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def _expected(fault: ErrorDetails) -> str:
    if fault["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", fault.get("ctx", {}).get("expected", ""))
        return one_of(choices, fault["input"] if isinstance(fault["input"], str) else None)
    if fault["loc"][-1] in UNION_TAGS:
        return "a number, or true or false"
    message = fault["msg"].removeprefix("Input should be ")
    return KINDS.get(fault["type"], f"a value that is {message[:1].lower()}{message[1:]}")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array"
    return str(value) if isinstance(value, int | float | date) else repr(value)


def _real_place(place: Place, content: object) -> Place:
    """Keep the parts of pydantic's place that stand in the file; unions add parts of their own."""
    kept: list[int | str] = []
    for number, part in enumerate(place):
        last = number == len(place) - 1
        if isinstance(content, dict) and (part in content or last) and part not in UNION_TAGS:
            content = content.get(part)
        elif isinstance(content, list) and isinstance(part, int):
            content = content[part]
        else:
            continue
        kept.append(part)
    return tuple(kept)


def _rule_at(place: Place, content: object) -> str:
    found = ""
    for part in place:
        if isinstance(content, dict):
            content = content.get(part)
        elif isinstance(content, list) and isinstance(part, int):
            content = content[part]
        if isinstance(content, dict) and isinstance(content.get("id"), str):
            found = f", rule {content['id']},"
    return found


def _model_at(place: Place) -> type[BaseModel]:
    model: type[BaseModel] = Protocol
    for part in place:
        if isinstance(part, int):
            continue
        for field_name, field in model.model_fields.items():
            if part in (field_name, field.alias):
                model = _model_in(field.annotation) or model
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
