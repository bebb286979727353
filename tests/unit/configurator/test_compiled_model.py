"""Every answer of both engines equals what trying all selections gives."""

import os
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from configurator.engine import (
    BadRule,
    Choice,
    Conflict,
    Model,
    Name,
    Negation,
    NoValidCompletion,
    Rule,
    RuleRef,
    Value,
    Variable,
    compiled_model,
)
from configurator.engine.circuit import storage
from configurator.engine.compiled_model import CompiledModel, compile_model
from configurator.engine.completion import Objective
from configurator.engine.errors import BudgetExceeded, CountUnavailable, StoredCircuitDamaged, StoredCircuitOutdated
from tests.unit.configurator.small_models import Selection, containing, models, selections, smaller_sets, trees

EXAMPLES = int(os.environ.get("LINEWRIGHT_EXAMPLES", "20"))
"""Models for each property; `make test-deep` tries 250, so more than 2,000 in all."""
SETTINGS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@dataclass(frozen=True)
class Question:
    """A model, what either engine makes of it, all its selections, and choices that may contradict each other."""

    model: Model
    engines: tuple[CompiledModel, ...]
    everything: list[Selection]
    choices: dict[str, Value]
    prices: dict[tuple[str, Value], int]

    @property
    def left(self) -> list[Selection]:
        return containing(self.everything, self.choices)

    def others(self, name: str) -> dict[str, Value]:
        """The choices for all other features."""
        return {other: value for other, value in self.choices.items() if other != name}

    def beside(self, name: str) -> list[Selection]:
        """The selections with the choices for all other features."""
        return containing(self.everything, self.others(name))

    def price(self, selection: Selection) -> int:
        return sum(self.prices.get(pair, 0) for pair in selection.items())

    def possible(self, elements: Conflict, besides: dict[str, set[Value]] | None = None) -> bool:
        """Whether choices and rules alone go together, and with one of the values of each feature in `besides`."""
        rules = {element.code for element in elements if isinstance(element, RuleRef)}
        codes = {rule.code for rule in self.model.rules} | {table.code for table in self.model.tables}
        chosen = {element.name: element.value for element in elements if isinstance(element, Choice)}
        found = containing(selections(self.model, frozenset(codes - rules)), chosen)
        return any(all(each[name] in values for name, values in (besides or {}).items()) for each in found)

    def explains(self, reason: Conflict, besides: dict[str, set[Value]] | None = None) -> bool:
        """Whether the elements exclude the values, and do not when any of them is left out."""
        if self.model.tree:
            return True  # groups cannot be switched off by trying; rules and tables can
        return not self.possible(reason, besides) and all(
            self.possible(reason - {element}, besides) for element in reason
        )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    model = draw(st.one_of(models(), trees()))
    names = draw(st.lists(st.sampled_from([v.name for v in model.variables]), max_size=4, unique=True))
    choices = {name: draw(st.sampled_from(model.domain(name))) for name in names}
    pairs = [(variable.name, value) for variable in model.variables for value in variable.domain]
    prices = {pair: draw(st.integers(-50, 50)) for pair in pairs if draw(st.booleans())}
    try:
        engines = compile_model(model, engine="circuit"), compile_model(model, engine="sat")
    except BadRule:
        assume(False)  # a comparison without a value for some combination: refused, as tested elsewhere
    return Question(model, engines, selections(model), choices, prices)


def value_of(data: st.DataObject, model: Model) -> tuple[str, Value]:
    name = data.draw(st.sampled_from([variable.name for variable in model.variables]))
    return name, data.draw(st.sampled_from(model.domain(name)))


def choices_in(conflict: Conflict) -> set[Choice]:
    return {element for element in conflict if isinstance(element, Choice)}


@SETTINGS
@given(questions())
def test_valid_domains_hold_exactly_the_values_that_have_a_completion(question):
    for engine in question.engines:
        if not question.left:
            with pytest.raises(NoValidCompletion):
                engine.valid_domains(question.choices)
            continue
        for _ in range(2):  # the second answer leans on what the first has left behind
            domains = engine.valid_domains(question.choices)
            for name in domains:
                assert domains[name] == {each[name] for each in question.beside(name)}, name


@SETTINGS
@given(questions())
def test_a_conflict_is_one_and_leaving_out_any_element_resolves_it(question):
    for engine in question.engines:
        conflict = engine.conflict(question.choices)

        assert (conflict is None) == bool(question.left)
        assert engine.conflict_choices(question.choices) == choices_in(conflict or frozenset())
        if conflict is not None:
            assert choices_in(conflict) <= {Choice(*pair) for pair in question.choices.items()}
            assert question.explains(conflict)


@SETTINGS
@given(questions(), st.data())
def test_the_reason_for_an_excluded_value_is_a_conflict_with_it(question, data):
    name, value = value_of(data, question.model)
    others = question.others(name)
    possible = bool(containing(question.everything, others | {name: value}))

    for engine in question.engines:
        reason = engine.conflict_for(question.choices, name, value)

        assert bool(reason) is not possible
        assert choices_in(reason) <= {Choice(*pair) for pair in others.items()}
        assert engine.conflict_choices(question.choices, name, value) == choices_in(reason)
        assert possible or question.explains(reason, {name: {value}})


@SETTINGS
@given(questions(), st.data())
def test_what_is_implied_contradicts_every_other_value(question, data):
    name, _ = value_of(data, question.model)
    left = {each[name] for each in question.beside(name)}
    excluded = set(question.model.domain(name)) - left

    for engine in question.engines:
        if not left:
            with pytest.raises(NoValidCompletion):
                engine.why_implied(question.choices, name)
            continue
        reason = engine.why_implied(question.choices, name)
        if len(left) > 1 or not excluded:
            assert reason == frozenset()
        else:
            assert question.explains(reason, {name: excluded})


@SETTINGS
@given(questions(), st.data())
def test_repairs_are_minimal_and_come_in_order(question, data):
    name, value = value_of(data, question.model)
    others = question.others(name)

    def after(removed):
        kept = {other: chosen for other, chosen in others.items() if other not in removed}
        return containing(question.everything, kept | {name: value})

    working = [removed for removed in smaller_sets(list(others)) if after(removed)]
    minimal = [each for each in working if not any(other < each for other in working)]

    def rank(removed):
        return len(removed), min(map(question.price, after(removed)))

    for engine in question.engines:
        repairs = engine.repairs(question.choices, name, value, question.prices)

        found = [repair.remove for repair in repairs]
        assert len(set(found)) == len(found)
        assert set(found) <= set(minimal)
        assert [(len(repair.remove), repair.price) for repair in repairs] == sorted(map(rank, minimal))[:3]
        for repair in repairs:
            left = after(repair.remove)
            forced = {n: left[0][n] for n in repair.remove if len({each[n] for each in left}) == 1}
            assert dict(repair.set) == {name: value} | forced
    by_circuit, by_sat = (engine.repairs(question.choices, name, value) for engine in question.engines)
    assert by_circuit == by_sat


@SETTINGS
@given(questions(), st.data())
def test_a_completion_keeps_choices_and_as_many_preferences_as_possible_in_their_order(question, data):
    left = question.left
    assume(left)
    names = data.draw(st.lists(st.sampled_from([v.name for v in question.model.variables]), max_size=5, unique=True))
    preferences = {name: data.draw(st.sampled_from(question.model.domain(name))) for name in names}
    for name, value in preferences.items():
        left = containing(left, {name: value}) or left
    for variable in question.model.variables:  # then the first value that fits, one feature after the other
        left = next(found for value in variable.domain if (found := containing(left, {variable.name: value})))

    for engine in question.engines:
        assert engine.complete(question.choices, preferences) == left[0]


@SETTINGS
@given(questions())
def test_the_cheapest_and_the_dearest_completion_are_that(question):
    left, price = question.left, question.price
    assume(left)

    for engine in question.engines:
        cheapest = engine.cheapest(question.choices, question.prices)
        dearest = engine.dearest(question.choices, engine.price_list(question.prices))

        assert cheapest.selection in left
        assert cheapest.price == price(cheapest.selection) == min(map(price, left))
        assert dearest.selection in left
        assert dearest.price == price(dearest.selection) == max(map(price, left))


@SETTINGS
@given(questions())
def test_the_least_price_of_every_value_is_that(question):
    assume(question.left)

    for engine in question.engines:
        least = engine.cheapest_each(question.choices, question.prices)

        for name in least:
            expected: dict[Value, int] = {}
            for each in question.beside(name):
                price = question.price(each)
                expected[each[name]] = min(price, expected.get(each[name], price))
            assert least[name] == expected, name


@SETTINGS
@given(questions())
def test_counts_and_shares_are_exact(question):
    engine = question.engines[0]

    assert engine.count(question.choices) == len(question.left)
    if question.left:
        shares = engine.shares(question.choices)
        for name in shares:
            left = question.beside(name)
            taken = Counter(each[name] for each in left)
            assert shares[name] == {v: Fraction(taken[v], len(left)) for v in question.model.domain(name)}


@SETTINGS
@given(questions(), st.data())
def test_the_nearest_completion_changes_as_little_as_possible_and_is_then_the_cheapest(question, data):
    assume(question.left)
    reference = {
        variable.name: data.draw(st.sampled_from(variable.domain))
        for variable in question.model.variables
        if data.draw(st.booleans())
    }

    def rank(selection):
        return sum(selection[name] != value for name, value in reference.items()), question.price(selection)

    for engine in question.engines:
        nearest = engine.complete_by(question.choices, Objective.nearest(reference, question.prices))

        assert nearest.selection in question.left
        assert rank(nearest.selection) == min(map(rank, question.left))
        assert nearest.price == question.price(nearest.selection)


@SETTINGS
@given(questions())
def test_a_stored_model_answers_alike_and_reads_the_model_only_to_name_rules(question):
    for engine in question.engines:
        read: list[Model] = []

        def source(read=read):
            read.append(question.model)
            return question.model

        stored = CompiledModel.from_bytes(engine.to_bytes(), source)

        assert (stored.engine, stored.engine_reason) == (engine.engine, engine.engine_reason)
        if question.left:
            assert dict(stored.valid_domains(question.choices)) == dict(engine.valid_domains(question.choices))
            assert stored.complete(question.choices, {}) == engine.complete(question.choices, {})
            assert len(read) == (engine.engine == "sat")
        else:
            assert stored.conflict(question.choices) == engine.conflict(question.choices)
            assert len(read) == 1


def test_another_model_than_the_one_compiled_names_no_rules():
    stored = compile_model(switch("light")).to_bytes()

    with pytest.raises(StoredCircuitOutdated, match="the model switch is not the one that was compiled"):
        CompiledModel.from_bytes(stored, lambda: switch("lamp")).conflict_for({}, "light", True)


def test_a_stored_document_of_another_kind_is_refused():
    stored = storage.to_bytes({"vocabulary": {"names": ["light"]}}, None)

    with pytest.raises(StoredCircuitDamaged, match="does not say what it should"):
        CompiledModel.from_bytes(stored, lambda: switch("light"))


def switch(name: str) -> Model:
    """A model of one switch that is always off."""
    return Model("switch", (Variable(name, (False, True)),), (Rule("R", Negation(Name(name))),))


def test_a_model_over_budget_is_served_by_sat_which_says_why(monkeypatch):
    def give_up(*_, **budget):
        raise BudgetExceeded("megabytes", budget["megabytes"])

    monkeypatch.setattr(compiled_model, "compile_circuit", give_up)

    over_budget = compile_model(switch("light"), memory_megabytes=200)

    assert over_budget.engine == "sat"
    assert over_budget.engine_reason == "Compiling takes more than 200 megabytes."
    assert over_budget.size is None
    assert over_budget.valid_domains({})["light"] == {False}
    with pytest.raises(BudgetExceeded):
        compile_model(switch("light"), engine="circuit")


def test_sat_does_not_count():
    with pytest.raises(CountUnavailable, match=r"SAT was asked for\."):
        compile_model(switch("light"), engine="sat").count({})
