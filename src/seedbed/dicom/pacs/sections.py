"""A table of the settings file: keys that are known, values that can be used, or a sentence."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, one_of

AE_TITLE = re.compile(r"(?! )[ -\[\]-~]{1,16}(?<! )")
"""PS3.5, 6.2: 1 to 16 characters of the default repertoire, no backslash, no control character."""


@dataclass(frozen=True)
class Section:
    """A table of the settings file; each method returns a value, or raises `InputError` with a sentence.

    Attributes
    ----------
    given : Mapping[str, Any]
        What stands there.
    name : str
        What the sentences call it.
    folder : Path
        Where the settings file is.

    Examples
    --------
    >>> section = Section({"port": 104, "ae_title": "PACS"}, "[pacs.main]", Path())
    >>> section.number("port", None, 1, 65535, whole=True), section.ae_title("ae_title")
    (104.0, 'PACS')
    """

    given: Mapping[str, Any]
    name: str
    folder: Path

    def refusal(self, key: str, value: object, expected: str) -> InputError:
        """Return the sentence on a value that cannot be used."""
        return InputError(f"{self.name} has {key} = {value!r}", expected, f"correct {key}")

    def check_keys(self, known: Iterable[str]) -> None:
        """Refuse a key that nobody knows."""
        for key in self.given:
            if key not in (names := list(known)):
                raise InputError(f"{self.name} has a key '{key}'", one_of(names, key), "correct the key")

    def section(self, key: str) -> "Section":
        """Return the table of that name, empty where there is none."""
        value = self.given.get(key, {})
        if not isinstance(value, dict):
            raise self.refusal(key, value, "a table of keys")
        return Section(value, f"[{key}] in {self.name}", self.folder)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; it must stand there where there is no default."""
        value = self.given.get(key, default)
        if value is None:
            raise InputError(f"{self.name} has no {key}", f"a value for {key}", f"add {key}")
        if not isinstance(value, str) or (not value and key in self.given):
            raise self.refusal(key, value, "text in quotation marks")
        return value

    def number(
        self, key: str, default: float | None, lowest: float, highest: float, *, whole: bool = False
    ) -> float:
        """Return a number within its bounds; it must stand there where there is no default."""
        value = self.given.get(key, default)
        if value is None:
            raise InputError(f"{self.name} has no {key}", f"a value for {key}", f"add {key}")
        kinds = (int,) if whole else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool) or not lowest <= value <= highest:
            kind = "a whole number" if whole else "a number"
            raise self.refusal(key, value, f"{kind} from {lowest:g} to {highest:g}")
        return float(value)

    def ae_title(self, key: str, default: str | None = None) -> str:
        """Return an AE title."""
        return self._checked_title(key, self.text(key, default))

    def ae_titles(self, key: str) -> tuple[str, ...]:
        """Return a list of AE titles, empty where there is none."""
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.refusal(key, value, 'a list of AE titles such as ["CTSCANNER"]')
        return tuple(self._checked_title(key, each) for each in value)

    def _checked_title(self, key: str, title: str) -> str:
        if not AE_TITLE.fullmatch(title):
            raise self.refusal(
                key, title, "1 to 16 plain letters, digits and signs, no backslash, no space at an end"
            )
        return title
