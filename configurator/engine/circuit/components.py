"""Components: parts of what is still open that share no constraint, and the key by which each is known again."""

import numpy as np
from numba import njit

from configurator.engine.circuit.arrays import PARTS_TOP, STAMP, VARIABLES_TOP, WORK
from configurator.engine.circuit.trace import add_kid, any_value, mixed


@njit(cache=True, nogil=True)
def split(net, state, store, first, last):  # type: ignore[no-untyped-def]
    """Split the open variables of a range of `part_variables` into components, pushed as parts with their keys.

    A variable that no constraint ties to another one is no part: its choice becomes a child at once.
    """
    marks = state.marks
    marks[STAMP] += 1
    stamp = marks[STAMP]
    for place in range(first, last):
        seed = store.part_variables[place]
        if state.variable_seen[seed] == stamp or state.domain_size[seed] == 1:
            continue
        begin = marks[VARIABLES_TOP]
        end = begin + 1
        store.part_variables[begin] = seed
        state.variable_seen[seed] = stamp
        low, high, constraints = np.uint64(0), np.uint64(0), 0
        marks[STAMP] += 1
        residue_stamp = marks[STAMP]
        here = begin
        while here < end:
            variable = store.part_variables[here]
            here += 1
            low += mixed(state.domain_hash[variable, 0])
            high += mixed(state.domain_hash[variable, 1])
            for index in range(net.variable_clause_start[variable], net.variable_clause_start[variable + 1]):
                clause = net.variable_clauses[index]
                if state.clause_true[clause] or state.clause_seen[clause] == stamp:
                    continue
                state.clause_seen[clause] = stamp
                constraints += 1
                marks[WORK] += net.clause_start[clause + 1] - net.clause_start[clause]
                if is_new_residue(state, state.clause_hash[clause, 0], state.clause_hash[clause, 1], residue_stamp):
                    low += mixed(state.clause_hash[clause, 0] ^ np.uint64(0x9E3779B97F4A7C15))
                    high += mixed(state.clause_hash[clause, 1] ^ np.uint64(0x9E3779B97F4A7C15))
                for spot in range(net.clause_start[clause], net.clause_start[clause + 1]):
                    other = net.variable_of[net.clause_codes[spot] >> 1]
                    if state.variable_seen[other] != stamp and state.domain_size[other] > 1:
                        state.variable_seen[other] = stamp
                        store.part_variables[end] = other
                        end += 1
            for index in range(net.variable_table_start[variable], net.variable_table_start[variable + 1]):
                table = net.variable_tables[index]
                if state.table_seen[table] == stamp:
                    continue
                if state.table_seen_version[table] != state.table_version[table]:
                    factor_table(net, state, table)
                    marks[WORK] += state.table_alive[table]
                depends = False
                for column in range(net.column_start[table], net.column_start[table + 1]):
                    if net.column_variable[column] == variable:
                        depends = state.dependent[column] != 0
                if not depends:
                    continue
                state.table_seen[table] = stamp
                constraints += 1
                if is_new_residue(state, state.table_hash[table, 0], state.table_hash[table, 1], residue_stamp):
                    low += mixed(state.table_hash[table, 0] ^ np.uint64(0xD1B54A32D192ED03))
                    high += mixed(state.table_hash[table, 1] ^ np.uint64(0xD1B54A32D192ED03))
                for column in range(net.column_start[table], net.column_start[table + 1]):
                    other = net.column_variable[column]
                    if state.dependent[column] and state.variable_seen[other] != stamp:
                        state.variable_seen[other] = stamp
                        store.part_variables[end] = other
                        end += 1
        if constraints == 0:
            if not net.hidden[seed]:
                add_kid(state, store, any_value(net, state, store, seed))
            continue
        part = marks[PARTS_TOP]
        store.parts[part, 0] = begin
        store.parts[part, 1] = end
        store.part_key[part, 0] = low
        store.part_key[part, 1] = high
        marks[PARTS_TOP] += 1
        marks[VARIABLES_TOP] = end


@njit(cache=True, nogil=True)
def is_new_residue(state, low, high, stamp):  # type: ignore[no-untyped-def]
    """Whether a remainder of a constraint is met for the first time in this component."""
    mask = len(state.residue_seen) - 1
    slot = np.int64(low & np.uint64(0x7FFFFFFF)) & mask
    while state.residue_seen[slot] == stamp:
        if state.residue[slot, 0] == low and state.residue[slot, 1] == high:
            return False
        slot = (slot + 1) & mask
    state.residue_seen[slot] = stamp
    state.residue[slot, 0] = low
    state.residue[slot, 1] = high
    return True


@njit(cache=True, nogil=True)
def factor_table(net, state, table):  # type: ignore[no-untyped-def]
    """Find the columns that depend on each other, and the fingerprint of the rows over these.

    A column is independent when every value of it stands with the same rows of the rest; then the rows with one of
    its values say all that the table says of the rest.
    """
    first, width = net.column_start[table], net.column_start[table + 1] - net.column_start[table]
    rows, begin = state.table_alive[table], net.row_start[table]
    for index in range(rows):
        state.scratch_rows[index] = state.row_order[begin + index]
    left = 0
    for column in range(width):
        open_column = state.domain_size[net.column_variable[first + column]] > 1
        state.dependent[first + column] = open_column
        left += open_column
    changed = left > 0
    while changed:
        changed = False
        for column in range(width):
            if not state.dependent[first + column]:
                continue
            values = state.domain_size[net.column_variable[first + column]]
            if left > 1 and (rows % values or not is_independent(net, state, table, column, rows)):
                continue
            # keep the rows of the column's first value
            state.dependent[first + column] = 0
            left -= 1
            base = net.cell_start[table]
            keep = net.cells[base + (state.scratch_rows[0] - begin) * width + column]
            kept = 0
            for index in range(rows):
                row = state.scratch_rows[index]
                if net.cells[base + (row - begin) * width + column] == keep:
                    state.scratch_rows[kept] = row
                    kept += 1
            rows = kept
            changed = left > 0
    low, high = np.uint64(0), np.uint64(0)
    if left:
        for index in range(rows):
            one, two = row_sum(net, state, table, state.scratch_rows[index])
            low += mixed(one)
            high += mixed(two)
    state.table_hash[table, 0] = mixed(low)
    state.table_hash[table, 1] = mixed(high)
    state.table_seen_version[table] = state.table_version[table]


@njit(cache=True, nogil=True)
def row_sum(net, state, table, row):  # type: ignore[no-untyped-def]
    """Two words that stand for the cells of a row in the dependent columns."""
    first, width = net.column_start[table], net.column_start[table + 1] - net.column_start[table]
    base = net.cell_start[table] + (row - net.row_start[table]) * width
    one, two = np.uint64(0), np.uint64(0)
    for column in range(width):
        if state.dependent[first + column]:
            literal = net.entry_literal[net.cells[base + column]]
            one += net.code_hash[2 * literal, 0]
            two += net.code_hash[2 * literal, 1]
    return one, two


@njit(cache=True, nogil=True)
def is_independent(net, state, table, column, rows):  # type: ignore[no-untyped-def]
    """Whether every value of the column stands with the same rows of the other dependent columns."""
    width = net.column_start[table + 1] - net.column_start[table]
    base, begin = net.cell_start[table], net.row_start[table]
    for index in range(rows):
        entry = net.cells[base + (state.scratch_rows[index] - begin) * width + column]
        state.entry_sum[entry, 0] = np.uint64(0)
        state.entry_sum[entry, 1] = np.uint64(0)
    for index in range(rows):
        row = state.scratch_rows[index]
        entry = net.cells[base + (row - begin) * width + column]
        literal = net.entry_literal[entry]
        one, two = row_sum(net, state, table, row)
        state.entry_sum[entry, 0] += mixed(one - net.code_hash[2 * literal, 0])
        state.entry_sum[entry, 1] += mixed(two - net.code_hash[2 * literal, 1])
    head = net.cells[base + (state.scratch_rows[0] - begin) * width + column]
    for index in range(rows):
        entry = net.cells[base + (state.scratch_rows[index] - begin) * width + column]
        if (
            state.entry_sum[entry, 0] != state.entry_sum[head, 0]
            or state.entry_sum[entry, 1] != state.entry_sum[head, 1]
        ):
            return False
    return True
