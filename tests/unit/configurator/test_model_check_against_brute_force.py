"""What the model check finds in random small models is what trying all selections shows."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import BadRule, Binary, Expression, Model, Value, evaluate
from configurator.engine.compiled_model import compile_model
from configurator.engine.model_check import FindingCode, ModelFinding, model_check
from tests.unit.configurator.small_models import Selection, models, selections, trees

SETTINGS = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def checked(model: Model) -> tuple[ModelFinding, ...] | None:
    try:
        return model_check(compile_model(model))
    except BadRule:
        return None  # a comparison without a value for some combination: refused, as tested elsewhere


def subjects(found: tuple[ModelFinding, ...], *codes: FindingCode) -> set[str]:
    return {finding.subject for finding in found if finding.code in codes}


def same(one: list[Selection], other: list[Selection]) -> bool:
    return len(one) == len(other)  # rules only take away


@SETTINGS
@given(st.one_of(models(), trees()))
def test_dead_values_and_features_that_are_always_the_same(model):
    found = checked(model)
    if found is None:
        return
    everything = selections(model)
    if not everything:
        assert {finding.code for finding in found} == {FindingCode.VOID}
        return
    left: dict[str, set[Value]] = {v.name: {each[v.name] for each in everything} for v in model.variables}
    dead = {
        (variable.name, value)
        for variable in model.variables
        for value in variable.domain
        if value not in left[variable.name] and value is not False
    }

    told = {(each.subject, each.values[0]) for each in found if each.code is FindingCode.DEAD_VALUE}
    for each in found:
        if each.code is FindingCode.UNREACHABLE_RANGE:
            domain = model.domain(each.subject)
            told |= {(each.subject, n) for n in domain if any(low <= n <= high for low, high in each.ranges)}
    assert told == dead
    nodes = {node.name for node in model.tree}
    alone = {
        name
        for name, values in left.items()
        if name not in nodes and len(values) == 1 and len(model.domain(name)) > 1 and values != {False}
    }
    assert subjects(found, FindingCode.FALSE_OPTIONAL) == alone


@SETTINGS
@given(trees())
def test_optional_features_of_a_tree_that_always_come_with_their_parent(model):
    found = checked(model)
    assert found is not None
    everything = selections(model)
    sizes: dict = {}
    for node in model.tree:
        sizes.setdefault((node.parent, node.group_number), []).append(node)
    expected = set()
    for node in model.tree:
        group = sizes[(node.parent, node.group_number)]
        low = {"optional": 0, "cardinality": node.cardinality[0], "mandatory": len(group)}.get(node.group, 1)
        with_parent = [each for each in everything if node.parent is not None and each[node.parent]]
        if node.parent is not None and low < len(group) and with_parent and all(e[node.name] for e in with_parent):
            expected.add(node.name)

    assert subjects(found, FindingCode.FALSE_OPTIONAL_CHILD) == expected


@SETTINGS
@given(st.one_of(models(), trees()))
def test_idle_rules_are_those_without_which_nothing_more_can_be_built(model):
    found = checked(model)
    everything = selections(model)
    if found is None or not everything:
        return
    codes = [rule.code for rule in model.rules] + [table.code for table in model.tables]
    idle, silent = set(), set()
    for code in codes:
        without = selections(model, frozenset([code]))
        if same(without, everything):
            idle.add(code)
        left = next((_left(rule.expression) for rule in model.rules if rule.code == code), [])
        if left and not any(all(evaluate(part, each) for part in left) for each in without):
            silent.add(code)

    told = subjects(found, FindingCode.REDUNDANT_RULE, FindingCode.EMPTY_RULE, FindingCode.NEVER_FIRES)
    assert told == idle
    assert subjects(found, FindingCode.NEVER_FIRES) == silent


@SETTINGS
@given(models())
def test_the_rules_named_are_enough_and_none_of_them_can_be_left_out(model):
    found = checked(model)
    if found is None:
        return
    codes = {rule.code for rule in model.rules} | {table.code for table in model.tables}

    def under(named: set[str]) -> list[Selection]:
        return selections(model, frozenset(codes - named))

    for finding in found:
        named = {rule.code for rule in finding.rules}
        if finding.code is FindingCode.VOID:
            assert not under(named)
            assert all(under(named - {code}) for code in named)
        if finding.code is FindingCode.REDUNDANT_RULE:
            assert same(under(named), under(named | {finding.subject}))
            for code in named:
                assert not same(under(named - {code}), under(named - {code} | {finding.subject})), code
        if finding.code is FindingCode.DEAD_VALUE:
            assert not [each for each in under(named) if each[finding.subject] == finding.values[0]]
            for code in named:
                assert [each for each in under(named - {code}) if each[finding.subject] == finding.values[0]]


def _left(expression: Expression) -> list[Expression]:
    left = []
    while isinstance(expression, Binary) and expression.operator == "implies":
        left.append(expression.left)
        expression = expression.right
    return left
