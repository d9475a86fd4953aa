"""A typed paper as the nouns of `seedbed.cohort.published`: cells, comparisons and what is around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from seedbed.cohort.auditing.cell_texts import read_cell
from seedbed.cohort.auditing.findings import Where
from seedbed.cohort.auditing.models import CellOf, PClaim, Survival, Typed, Variable
from seedbed.cohort.printed import PrintedP
from seedbed.cohort.published import ALL_GROUPS, Cell, Comparison, PublishedPaper

SCALES = {"mean_sd": "mean_sd", "quartiles": "median_quartiles", "counts": "nominal", "p_only": "summary"}


@dataclass(frozen=True)
class Study:
    """A typed paper and the printed numbers in it.

    Attributes
    ----------
    typed : Typed
        The file.
    cells : tuple of Cell
        Every number of its tables, in their order.
    """

    typed: Typed
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, typed: Typed) -> "Study":
        """Take every cell apart."""
        sizes = {group.id: int(group.n) for group in typed.group}
        return cls(typed, tuple(cell for one in typed.variable for cell in variable_cells(one, sizes)))

    @property
    def group_sizes(self) -> dict[str, int]:
        """Patients of each group."""
        return {group.id: int(group.n) for group in self.typed.group}

    @property
    def paper(self) -> PublishedPaper:
        """The same numbers as `seedbed.cohort.audit` takes them to recompute p-values."""
        tested = [self.comparison(one) for one in self.typed.variable if one.p is not None]
        lasting = [self.survival_comparison(one) for one in self.typed.survival if one.p is not None]
        claimed = [
            self.claimed(one, name)
            for one in self.typed.claim
            if isinstance(one, PClaim)
            for name in one.about
        ]
        source = self.typed.source
        return PublishedPaper(source.source, source.doi, self.cells, (*tested, *lasting, *claimed))

    def variable(self, name: str) -> Variable:
        """Return a variable by its id; `read_study` has made sure that it is there."""
        return next(one for one in self.typed.variable if one.id == name)

    def survival(self, name: str) -> Survival:
        """Return a survival time by its id."""
        return next(one for one in self.typed.survival if one.id == name)

    def sizes(self, one: Variable | Survival) -> dict[str, int]:
        """Patients of each group that a line speaks of."""
        return {**self.group_sizes, **{group: int(n) for group, n in one.n.items()}}

    def line(self, name: str) -> tuple[Cell, ...]:
        """Cells of one variable."""
        return tuple(cell for cell in self.cells if cell.id == name)

    def cell(self, of: CellOf) -> Cell | None:
        """Return the number that is pointed at; None where the paper does not print it."""
        wanted = (of.level, of.group, of.statistic)
        return next(
            (one for one in self.line(of.variable) if (one.level, one.group, one.statistic) == wanted), None
        )

    def by_group(
        self, one: Variable, statistics: tuple[str, ...]
    ) -> Iterator[tuple[str, int, dict[str, Cell]]]:
        """Go through the groups of a line that has no levels: group, patients, cells by statistic."""
        for group in self.group_sizes:
            cells = {cell.statistic: cell for cell in self.line(one.id) if cell.group == group}
            if all(name in cells for name in statistics):
                yield group, next(iter(cells.values())).size, cells

    def comparison(self, one: Variable) -> Comparison:
        """Return the printed p-value of a variable and the numbers that it rests on."""
        groups = tuple(one.groups) or tuple(dict.fromkeys(cell.group for cell in self.line(one.id)))
        return _compare(one, one.place, groups=groups, p=one.p or "not significant", cells=self.line(one.id))

    def claimed(self, claim: PClaim, name: str) -> Comparison:
        """Return a p-value of the text and the numbers of the line that it speaks of."""
        if name in {one.id for one in self.typed.survival}:
            return self.survival_comparison(self.survival(name))
        one = self.variable(name)
        groups = tuple(claim.groups or one.groups) or tuple(
            dict.fromkeys(cell.group for cell in self.line(name))
        )
        cells = tuple(cell for cell in self.line(name) if cell.group in groups)
        return _compare(one, claim.place, groups=groups, p=claim.p, cells=cells)

    def survival_comparison(self, one: Survival) -> Comparison:
        """Return the printed p-value of survival curves."""
        p = PrintedP.parse(one.p or "not significant")
        return Comparison(one.id, one.label, one.place, "survival", tuple(one.values), p, (), one.note)


def _compare(
    one: Variable, place: str, *, groups: tuple[str, ...], p: str, cells: tuple[Cell, ...]
) -> Comparison:
    scale = one.scale or SCALES[one.kind]
    return Comparison(one.id, one.label, place, scale, groups, PrintedP.parse(p), cells, one.note)


def variable_cells(one: Variable, sizes: dict[str, int]) -> Iterator[Cell]:
    """Take the cells of one variable apart.

    Raises
    ------
    TableError
        A cell has none of the forms of its kind.
    """
    rows = one.rows or ([dict(one.cells)] if one.cells else [])
    for row in rows:
        for group, text in row.items():
            if group == "level":
                continue
            found = read_cell(one.kind, text)
            size = found.size or int(one.n.get(group, sizes[group]))
            for statistic, number in found.numbers:
                yield Cell(
                    id=one.id,
                    label=one.label,
                    scale=one.scale or SCALES[one.kind],
                    level=row.get("level", ""),
                    group=group,
                    size=size,
                    statistic=statistic,
                    text=number,
                    note=one.note,
                )


def where(one: Variable | Survival, cell: Cell | None = None, *, column: str = "") -> Where:
    """Say where a number of a variable is printed."""
    level = cell.level if cell is not None else ""
    group = column or (cell.group if cell is not None and cell.group != ALL_GROUPS else "")
    return Where(place=one.place, row=f"{one.label}: {level}" if level else one.label, column=group)
