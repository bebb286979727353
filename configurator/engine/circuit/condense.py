"""Rewrite a network into a smaller one with the same selections before it is compiled.

Three steps, each of which maps every code of the network it is given to one of the network it makes:
*settle* removes values that propagation refutes, *group* joins variables of which at most one can be true into one
variable with a value for each, *merge* lets variables that are always equal or opposite share one variable.
In every network made here literal 0 belongs to a variable of its own and always holds: code 0 is true, code 1 false.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit import propagation
from configurator.engine.circuit.layout import constraints_of, fresh_state
from configurator.engine.network.network import Network, NetworkTable

TRUE, FALSE = 0, 1
PROBING_WORK = 20_000_000
"""Steps after which no more values are probed: a second, on models where more would cost more than it saves."""
JOINED_LENGTH = 8
"""Longer clauses are not joined: their remainders are too many to be looked up."""
GROUP_MINIMUM = 3
"""So many variables of which at most one is true make a group."""


@dataclass(frozen=True)
class Condensed:
    """The smaller network, and for each code of the larger one the code that has taken its place."""

    network: Network
    code_of: NDArray[np.int32]


def condense(network: Network) -> Condensed | None:
    """The network with less to decide; None when propagation alone shows that nothing satisfies it."""
    settled = settle(network)
    if settled is None:
        return None
    code_of = settled.code_of
    smaller = settled.network
    for step in (group, merge):
        result = step(smaller)
        if result is None:
            return None
        code_of, smaller = result.code_of[code_of], result.network
    return Condensed(smaller, code_of)


def settle(network: Network) -> Condensed | None:
    """Only the values that survive propagation and probing; variables with one value left become constant."""
    net = constraints_of(network, np.zeros(network.variables, dtype=np.int32))
    state = fresh_state(net)
    if not propagation.conclude_all(net, state):
        return None
    if not propagation.probe(net, state, PROBING_WORK):
        return None
    alive = state.alive.astype(bool)
    members: list[list[int]] = []
    hidden: list[bool] = []
    for variable in range(network.variables):
        first, end = network.literal_start[variable], network.literal_start[variable + 1]
        left = [int(first) + int(each) for each in np.flatnonzero(alive[first:end])]
        if len(left) > 1:
            members.append(left)
            hidden.append(bool(network.hidden[variable]))
    draft = _Draft(network.literals)
    single = state.domain_size[net.variable_of] == 1
    for literal in range(network.literals):
        if not alive[literal]:
            draft.set_literal(literal, FALSE)
        elif single[literal]:
            draft.set_literal(literal, TRUE)
    for left, is_hidden in zip(members, hidden):
        draft.add_variable(left, is_hidden)
    tables = []
    for number, table in enumerate(network.tables):
        rows = table.rows[
            np.sort(state.row_order[net.row_start[number] :][: state.table_alive[number]]) - net.row_start[number]
        ]
        kept = [column for column, variable in enumerate(table.variables) if state.domain_size[variable] > 1]
        if len(kept) > 1:
            tables.append(NetworkTable(tuple(table.variables[column] for column in kept), rows[:, kept], table.origin))
    return draft.network(network, network.clauses, tables)


class _Draft:
    """A new numbering being made: variable 0 is the constant."""

    def __init__(self, old_literals: int) -> None:
        self.sizes = [1]
        self.hidden = [False]
        self.next = 1
        self.code_of = np.full(2 * old_literals, -1, dtype=np.int32)

    def set_literal(self, old: int, code: int) -> None:
        """The old literal is now said by this code."""
        self.code_of[2 * old] = code
        self.code_of[2 * old + 1] = code ^ 1

    def add_variable(self, literals: Sequence[int], hidden: bool) -> None:
        """A variable that keeps these of its old literals, at least two."""
        for index, literal in enumerate(literals):
            self.set_literal(literal, 2 * (self.next + index))
        self.close(len(literals), hidden)

    def close(self, size: int, hidden: bool) -> None:
        """The literals from `next` on make up one variable of this size."""
        self.sizes.append(size)
        self.hidden.append(hidden)
        self.next += size

    def network(self, old: Network, clauses: Iterable[Sequence[int]], tables: Sequence[NetworkTable]) -> Condensed:
        """The old constraints in the new numbering; every table's variables must have kept literals of their own."""
        start = np.zeros(len(self.sizes) + 1, dtype=np.int32)
        np.cumsum(self.sizes, out=start[1:])
        owner = np.repeat(np.arange(len(self.sizes)), self.sizes)
        # One way to say a thing: of two values the other is not denied but named.
        literal = self.code_of >> 1
        denied = (self.code_of & 1 == 1) & (np.array(self.sizes)[owner[literal]] == 2)
        self.code_of[denied] = 2 * (2 * start[owner[literal[denied]]] + 1 - literal[denied])
        rewritten = _tidy([self.code_of[list(clause)].tolist() for clause in clauses], start, owner)
        moved = []
        for table in tables:
            rows = self.code_of[2 * table.rows] >> 1
            moved.append(NetworkTable(tuple(int(owner[literal]) for literal in rows[0]), rows, table.origin))
        made = Network(start, np.array(self.hidden), rewritten, [0] * len(rewritten), moved)
        return Condensed(made, self.code_of)


def _tidy(
    clauses: Iterable[Sequence[int]], start: NDArray[np.int32], owner: NDArray[np.int64]
) -> list[tuple[int, ...]]:
    """Clauses without what is always true or false, each said once and as shortly as its variables allow."""
    kept: dict[tuple[int, ...], None] = {}
    for clause in clauses:
        codes = set(clause)
        codes.discard(FALSE)
        if TRUE in codes or any(code ^ 1 in codes for code in codes):
            continue
        short = _shortened(codes, start, owner)
        if short is not None:
            kept[tuple(sorted(short))] = None
    return list(_joined(list(kept), start, owner))


def _shortened(codes: set[int], start: NDArray[np.int32], owner: NDArray[np.int64]) -> set[int] | None:
    """All values of a variable but one are the denial of that one; all of them, or two denials, are no condition."""
    by_variable: dict[int, list[int]] = defaultdict(list)
    for code in codes:
        by_variable[int(owner[code >> 1])].append(code)
    for variable, some in by_variable.items():
        size = int(start[variable + 1] - start[variable])
        if len(some) == 1:
            continue
        denied = [code for code in some if code & 1]
        if len(denied) > 1 or len(some) - len(denied) == size:
            return None
        if denied:
            codes.difference_update(code for code in some if not code & 1)  # x is not 1, or x is 2: the first says it
        elif len(some) == size - 1:
            missing = sum(range(int(start[variable]), int(start[variable + 1]))) - sum(code >> 1 for code in some)
            codes.difference_update(some)
            codes.add(2 * missing + 1)
    return codes


def _joined(
    clauses: Sequence[tuple[int, ...]], start: NDArray[np.int32], owner: NDArray[np.int64]
) -> Iterable[tuple[int, ...]]:
    """Where a remainder stands beside the denial of every value of a variable but one, it stands beside that one."""
    beside: dict[tuple[tuple[int, ...], int], dict[int, int]] = defaultdict(dict)
    for number, clause in enumerate(clauses):
        for code in clause if len(clause) <= JOINED_LENGTH else ():
            if code & 1:
                rest = tuple(other for other in clause if other != code)
                beside[rest, int(owner[code >> 1])][code >> 1] = number
    dropped: set[int] = set()
    made: dict[tuple[int, ...], None] = {}
    for (rest, variable), denied in beside.items():
        literals = range(int(start[variable]), int(start[variable + 1]))
        missing = [literal for literal in literals if literal not in denied]
        if len(missing) <= 1 and not dropped.intersection(denied.values()):
            dropped.update(denied.values())
            made[tuple(sorted((*rest, *(2 * literal for literal in missing))))] = None
    for number, clause in enumerate(clauses):
        if number not in dropped:
            made[clause] = None
    return made


def group(network: Network) -> Condensed:
    """Variables of two values of which at most one can be true become one variable: none, the first, the second ...

    Found as cliques in the graph of two-literal clauses, greedily, largest neighbourhoods first.
    """
    start, owner, sizes = _layout(network)
    in_tables = {variable for table in network.tables for variable in table.variables}
    excludes: dict[int, set[int]] = defaultdict(set)
    for clause in network.clauses:
        if len(clause) == 2:
            one, two = (code ^ 1 if code & 1 else _other(code, start, owner, sizes) for code in clause)
            if one >= 0 and two >= 0 and owner[one >> 1] != owner[two >> 1]:
                excludes[one].add(two)
                excludes[two].add(one)
    groups, used = [], set(in_tables)
    for seed in sorted(excludes, key=lambda code: (-len(excludes[code]), code)):
        clique = _clique(seed, excludes, lambda code: sizes[owner[code >> 1]] == 2 and owner[code >> 1] not in used)
        if len(clique) >= GROUP_MINIMUM:
            groups.append(clique)
            used.update(int(owner[code >> 1]) for code in clique)
    draft = _Draft(network.literals)
    draft.set_literal(0, TRUE)
    grouped = {int(owner[code >> 1]) for clique in groups for code in clique}
    for variable in range(1, network.variables):
        if variable not in grouped:
            draft.add_variable(range(int(start[variable]), int(start[variable + 1])), bool(network.hidden[variable]))
    for clique in groups:
        for index, code in enumerate(clique, 1):
            draft.set_literal(code >> 1, 2 * (draft.next + index))
            other = _other(code, start, owner, sizes) >> 1
            draft.set_literal(other, 2 * (draft.next + index) + 1)
        draft.close(len(clique) + 1, all(bool(network.hidden[owner[code >> 1]]) for code in clique))
    return draft.network(network, network.clauses, network.tables)


def _layout(network: Network) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """First literal of each variable, variable of each literal, number of values of each variable."""
    sizes = np.diff(network.literal_start)
    return network.literal_start, np.repeat(np.arange(network.variables), sizes), sizes


def _other(code: int, start: NDArray[np.int32], owner: NDArray[np.int64], sizes: NDArray[np.int32]) -> int:
    """The code that holds exactly when this `holds` code of a variable of two values does not; -1 for larger ones."""
    variable = int(owner[code >> 1])
    return 2 * int(2 * start[variable] + 1 - (code >> 1)) if sizes[variable] == 2 else -1


def _clique(seed: int, excludes: Mapping[int, set[int]], usable: Callable[[int], bool]) -> list[int]:
    """Codes that all exclude each other, grown from the seed."""
    if not usable(seed):
        return []
    clique = [seed]
    common = {code for code in excludes[seed] if usable(code)}
    for code in sorted(common, key=lambda code: (-len(excludes[code]), code)):
        if code in common:
            clique.append(code)
            common &= excludes[code]
    return sorted(clique)


def merge(network: Network) -> Condensed | None:
    """Codes that imply each other are said by one variable: strongly connected components of the implications."""
    start, owner, sizes = _layout(network)
    in_tables = {variable for table in network.tables for variable in table.variables}
    implied: dict[int, list[int]] = defaultdict(list)

    def negated(code: int) -> int:
        other = -1 if code & 1 else _other(code, start, owner, sizes)
        return other if other >= 0 else code ^ 1

    for clause in network.clauses:
        if len(clause) == 2:
            one, two = clause
            implied[negated(one)].append(two)
            implied[negated(two)].append(one)
    spoken = [-1] * (2 * network.literals)
    for component in _strong_components(implied):
        if len(component) == 1:
            continue
        if any(negated(code) in component for code in component[:1]):
            return None
        wide = [code for code in component if sizes[owner[code >> 1]] > 2 or owner[code >> 1] in in_tables]
        leader = min(wide or component)
        for code in component:
            if code != leader and sizes[owner[code >> 1]] == 2 and owner[code >> 1] not in in_tables:
                spoken[code] = leader
    draft = _Draft(network.literals)
    draft.set_literal(0, TRUE)
    merged: list[tuple[int, int]] = []
    for variable in range(1, network.variables):
        literals = range(int(start[variable]), int(start[variable + 1]))
        leaders = {literal: spoken[2 * literal] for literal in literals if spoken[2 * literal] >= 0}
        if sizes[variable] == 2 and leaders:
            literal, leader = min(leaders.items(), key=lambda each: each[1])
            merged.append((literal, leader))
        else:
            draft.add_variable(literals, bool(network.hidden[variable]))
    for literal, leader in merged:
        other = _other(2 * literal, start, owner, sizes) >> 1
        code = int(draft.code_of[leader])
        if code < 0:
            raise AssertionError("the leader of merged variables was merged itself")
        draft.set_literal(literal, code)
        draft.set_literal(other, int(draft.code_of[negated(leader)]))
    return draft.network(network, network.clauses, network.tables)


def _strong_components(implied: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """Tarjan's algorithm (SIAM Journal on Computing 1, 1972) with a stack of its own."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    waiting: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in implied:
        if root in index:
            continue
        work = [(root, iter(implied[root]))]
        index[root] = low[root] = len(index)
        waiting.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    waiting.append(other)
                    on_stack.add(other)
                    work.append((other, iter(implied.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = waiting.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
    return found
