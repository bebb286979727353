from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planning.engine import (
    Assignment,
    Changeover,
    Fit,
    Mode,
    NothingFits,
    Operation,
    Order,
    Plan,
    Problem,
    Snapshot,
    Station,
    construct,
    earliest_fit,
    violations,
)
from tests.unit.planning_engine.books import order_book, tiny_problem
from tests.unit.planning_engine.exhaustive import best_objective

SEEDS = st.integers(0, 1_000_000)


def question(seed: int) -> tuple[Operation, ...]:
    """The operations of an order that is not planned."""
    return tuple(replace(operation, fixed=None) for operation in tiny_problem(seed).operations)


def joined(problem: Problem, plan: Plan, asked: tuple[Operation, ...], fit: Fit) -> tuple[Problem, Plan]:
    """The problem and plan with the new order in them."""
    shift, order = len(problem.operations), len(problem.orders)
    more = tuple(
        replace(
            operation,
            key=f"{order}:{operation.key}",
            order=order,
            predecessors=tuple(p + shift for p in operation.predecessors),
        )
        for operation in asked
    )
    larger = replace(
        problem,
        operations=problem.operations + more,
        orders=(*problem.orders, Order(f"new {order}", fit.end)),
    )
    assignments = tuple(replace(a, operation=a.operation + shift) for a in fit.assignments)
    return larger, replace(plan, assignments=plan.assignments + assignments)


@given(SEEDS, SEEDS, SEEDS)
def test_what_is_promised_can_be_put_into_the_plan_as_it_stands(seed: int, first: int, second: int) -> None:
    problem = tiny_problem(seed)
    plan = construct(problem)
    snapshot = Snapshot.of(problem, plan)

    for asked in (question(first), question(second)):
        try:
            fit = earliest_fit(snapshot, asked)
        except NothingFits:
            continue
        problem, plan = joined(problem, plan, asked, fit)
        # The second order must respect the hold of the first.
        snapshot = snapshot.with_assignments(asked, fit.assignments)

    assert list(violations(problem, plan)) == []


@given(SEEDS, SEEDS)
def test_holds_taken_into_a_snapshot_equal_a_snapshot_of_the_longer_plan(seed: int, asked_seed: int) -> None:
    problem, asked = tiny_problem(seed), question(asked_seed)
    plan = construct(problem)
    snapshot = Snapshot.of(problem, plan)
    fit = earliest_fit(snapshot, asked)

    held = snapshot.with_assignments(asked, fit.assignments)

    again = Snapshot.of(*joined(problem, plan, asked, fit))
    assert [list(lane.stretches()) for lane in held.lanes] == [list(lane.stretches()) for lane in again.lanes]


@pytest.mark.parametrize("seed", range(8))
def test_in_an_empty_plant_no_promise_is_earlier_than_possible(seed: int) -> None:
    asked = question(seed)
    empty = replace(tiny_problem(seed), operations=(), orders=())

    fit = earliest_fit(Snapshot.of(empty, Plan()), asked)

    alone = replace(empty, operations=tuple(replace(o, order=0) for o in asked), orders=(Order("new", 0),))
    best = best_objective(replace(alone, orders=(Order("new", 0, 1),)))
    assert best is not None
    assert fit.end >= best.weighted_tardiness


@given(SEEDS, SEEDS, st.integers(0, 30))
def test_asking_later_never_promises_earlier_than_asked(seed: int, asked_seed: int, later: int) -> None:
    problem, asked = tiny_problem(seed), question(asked_seed)
    snapshot = Snapshot.of(problem, construct(problem))

    try:
        fit = earliest_fit(snapshot.at(problem.now + later), asked)
    except NothingFits:
        return

    assert min(a.start for a in fit.assignments) >= problem.now + later


def station(*open_: tuple[int, int]) -> Problem:
    return Problem((Station("paint", open_),), (), (), (Changeover(frozenset({0}), 5),), {0: "red"})


def test_a_gap_must_hold_the_changeovers_on_both_sides() -> None:
    problem = replace(
        station((0, 200)),
        operations=tuple(Operation(f"p{n}", 0, (Mode(0, 20),), family="red") for n in range(2)),
        orders=(Order("o", 200),),
    )
    snapshot = Snapshot.of(problem, Plan((Assignment(0, 0, 0, 20), Assignment(1, 0, 49, 69))))

    tight = earliest_fit(snapshot, [Operation("new", 0, (Mode(0, 19),), family="blue")])
    loose = earliest_fit(snapshot, [Operation("new", 0, (Mode(0, 20),), family="blue")])

    assert tight.assignments == (Assignment(0, 0, 25, 44),)
    assert loose.assignments == (Assignment(0, 0, 74, 94),)


def test_a_busy_station_is_named_as_the_reason() -> None:
    problem = replace(
        station((0, 200)), operations=(Operation("p", 0, (Mode(0, 90),), family="red"),), orders=(Order("o", 200),)
    )
    snapshot = Snapshot.of(problem, Plan((Assignment(0, 0, 0, 90),)))

    binding = earliest_fit(snapshot, [Operation("new", 0, (Mode(0, 10),), family="red")]).binding

    assert binding is not None
    assert (binding.cause, binding.station, binding.seconds) == ("station", 0, 90)


def test_a_closed_station_is_named_as_the_calendar() -> None:
    fit = earliest_fit(Snapshot.of(station((70, 200)), Plan()), [Operation("new", 0, (Mode(0, 10),), family="red")])

    assert fit.binding is not None
    assert (fit.binding.cause, fit.binding.seconds) == ("calendar", 70)


def test_late_material_is_named_as_the_reason() -> None:
    asked = [
        Operation("cut", 0, (Mode(0, 10),), family="red"),
        Operation("fit", 0, (Mode(0, 10),), (0,), release=60, family="red"),
    ]

    fit = earliest_fit(Snapshot.of(station((0, 200)), Plan()), asked)

    assert fit.binding is not None
    assert (fit.end, fit.binding.cause, fit.binding.operation, fit.binding.seconds) == (70, "material", 1, 60)


@given(SEEDS, SEEDS)
def test_the_chain_of_waits_adds_up_to_the_date(seed: int, asked_seed: int) -> None:
    problem = tiny_problem(seed)

    try:
        fit = earliest_fit(Snapshot.of(problem, construct(problem)), question(asked_seed))
    except NothingFits:  # the tiny calendar ends too soon; what is said then is tested below
        assume(False)

    assert problem.now + sum(wait.seconds for wait in fit.chain) == fit.end


def test_without_operations_the_promise_is_at_once() -> None:
    fit = earliest_fit(Snapshot.of(station((0, 9)), Plan()), [], not_before=4)

    assert (fit.end, fit.binding) == (4, None)


def test_what_fits_nowhere_is_refused_in_a_sentence() -> None:
    with pytest.raises(NothingFits, match="new takes 10 min without a pause, and paint never works longer than 3 min"):
        earliest_fit(Snapshot.of(station((0, 180)), Plan()), [Operation("new", 0, (Mode(0, 600),))])


def test_asking_changes_nothing() -> None:
    problem = order_book(20)
    snapshot = Snapshot.of(problem, construct(problem))
    asked = tuple(replace(o, predecessors=()) for o in problem.operations[:8])

    assert earliest_fit(snapshot, asked) == earliest_fit(snapshot, asked)
