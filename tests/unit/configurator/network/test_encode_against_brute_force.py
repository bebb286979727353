"""The network has exactly the model's selections as solutions, and every constraint knows whose it is."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import BadRule, Model
from configurator.engine.network import chain_tables, comparisons, formulas, rows, tables
from configurator.engine.network.encode import Encoding, encode
from configurator.engine.network.network import DEFINITION, Network
from tests.unit.configurator.network.mixed_models import requirements, trees_with_parameters
from tests.unit.configurator.small_models import models, trees


def tried(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Solutions:
    """Every assignment of the visible variables, extended by the hidden ones as the definitions say."""

    def __init__(self, network: Network) -> None:
        self.network = network
        starts = network.literal_start
        ranges = [range(starts[v], starts[v + 1]) for v in range(network.variables)]
        self.visible = [v for v in range(network.variables) if not network.hidden[v]]
        assignments = np.array(list(product(*(ranges[v] for v in self.visible))), dtype=np.int64)
        self.literal = np.full((len(assignments), network.variables), -1, dtype=np.int64)
        self.literal[:, self.visible] = assignments
        for hidden in np.flatnonzero(network.hidden):
            self.literal = np.repeat(self.literal, len(ranges[hidden]), axis=0)
            self.literal[:, hidden] = np.tile(np.array(ranges[hidden]), len(self.literal) // len(ranges[hidden]))
            known = (self.literal != -1).all(axis=0)
            self.literal = self.literal[self.mask(DEFINITION, known)]
        self.place = {tuple(row): place for place, row in enumerate(self.literal[:, self.visible].tolist())}
        assert len(self.place) == len(assignments) == len(self.literal), "each assignment has one extension"

    def mask(self, origin: int, known: np.ndarray) -> np.ndarray:
        """Where all constraints of an origin hold that speak of known variables only."""
        network, kept = self.network, np.ones(len(self.literal), dtype=bool)
        variable_of = np.repeat(np.arange(network.variables), np.diff(network.literal_start))
        for clause, whose in zip(network.clauses, network.clause_origin):
            variables = [variable_of[code >> 1] for code in clause]
            if whose == origin and known[variables].all():
                held = [(self.literal[:, v] == code >> 1) != (code & 1) for v, code in zip(variables, clause)]
                kept &= np.any(held, axis=0) if held else False
        for table in network.tables:
            variables = list(table.variables)
            if table.origin == origin and known[variables].all():
                assert len(set(variables)) == len(variables)
                allowed = set(map(tuple, table.rows.tolist()))
                assert len(allowed) == len(table.rows)
                kept &= np.array([tuple(row) in allowed for row in self.literal[:, variables].tolist()], dtype=bool)
        return kept


def assignments(encoding: Encoding, visible: list[int]) -> Iterator[tuple[dict, tuple[int, ...] | None]]:
    """Every selection and the literals of the visible variables that its slots ask for, None where they contradict."""
    starts = encoding.network.literal_start.tolist()
    everything = {v: frozenset(range(starts[v], starts[v + 1])) for v in visible}
    variable_of = {literal: v for v in visible for literal in everything[v]}
    codes = [
        [(value, encoding.slots[encoding.slot(variable.name, value)].code) for value in variable.domain]
        for variable in encoding.model.variables
    ]
    for chosen in product(*codes):
        left = dict(everything)
        for _, code in chosen:
            literal = {code >> 1}
            v = variable_of[code >> 1]
            left[v] = left[v] - literal if code & 1 else left[v] & literal
        selection = {variable.name: value for variable, (value, _) in zip(encoding.model.variables, chosen)}
        if all(left.values()):
            yield selection, tuple(literal for v in visible for (literal,) in [left[v]])  # one is left of each
        else:
            yield selection, None


def check(model: Model) -> None:
    try:
        encoding = encode(model)
    except BadRule:
        return  # a comparison without a value for some combination: refused, as tested elsewhere
    solutions = Solutions(encoding.network)
    everything = np.ones(encoding.network.variables, dtype=bool)
    masks = [solutions.mask(origin, everything) for origin in range(len(encoding.origins))]
    joined = set(encoding.variable_origin.values())
    used = set()
    for selection, literals in assignments(encoding, solutions.visible):
        wanted = list(requirements(model, selection))
        assert len(wanted) == len(masks)
        if literals is None:
            assert not all(wanted[origin] for origin in joined)
            continue
        used.add(literals)
        assert [bool(mask[solutions.place[literals]]) for mask in masks] == wanted, selection
    assert len(used) == len(solutions.literal)


@tried(50)
@given(models())
def test_rules_and_tables_over_parameters(model):
    check(model)


@tried(200)
@given(trees())
def test_feature_trees(model):
    check(model)


@tried(150)
@given(trees_with_parameters())
def test_feature_trees_with_parameters(model):
    check(model)


@tried(80)
@given(st.one_of(trees_with_parameters(), trees_with_parameters(), models()))
def test_large_models_are_written_in_other_ways_that_mean_the_same(model):
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(chain_tables, "NARROW", 2)  # steps read views of variables
        limits.setattr(tables, "NARROW", 2)
        limits.setattr(tables, "COMBINATION_LIMIT", 1)  # forbidden rows become clauses
        limits.setattr(comparisons, "SMALL_TABLE", 1)  # sums are taken apart whenever they can be
        limits.setattr(formulas, "DISTRIBUTION_LIMIT", 2)
        limits.setattr(rows, "WORD", 16)  # rows need several words
        check(model)


@tried(50)
@given(st.one_of(models(), trees(), trees_with_parameters()))
def test_slots_stand_feature_by_feature_and_share_out_the_values(model):
    try:
        encoding = encode(model)
    except BadRule:
        return

    assert list(encoding.slots_of) == [variable.name for variable in model.variables]
    assert list(encoding.slot_codes) == [slot.code for slot in encoding.slots]
    for feature, (start, end) in enumerate(zip(encoding.slot_start, encoding.slot_start[1:])):
        variable = model.variables[feature]
        assert encoding.slots_of[variable.name] == range(start, end)
        values = [value for slot in encoding.slots[start:end] for value in slot.values]
        assert sorted(values, key=str) == sorted(variable.domain, key=str)
        assert all(encoding.slot(variable.name, value) in range(start, end) for value in values)
