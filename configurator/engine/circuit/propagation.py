"""Unit clauses and tables: what follows from the literals removed so far, and how to take it back.

Every variable keeps the set of literals it may still take. Clauses count their codes that are true and those that
are open; tables count for each literal the living rows that support it.
"""

from numba import njit

from configurator.engine.circuit.arrays import HEAD, KILLED, SAVED, TRAIL, WORK


@njit(cache=True, nogil=True)
def remove(net, state, literal):  # type: ignore[no-untyped-def]
    """Take a literal out of its variable's domain; False when none is left."""
    variable = net.variable_of[literal]
    state.alive[literal] = 0
    state.domain_size[variable] -= 1
    state.domain_hash[variable, 0] -= net.code_hash[2 * literal, 0]
    state.domain_hash[variable, 1] -= net.code_hash[2 * literal, 1]
    state.trail[state.marks[TRAIL]] = 2 * literal + 1
    state.marks[TRAIL] += 1
    size = state.domain_size[variable]
    if size == 0:
        return False
    if size == 1:
        last = net.literal_start[variable]
        while not state.alive[last]:
            last += 1
        state.trail[state.marks[TRAIL]] = 2 * last
        state.marks[TRAIL] += 1
    return True


@njit(cache=True, nogil=True)
def make_hold(net, state, code):  # type: ignore[no-untyped-def]
    """Make a code true; False when that empties a domain."""
    literal = code >> 1
    if code & 1:
        return not state.alive[literal] or remove(net, state, literal)
    if not state.alive[literal]:
        return False
    variable = net.variable_of[literal]
    for other in range(net.literal_start[variable], net.literal_start[variable + 1]):
        if other != literal and state.alive[other]:
            remove(net, state, other)
    return True


@njit(cache=True, nogil=True)
def propagate(net, state):  # type: ignore[no-untyped-def]
    """Draw all conclusions of unit clauses and of tables; False when they contradict each other."""
    marks = state.marks
    while marks[HEAD] < marks[TRAIL]:
        code = state.trail[marks[HEAD]]
        marks[HEAD] += 1
        consistent = True
        marks[WORK] += net.occurrence_start[(code | 1) + 1] - net.occurrence_start[code & ~1] + 4
        for place in range(net.occurrence_start[code], net.occurrence_start[code + 1]):
            state.clause_true[net.occurrences[place]] += 1
        # All counters of a code are moved together, even after a contradiction, so that `undo` can move them back.
        for place in range(net.occurrence_start[code ^ 1], net.occurrence_start[(code ^ 1) + 1]):
            clause = net.occurrences[place]
            state.clause_open[clause] -= 1
            state.clause_hash[clause, 0] -= net.code_hash[code ^ 1, 0]
            state.clause_hash[clause, 1] -= net.code_hash[code ^ 1, 1]
            if state.clause_true[clause] == 0 and consistent:
                if state.clause_open[clause] == 0:
                    consistent = False
                elif state.clause_open[clause] == 1:
                    consistent = conclude(net, state, clause)
        if not consistent:
            return False
        if not code & 1:
            if not keep_rows(net, state, code >> 1):
                return False
        elif state.domain_size[net.variable_of[code >> 1]] > 1 and not kill_rows(net, state, code >> 1):
            return False
    return True


@njit(cache=True, nogil=True)
def conclude(net, state, clause):  # type: ignore[no-untyped-def]
    """The one code that can still satisfy the clause must hold."""
    for place in range(net.clause_start[clause], net.clause_start[clause + 1]):
        code = net.clause_codes[place]
        literal = code >> 1
        size = state.domain_size[net.variable_of[literal]]
        alive = state.alive[literal]
        if code & 1:
            # Not counted yet but true: literals removed, or domains of one, that still wait on the trail.
            if not alive:
                return True
            if size > 1:
                return remove(net, state, literal)
        elif alive:
            return size == 1 or make_hold(net, state, code)
    return False


@njit(cache=True, nogil=True)
def kill_rows(net, state, literal):  # type: ignore[no-untyped-def]
    """A removed literal takes its rows out of all tables; literals without a row are removed in turn."""
    for place in range(net.literal_entry_start[literal], net.literal_entry_start[literal + 1]):
        entry = net.literal_entries[place]
        if state.entry_support[entry] == 0:
            continue
        for index in range(net.entry_row_start[entry], net.entry_row_start[entry + 1]):
            row = net.entry_rows[index]
            table = net.row_table[row]
            first = net.row_start[table]
            position = state.row_place[row]
            if position >= state.table_alive[table]:
                continue
            state.table_alive[table] -= 1
            state.table_version[table] += 1
            last = state.table_alive[table]
            other = state.row_order[first + last]
            state.row_order[first + last] = row
            state.row_order[first + position] = other
            state.row_place[row] = last
            state.row_place[other] = position
            state.killed[state.marks[KILLED]] = row
            state.marks[KILLED] += 1
            width = net.column_start[table + 1] - net.column_start[table]
            state.marks[WORK] += 1
            base = net.cell_start[table] + (row - first) * width
            possible = True
            for column in range(width):  # to the end even after a contradiction, so that `undo` can count back
                cell = net.cells[base + column]
                state.entry_support[cell] -= 1
                if state.entry_support[cell] == 0:
                    unsupported = net.entry_literal[cell]
                    if state.alive[unsupported] and not remove(net, state, unsupported):
                        possible = False
            if not possible:
                return False
    return True


@njit(cache=True, nogil=True)
def keep_rows(net, state, literal):  # type: ignore[no-untyped-def]
    """Where a variable has one literal left, only its rows live on; counted anew, as they are few."""
    for place in range(net.literal_entry_start[literal], net.literal_entry_start[literal + 1]):
        entry = net.literal_entries[place]
        table = net.entry_table[entry]
        state.table_version[table] += 1
        alive = state.table_alive[table]
        if state.entry_support[entry] == alive:
            continue
        first_row, first_entry, end_entry = (
            net.row_start[table],
            net.table_entry_start[table],
            net.table_entry_start[table + 1],
        )
        base, saved = net.cell_start[table], state.marks[SAVED]
        width = net.column_start[table + 1] - net.column_start[table]
        state.saved[saved] = alive
        for other in range(first_entry, end_entry):
            state.saved[saved + 1 + other - first_entry] = state.entry_support[other]
            state.entry_support[other] = 0
        state.marks[SAVED] = saved + 1 + end_entry - first_entry
        state.marks[WORK] += (end_entry - first_entry) // 8
        state.killed[state.marks[KILLED]] = -1 - table
        state.marks[KILLED] += 1
        kept = 0
        for index in range(net.entry_row_start[entry], net.entry_row_start[entry + 1]):
            row = net.entry_rows[index]
            position = state.row_place[row]
            if position >= alive:
                continue
            other_row = state.row_order[first_row + kept]
            state.row_order[first_row + kept] = row
            state.row_order[first_row + position] = other_row
            state.row_place[row] = kept
            state.row_place[other_row] = position
            kept += 1
            state.marks[WORK] += 1
            for cell in range(base + (row - first_row) * width, base + (row - first_row + 1) * width):
                state.entry_support[net.cells[cell]] += 1
        state.table_alive[table] = kept
        possible = True
        for other in range(first_entry, end_entry):
            if state.entry_support[other] == 0 and state.saved[saved + 1 + other - first_entry] > 0:
                unsupported = net.entry_literal[other]
                if state.alive[unsupported] and not remove(net, state, unsupported):
                    possible = False
        if not possible:
            return False
    return True


@njit(cache=True, nogil=True)
def undo(net, state, trail, killed):  # type: ignore[no-untyped-def]
    """Go back to where the trail and the list of killed rows had these lengths."""
    marks = state.marks
    while marks[TRAIL] > trail:
        marks[TRAIL] -= 1
        code = state.trail[marks[TRAIL]]
        if marks[TRAIL] < marks[HEAD]:
            for place in range(net.occurrence_start[code], net.occurrence_start[code + 1]):
                state.clause_true[net.occurrences[place]] -= 1
            for place in range(net.occurrence_start[code ^ 1], net.occurrence_start[(code ^ 1) + 1]):
                clause = net.occurrences[place]
                state.clause_open[clause] += 1
                state.clause_hash[clause, 0] += net.code_hash[code ^ 1, 0]
                state.clause_hash[clause, 1] += net.code_hash[code ^ 1, 1]
        literal = code >> 1
        variable = net.variable_of[literal]
        if code & 1:
            state.alive[literal] = 1
            state.domain_size[variable] += 1
            state.domain_hash[variable, 0] += net.code_hash[2 * literal, 0]
            state.domain_hash[variable, 1] += net.code_hash[2 * literal, 1]
        else:
            for place in range(net.variable_table_start[variable], net.variable_table_start[variable + 1]):
                state.table_version[net.variable_tables[place]] += 1
    marks[HEAD] = min(marks[HEAD], marks[TRAIL])
    while marks[KILLED] > killed:
        marks[KILLED] -= 1
        row = state.killed[marks[KILLED]]
        if row < 0:  # all rows but some of a table at once
            table = -1 - row
            first, end = net.table_entry_start[table], net.table_entry_start[table + 1]
            marks[SAVED] -= 1 + end - first
            state.table_alive[table] = state.saved[marks[SAVED]]
            state.table_version[table] += 1
            for entry in range(first, end):
                state.entry_support[entry] = state.saved[marks[SAVED] + 1 + entry - first]
            continue
        table = net.row_table[row]
        state.table_alive[table] += 1
        state.table_version[table] += 1
        width = net.column_start[table + 1] - net.column_start[table]
        base = net.cell_start[table] + (row - net.row_start[table]) * width
        for column in range(width):
            state.entry_support[net.cells[base + column]] += 1


@njit(cache=True, nogil=True)
def conclude_all(net, state):  # type: ignore[no-untyped-def]
    """Draw the conclusions that need no decision; False when the network contradicts itself."""
    marks = state.marks
    for variable in range(len(net.literal_start) - 1):
        if state.domain_size[variable] == 1:
            state.trail[marks[TRAIL]] = 2 * net.literal_start[variable]
            marks[TRAIL] += 1
    for clause in range(len(net.clause_start) - 1):
        if net.clause_start[clause + 1] == net.clause_start[clause]:
            return False
        if net.clause_start[clause + 1] == net.clause_start[clause] + 1:
            code = net.clause_codes[net.clause_start[clause]]
            literal = code >> 1
            single = state.domain_size[net.variable_of[literal]] == 1
            if code & 1 and single and state.alive[literal]:
                return False
            if not (single and state.alive[literal]) and not make_hold(net, state, code):
                return False
    for table in range(len(net.row_start) - 1):
        if state.table_alive[table] == 0:
            return False
    for entry in range(len(net.entry_literal)):
        literal = net.entry_literal[entry]
        if state.entry_support[entry] == 0 and state.alive[literal] and not remove(net, state, literal):
            return False
    return propagate(net, state)


@njit(cache=True, nogil=True)
def probe(net, state, limit):  # type: ignore[no-untyped-def]
    """Remove for good every literal that propagation alone refutes, within a limit of work; False on a contradiction.

    Failed literal probing; see Lynce and Marques-Silva, "Probing-based preprocessing techniques for propositional
    satisfiability" (ICTAI 2003).
    """
    marks = state.marks
    literals = len(net.variable_of)
    unchanged = 0
    literal = 0
    end = marks[WORK] + limit
    while unchanged < literals and marks[WORK] < end:
        if state.alive[literal] and state.domain_size[net.variable_of[literal]] > 1:
            trail, killed = marks[TRAIL], marks[KILLED]
            possible = make_hold(net, state, 2 * literal) and propagate(net, state)
            undo(net, state, trail, killed)
            if not possible:
                if not remove(net, state, literal) or not propagate(net, state):
                    return False
                unchanged = 0
        literal = (literal + 1) % literals
        unchanged += 1
    return True
