"""Orders in which variables are decided: an elimination order of the constraint graph, backwards.

A variable eliminated late lies in a separator: deciding it first makes the rest fall into components (Darwiche,
"Decomposable negation normal form", JACM 48, 2001). Greedy elimination by minimum fill or minimum degree; see Koster,
Bodlaender, van Hoesel, "Treewidth: computational experiments" (2001). Ties are broken by a numbered permutation:
circuits of one model differ by a factor of two or more from one to the next, so several are tried.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from configurator.engine.network.network import Network

CLIQUE_LIMIT = 64
"""A constraint on more variables counts as a path through them, and a larger neighbourhood is not searched for fill."""


def decision_orders(network: Network) -> Iterator[NDArray[np.int32]]:
    """Endlessly more priorities of the variables, smallest decided first; the same ones in every run."""
    scopes = _scopes(network)
    for number in count():
        for fill in (True, False):
            eliminated = _elimination(network.variables, scopes, number, fill=fill)
            priority = np.empty(network.variables, dtype=np.int32)
            priority[eliminated] = np.arange(network.variables - 1, -1, -1, dtype=np.int32)
            yield priority


def _scopes(network: Network) -> list[tuple[int, ...]]:
    owner = np.repeat(np.arange(network.variables), np.diff(network.literal_start)).tolist()
    found = {tuple(sorted({owner[code >> 1] for code in clause})) for clause in network.clauses}
    found.update(tuple(sorted(table.variables)) for table in network.tables)
    return sorted(found)


def _elimination(variables: int, scopes: Sequence[tuple[int, ...]], number: int, *, fill: bool) -> list[int]:
    """All variables in the order in which they are eliminated; permutation 0 breaks ties by number."""
    neighbours: list[set[int]] = [set() for _ in range(variables)]
    for scope in scopes:
        if len(scope) <= CLIQUE_LIMIT:
            for variable in scope:
                neighbours[variable].update(scope)
        else:
            for one, two in pairwise(scope):
                neighbours[one].add(two)
                neighbours[two].add(one)
    for variable in range(variables):
        neighbours[variable].discard(variable)
    tie = list(range(variables))
    if number:
        tie = np.random.Generator(np.random.PCG64(number)).permutation(variables).tolist()

    def score(variable: int) -> int:
        near = neighbours[variable]
        size = len(near)
        if not fill:
            return size
        if size > CLIQUE_LIMIT:
            return size * size
        return size * (size - 1) - sum(len(neighbours[other] & near) for other in near)

    scores = [score(variable) for variable in range(variables)]
    heap = [(scores[variable], tie[variable], variable) for variable in range(variables)]
    heapq.heapify(heap)
    eliminated: list[int] = []
    gone = [False] * variables
    while heap:
        value, _, variable = heapq.heappop(heap)
        if gone[variable] or value != scores[variable]:
            continue
        gone[variable] = True
        eliminated.append(variable)
        near = neighbours[variable]
        changed = set(near)
        for other in near:
            neighbours[other] |= near
            neighbours[other] -= {other, variable}
        if fill:
            for other in near:
                if len(neighbours[other]) <= CLIQUE_LIMIT:
                    changed |= neighbours[other]
        for other in changed:
            if not gone[other]:
                new = score(other)
                if new != scores[other]:
                    scores[other] = new
                    heapq.heappush(heap, (new, tie[other], other))
    return eliminated
