"""Tables as rows of numbers from the start: value classes by columns, then rows of literals."""

from collections.abc import Mapping, Sequence
from math import prod
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from configurator.engine.errors import ModelTooLarge
from configurator.engine.model import Table
from configurator.engine.network.axes import Axes
from configurator.engine.network.builder import NetworkBuilder
from configurator.engine.network.chain_tables import AxisVariable
from configurator.engine.network.network import opposite
from configurator.engine.network.rows import DifferentRows

Int64s = NDArray[np.int64]

NARROW = 8
"""A group of up to so many literals stands in a table itself although the table does not name all its members."""
FORBIDDEN_LIMIT = 200_000
"""Forbidden rows that are written as one clause each."""
COMBINATION_LIMIT = 16_000_000
"""Combinations of values of which the allowed ones are listed instead."""


class TableRows:
    """The different rows of a table, each cell the place of its value in the domain of its feature."""

    def __init__(self, table: Table, axes: Axes) -> None:
        self.table = table
        columns, widths = [], []
        for column, name in enumerate(table.columns):
            places = {value: place for place, value in enumerate(axes.model.domain(name))}
            found = map(places.__getitem__, map(itemgetter(column), table.rows))
            columns.append(np.fromiter(found, np.int64, len(table.rows)))
            widths.append(len(places))
        self.rows = DifferentRows(columns, widths, len(table.rows))


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

    def require(self, found: TableRows, origin: int) -> None:
        """The features' values must be one of the rows, or none of them where the table forbids."""
        table, rows = found.table, found.rows
        places: dict[int, list[int]] = {}
        for column, name in enumerate(table.columns):
            places.setdefault(self.axes.axis_of[name], []).append(column)
        row = np.arange(len(rows))
        variables: list[int] = []
        columns: list[Int64s] = []
        for axis, members in places.items():
            if self.axes.axes[axis].joined:
                names = [table.columns[column] for column in members]
                chosen = np.stack([rows.column(column)[row].astype(np.bool_) for column in members])
                variable, literal, kept = self._joined(axis, names, chosen)
                row, columns = row[kept], [column[kept] for column in columns]
            else:
                variable = self.variables[axis].variable
                literal = self.classes[table.columns[members[0]]][rows.column(members[0])[row]]
            if self.builder.size(variable) > 1:
                variables.append(variable)
                columns.append(literal)
        sizes = [self.builder.size(variable) for variable in variables]
        different = DifferentRows(columns, sizes, len(row))
        combinations = prod(sizes)
        if table.allowed:
            if len(different) < combinations:
                self._allow(variables, [different.column(column) for column in range(len(sizes))], origin)
        elif combinations <= min(COMBINATION_LIMIT, 3 * len(different)):
            left = np.setdiff1d(np.arange(combinations), different.words[0], assume_unique=True)
            self._allow(variables, list(np.unravel_index(left, sizes)) if sizes else [], origin)
        else:
            self._forbid(table, variables, different, origin)

    def _joined(self, axis: int, names: Sequence[str], chosen: NDArray[np.bool_]) -> tuple[int, Int64s, Int64s]:
        """The variable that several members of one group are read from, its value per row, and which rows those are.

        Rows with two members do not occur in any selection and are left out. Where no named member is chosen, a
        row stands for all other values: several rows, or the one value of a view.
        """
        row = np.flatnonzero(chosen.sum(axis=0) <= 1)
        seen = np.where(chosen[:, row].any(axis=0), chosen[:, row].argmax(axis=0) + 1, 0)
        variable = self.variables[axis].variable
        labels = np.zeros(self.builder.size(variable), dtype=np.int64)
        labels[[self.axes.place(name) for name in names]] = np.arange(1, len(names) + 1)
        if len(labels) > NARROW:
            variable, literals = self.builder.view(variable, labels)
            return variable, literals[seen] - self.builder.start[variable], row
        at, value = np.nonzero(labels[None, :] == seen[:, None])
        return variable, value, row[at]

    def _allow(self, variables: Sequence[int], columns: Sequence[Int64s], origin: int) -> None:
        if not columns:
            self.builder.clause((), origin)
            return
        starts = [self.builder.start[variable] for variable in variables]
        literals = [(column + start).astype(np.int32) for column, start in zip(columns, starts)]
        self.builder.table(variables, np.column_stack(literals), origin)

    def _forbid(self, table: Table, variables: Sequence[int], rows: DifferentRows, origin: int) -> None:
        if len(rows) > FORBIDDEN_LIMIT:
            raise ModelTooLarge(f"rows of forbidding table {table.code}", len(rows), FORBIDDEN_LIMIT)
        columns = []
        for number, variable in enumerate(variables):
            literals = self.builder.literals(variable).tolist()
            codes = np.array([opposite(self.builder.code(literal)) for literal in literals])
            columns.append(codes[rows.column(number)].tolist())
        for codes_of_row in zip(*columns):
            self.builder.clause(codes_of_row, origin)
