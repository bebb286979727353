"""The compiler against trying everything."""

from functools import partial

import numpy as np
import pytest

from configurator.engine.circuit.circuit import Circuit
from configurator.engine.circuit.compile import compile_circuit
from configurator.engine.circuit.condense import condense
from configurator.engine.errors import BudgetExceeded
from configurator.engine.network.network import Network
from tests.unit.configurator.circuit.small_networks import random_implications, random_network, selections, slots_of

EACH = 20


def models(circuit: Circuit) -> list[frozenset[int]]:
    """What each term of the circuit says, unfolded; a selection found twice stands there twice."""
    terms: list[list[frozenset[int]]] = [[frozenset([literal])] for literal in range(circuit.literals)]
    for node, is_or in enumerate(circuit.is_or):
        children = circuit.children[circuit.child_start[node] : circuit.child_start[node + 1]].tolist()
        if is_or:
            terms.append([term for child in children for term in terms[child]])
        else:
            whole: list[frozenset[int]] = [frozenset()]
            for child in children:
                whole = [one | two for one in whole for two in terms[child]]
            terms.append(whole)
    return terms[-1]


def held_slots(circuit: Circuit, term: frozenset[int]) -> tuple[int, ...]:
    """The slots that hold where exactly these literals do."""
    return tuple(slot for slot, code in enumerate(circuit.slot_code) if ((code >> 1) in term) != bool(code & 1))


KINDS = {
    "plain": random_network,
    "with hidden variables": partial(random_network, hidden=True),
    "implications": random_implications,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", range(15))
def test_a_circuit_says_every_selection_of_its_network_exactly_once(batch, kind):
    for seed in range(batch * EACH, (batch + 1) * EACH):
        network = KINDS[kind](seed)
        codes, start, visible = slots_of(network)
        slot_of_literal = {int(code) >> 1: slot for slot, code in enumerate(codes)}
        expected = sorted(tuple(slot_of_literal[held[v]] for v in visible) for held in selections(network))

        circuit = compile_circuit(network, codes, start)

        assert sorted(held_slots(circuit, term) for term in models(circuit)) == expected, seed


@pytest.mark.parametrize("batch", range(10))
def test_condensing_keeps_the_number_of_selections(batch):
    for seed in range(batch * EACH, (batch + 1) * EACH):
        network = random_network(seed) if seed % 2 else random_implications(seed)

        condensed = condense(network)

        expected = sum(1 for _ in selections(network))
        assert (0 if condensed is None else sum(1 for _ in selections(condensed.network))) == expected, seed


def test_the_same_network_gives_the_same_circuit():
    network = random_network(7)
    codes, start, _ = slots_of(network)

    one, two = (compile_circuit(network, codes, start) for _ in range(2))

    assert (one.children == two.children).all()
    assert (one.child_start == two.child_start).all()


def test_exclusive_features_become_one_variable():
    network = pairwise_exclusive(30)

    condensed = condense(network)

    assert condensed is not None
    assert np.diff(condensed.network.literal_start).tolist() == [1, 31]
    assert not condensed.network.clauses


def test_equal_features_share_a_variable():
    start = np.arange(0, 2 * 50 + 1, 2, dtype=np.int32)
    chain = [clause for i in range(49) for clause in ((4 * i, 4 * i + 6), (4 * i + 2, 4 * i + 4))]
    network = Network(start, np.zeros(50, dtype=np.bool_), chain, [0] * len(chain))

    condensed = condense(network)

    assert condensed is not None
    assert np.diff(condensed.network.literal_start).tolist() == [1, 2]


def test_a_contradiction_has_a_circuit_that_is_false():
    network = Network(np.array([0, 2], dtype=np.int32), np.zeros(1, dtype=np.bool_), [(0,), (2,)], [0, 0])

    circuit = compile_circuit(network, np.array([0, 2], dtype=np.int32), np.array([0, 2], dtype=np.int32))

    assert models(circuit) == []


def test_a_budget_that_is_too_small_is_named():
    network = hard_network()
    codes, start, _ = slots_of(network)

    with pytest.raises(BudgetExceeded, match=r"more than 0\.05 seconds"):
        compile_circuit(network, codes, start, seconds=0.05)


def test_compiling_can_be_cancelled_by_whoever_watches():
    class Cancelled(Exception):
        pass

    def watch(what: str, count: int) -> None:
        if what == "compiling":
            raise Cancelled

    network = hard_network()
    codes, start, _ = slots_of(network)

    with pytest.raises(Cancelled):
        compile_circuit(network, codes, start, progress=watch)


def pairwise_exclusive(count: int) -> Network:
    start = np.arange(0, 2 * count + 1, 2, dtype=np.int32)
    clauses = [(4 * one, 4 * two) for one in range(count) for two in range(one)]
    return Network(start, np.zeros(count, dtype=np.bool_), clauses, [0] * len(clauses))


def hard_network() -> Network:
    """Random clauses over 400 variables: no order splits them."""
    dice = np.random.default_rng(1)
    start = np.arange(0, 801, 2, dtype=np.int32)
    clauses = [tuple((2 * dice.choice(800, 5, replace=False)).tolist()) for _ in range(1200)]
    return Network(start, np.zeros(400, dtype=np.bool_), clauses, [0] * len(clauses))
