"""From a network to the arrays of the search, which are filled here and grown here."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit.arrays import (
    ARCS_TOP,
    CACHED,
    COUNTS,
    EDGES,
    FRAME,
    KIDS_TOP,
    MARKS,
    NODES,
    PARTS_TOP,
    VARIABLES_TOP,
    Constraints,
    State,
    Store,
)
from configurator.engine.circuit.trace import recache, rehash
from configurator.engine.network.network import Network

SEED = 0x5EED


def constraints_of(network: Network, priority: NDArray[np.int32]) -> Constraints:
    """The network's lists laid end to end; variables of small `priority` are decided first."""
    literals, variables = network.literals, network.variables
    variable_of = np.repeat(np.arange(variables, dtype=np.int32), np.diff(network.literal_start))
    clauses = network.clauses
    clause_start, clause_codes = _rows(clauses)
    clause_of_place = np.repeat(np.arange(len(clauses), dtype=np.int32), np.diff(clause_start))
    occurrence_start, occurrences = _inverse(clause_codes, clause_of_place, 2 * literals)
    pairs = (
        np.unique(np.stack((variable_of[clause_codes >> 1], clause_of_place)), axis=1)
        if len(clause_codes)
        else (np.zeros((2, 0), dtype=np.int32))
    )
    variable_clause_start, variable_clauses = _inverse(pairs[0], pairs[1], variables)
    tables = network.tables
    column_start, column_variable = _rows([table.variables for table in tables])
    row_counts = [len(table.rows) for table in tables]
    row_start = _starts(row_counts)
    row_table = np.repeat(np.arange(len(tables), dtype=np.int32), row_counts)
    cell_start = np.zeros(len(tables) + 1, dtype=np.int64)
    cells: list[NDArray[np.int32]] = []
    entry_literal: list[NDArray[np.int32]] = []
    entry_row: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = []
    entries = 0
    table_entry_start = np.zeros(len(tables) + 1, dtype=np.int32)
    for number, table in enumerate(tables):
        rows = np.asarray(table.rows, dtype=np.int32)
        cell_start[number + 1] = cell_start[number] + rows.size
        laid = np.empty_like(rows)
        for column, variable in enumerate(table.variables):
            first, end = int(network.literal_start[variable]), int(network.literal_start[variable + 1])
            laid[:, column] = rows[:, column] - first + entries
            entry_literal.append(np.arange(first, end, dtype=np.int32))
            entry_row.append((laid[:, column], np.arange(len(rows), dtype=np.int32) + row_start[number]))
            entries += end - first
        cells.append(laid.reshape(-1))
        table_entry_start[number + 1] = entries
    entry_literals = _joined(entry_literal)
    entry_row_start, entry_rows = _inverse(
        _joined([entry for entry, _ in entry_row]), _joined([row for _, row in entry_row]), entries
    )
    literal_entry_start, literal_entries = _inverse(entry_literals, np.arange(entries, dtype=np.int32), literals)
    table_of_column = np.repeat(np.arange(len(tables), dtype=np.int32), np.diff(column_start))
    variable_table_start, variable_tables = _inverse(column_variable, table_of_column, variables)
    return Constraints(
        literal_start=network.literal_start.astype(np.int32),
        variable_of=variable_of,
        hidden=network.hidden.astype(np.uint8),
        priority=priority.astype(np.int32),
        clause_start=clause_start,
        clause_codes=clause_codes,
        occurrence_start=occurrence_start,
        occurrences=occurrences,
        variable_clause_start=variable_clause_start,
        variable_clauses=variable_clauses,
        column_start=column_start,
        column_variable=column_variable,
        row_start=row_start,
        row_table=row_table,
        cell_start=cell_start,
        cells=_joined(cells),
        entry_literal=entry_literals,
        entry_table=np.repeat(np.arange(len(tables), dtype=np.int32), np.diff(table_entry_start)),
        table_entry_start=table_entry_start,
        entry_row_start=entry_row_start,
        entry_rows=entry_rows,
        literal_entry_start=literal_entry_start,
        literal_entries=literal_entries,
        variable_table_start=variable_table_start,
        variable_tables=variable_tables,
        code_hash=_hashes(2 * literals),
    )


def fresh_state(net: Constraints) -> State:
    """Nothing decided, nothing concluded."""
    literals, variables = len(net.variable_of), len(net.literal_start) - 1
    clauses, tables, rows = len(net.clause_start) - 1, len(net.row_start) - 1, len(net.row_table)
    with np.errstate(over="ignore"):
        domain_hash = np.add.reduceat(net.code_hash[0::2], net.literal_start[:-1], axis=0)
        clause_hash = np.zeros((clauses, 2), dtype=np.uint64)
        owner = np.repeat(np.arange(clauses), np.diff(net.clause_start))
        np.add.at(clause_hash, owner, net.code_hash[net.clause_codes])
    row_counts = np.diff(net.row_start).astype(np.int32)
    row_place = np.arange(rows, dtype=np.int32) - np.repeat(net.row_start[:-1], row_counts).astype(np.int32)
    residues = _power_of_two(4 * (clauses + tables) + 16)
    return State(
        marks=np.zeros(MARKS, dtype=np.int64),
        alive=np.ones(literals, dtype=np.uint8),
        domain_size=np.diff(net.literal_start).astype(np.int32),
        domain_hash=domain_hash,
        clause_true=np.zeros(clauses, dtype=np.int32),
        clause_open=np.diff(net.clause_start).astype(np.int32),
        clause_hash=clause_hash,
        row_order=np.arange(rows, dtype=np.int32),
        row_place=row_place,
        table_alive=row_counts,
        entry_support=np.diff(net.entry_row_start).astype(np.int32),
        table_version=np.ones(tables, dtype=np.int64),
        table_seen_version=np.zeros(tables, dtype=np.int64),
        table_hash=np.zeros((tables, 2), dtype=np.uint64),
        dependent=np.zeros(len(net.column_variable), dtype=np.uint8),
        trail=np.zeros(2 * literals + variables + 2, dtype=np.int32),
        killed=np.zeros(rows + len(net.column_variable) + 1, dtype=np.int32),
        saved=np.zeros(
            int(np.sum(np.diff(net.column_start) * (1 + np.diff(net.table_entry_start)))) + 1, dtype=np.int32
        ),
        variable_seen=np.zeros(variables, dtype=np.int64),
        clause_seen=np.zeros(clauses, dtype=np.int64),
        table_seen=np.zeros(tables, dtype=np.int64),
        residue_seen=np.zeros(residues, dtype=np.int64),
        residue=np.zeros((residues, 2), dtype=np.uint64),
        scratch_rows=np.zeros(int(row_counts.max(initial=0)) + 1, dtype=np.int32),
        entry_sum=np.zeros((len(net.entry_literal), 2), dtype=np.uint64),
        frames=np.zeros((variables + 2, FRAME), dtype=np.int64),
        frame_key=np.zeros((variables + 2, 2), dtype=np.uint64),
    )


def fresh_store(net: Constraints) -> Store:
    """An empty trace; inner node 0 is the OR without children: false."""
    literals, variables = len(net.variable_of), len(net.literal_start) - 1
    nodes = _power_of_two(4 * variables + 1024)
    store = Store(
        counts=np.zeros(COUNTS, dtype=np.int64),
        node_start=np.zeros(nodes + 1, dtype=np.int64),
        node_is_or=np.zeros(nodes, dtype=np.uint8),
        children=np.zeros(8 * literals + 4096, dtype=np.int32),
        unique=np.full(4 * nodes, -1, dtype=np.int32),
        cache_key=np.zeros((4096, 2), dtype=np.uint64),
        cache_node=np.full(4096, -1, dtype=np.int32),
        part_variables=np.zeros(8 * variables + 1024, dtype=np.int32),
        parts=np.zeros((4 * variables + 1024, 2), dtype=np.int64),
        part_key=np.zeros((4 * variables + 1024, 2), dtype=np.uint64),
        kids=np.zeros(8 * variables + 1024, dtype=np.int32),
        arcs=np.zeros(4 * literals + 1024, dtype=np.int32),
    )
    store.counts[NODES] = 1
    store.node_is_or[0] = 1
    rehash(net, store.node_start, store.node_is_or, store.children, 1, store.unique)
    return store


def grown(net: Constraints, state: State, store: Store) -> Store:
    """The store with room for much more; what is nearly full is doubled."""
    literals, variables = len(net.variable_of), len(net.literal_start) - 1
    nodes, marks = int(store.counts[NODES]), state.marks
    changed: dict[str, NDArray[np.generic]] = {}
    if nodes + variables + 3 >= len(store.node_is_or) or 2 * (nodes + variables + 3) >= len(store.unique):
        size = 2 * len(store.node_is_or)
        changed["node_start"] = _longer(store.node_start, size + 1)
        changed["node_is_or"] = _longer(store.node_is_or, size)
        unique = np.full(4 * size, -1, dtype=np.int32)
        rehash(net, store.node_start, store.node_is_or, store.children, nodes, unique)
        changed["unique"] = unique
    if 2 * (store.counts[CACHED] + 1) >= len(store.cache_node):
        size = 4 * len(store.cache_node)
        key, node = np.zeros((size, 2), dtype=np.uint64), np.full(size, -1, dtype=np.int32)
        recache(store.cache_key, store.cache_node, key, node)
        changed["cache_key"], changed["cache_node"] = key, node
    edges = int(store.counts[EDGES])
    if edges + 2 * literals + variables + marks[ARCS_TOP] >= len(store.children):
        changed["children"] = _longer(store.children, 2 * len(store.children))
    if marks[VARIABLES_TOP] + 2 * variables >= len(store.part_variables):
        changed["part_variables"] = _longer(store.part_variables, 2 * len(store.part_variables))
    if marks[PARTS_TOP] + variables >= len(store.parts):
        changed["parts"] = _longer(store.parts, 2 * len(store.parts))
        changed["part_key"] = _longer(store.part_key, 2 * len(store.part_key))
    if marks[KIDS_TOP] + 2 * variables >= len(store.kids):
        changed["kids"] = _longer(store.kids, 2 * len(store.kids))
    if marks[ARCS_TOP] + literals + 1 >= len(store.arcs):
        changed["arcs"] = _longer(store.arcs, 2 * len(store.arcs))
    return store._replace(**changed)  # type: ignore[arg-type]


def _rows(lists: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    start = _starts([len(each) for each in lists])
    flat = np.fromiter((item for each in lists for item in each), dtype=np.int32, count=int(start[-1]))
    return start, flat


def _starts(counts: Sequence[int]) -> NDArray[np.int32]:
    start = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=start[1:])
    return start


def _inverse(
    keys: NDArray[np.int32], values: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For every key the list of its values, in the order given."""
    order = np.argsort(keys, kind="stable")
    start = np.zeros(count + 1, dtype=np.int32)
    np.cumsum(np.bincount(keys, minlength=count), out=start[1:])
    return start, values[order].astype(np.int32)


def _joined(arrays: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate(arrays).astype(np.int32) if arrays else np.zeros(0, dtype=np.int32)


def _hashes(count: int) -> NDArray[np.uint64]:
    """Two words for each code, the same on every machine."""
    return np.random.Generator(np.random.PCG64(SEED)).integers(0, 2**64, size=(count, 2), dtype=np.uint64)


def _longer(array: NDArray[np.generic], size: int) -> NDArray[np.generic]:
    longer = np.zeros((size, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _power_of_two(size: int) -> int:
    return 1 << max(4, size.bit_length())
