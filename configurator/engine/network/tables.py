"""Tables as rows of numbers from the start: value classes by columns, then rows of literals."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.model import Table
from configurator.engine.network.axes import Axes
from configurator.engine.network.builder import NetworkBuilder
from configurator.engine.network.chain_tables import AxisVariable

Int64s = NDArray[np.int64]

NARROW = 8
"""A group of up to so many literals stands in a table itself although the table does not name all its members."""
FEW_ROWS = 50_000
"""So many forbidden rows may be one clause each."""


class TableRows:
    """The different rows of a table, each cell the place of its value in the domain of its feature."""

    def __init__(self, table: Table, axes: Axes) -> None:
        self.table, self.axes = table, axes
        self.cells = np.empty((len(table.rows), len(table.columns)), dtype=np.int64)
        for column, (name, values) in enumerate(zip(table.columns, zip(*table.rows))):
            places = {value: place for place, value in enumerate(axes.model.domain(name))}
            self.cells[:, column] = np.fromiter(map(places.__getitem__, values), np.int64, len(table.rows))
        self.cells = different_rows(self.cells)

    def alike(self, column: int) -> Int64s:
        """For every value of a column's feature a number of the combinations it stands with."""
        size = len(self.axes.model.domain(self.table.columns[column]))
        values = self.cells[:, column]
        order = np.argsort(values, kind="stable")
        others = _numbered(np.delete(self.cells, column, axis=1))[order]
        ends = np.searchsorted(values[order], np.arange(size), side="right").tolist()
        known: dict[bytes, int] = {}
        found, start = np.empty(size, dtype=np.int64), 0
        for value, end in enumerate(ends):
            found[value] = known.setdefault(np.sort(others[start:end]).tobytes(), len(known))
            start = end
        return found


class Tables:
    """Writes tables down over the literals of their axes."""

    def __init__(
        self,
        axes: Axes,
        builder: NetworkBuilder,
        variables: Mapping[int, AxisVariable],
        classes: Mapping[str, Int64s],
    ) -> None:
        self.axes, self.builder, self.variables, self.classes = axes, builder, variables, classes

    def require(self, rows: TableRows, origin: int) -> None:
        """The features' values must be one of the rows, or none of them where the table forbids."""
        columns: dict[int, list[int]] = {}
        for column, name in enumerate(rows.table.columns):
            columns.setdefault(self.axes.axis_of[name], []).append(column)
        cells, variables = rows.cells, []
        literals = np.empty((len(cells), 0), dtype=np.int64)
        for axis, places in columns.items():
            if self.axes.axes[axis].joined:
                names = [rows.table.columns[place] for place in places]
                variable, literal, row = self._joined(axis, names, cells[:, places])
                cells, literals = cells[row], literals[row]
            else:
                variable, name = self.variables[axis].variable, rows.table.columns[places[0]]
                literal = self.builder.start[variable] + self.classes[name][cells[:, places[0]]]
            if self.builder.size(variable) > 1:
                variables.append(variable)
                literals = np.column_stack((literals, literal))
        literals = different_rows(literals)
        if rows.table.allowed:
            self._allow(variables, literals, origin)
        else:
            self._forbid(variables, literals, origin)

    def _joined(self, axis: int, names: Sequence[str], cells: Int64s) -> tuple[int, Int64s, Int64s]:
        """The variable that several members of one group are read from, its literal per row, and which rows those are.

        Rows with two members do not occur in any selection and are left out. Where no named member is chosen, a
        row stands for all other literals: several rows, or the one literal of a view.
        """
        chosen = cells.astype(np.bool_)
        row = np.flatnonzero(chosen.sum(axis=1) <= 1)
        seen = np.where(chosen[row].any(axis=1), chosen[row].argmax(axis=1) + 1, 0)
        variable = self.variables[axis].variable
        labels = np.zeros(self.builder.size(variable), dtype=np.int64)
        labels[[self.axes.place(name) for name in names]] = np.arange(1, len(names) + 1)
        if len(labels) > NARROW:
            variable, literals = self.builder.view(variable, labels)
            return variable, literals[seen], row
        literals = self.builder.literals(variable)
        at, literal = np.nonzero(labels[None, :] == seen[:, None])
        return variable, literals[literal], row[at]

    def _allow(self, variables: Sequence[int], literals: Int64s, origin: int) -> None:
        if len(literals) < self._combinations(variables):
            self.builder.table(variables, literals, origin)

    def _forbid(self, variables: Sequence[int], literals: Int64s, origin: int) -> None:
        combinations = self._combinations(variables)
        if len(literals) <= FEW_ROWS or combinations - len(literals) > 20 * len(literals):
            for row in literals.tolist():
                self.builder.clause([self.builder.code(literal) ^ 1 for literal in row], origin)

    def _combinations(self, variables: Sequence[int]) -> int:
        product = 1
        for variable in variables:
            product *= self.builder.size(variable)
        return product


def different_rows(cells: Int64s) -> Int64s:
    """The rows, each once."""
    if not cells.shape[1]:
        return cells[:1]
    _, first = np.unique(_numbered(cells), return_index=True)
    return cells[np.sort(first)]


def _numbered(cells: Int64s) -> Int64s:
    """A number for every row, equal for equal rows."""
    numbers = np.zeros(len(cells), dtype=np.int64)
    if not len(cells):
        return numbers
    span = 1
    for column in cells.T:
        width = int(column.max()) + 1
        if span * width > 2**62:
            _, numbers = np.unique(numbers, return_inverse=True)
            span = len(cells)
        numbers = numbers * width + column
        span *= width
    return numbers
