"""Criteria of response by name: RECIST 1.1, and the paper's variant of it."""

from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import ValidationError

from seedbed.errors import InputError, RulesError, one_of
from seedbed.protocol import ResponseRules, load_rules
from seedbed.tables import read_toml

Profile = Literal["recist11", "paper"]
PROFILES: Final[tuple[Profile, ...]] = ("recist11", "paper")


@cache
def load_profile(name: str = "recist11") -> ResponseRules:
    """Return the criteria of response of one name.

    Parameters
    ----------
    name : {"recist11", "paper"}
        RECIST 1.1 (Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026), or the section ``response`` of
        the shipped protocol (Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4).

    Raises
    ------
    InputError
        There are no criteria of this name.

    Examples
    --------
    >>> [load_profile(name).progression.absolute_increase_mm for name in PROFILES]
    [5.0, 0.0]
    """
    if name not in PROFILES:
        raise InputError(f"the profile '{name}'", one_of(PROFILES, name), "name one of them")
    if name == "paper":
        return load_rules().response
    content = read_toml(files("seedbed.response") / "data" / "recist11.toml")
    try:
        return ResponseRules.model_validate(content["response"])
    except ValidationError as error:
        raise RulesError(
            f"the shipped profile '{name}' is damaged ({error.errors()[0]['msg']})",
            "the file as it was shipped",
            "install Seedbed again",
        ) from error
