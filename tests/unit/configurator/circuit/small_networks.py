"""Random small networks, and what satisfies them by trying everything."""

import random
from collections.abc import Iterator
from itertools import product

import numpy as np

from configurator.engine.network.network import Network, NetworkTable


def random_network(seed: int, *, hidden: bool = False) -> Network:
    """Up to seven variables of up to four values, up to four tables, up to six clauses of signed codes."""
    dice = random.Random(seed)
    sizes = [dice.randint(1, 4) for _ in range(dice.randint(3, 7))]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    tables = []
    for _ in range(dice.randint(0, 4)):
        scope = dice.sample(range(len(sizes)), dice.randint(2, min(4, len(sizes))))
        share = dice.choice([0.5, 0.8, 0.9])
        every = product(*[range(start[variable], start[variable + 1]) for variable in scope])
        rows = [row for row in every if dice.random() < share]
        if rows:
            tables.append(NetworkTable(tuple(scope), np.array(rows, dtype=np.int32)))
    literals = int(start[-1])
    clauses = [
        tuple(sorted({2 * dice.randrange(literals) + dice.randint(0, 1) for _ in range(dice.randint(1, 4))}))
        for _ in range(dice.randint(0, 6))
    ]
    hide = np.zeros(len(sizes), dtype=np.bool_)
    if hidden:  # a last variable that says whether two literals hold
        one, two, both = dice.randrange(literals), dice.randrange(literals), literals + 1
        clauses += [(2 * one, 2 * both - 2), (2 * two, 2 * both - 2), (2 * one + 1, 2 * two + 1, 2 * both)]
        clauses.append((2 * both, 2 * dice.randrange(literals)))
        start = np.append(start, literals + 2).astype(np.int32)
        hide = np.append(hide, True)
    return Network(start, hide, clauses, [0] * len(clauses), tables)


def random_implications(seed: int) -> Network:
    """Up to nine variables of two values, some hidden, under clauses of two: rich in exclusions and equivalences."""
    dice = random.Random(seed)
    count = dice.randint(4, 9)
    pool = [2 * literal for literal in range(2 * count)]
    clauses = [tuple(sorted(dice.sample(pool, 2))) for _ in range(dice.randint(2, 2 * count))]
    group = dice.sample(range(count), dice.randint(2, count))
    signs = [dice.randint(0, 1) for _ in group]
    literals = [4 * variable + 2 * sign for variable, sign in zip(group, signs)]
    clauses += [(one, two) for place, one in enumerate(literals) for two in literals[:place] if dice.random() < 0.97]
    hide = np.zeros(count + 1, dtype=np.bool_)
    hide[count] = True  # the last variable says whether the first two are both true
    clauses += [(2, 4 * count), (6, 4 * count), (0, 4, 4 * count + 2)]
    clauses.append((4 * count + 2 * dice.randint(0, 1), dice.choice(pool)))
    clauses = sorted({tuple(sorted(set(clause))) for clause in clauses})
    start = np.arange(0, 2 * count + 3, 2, dtype=np.int32)
    return Network(start, hide, clauses, [0] * len(clauses))


def selections(network: Network) -> Iterator[tuple[int, ...]]:
    """Every assignment of literals, one for each variable, that satisfies the network."""
    owner = np.repeat(np.arange(network.variables), np.diff(network.literal_start)).tolist()
    allowed = [(table.variables, set(map(tuple, table.rows.tolist()))) for table in network.tables]
    spans = [range(network.literal_start[v], network.literal_start[v + 1]) for v in range(network.variables)]
    for held in product(*spans):
        if all(
            any((held[owner[code >> 1]] == code >> 1) != bool(code & 1) for code in clause)
            for clause in network.clauses
        ) and all(tuple(held[variable] for variable in scope) in rows for scope, rows in allowed):
            yield held


def slots_of(network: Network) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Codes and starts of the slots when every visible variable is a feature; and those variables."""
    visible = [variable for variable in range(network.variables) if not network.hidden[variable]]
    literals = [
        literal
        for variable in visible
        for literal in range(network.literal_start[variable], network.literal_start[variable + 1])
    ]
    start = np.concatenate([[0], np.cumsum(np.diff(network.literal_start)[visible])]).astype(np.int32)
    return np.array([2 * literal for literal in literals], dtype=np.int32), start, visible
