"""Every answer of the engine equals what trying all selections gives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import BadRule, Choice, Model, NoValidCompletion, RuleRef, Value, compile_model
from tests.unit.configurator.small_models import containing, models, selections, smaller_sets, trees

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def questions(draw: st.DrawFn, source: st.SearchStrategy[Model]) -> tuple[Model, dict[str, Value]]:
    model = draw(source)
    names = draw(st.lists(st.sampled_from([v.name for v in model.variables]), max_size=4, unique=True))
    return model, {name: draw(st.sampled_from(model.domain(name))) for name in names}


def anything() -> st.SearchStrategy[tuple[Model, dict[str, Value]]]:
    return questions(st.one_of(models(), trees()))


def compiled_or_skip(model: Model):
    try:
        return compile_model(model)
    except BadRule:
        return None  # a comparison without a value for some combination: refused, as tested elsewhere


@SETTINGS
@given(anything())
def test_valid_domains_hold_exactly_the_values_that_have_a_completion(question):
    model, choices = question
    compiled = compiled_or_skip(model)
    if compiled is None:
        return
    everything = selections(model)
    if not containing(everything, choices):
        with pytest.raises(NoValidCompletion):
            compiled.valid_domains(choices)
        return

    for _ in range(2):  # the second answer leans on what the first has learned
        domains = compiled.valid_domains(choices)
        for name in domains:
            others = {other: value for other, value in choices.items() if other != name}
            assert domains[name] == {each[name] for each in containing(everything, others)}, name


@SETTINGS
@given(anything())
def test_a_conflict_is_one_and_leaving_out_any_element_resolves_it(question):
    model, choices = question
    compiled = compiled_or_skip(model)
    if compiled is None or containing(selections(model), choices):
        return

    conflict = compiled.conflict(choices)

    assert conflict is not None
    assert {each for each in conflict if isinstance(each, Choice)} <= {Choice(*pair) for pair in choices.items()}
    if model.tree:
        return  # groups cannot be switched off by trying; the rules below can
    assert not _possible(model, conflict)
    for element in conflict:
        assert _possible(model, conflict - {element}), element


def _possible(model: Model, elements: frozenset[Choice | RuleRef]) -> bool:
    kept = {element.code for element in elements if isinstance(element, RuleRef)}
    codes = {rule.code for rule in model.rules} | {table.code for table in model.tables}
    choices = {element.name: element.value for element in elements if isinstance(element, Choice)}
    return bool(containing(selections(model, frozenset(codes - kept)), choices))


@SETTINGS
@given(anything(), st.data())
def test_the_reason_for_an_excluded_value_is_a_conflict_with_it(question, data):
    model, choices = question
    compiled = compiled_or_skip(model)
    if compiled is None:
        return
    name = data.draw(st.sampled_from([variable.name for variable in model.variables]))
    value = data.draw(st.sampled_from(model.domain(name)))
    others = {other: chosen for other, chosen in choices.items() if other != name}

    reason = compiled.conflict_for(choices, name, value)

    assert bool(reason) is not bool(containing(selections(model), others | {name: value}))
    named = {each.name: each.value for each in reason if isinstance(each, Choice)}
    assert named.items() <= others.items()
    if reason:
        assert not containing(selections(model), named | {name: value})


@SETTINGS
@given(anything(), st.data())
def test_repairs_are_minimal_and_the_smallest_come_first(question, data):
    model, choices = question
    compiled = compiled_or_skip(model)
    if compiled is None:
        return
    everything = selections(model)
    name = data.draw(st.sampled_from([variable.name for variable in model.variables]))
    value = data.draw(st.sampled_from(model.domain(name)))
    others = {other: chosen for other, chosen in choices.items() if other != name}
    working = [
        removed
        for removed in smaller_sets(list(others))
        if containing(everything, {n: v for n, v in others.items() if n not in removed} | {name: value})
    ]
    minimal = [each for each in working if not any(other < each for other in working)]

    repairs = compiled.repairs(choices, name, value)

    found = [repair.remove for repair in repairs]
    assert len(set(found)) == len(found) == min(3, len(minimal))
    assert set(found) <= set(minimal)
    assert [len(each) for each in found] == sorted(map(len, minimal))[:3]
    for repair in repairs:
        after = {n: v for n, v in others.items() if n not in repair.remove} | dict(repair.set)
        assert repair.set[name] == value
        assert containing(everything, after)


@SETTINGS
@given(anything(), st.data())
def test_a_completion_keeps_choices_and_as_many_preferences_as_possible_in_their_order(question, data):
    model, choices = question
    compiled = compiled_or_skip(model)
    left = containing(selections(model), choices)
    if compiled is None or not left:
        return
    names = data.draw(st.lists(st.sampled_from([v.name for v in model.variables]), max_size=5, unique=True))
    preferences = {name: data.draw(st.sampled_from(model.domain(name))) for name in names}
    for name, value in preferences.items():
        left = containing(left, {name: value}) or left

    selection = compiled.complete(choices, preferences)

    assert selection in left
    assert selection == compile_model(model).complete(choices, preferences)


@SETTINGS
@given(anything(), st.data())
def test_the_cheapest_completion_costs_as_little_as_any(question, data):
    model, choices = question
    compiled = compiled_or_skip(model)
    left = containing(selections(model), choices)
    if compiled is None or not left:
        return
    prices = {
        (variable.name, value): data.draw(st.integers(-50, 50))
        for variable in model.variables
        for value in variable.domain
    }

    cheapest = compiled.cheapest(choices, prices)

    assert cheapest.selection in left
    assert cheapest.price == min(sum(prices[pair] for pair in each.items()) for each in left)
    assert cheapest.price == sum(prices[pair] for pair in cheapest.selection.items())
