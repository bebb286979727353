import pytest

from planning.engine import Mode, Objective, Operation, Order, Problem, Station, construct, gap, lower_bound, objective
from planning.engine.bound import CRITERIA
from tests.unit.planning_engine.books import order_book, tiny_problem
from tests.unit.planning_engine.exhaustive import best_objective


@pytest.mark.parametrize("seed", range(16))
def test_no_bound_is_above_the_optimum(seed: int) -> None:
    problem = tiny_problem(seed + 500)

    bound, best = lower_bound(problem), best_objective(problem)

    assert best is not None
    assert all(getattr(bound, criterion) <= getattr(best, criterion) for criterion in CRITERIA)


def test_a_path_that_is_too_long_bounds_the_tardiness() -> None:
    problem = Problem(
        (Station("a", ((0, 10), (20, 100))),),
        (Operation("one", 0, (Mode(0, 8),)), Operation("two", 0, (Mode(0, 8),), (0,))),
        (Order("order", 18, weight=3),),
    )

    assert lower_bound(problem) == Objective(0, 1, 30, 0, 28)


def test_more_work_than_two_stations_can_do_in_time_bounds_the_late_orders() -> None:
    problem = Problem(
        (Station("a", ((0, 100),)), Station("b", ((0, 100),))),
        tuple(Operation(f"p{n}", n, (Mode(0, 10), Mode(1, 12))) for n in range(5)),
        tuple(Order(f"o{n}", 20, weight=2) for n in range(5)),
    )

    bound = lower_bound(problem)

    assert (bound.broken_promises, bound.weighted_tardiness, bound.makespan) == (1, 10, 25)


def test_each_family_on_a_single_station_is_changed_to_once() -> None:
    problem = tiny_problem(3)

    assert lower_bound(problem).changeover <= objective(problem, construct(problem)).changeover


def test_the_gap_names_the_first_criterion_that_may_still_improve() -> None:
    answer = gap(Objective(0, 2, 200, 40, 90), Objective(0, 2, 150, 0, 90))

    assert answer is not None
    assert (answer.criterion, answer.share) == ("weighted_tardiness", 0.25)


def test_without_a_gap_nothing_is_better() -> None:
    assert gap(Objective(0, 1, 5, 0, 9, 77), Objective(0, 1, 5, 0, 9)) is None


def test_bounds_of_an_order_book_are_below_its_plan() -> None:
    problem = order_book(60, patience=0.05)

    cost, bound = objective(problem, construct(problem)), lower_bound(problem)

    assert all(getattr(bound, criterion) <= getattr(cost, criterion) for criterion in CRITERIA)
    assert bound.broken_promises > 0
