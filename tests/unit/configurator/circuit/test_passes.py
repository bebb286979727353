"""The kernels give what the plain versions give, and these what trying all selections gives."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine.circuit import cost_passes, passes, passes_plain
from configurator.engine.circuit.pass_arrays import circuit_arrays, work_arrays
from configurator.engine.reasoner import UNREACHABLE
from tests.unit.configurator.circuit.small_circuits import priced_questions, questions, small_circuits

SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@SETTINGS
@given(small_circuits())
def test_the_circuit_of_the_tests_has_exactly_the_selections_it_was_made_of(small):
    multiplied_out = passes_plain.selections(small.circuit)

    found = [frozenset(passes_plain.slots_held(small.circuit, literals)) for literals in multiplied_out]

    assert sorted(map(sorted, found)) == sorted(map(sorted, small.selections))


@SETTINGS
@given(questions())
def test_domains_are_those_of_the_plain_version(question):
    small, chosen = question
    possible = np.empty(len(small.circuit.slot_code), np.bool_)
    arrays, work = circuit_arrays(small.circuit), work_arrays(small.circuit)

    for _ in range(2):  # the second time the memory is full of the first
        answered = passes.domains(arrays, work, np.array(chosen, np.int32), possible)

        assert (possible.tolist() if answered else None) == passes_plain.domains(small.circuit, chosen)


@SETTINGS
@given(small_circuits(), st.data())
def test_many_sets_of_codes_are_decided_at_once_as_one_by_one(small, data):
    slots = range(len(small.circuit.slot_code))
    chosen = data.draw(st.lists(st.sampled_from(slots), max_size=8))
    words = data.draw(st.lists(st.integers(0, 2**64 - 1), min_size=len(chosen), max_size=len(chosen)))
    arrays, work = circuit_arrays(small.circuit), work_arrays(small.circuit)
    codes = small.circuit.slot_code[np.array(chosen, np.int32)]

    answers = int(passes.consistent_sets(arrays, work, codes, np.array(words, np.uint64)))

    sets = [[slot for slot, word in zip(chosen, words) if word >> bit & 1] for bit in range(64)]
    assert [bool(answers >> bit & 1) for bit in range(64)] == passes_plain.consistent_sets(small.circuit, sets)


@SETTINGS
@given(priced_questions())
def test_the_least_cost_is_that_of_the_plain_version_and_of_the_selection_shown(question):
    small, chosen, costs = question
    codes, held = small.circuit.slot_code, np.empty(len(costs), np.bool_)
    arrays, work = circuit_arrays(small.circuit), work_arrays(small.circuit)

    least = cost_passes.cheapest(arrays, work, codes[np.array(chosen, np.int32)], codes, costs, held)

    assert least == passes_plain.cheapest(small.circuit, chosen, codes.tolist(), costs.tolist())
    if least != UNREACHABLE:
        assert frozenset(np.flatnonzero(held).tolist()) in small.with_slots(chosen)
        assert costs[held].sum() == least


@SETTINGS
@given(priced_questions())
def test_the_least_cost_of_each_slot_is_that_of_the_plain_version(question):
    small, chosen, costs = question
    codes, least = small.circuit.slot_code, np.empty(len(costs), np.int64)
    arrays, work = circuit_arrays(small.circuit), work_arrays(small.circuit)

    cost_passes.cheapest_each(arrays, work, np.array(chosen, np.int32), codes, costs, least)

    assert least.tolist() == passes_plain.cheapest_each(small.circuit, chosen, codes.tolist(), costs.tolist())


@SETTINGS
@given(priced_questions())
def test_the_plain_version_gives_what_trying_all_selections_gives(question):
    small, chosen, costs = question
    codes = small.circuit.slot_code.tolist()
    slots = range(len(codes))
    fitting = [small.beside(chosen, slot) for slot in slots]

    domains = passes_plain.domains(small.circuit, chosen)
    least = passes_plain.cheapest_each(small.circuit, chosen, codes, costs.tolist())

    assert domains == ([bool(each) for each in fitting] if small.with_slots(chosen) else None)
    assert least == [
        min((int(sum(costs[slot] for slot in selection)) for selection in each), default=UNREACHABLE)
        for each in fitting
    ]
