"""Read the small tables of rules beside the judgements of this folder."""

from importlib.resources import files
from typing import TypeVar

from seedbed.protocol.conditions import RuleModel
from seedbed.tables import read_toml

Table = TypeVar("Table", bound=RuleModel)


class TableSource(RuleModel):
    """Where a table comes from; each rule names its own place, and its own source where it has another."""

    source: str
    place: str
    doi: str = ""
    note: str = ""


def read_rule_table(name: str, model: type[Table]) -> Table:
    """Read one of the shipped tables into its model.

    Raises
    ------
    TableError
        No such file, or one without a source.

    Examples
    --------
    >>> from seedbed.response.volume_response import VolumeRules
    >>> read_rule_table("volume_response.toml", VolumeRules).decreased.id
    'VOL-DECREASED'
    """
    return model.model_validate(read_toml(files("seedbed.response") / name))
