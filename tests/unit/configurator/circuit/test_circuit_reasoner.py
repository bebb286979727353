"""Every answer of the circuit equals what trying all selections gives."""

from collections import Counter
from math import prod

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine.circuit.reasoner import CircuitReasoner
from configurator.engine.errors import NumberTooLarge
from configurator.engine.reasoner import UNREACHABLE
from tests.unit.configurator.circuit.small_circuits import compiled, priced_questions, questions

SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SETTINGS
@given(questions())
def test_domains_hold_exactly_the_slots_that_have_a_completion(question):
    small, chosen = question
    reasoner = CircuitReasoner(small.circuit)
    possible = [bool(small.beside(chosen, slot)) for slot in range(len(small.circuit.slot_code))]

    domains = reasoner.domains(chosen)

    assert reasoner.consistent(chosen) is bool(small.with_slots(chosen))
    assert (None if domains is None else domains.tolist()) == (possible if small.with_slots(chosen) else None)


@SETTINGS
@given(questions(), st.data())
def test_a_conflict_is_what_dropping_the_oldest_choices_first_leaves(question, data):
    small, chosen = question
    wanted = [chosen.pop(0)] if chosen and data.draw(st.booleans()) else []
    if small.with_slots([*wanted, *chosen]):
        return
    left = list(chosen)
    for slot in chosen:
        without = [each for each in left if each != slot]
        if not small.with_slots([*wanted, *without]):
            left = without

    assert CircuitReasoner(small.circuit).conflict(chosen, wanted) == tuple(left)


@SETTINGS
@given(questions(), st.data())
def test_the_absence_of_a_slot_may_be_asked_for(question, data):
    small, chosen = question
    absent = data.draw(st.integers(0, len(small.circuit.slot_code) - 1))
    chosen = [slot for slot in chosen if small.feature(slot) != small.feature(absent)]
    reasoner = CircuitReasoner(small.circuit)

    def possible(slots):
        return any(absent not in selection for selection in small.with_slots(slots))

    assert reasoner.consistent([*chosen, ~absent]) is possible(chosen)
    if possible(chosen):
        return
    conflict = reasoner.conflict(chosen, [~absent])
    assert not possible(conflict)
    assert all(possible([other for other in conflict if other != slot]) for slot in conflict)


@SETTINGS
@given(questions(), st.data())
def test_wishes_are_accepted_one_after_the_other_where_they_fit(question, data):
    small, chosen = question
    taken = {small.feature(slot) for slot in chosen}
    free = [slot for slot in range(len(small.circuit.slot_code)) if small.feature(slot) not in taken]
    wishes = data.draw(st.permutations(free))
    expected: list[int] = []
    for slot in wishes:
        if small.with_slots([*chosen, *expected, slot]):
            expected.append(slot)

    accepted = CircuitReasoner(small.circuit).accept(chosen, wishes)

    assert accepted == (tuple(expected) if small.with_slots(chosen) else None)


@SETTINGS
@given(priced_questions(), st.data())
def test_withdrawals_are_minimal_and_come_in_order(question, data):
    small, chosen, costs = question
    wanted = [chosen.pop(0)] if chosen and data.draw(st.booleans()) else []
    minimal = small.withdrawals(chosen, wanted)

    def rank(part):
        rest = small.with_slots([*wanted, *(slot for slot in chosen if slot not in part)])
        price = min(sum(costs[slot] for slot in selection) for selection in rest)
        return len(part), price, sorted(-chosen.index(slot) for slot in part)[::-1]

    found = CircuitReasoner(small.circuit).withdrawals(chosen, wanted, costs, 3)

    assert [frozenset(part) for part in found] == sorted(minimal, key=rank)[:3]


@SETTINGS
@given(priced_questions())
def test_the_cheapest_selection_costs_as_little_as_any(question):
    small, chosen, costs = question
    every = [sum(costs[slot] for slot in selection) for selection in small.with_slots(chosen)]

    found = CircuitReasoner(small.circuit).cheapest(chosen, costs)

    if found is None:
        assert not every
        return
    least, held = found
    assert least == min(every) == costs[held].sum()
    assert frozenset(held.tolist()) in small.with_slots(chosen)


@SETTINGS
@given(priced_questions())
def test_counts_are_exact(question):
    small, chosen, costs = question
    weights = np.abs(costs).tolist()
    reasoner = CircuitReasoner(small.circuit)

    def total(selections):
        return sum(prod(weights[slot] for slot in selection) for selection in selections)

    assert reasoner.count(chosen, weights) == total(small.with_slots(chosen))
    assert reasoner.counts(chosen, weights) == [total(small.beside(chosen, slot)) for slot in range(len(weights))]


def many_pairs(pairs: int) -> CircuitReasoner:
    """Pairs of switches, of each pair not both on; slots 4p + 1 and 4p + 3 are the two switches on."""
    start = np.arange(0, 4 * pairs + 1, 2)
    circuit = compiled(np.array([0, 2, 4]), [(0, 2), (0, 3), (1, 2)], [[0, 2], [4, 6]])
    single = circuit.children.tolist()
    inner = len(circuit.is_or)
    is_or, child_start, children, roots = [], [0], [], []
    for pair in range(pairs):
        for node in range(inner):
            for child in single[circuit.child_start[node] : circuit.child_start[node + 1]]:
                children.append(4 * pair + child if child < 4 else 4 * pairs + pair * inner + child - 4)
            child_start.append(len(children))
            is_or.append(circuit.is_or[node])
        roots.append(4 * pairs + (pair + 1) * inner - 1)
    return CircuitReasoner(
        type(circuit)(
            start.astype(np.int32),
            np.array([*is_or, False]),
            np.array([*child_start, len(children) + pairs], np.int32),
            np.array([*children, *roots], np.int32),
            np.arange(0, 8 * pairs, 2, dtype=np.int32),
            start.astype(np.int32),
        )
    )


def test_a_conflict_among_hundreds_of_choices_is_found():
    reasoner = many_pairs(300)
    chosen = [4 * pair + 1 for pair in range(300)] + [4 * pair + 3 for pair in range(40, 260, 9)]

    assert reasoner.conflict(chosen) == (4 * 256 + 1, 4 * 256 + 3)
    assert reasoner.conflict(chosen[:300], [4 * 7 + 3]) == (4 * 7 + 1,)


def test_of_hundreds_of_wishes_the_earlier_of_two_that_exclude_each_other_is_accepted():
    reasoner = many_pairs(300)
    on = [4 * pair + 1 for pair in range(300)] + [4 * pair + 3 for pair in range(300)]
    off = [4 * pair + 2 for pair in range(300)]

    assert reasoner.accept([], [*on, *off]) == (*on[:300], *off)


def test_what_is_impossible_by_itself_needs_no_choice_to_contradict_it():
    reasoner = many_pairs(1)

    assert reasoner.conflict([0], [1, 3]) == ()
    assert reasoner.withdrawals([0], [1, 3], np.zeros(4, np.int64), 3) == ()


def test_counts_go_far_beyond_64_bits():
    assert many_pairs(300).count([], [1] * 1200) == 3**300


def test_counts_weigh_a_slot_by_the_values_in_it():
    assert many_pairs(1).count([], [1, 5, 1, 1]) == 1 + 1 + 5


def test_late_choices_are_withdrawn_before_old_ones_where_prices_are_equal():
    reasoner = many_pairs(2)

    found = reasoner.withdrawals([1, 3, 5], [], np.zeros(8, np.int64), 3)

    assert found == ((3,), (1,))


def test_prices_beyond_64_bits_are_refused():
    with pytest.raises(NumberTooLarge):
        many_pairs(1).withdrawals([1, 3], [], np.array([0, UNREACHABLE // 2, 0, 0]), 3)


def test_a_void_circuit_answers_that_nothing_goes():
    reasoner = CircuitReasoner(compiled(np.array([0, 2]), [], [[0, 2]]))

    assert reasoner.domains([]) is None
    assert reasoner.conflict([0]) == ()
    assert reasoner.cheapest([], np.zeros(2, np.int64)) is None
    assert reasoner.cheapest_each([], np.zeros(2, np.int64)).tolist() == [UNREACHABLE, UNREACHABLE]
    assert reasoner.counts([], [1, 1]) == [0, 0]
    assert Counter(reasoner.withdrawals([0], [], np.zeros(2, np.int64), 3)) == Counter()
