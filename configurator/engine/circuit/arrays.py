"""The arrays of the search that compiles: what it reads, where it stands, and what it has built."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Words = NDArray[np.uint64]
Bytes = NDArray[np.uint8]

# Positions in State.marks. WORK counts places of clauses and rows of tables looked at: a clock that runs alike
# on every machine.
TRAIL, HEAD, KILLED, SAVED, STAMP, DEPTH, VARIABLES_TOP, PARTS_TOP, KIDS_TOP, ARCS_TOP, RESULT, PHASE, WORK = range(13)
MARKS = 13
# Positions in Store.counts
NODES, EDGES, CACHED, DECISIONS = range(4)
COUNTS = 4


class Constraints(NamedTuple):
    """The network as the search reads it; `x_start` and `x` are rows of lists, one after the other."""

    literal_start: Int32s
    variable_of: Int32s
    hidden: Bytes
    priority: Int32s
    clause_start: Int32s
    clause_codes: Int32s
    occurrence_start: Int32s  # by code: the clauses it stands in
    occurrences: Int32s
    variable_clause_start: Int32s
    variable_clauses: Int32s
    column_start: Int32s  # by table
    column_variable: Int32s
    row_start: Int32s  # by table: its first row among all rows
    row_table: Int32s
    cell_start: Int64s  # by table: the first cell of its first row
    cells: Int32s  # entries, row by row
    entry_literal: Int32s  # an entry is one literal in one column of one table
    entry_table: Int32s
    table_entry_start: Int32s
    entry_row_start: Int32s
    entry_rows: Int32s
    literal_entry_start: Int32s
    literal_entries: Int32s
    variable_table_start: Int32s
    variable_tables: Int32s
    code_hash: Words  # two words for each code


class State(NamedTuple):
    """Where the search stands; everything here is undone when a value has been tried."""

    marks: Int64s
    alive: Bytes
    domain_size: Int32s
    domain_hash: Words
    clause_true: Int32s
    clause_open: Int32s
    clause_hash: Words
    row_order: Int32s  # by table: living rows first
    row_place: Int32s
    table_alive: Int32s
    entry_support: Int32s
    table_version: Int64s
    table_seen_version: Int64s
    table_hash: Words
    dependent: Bytes  # by column: whether it depends on others of its table
    trail: Int32s
    killed: Int32s  # rows one by one, or -1 - table where all but some went at once
    saved: Int32s  # for each of the latter: living rows before, and the supports of the table's entries
    variable_seen: Int64s
    clause_seen: Int64s
    table_seen: Int64s
    residue_seen: Int64s
    residue: Words
    scratch_rows: Int32s
    entry_sum: Words
    frames: Int64s
    frame_key: Words


class Store(NamedTuple):
    """What the search has built, and its stacks; grown from outside when nearly full."""

    counts: Int64s
    node_start: Int64s
    node_is_or: Bytes
    children: Int32s
    unique: Int32s  # hash table of nodes
    cache_key: Words
    cache_node: Int32s
    part_variables: Int32s
    parts: Int64s
    part_key: Words
    kids: Int32s
    arcs: Int32s


# Columns of State.frames
F_FIRST, F_LAST, F_VARIABLE, F_LITERAL, F_TRAIL, F_KILLED, F_KIDS, F_ARCS, F_PARTS, F_PART, F_VARIABLES = range(11)
FRAME = 11
