"""The columns of the sheet of visits beside those of a visit: laboratory values and pain."""

from dataclasses import dataclass
from functools import cache

from seedbed.errors import InputError
from seedbed.patient.analytes import analyte, find_analyte, unit_of
from seedbed.sheets.titles import DATA, Title, field_title, folded, with_unit
from seedbed.tables import read_table

PAIN = "nrs"


@dataclass(frozen=True)
class AnalyteColumn:
    """A column of laboratory values.

    Attributes
    ----------
    analyte : str
        Code of the laboratory quantity.
    unit : str
        Unit of all its values.
    title : Title
        Without the unit.
    """

    analyte: str
    unit: str
    title: Title

    def titled(self, language: str) -> str:
        """Return the title of the column with its unit."""
        return with_unit(self.title.of("zh" if language == "zh" else "en"), self.unit)


@cache
def analyte_columns() -> tuple[AnalyteColumn, ...]:
    """Return the columns of laboratory values of the template.

    Examples
    --------
    >>> [column.titled("zh") for column in analyte_columns()[:2]]
    ['游离T3 [pmol/L]', '游离T4 [pmol/L]']
    """
    return tuple(
        AnalyteColumn(analyte(row["analyte"]).code, row["unit"], Title(row["english"], row["chinese"]))
        for row in read_table(DATA / "visit_columns.csv").rows
    )


def analyte_column(name: str, unit: str) -> AnalyteColumn | None:
    """Return what a title means as a column of laboratory values; None where it names no quantity.

    Parameters
    ----------
    name, unit : str
        As `titles.split_unit` parts them; without a unit that of the template counts.

    Raises
    ------
    InputError
        A unit that does not fit, or none where the template has none for this quantity.

    Examples
    --------
    >>> analyte_column("甲状腺球蛋白", "µg/L").unit, analyte_column("Tg", "").unit
    ('µg/L', 'ng/mL')
    """
    usual = {folded(each): column for column in analyte_columns() for each in column.title.spellings}
    column = usual.get(folded(name))
    found = analyte(column.analyte) if column else find_analyte(name)
    if found is None:
        return None
    standard = {each.analyte: each.unit for each in analyte_columns()}.get(found.code, "")
    if not unit and not standard:
        raise InputError(f"the column '{name}' states no unit", f"one such as [{found.unit}]", "add it")
    unit_of(found, unit or standard)
    return AnalyteColumn(found.code, unit or standard, Title(name, name))


@cache
def pain_titles() -> frozenset[str]:
    """Return the folded titles of the column of pain."""
    return frozenset(folded(each) for each in (PAIN, *field_title("pain", PAIN).spellings))
