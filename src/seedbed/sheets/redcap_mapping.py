"""Which field of a REDCap project is which field of the register: by name, or as a small TOML file says.

::

    id = "study_id"                          # the field that names the patient; else record_id
    [columns]
    dob = "patient.born"                     # KIND.FIELD, or a title as in the sheet of that kind
    tg_value = "visit.Tg [ng/mL]"
    mets = "baseline.metastasis"             # also checkboxes: mets___1, mets___2
    [codes.mets]                             # codes of a field, joined by + where several boxes are ticked
    1 = "lung only"
    "1+2" = "lung and bone"
    [events]                                 # names of visits by redcap_event_name
    month_2_arm_1 = "month 2"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError, TableError
from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS
from seedbed.sheets.titles import folded, kinds_by_title, slug

RECORD_ID: Final = "record_id"
EVENT: Final = "redcap_event_name"
INSTRUMENT: Final = "redcap_repeat_instrument"
INSTANCE: Final = "redcap_repeat_instance"
TABLES: Final = ("columns", "codes", "events")


@dataclass(frozen=True)
class RedcapMapping:
    """What the fields of a REDCap project mean.

    Attributes
    ----------
    id : str
        The field that names the patient.
    columns : Mapping
        Kind and title, by name of the field in REDCap.
    codes : Mapping
        Meaning of each code, by name of the field in REDCap.
    events : Mapping
        Name of the visit, by event.
    """

    id: str = RECORD_ID
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, name: str) -> tuple[str, str] | None:
        """Return kind and title of a field of REDCap; None where it is not known.

        Examples
        --------
        >>> RedcapMapping().meaning("visit_on"), RedcapMapping().meaning("sex")
        (('visit', 'on'), ('patient', 'sex'))
        """
        return self.columns.get(name) or own_names().get(name)


@cache
def own_names() -> Mapping[str, tuple[str, str]]:
    """Return kind and field by the name in REDCap: ``visit_on``, and ``sex``, which only one kind has."""
    pairs = [(kind, name) for kind in KINDS for name in fields_of(KINDS[kind]) if name != "patient_id"]
    fields = [name for _, name in pairs]
    alone = {name: (kind, name) for kind, name in pairs if fields.count(name) == 1}
    return alone | {f"{slug(kind)}_{name}": (kind, name) for kind, name in pairs}


def read_mapping(path: Path) -> RedcapMapping:
    """Read what the fields of a REDCap project mean.

    Raises
    ------
    InputError
        No TOML file of this shape, or a kind that is not known.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            f"the mapping '{path.name}' cannot be read ({error})", "a TOML file in UTF-8", "correct it"
        ) from error
    _check_shape(content, path.name)
    columns = {name: _meant(name, target, path.name) for name, target in content.get("columns", {}).items()}
    codes = {
        name: {str(k): str(v) for k, v in each.items()} for name, each in content.get("codes", {}).items()
    }
    return RedcapMapping(str(content.get("id", RECORD_ID)), columns, codes, content.get("events", {}))


def _check_shape(content: Mapping[str, Any], name: str) -> None:
    unknown = [key for key in content if key not in ("id", *TABLES)]
    flat = [key for key in TABLES if not isinstance(content.get(key, {}), dict)]
    flat += [f"codes.{key}" for key, each in content.get("codes", {}).items() if not isinstance(each, dict)]
    if unknown or flat:
        raise TableError(
            f"the mapping '{name}' holds '{(unknown or flat)[0]}'",
            "the line 'id' and the tables [columns], [codes.FIELD] and [events]",
            "correct it",
        )


def _meant(name: str, target: object, file: str) -> tuple[str, str]:
    kind, _, title = str(target).partition(".")
    known = kinds_by_title().get(folded(kind))
    if known is None or not title:
        raise InputError(
            f"the mapping '{file}' says that '{name}' is '{target}'",
            "KIND.FIELD such as 'patient.born' or 'visit.Tg [ng/mL]'",
            "correct it",
        )
    return known, title
