"""An open configuration is brought to a new release with the least change, and every change has its reason."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.engine import (
    BadRule,
    Binary,
    Choice,
    Literal,
    Model,
    Name,
    NoValidCompletion,
    Rule,
    RuleRef,
    Table,
    Value,
    Variable,
    compile_model,
)
from configurator.engine import names as asked_by
from configurator.engine.release_change import ChoiceChange, Migration, Reason, migrate
from tests.unit.configurator.small_models import DOMAINS, containing, models, rules, selections, tables

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

BIKE = Model(
    "bike",
    (
        Variable("frame", ("diamond", "lowstep")),
        Variable("battery", ("f400", "f630", "rack500")),
        Variable("lights", (False, True)),
        Variable("height", tuple(range(150, 206, 5)), "cm"),
    ),
)


def changed(**features: Variable | None) -> Model:
    """The bike with some of its features replaced or gone."""
    kept = (features.get(variable.name, variable) for variable in BIKE.variables)
    return Model("bike", tuple(variable for variable in kept if variable is not None))


def ruled(*found: Rule) -> Model:
    return Model("bike", BIKE.variables, found)


def is_value(name: str, value: Value) -> Binary:
    return Binary("=", Name(name), Literal(value))


def forbids(code: str, *pairs: tuple[str, Value]) -> Rule:
    """A rule that the values do not go together."""
    first, *others = (is_value(*pair) for pair in pairs)
    together = first
    for other in others:
        together = Binary("and", together, other)
    return Rule(code, Binary("=", together, Literal(False)), f"text of {code}")


def migrated(choices: dict[str, Value], after: Model) -> Migration:
    return migrate(choices, BIKE, compile_model(after))


def test_what_still_exists_and_goes_together_stays_as_it_is():
    choices = {"battery": "f630", "height": 180}

    assert migrated(choices, ruled(forbids("R", ("frame", "lowstep"), ("battery", "rack500")))) == Migration(choices)


def test_a_feature_that_is_gone_is_dropped_and_the_rest_stays():
    migration = migrated({"lights": True, "frame": "lowstep"}, changed(lights=None))

    assert migration.choices == {"frame": "lowstep"}
    assert migration.changes == (ChoiceChange("lights", True, None, Reason.FEATURE_GONE),)


def test_an_option_that_is_gone_is_dropped():
    migration = migrated({"battery": "rack500"}, changed(battery=Variable("battery", ("f400", "f630"))))

    assert migration == Migration({}, (ChoiceChange("battery", "rack500", None, Reason.VALUE_GONE),))


@pytest.mark.parametrize(
    ("choice", "domain"),
    [
        ({"lights": True}, ("none", "front", "both")),
        ({"lights": True}, (0, 1, 2)),
        ({"battery": "f400"}, (False, True)),
        ({"height": 150}, ("150", "155")),
        ({"height": 150}, (False, True)),
    ],
)
def test_a_feature_that_is_answered_in_another_way_starts_anew(choice, domain):
    (name, value), *_ = choice.items()

    migration = migrated(choice, changed(**{name: Variable(name, domain)}))

    assert migration == Migration({}, (ChoiceChange(name, value, None, Reason.KIND_CHANGED),))


def test_a_number_in_another_unit_is_not_taken_for_the_same():
    migration = migrated({"height": 180}, changed(height=Variable("height", tuple(range(100, 300)), "inch")))

    assert migration.changes == (ChoiceChange("height", 180, None, Reason.UNIT_CHANGED),)


@pytest.mark.parametrize(
    ("domain", "nearest"),
    [(tuple(range(150, 191, 5)), 190), (tuple(range(150, 231, 20)), 190), (tuple(range(197, 300)), 197)],
)
def test_a_number_out_of_range_or_between_the_steps_goes_to_the_nearest(domain, nearest):
    migration = migrated({"height": 195}, changed(height=Variable("height", domain, "cm")))

    assert migration == Migration({"height": nearest}, (ChoiceChange("height", 195, nearest, Reason.OUT_OF_RANGE),))


def test_of_two_steps_equally_near_the_smaller_is_taken():
    migration = migrated({"height": 195}, changed(height=Variable("height", (190, 200), "cm")))

    assert migration.choices == {"height": 190}


def test_a_number_out_of_range_goes_further_rather_than_costing_another_choice():
    after = Model(
        "bike",
        (Variable("frame", ("diamond", "lowstep")), Variable("height", tuple(range(150, 186, 5)), "cm")),
        (Rule("R", Binary("implies", is_value("frame", "lowstep"), Binary("<=", Name("height"), Literal(170)))),),
    )

    migration = migrated({"height": 195, "frame": "lowstep"}, after)

    assert migration.choices == {"height": 170, "frame": "lowstep"}
    (change,) = migration.changes
    assert (change.after, change.reason) == (170, Reason.OUT_OF_RANGE)
    assert change.conflict == {Choice("frame", "lowstep"), RuleRef("R", "")}


def test_of_two_choices_that_exclude_each_other_now_the_older_stays():
    after = ruled(forbids("R", ("frame", "lowstep"), ("battery", "rack500")))

    migration = migrated({"battery": "rack500", "lights": True, "frame": "lowstep"}, after)

    assert migration.choices == {"battery": "rack500", "lights": True}
    assert migration.changes == (
        ChoiceChange(
            "frame",
            "lowstep",
            None,
            Reason.CONFLICT,
            frozenset({Choice("battery", "rack500"), RuleRef("R", "text of R")}),
        ),
    )


def test_one_old_choice_is_given_up_rather_than_two_later_ones():
    after = ruled(
        forbids("R1", ("frame", "lowstep"), ("battery", "rack500")),
        forbids("R2", ("frame", "lowstep"), ("lights", True)),
    )

    migration = migrated({"frame": "lowstep", "battery": "rack500", "lights": True}, after)

    assert migration.choices == {"battery": "rack500", "lights": True}


def test_a_number_in_conflict_moves_no_further_than_it_must():
    after = ruled(
        Rule("R", Binary("implies", is_value("frame", "lowstep"), Binary("<=", Name("height"), Literal(185))), "Ends.")
    )

    migration = migrated({"frame": "lowstep", "height": 200}, after)

    assert migration.choices == {"frame": "lowstep", "height": 185}
    (change,) = migration.changes
    assert (change.reason, change.conflict) == (
        Reason.CONFLICT,
        {Choice("frame", "lowstep"), RuleRef("R", "Ends.")},
    )


def test_a_value_that_nothing_can_have_any_more_is_explained_by_the_rules_alone():
    migration = migrated({"battery": "f400", "frame": "lowstep"}, ruled(forbids("R", ("battery", "f400"))))

    assert migration.choices == {"frame": "lowstep"}
    assert migration.changes[0].conflict == {RuleRef("R", "text of R")}


def test_a_void_release_takes_nothing():
    with pytest.raises(NoValidCompletion):
        migrated({}, ruled(forbids("R1", ("lights", True)), forbids("R2", ("lights", False))))


@st.composite
def releases(draw: st.DrawFn) -> tuple[Model, Model, dict[str, Value]]:
    """A release, another one in which features, values and rules have changed, and choices under the first."""
    before = draw(models())
    kept = draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=4, unique=True))
    variables = []
    for name in DOMAINS:
        if name in kept or draw(st.booleans()):
            values = draw(st.lists(st.sampled_from(DOMAINS[name]), min_size=2, unique=True))
            variables.append(Variable(name, tuple(value for value in DOMAINS[name] if value in values)))
        else:
            kind = draw(st.sampled_from(["gone", "flag", "words", "numbers"]))
            domain = {"flag": (False, True), "words": ("a", "b"), "numbers": (0, 1, 2)}.get(kind)
            variables += [Variable(name, domain)] if domain else []
    whole = {variable.name for variable in variables if variable.domain == DOMAINS[variable.name]}
    codes = iter(range(9))
    new_rules = tuple(
        Rule(f"R{next(codes)}", rule) for rule in draw(st.lists(rules(), max_size=3)) if asked_by(rule) <= whole
    )
    new_tables = tuple(
        table
        for table in (draw(tables(f"T{number}")) for number in range(draw(st.integers(0, 2))))
        if set(table.columns) <= whole
    )
    names = draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=6, unique=True))
    choices = {name: draw(st.sampled_from(DOMAINS[name])) for name in names}
    return before, Model("small", tuple(variables), new_rules, new_tables), choices


@st.composite
def stricter_releases(draw: st.DrawFn) -> tuple[Model, Model, dict[str, Value]]:
    """A release that forbids nothing, one that forbids many combinations, and a value chosen for every feature."""
    before = Model("strict", tuple(Variable(f"f{number}", ("a", "b", "c")) for number in range(6)))
    pair = st.tuples(st.sampled_from([variable.name for variable in before.variables]), st.sampled_from("aaab"))
    combinations_of = st.lists(pair, min_size=2, max_size=3, unique_by=lambda each: each[0])
    forbidden = draw(st.lists(combinations_of, min_size=8, max_size=14))
    after = Model("strict", before.variables, tuple(forbids(f"R{n}", *pairs) for n, pairs in enumerate(forbidden)))
    order = draw(st.permutations([variable.name for variable in before.variables]))
    return before, after, {name: draw(st.sampled_from("aaab")) for name in order}


@SETTINGS
@given(models(), st.data())
def test_migrating_to_the_same_release_changes_nothing(model: Model, data):
    found = selections(model)
    if not found:
        return
    selection = data.draw(st.sampled_from(found))
    names = data.draw(st.lists(st.sampled_from(sorted(selection)), unique=True))
    choices = {name: selection[name] for name in names}
    try:
        compiled = compile_model(model)
    except BadRule:
        return

    assert migrate(choices, model, compiled) == Migration(choices)


@SETTINGS
@given(st.one_of(releases(), stricter_releases()))
def test_migrated_choices_can_be_had_and_no_smaller_or_later_withdrawal_would_do(release):
    before, after, choices = release
    try:
        compiled = compile_model(after)
    except BadRule:
        return
    everything = selections(after)
    if not everything:
        with pytest.raises(NoValidCompletion):
            migrate(choices, before, compiled)
        return

    migration = migrate(choices, before, compiled)

    assert containing(everything, migration.choices)
    assert list(migration.choices) == [name for name in choices if name in migration.choices]
    assert {change.name for change in migration.changes} == {
        name for name in choices if name not in migration.choices or migration.choices[name] != choices[name]
    }
    existing = {
        name: value
        for name, value in choices.items()
        if after.has(name) and (type(value), value) in {(type(other), other) for other in after.domain(name)}
    }
    stayed = [name for name, value in existing.items() if migration.choices.get(name) == value]
    assert stayed == _best(existing, everything)


def _best(choices: dict[str, Value], everything) -> list[str]:
    """The largest set of choices that go together, and of several the one with the oldest, by trying all."""
    for size in range(len(choices), -1, -1):
        for names in combinations(choices, size):  # the oldest first, as the choices are
            if containing(everything, {name: choices[name] for name in names}):
                return list(names)
    raise AssertionError("nothing at all is possible")


@SETTINGS
@given(st.one_of(releases(), stricter_releases()))
def test_every_change_in_conflict_is_explained_by_what_stays_and_minimally(release):
    before, after, choices = release
    try:
        compiled = compile_model(after)
        migration = migrate(choices, before, compiled)
    except (BadRule, NoValidCompletion):
        return

    for change in migration.changes:
        if change.reason != Reason.CONFLICT:
            continue
        named = {part.name: part.value for part in change.conflict if isinstance(part, Choice)}
        assert named.items() <= migration.choices.items()
        codes = {part.code for part in change.conflict if isinstance(part, RuleRef)}
        others = frozenset(row.code for row in (*after.rules, *after.tables)) - codes
        assert not containing(selections(after, others), {**named, change.name: change.before})


@SETTINGS
@given(releases())
def test_a_moved_number_is_as_near_as_the_rest_allows(release):
    before, after, choices = release
    try:
        migration = migrate(choices, before, compile_model(after))
    except (BadRule, NoValidCompletion):
        return

    moved = [change for change in migration.changes if change.after is not None]
    if moved:
        last = moved[-1]
        rest = {name: value for name, value in migration.choices.items() if name != last.name}
        possible = {each[last.name] for each in containing(selections(after), rest)}
        assert abs(int(last.after) - int(last.before)) == min(abs(int(value) - int(last.before)) for value in possible)


def test_a_table_row_that_is_gone_is_a_conflict_like_any_rule():
    rows = (("diamond", "f400"), ("lowstep", "f400"), ("diamond", "rack500"))
    after = Model("bike", BIKE.variables, (), (Table("T", ("frame", "battery"), rows, "No room."),))

    migration = migrated({"frame": "lowstep", "battery": "rack500"}, after)

    assert migration.choices == {"frame": "lowstep"}
    assert RuleRef("T", "No room.") in migration.changes[0].conflict
