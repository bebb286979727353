from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.engine import Assignment, Mode, Operation, Order, Plan, Problem, Station, construct, objective, violations
from planning.engine.construct import _attempts
from tests.unit.planning_engine.books import order_book, tiny_problem
from tests.unit.planning_engine.exhaustive import best_objective

SEEDS = st.integers(0, 1_000_000)


@given(SEEDS, st.integers(1, 8))
def test_every_rule_makes_a_plan_without_violations(seed: int, size: int) -> None:
    problem = tiny_problem(seed, size)
    problem.validate()

    for method, plan in _attempts(problem):
        assert list(violations(problem, plan)) == [], method


@pytest.mark.parametrize("seed", range(6))
def test_no_constructed_plan_beats_trying_everything(seed: int) -> None:
    problem = tiny_problem(seed)

    best = best_objective(problem)

    assert best is not None
    assert objective(problem, construct(problem))._replace(earliness=0) >= best


def test_a_thousand_operations_are_planned_without_violations() -> None:
    problem = order_book(150, patience=0.5)

    plan = construct(problem)

    assert len(plan.assignments) == len(problem.operations) > 1000
    assert list(violations(problem, plan)) == []


def test_the_best_rule_is_kept_and_named() -> None:
    problem = order_book(30, patience=0.3)

    plan = construct(problem)

    costs = [objective(problem, attempt) for _, attempt in _attempts(problem)]
    assert objective(problem, plan) == min(costs) == plan.contributions[-1].after


def test_even_when_cancelled_at_once_there_is_a_plan() -> None:
    problem = order_book(5)

    assert len(construct(problem, lambda: True).assignments) == len(problem.operations)


def one_station(*operations: Operation, open_: tuple[tuple[int, int], ...] = ((0, 3600), (7200, 10800))) -> Problem:
    return Problem((Station("oven", open_),), operations, (Order("order", 9000),))


def reasons(problem: Problem) -> list[str]:
    plan = construct(problem)
    assert list(violations(problem, plan)) == []
    return [some.reason for some in plan.unplanned]


def test_an_operation_longer_than_every_shift_is_left_out_with_the_reason() -> None:
    problem = one_station(Operation("bake", 0, (Mode(0, 5400),)))

    assert reasons(problem) == [
        "bake takes 1.5 h without a pause, and oven never works longer than 1.0 h at a stretch."
    ]


def test_the_same_operation_fits_if_it_may_pause() -> None:
    problem = one_station(Operation("bake", 0, (Mode(0, 5400),), pausable=True))

    assert construct(problem).assignments == (Assignment(0, 0, 0, 9000),)


def test_what_waits_for_something_left_out_is_left_out_too() -> None:
    problem = one_station(Operation("bake", 0, (Mode(0, 5400),)), Operation("cool", 0, (Mode(0, 60),), (0,)))

    assert reasons(problem)[1] == "cool waits for bake, which is not planned."


def test_what_no_longer_fits_before_the_calendar_ends_is_left_out() -> None:
    problem = one_station(*(Operation(f"bake {n}", 0, (Mode(0, 3000),)) for n in range(3)))

    assert reasons(problem) == ["bake 2 finds no room on oven before the calendar ends."]


def test_a_station_without_any_working_time_leaves_out_its_work() -> None:
    assert len(reasons(one_station(Operation("bake", 0, (Mode(0, 60),), pausable=True), open_=()))) == 1


def test_facts_stay_where_they_are() -> None:
    problem = order_book(10)
    first = construct(problem)
    facts = {a.operation: a for a in first.assignments if a.start < problem.now + 3600}
    later = replace(
        problem,
        operations=tuple(replace(o, fixed=facts.get(n)) for n, o in enumerate(problem.operations)),
        now=problem.now + 3600,
    )
    later.validate()

    plan = construct(later)

    assert list(violations(later, plan)) == []
    assert facts.items() <= {a.operation: a for a in plan.assignments}.items()


def test_an_empty_problem_has_an_empty_plan() -> None:
    assert construct(Problem((), (), ())) == Plan((), (), construct(Problem((), (), ())).contributions)
