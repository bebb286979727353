import subprocess
import sys
from dataclasses import replace
from random import Random
from time import monotonic

import pytest

from planning.engine import (
    Objective,
    PrecedenceCycle,
    Progress,
    construct,
    improve,
    lower_bound,
    make_plan,
    objective,
    violations,
)
from planning.engine.improve_cpsat import Improvement
from planning.engine.lane import station_rules
from planning.engine.local_search import LocalSearch
from planning.engine.solving import OUTCOMES, Effort, run
from planning.engine.windows import window
from tests.unit.planning_engine.books import order_book, tiny_problem
from tests.unit.planning_engine.exhaustive import best_objective


def never() -> bool:
    return False


@pytest.mark.parametrize("seed", range(12))
def test_cp_sat_proves_the_optimum_that_trying_everything_finds(seed: int) -> None:
    problem = tiny_problem(seed + 2000)
    plan = construct(problem)
    free = frozenset(n for n, operation in enumerate(problem.operations) if operation.fixed is None)

    improvement = Improvement(problem, station_rules(problem), plan, free, lower_bound(problem), exact=True)
    improvement.run(Effort(20, 1, 1, never), lambda better: None)

    best = best_objective(problem)
    assert improvement.refused == []
    assert improvement.cost._replace(earliness=0) == best
    assert improvement.bound == best


@pytest.mark.parametrize("seed", range(12))
def test_a_window_leaves_the_rest_alone_and_never_makes_a_plan_dearer(seed: int) -> None:
    problem = tiny_problem(seed + 3000, operations=9)
    plan = construct(problem)
    rules = station_rules(problem)
    free = window(problem, rules, plan, Random(seed), 4)

    improvement = Improvement(problem, rules, plan, free, Objective(), exact=False)
    improvement.run(Effort(10, 1, 1, never), lambda better: None)

    before = {a for a in plan.assignments if a.operation not in free}
    assert improvement.refused == []
    assert improvement.cost <= objective(problem, plan)
    assert list(violations(problem, improvement.plan)) == []
    assert before <= set(improvement.plan.assignments)


def test_the_given_plan_is_a_complete_and_valid_hint() -> None:
    problem = order_book(12, patience=0.2)
    plan = construct(problem)
    rules = station_rules(problem)
    improvement = Improvement(problem, rules, plan, frozenset(range(len(problem.operations))), Objective(), exact=True)
    totals = [station.total() for station in improvement.changeovers]

    improvement.of.write_hints()
    model = improvement.of.model
    hint = model.proto.solution_hint
    assert sorted(hint.vars) == list(range(len(model.proto.variables)))
    assert sum(value for _, value in totals) == objective(problem, plan).changeover
    # With every variable held to its hint the model must still have a solution.
    for variable, value in improvement.of.hints:
        model.add(variable == int(value()))
    assert run(model, Effort(20, 1, 1, never)).bound is not None


def test_local_search_improves_without_a_solver_and_repeats_itself() -> None:
    problem = order_book(25, patience=0.25)
    plan = construct(problem)

    def search() -> Objective:
        moves = iter(range(300))
        better = LocalSearch(problem, station_rules(problem), seed=3).run(plan, lambda: next(moves, None) is None)
        assert list(violations(problem, better)) == []
        return objective(problem, better)

    assert search() == search() < objective(problem, plan)


def test_a_small_problem_is_planned_to_proved_optimality() -> None:
    result = make_plan(tiny_problem(7), budget_seconds=20, workers=1)

    assert result.gap is None
    assert result.objective._replace(earliness=0) == best_objective(tiny_problem(7))
    assert result.elapsed < 15


def test_the_budget_is_kept_and_the_plan_only_gets_better() -> None:
    problem = order_book(60, patience=0.3)
    seen: list[Progress] = []
    first = objective(problem, construct(problem))

    result = make_plan(problem, budget_seconds=5, on_progress=seen.append)

    assert result.elapsed < 6.5
    assert [progress.best for progress in seen] == sorted((progress.best for progress in seen), reverse=True)
    assert result.objective < first
    assert result.refused == ()
    assert list(violations(problem, result.plan)) == []
    assert result.contributions[-1].after == result.objective
    assert any("CP-SAT" in contribution.method for contribution in result.contributions)


def test_cancel_is_heard_within_a_second() -> None:
    problem = order_book(40, patience=0.2)
    begun = monotonic()

    result = make_plan(problem, budget_seconds=60, cancelled=lambda: monotonic() - begun > 3)

    assert monotonic() - begun < 5  # one second, and as much again for a machine that others use too
    assert list(violations(problem, result.plan)) == []


def test_improving_a_plan_never_makes_it_dearer() -> None:
    problem = order_book(15, seed=4, patience=0.3)
    plan = construct(problem)

    better = improve(problem, plan, budget_seconds=2)

    assert objective(problem, better) <= objective(problem, plan)
    assert list(violations(problem, better)) == []


def test_what_no_plan_can_hold_does_not_keep_the_rest_from_being_improved() -> None:
    problem = order_book(8, patience=0.3)
    endless = replace(
        problem.operations[0], modes=tuple(m._replace(duration=10**7) for m in problem.operations[0].modes)
    )
    problem = replace(problem, operations=(endless, *problem.operations[1:]))

    result = make_plan(problem, budget_seconds=3)

    assert {0} <= {some.operation for some in result.plan.unplanned}
    assert result.objective.unplanned == result.bound.unplanned
    assert list(violations(problem, result.plan)) == []


def test_a_contradictory_problem_is_refused_before_anything_is_planned() -> None:
    problem = order_book(2)
    circle = replace(problem.operations[0], predecessors=(1,))

    with pytest.raises(PrecedenceCycle):
        make_plan(replace(problem, operations=(circle, *problem.operations[1:])), budget_seconds=1)


def test_an_unexpected_solver_status_raises() -> None:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    value = model.new_int_var(0, 1, "")
    model.add(value >= 2)

    with pytest.raises(KeyError):
        run(model, Effort(5, 1, 1, never))
    assert cp_model.MODEL_INVALID not in OUTCOMES


def test_promising_and_checking_load_neither_django_nor_ortools() -> None:
    code = "import sys, planning.engine; print(*sorted({'ortools', 'django'} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == ""
