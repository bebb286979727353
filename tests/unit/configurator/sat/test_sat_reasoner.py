"""Every answer of the fallback engine equals what trying all selections gives."""

from itertools import combinations
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.engine.network.network import Network
from configurator.engine.sat import oracle
from configurator.engine.sat.reasoner import SatReasoner
from tests.unit.configurator.sat.small_networks import (
    SmallNetwork,
    but_own,
    containing,
    least_costs,
    random_choices,
    random_costs,
    random_network,
)

seeds = st.integers(0, 1_000_000)
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True)


def reasoner_of(small: SmallNetwork) -> SatReasoner:
    return SatReasoner(small.network, small.slot_codes, small.slot_start)


def expected_domains(small, selections, chosen):
    if not containing(selections, chosen):
        return None
    return [
        bool(containing(selections, [*but_own(small, chosen, slot), slot])) for slot in range(len(small.slot_codes))
    ]


@SETTINGS
@given(seeds)
def test_domains_hold_exactly_the_slots_that_have_a_selection(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)

    for _ in range(8):  # later answers lean on what earlier ones have learned
        chosen = random_choices(small, dice)
        domains = reasoner.domains(chosen)
        assert (None if domains is None else domains.tolist()) == expected_domains(small, selections, chosen)
        assert reasoner.consistent(chosen) == bool(containing(selections, chosen))


@SETTINGS
@given(seeds)
def test_a_conflict_contradicts_and_dropping_any_choice_resolves_it(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)

    for _ in range(8):
        chosen = random_choices(small, dice)
        wanted, chosen = chosen[:1], chosen[1:]
        if containing(selections, [*wanted, *chosen]):
            continue
        conflict = reasoner.conflict(chosen, wanted)
        assert [slot for slot in chosen if slot in conflict] == list(conflict)
        assert not containing(selections, [*wanted, *conflict])
        for slot in conflict:
            assert containing(selections, [*wanted, *(other for other in conflict if other != slot)])


@SETTINGS
@given(seeds)
def test_the_cheapest_selection_costs_least_and_is_one(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)

    for _ in range(3):
        chosen, costs = random_choices(small, dice, 2), random_costs(small, dice)
        with_choices = containing(selections, chosen)
        cheapest = reasoner.cheapest(chosen, costs)
        if not with_choices:
            assert cheapest is None
            continue
        cost, slots = cheapest
        assert cost == min(sum(int(costs[slot]) for slot in each) for each in with_choices)
        assert frozenset(slots.tolist()) in with_choices
        assert cost == costs[slots].sum()
        assert slots.tolist() == sorted(slots.tolist())


@SETTINGS
@given(seeds)
def test_cheapest_each_is_the_least_cost_of_every_slot(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)

    for _ in range(2):
        chosen, costs = random_choices(small, dice, 3), random_costs(small, dice)
        assert reasoner.cheapest_each(chosen, costs).tolist() == least_costs(small, selections, chosen, costs)


@SETTINGS
@given(seeds)
def test_the_absence_of_a_slot_may_be_asked_for(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)
    absent = dice.randrange(len(small.slot_codes))
    chosen = but_own(small, random_choices(small, dice), absent)

    def possible(slots):
        return any(absent not in each for each in containing(selections, slots))

    assert reasoner.consistent([*chosen, ~absent]) is possible(chosen)
    if possible(chosen):
        return
    conflict = reasoner.conflict(chosen, [~absent])
    assert not possible(conflict)
    assert all(possible([other for other in conflict if other != slot]) for slot in conflict)


@SETTINGS
@given(seeds)
def test_wishes_are_accepted_one_after_the_other_where_they_fit(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)
    chosen = random_choices(small, dice)
    taken = [small.feature(slot) for slot in chosen]
    wishes = [slot for slot in range(len(small.slot_codes)) if small.feature(slot) not in taken]
    dice.shuffle(wishes)
    expected: list[int] = []
    for slot in wishes:
        if containing(selections, [*chosen, *expected, slot]):
            expected.append(slot)

    assert reasoner.accept(chosen, wishes) == (tuple(expected) if containing(selections, chosen) else None)


def expected_withdrawals(small, selections, chosen, wanted, costs, limit):
    minimal = []
    for size in range(len(chosen) + 1):
        for part in combinations(range(len(chosen)), size):
            rest = [slot for index, slot in enumerate(chosen) if index not in part]
            with_rest = containing(selections, [*wanted, *rest])
            if with_rest and not any(set(other) <= set(part) for _, _, _, other in minimal):
                cost = min(sum(int(costs[slot]) for slot in each) for each in with_rest)
                minimal.append((size, cost, tuple(-position for position in part), part))
    return tuple(tuple(chosen[position] for position in part) for *_, part in sorted(minimal)[:limit])


@SETTINGS
@given(seeds)
def test_withdrawals_are_minimal_and_come_in_their_order(seed):
    small, dice = random_network(seed), Random(seed)
    selections, reasoner = small.selections(), reasoner_of(small)

    for _ in range(3):
        chosen, costs = random_choices(small, dice, 6), random_costs(small, dice)
        wanted, chosen = chosen[:1], chosen[1:]
        expected = expected_withdrawals(small, selections, chosen, wanted, costs, 3)
        assert reasoner.withdrawals(chosen, wanted, costs, 3) == expected


def test_the_solver_built_anew_knows_what_the_old_one_knew(monkeypatch):
    monkeypatch.setattr(oracle, "SELECTOR_LIMIT", 1)
    for seed in range(20):
        small, dice = random_network(seed), Random(seed)
        selections, reasoner = small.selections(), reasoner_of(small)
        for _ in range(8):
            chosen = random_choices(small, dice)
            domains = reasoner.domains(chosen)
            assert (None if domains is None else domains.tolist()) == expected_domains(small, selections, chosen)


def test_the_clauses_of_a_wide_variable_grow_with_it_and_no_faster():
    wide = 2_000
    network = Network(np.array([0, wide], dtype=np.int32), np.zeros(1, dtype=np.bool_), [], [])
    codes = np.array([code for literal in range(1, wide) for code in (2 * literal + 1, 2 * literal)], dtype=np.int32)
    reasoner = SatReasoner(network, codes, np.arange(0, len(codes) + 1, 2, dtype=np.int32))

    assert len(reasoner.formula.clauses()) < 4 * wide
    domains = reasoner.domains([1])  # the first member is taken, so no other can be
    assert domains[:2].tolist() == [True, True]
    assert domains[2:].tolist() == [True, False] * (wide - 2)


def test_a_network_without_variables_has_one_selection():
    network = Network(np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.bool_), [], [])
    reasoner = SatReasoner(network, np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int32))

    assert reasoner.domains([]).tolist() == []
    assert reasoner.cheapest([], np.zeros(0, dtype=np.int64))[0] == 0
