"""Every answer of both engines equals what trying all selections gives."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import BadRule, Choice, Model, NoValidCompletion, RuleRef, Value
from configurator.engine.compiled_model import CompiledModel, compile_model
from configurator.engine.completion import Objective
from configurator.engine.errors import CountUnavailable
from tests.unit.configurator.small_models import containing, models, selections, smaller_sets, trees

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Model, dict[str, Value]]:
    model = draw(st.one_of(models(), trees()))
    names = draw(st.lists(st.sampled_from([v.name for v in model.variables]), max_size=4, unique=True))
    return model, {name: draw(st.sampled_from(model.domain(name))) for name in names}


@st.composite
def priced_questions(draw: st.DrawFn) -> tuple[Model, dict[str, Value], dict[tuple[str, Value], int]]:
    model, choices = draw(questions())
    pairs = [(variable.name, value) for variable in model.variables for value in variable.domain]
    return model, choices, {pair: draw(st.integers(-50, 50)) for pair in pairs if draw(st.booleans())}


def value_of(data: st.DataObject, model: Model) -> tuple[str, Value]:
    name = data.draw(st.sampled_from([variable.name for variable in model.variables]))
    return name, data.draw(st.sampled_from(model.domain(name)))


def without(choices: dict[str, Value], name: str) -> dict[str, Value]:
    return {other: value for other, value in choices.items() if other != name}


@pytest.fixture(params=["circuit", "sat"])
def compiled(request):
    def compile_or_skip(model: Model) -> CompiledModel | None:
        try:
            return compile_model(model, engine=request.param)
        except BadRule:
            return None  # a comparison without a value for some combination: refused, as tested elsewhere

    return compile_or_skip


@pytest.fixture
def circuit():
    def compile_or_skip(model: Model) -> CompiledModel | None:
        try:
            return compile_model(model, engine="circuit")
        except BadRule:
            return None

    return compile_or_skip


@SETTINGS
@given(questions())
def test_valid_domains_hold_exactly_the_values_that_have_a_completion(compiled, question):
    model, choices = question
    engine = compiled(model)
    if engine is None:
        return
    everything = selections(model)
    if not containing(everything, choices):
        with pytest.raises(NoValidCompletion):
            engine.valid_domains(choices)
        return

    for _ in range(2):  # the second answer leans on what the first has left behind
        domains = engine.valid_domains(choices)
        for name in domains:
            assert domains[name] == {each[name] for each in containing(everything, without(choices, name))}, name


@SETTINGS
@given(questions())
def test_a_conflict_is_one_and_leaving_out_any_element_resolves_it(compiled, question):
    model, choices = question
    engine = compiled(model)
    if engine is None:
        return
    if containing(selections(model), choices):
        assert engine.conflict(choices) is None
        assert engine.conflict_choices(choices) == frozenset()
        return

    conflict = engine.conflict(choices)

    assert {each for each in conflict if isinstance(each, Choice)} <= {Choice(*pair) for pair in choices.items()}
    assert engine.conflict_choices(choices) == {each for each in conflict if isinstance(each, Choice)}
    if model.tree:
        return  # groups cannot be switched off by trying; the rules below can
    assert not _possible(model, conflict)
    for element in conflict:
        assert _possible(model, conflict - {element}), element


def _possible(model: Model, elements: frozenset[Choice | RuleRef], besides: dict[str, set[Value]] | None = None):
    """Whether choices and rules go together, and with one of the values of each feature in `besides`."""
    kept = {element.code for element in elements if isinstance(element, RuleRef)}
    codes = {rule.code for rule in model.rules} | {table.code for table in model.tables}
    choices = {element.name: element.value for element in elements if isinstance(element, Choice)}
    left = containing(selections(model, frozenset(codes - kept)), choices)
    return any(all(each[name] in values for name, values in (besides or {}).items()) for each in left)


@SETTINGS
@given(questions(), st.data())
def test_the_reason_for_an_excluded_value_is_a_conflict_with_it(compiled, question, data):
    model, choices = question
    engine = compiled(model)
    if engine is None:
        return
    name, value = value_of(data, model)
    others = without(choices, name)

    reason = engine.conflict_for(choices, name, value)

    assert bool(reason) is not bool(containing(selections(model), others | {name: value}))
    named = {each for each in reason if isinstance(each, Choice)}
    assert named <= {Choice(*pair) for pair in others.items()}
    assert engine.conflict_choices(choices, name, value) == named
    if reason and not model.tree:
        assert not _possible(model, reason, {name: {value}})
        for element in reason:
            assert _possible(model, reason - {element}, {name: {value}}), element


@SETTINGS
@given(questions(), st.data())
def test_what_is_implied_contradicts_every_other_value(compiled, question, data):
    model, choices = question
    engine = compiled(model)
    if engine is None:
        return
    name, _ = value_of(data, model)
    left = {each[name] for each in containing(selections(model), without(choices, name))}
    if not left:
        with pytest.raises(NoValidCompletion):
            engine.why_implied(choices, name)
        return

    reason = engine.why_implied(choices, name)

    if len(left) > 1 or len(model.domain(name)) == 1:
        assert reason == frozenset()
    elif not model.tree:
        besides = {name: set(model.domain(name)) - left}
        assert not _possible(model, reason, besides)
        for element in reason:
            assert _possible(model, reason - {element}, besides), element


@SETTINGS
@given(priced_questions(), st.data())
def test_repairs_are_minimal_and_come_in_order(compiled, question, data):
    model, choices, prices = question
    engine = compiled(model)
    if engine is None:
        return
    everything = selections(model)
    name, value = value_of(data, model)
    others = without(choices, name)

    def after(removed):
        return containing(everything, {n: v for n, v in others.items() if n not in removed} | {name: value})

    def price(removed):
        return min(sum(prices.get(pair, 0) for pair in each.items()) for each in after(removed))

    working = [removed for removed in smaller_sets(list(others)) if after(removed)]
    minimal = [each for each in working if not any(other < each for other in working)]

    repairs = engine.repairs(choices, name, value, prices)

    found = [repair.remove for repair in repairs]
    assert len(set(found)) == len(found)
    assert set(found) <= set(minimal)
    ranks = [(len(repair.remove), repair.price) for repair in repairs]
    assert ranks == sorted((len(each), price(each)) for each in minimal)[:3]
    for repair in repairs:
        assert repair.set[name] == value
        kept = {n: v for n, v in others.items() if n not in repair.remove}
        left = containing(everything, kept | {name: value})
        assert dict(repair.set) == {name: value} | {
            n: left[0][n] for n in repair.remove if len({each[n] for each in left}) == 1
        }


@SETTINGS
@given(questions(), st.data())
def test_a_completion_keeps_choices_and_as_many_preferences_as_possible_in_their_order(compiled, question, data):
    model, choices = question
    engine = compiled(model)
    left = containing(selections(model), choices)
    if engine is None or not left:
        return
    names = data.draw(st.lists(st.sampled_from([v.name for v in model.variables]), max_size=5, unique=True))
    preferences = {name: data.draw(st.sampled_from(model.domain(name))) for name in names}
    for name, value in preferences.items():
        left = containing(left, {name: value}) or left
    for variable in model.variables:  # then the first value that fits, one feature after the other
        left = next(found for value in variable.domain if (found := containing(left, {variable.name: value})))

    assert engine.complete(choices, preferences) == left[0]


@SETTINGS
@given(priced_questions())
def test_the_cheapest_and_the_dearest_completion_are_that(compiled, question):
    model, choices, prices = question
    engine = compiled(model)
    left = containing(selections(model), choices)
    if engine is None or not left:
        return

    def price(selection):
        return sum(prices.get(pair, 0) for pair in selection.items())

    cheapest, dearest = engine.cheapest(choices, prices), engine.dearest(choices, engine.price_list(prices))

    assert cheapest.selection in left
    assert cheapest.price == price(cheapest.selection) == min(map(price, left))
    assert dearest.selection in left
    assert dearest.price == price(dearest.selection) == max(map(price, left))


@SETTINGS
@given(priced_questions())
def test_the_least_price_of_every_value_is_that(compiled, question):
    model, choices, prices = question
    engine = compiled(model)
    everything = selections(model)
    if engine is None or not containing(everything, choices):
        return

    least = engine.cheapest_each(choices, prices)

    for name in least:
        expected: dict[Value, int] = {}
        for each in containing(everything, without(choices, name)):
            price = sum(prices.get(pair, 0) for pair in each.items())
            expected[each[name]] = min(price, expected.get(each[name], price))
        assert least[name] == expected, name


@SETTINGS
@given(questions())
def test_counts_and_shares_are_exact(circuit, question):
    model, choices = question
    engine = circuit(model)
    if engine is None:
        return
    everything = selections(model)

    assert engine.count(choices) == len(containing(everything, choices))

    if containing(everything, choices):
        shares = engine.shares(choices)
        for name in shares:
            left = containing(everything, without(choices, name))
            taken = Counter(each[name] for each in left)
            assert shares[name] == {value: Fraction(taken[value], len(left)) for value in model.domain(name)}


@SETTINGS
@given(priced_questions(), st.data())
def test_the_nearest_completion_changes_as_little_as_possible_and_is_then_the_cheapest(compiled, question, data):
    model, choices, prices = question
    engine = compiled(model)
    left = containing(selections(model), choices)
    if engine is None or not left:
        return
    reference = {v.name: data.draw(st.sampled_from(v.domain)) for v in model.variables if data.draw(st.booleans())}

    def rank(selection):
        changes = sum(selection[name] != value for name, value in reference.items())
        return changes, sum(prices.get(pair, 0) for pair in selection.items())

    nearest = engine.complete_by(choices, Objective.nearest(reference, prices))

    assert nearest.selection in left
    assert rank(nearest.selection) == min(map(rank, left))
    assert nearest.price == rank(nearest.selection)[1]


@SETTINGS
@given(questions())
def test_a_stored_model_answers_alike_and_reads_the_model_only_to_name_rules(compiled, question):
    model, choices = question
    engine = compiled(model)
    if engine is None:
        return
    read = []
    stored = CompiledModel.from_bytes(engine.to_bytes(), lambda: read.append(model) or model)

    assert stored.engine == engine.engine
    assert stored.engine_reason == engine.engine_reason
    if containing(selections(model), choices):
        assert dict(stored.valid_domains(choices)) == dict(engine.valid_domains(choices))
        assert stored.complete(choices, {}) == engine.complete(choices, {})
        assert read == ([] if engine.engine == "circuit" else [model])
    else:
        assert stored.conflict(choices) == engine.conflict(choices)
        assert read == [model]


def test_sat_does_not_count():
    model = Model("empty", ())

    with pytest.raises(CountUnavailable, match=r"SAT was asked for\."):
        compile_model(model, engine="sat").count({})
