from dataclasses import replace

import pytest

from planning.engine import (
    Assignment,
    Changeover,
    Mode,
    Operation,
    Order,
    Plan,
    Problem,
    Station,
    Unplanned,
    violations,
)

PROBLEM = Problem(
    stations=(Station("saw", ((0, 40), (60, 100))), Station("paint", ((0, 40), (60, 200)))),
    operations=(
        Operation("cut", 0, (Mode(0, 10),)),
        Operation("coat", 0, (Mode(1, 20),), (0,), family="red"),
        Operation("bake", 0, (Mode(1, 20),), (1,), pausable=True, family="blue"),
        Operation("trim", 1, (Mode(0, 8), Mode(1, 9)), release=12, family="red"),
        Operation("done", 1, (Mode(0, 5),), fixed=Assignment(4, 0, 0, 4)),
    ),
    orders=(Order("bike", 100), Order("trike", 100, release=5)),
    changeovers=(Changeover(frozenset({1}), 6),),
    initial_family={1: "red"},
    now=2,
)
CUT, COAT, BAKE, TRIM, DONE = (
    Assignment(0, 0, 4, 14),
    Assignment(1, 1, 14, 34),
    Assignment(2, 1, 60, 80),
    Assignment(3, 0, 14, 22),
    Assignment(4, 0, 0, 4),
)
PLAN = Plan((CUT, COAT, BAKE, TRIM, DONE))


def wrong(*assignments: Assignment, unplanned: tuple[Unplanned, ...] = (), problem: Problem = PROBLEM) -> list[str]:
    return list(violations(problem, Plan(assignments, unplanned)))


def test_a_sound_plan_has_no_violations() -> None:
    assert wrong(CUT, COAT, BAKE, TRIM, DONE) == []


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        ((CUT, COAT, BAKE, DONE), "trim is missing"),
        ((CUT, COAT, BAKE, TRIM, TRIM, DONE), "trim is planned 2 times"),
        ((replace(CUT, station=1, start=70, end=80), COAT, BAKE, TRIM, DONE), "cut cannot be done on paint"),
        ((replace(CUT, end=13), COAT, BAKE, TRIM, DONE), "takes 9 s and needs 10 s"),
        ((CUT, COAT, replace(BAKE, end=81), TRIM, DONE), "has 21 s of working time up to 81 and needs 20 s"),
        ((CUT, COAT, replace(BAKE, start=59), TRIM, DONE), "begins or ends outside working time"),
        ((CUT, COAT, BAKE, replace(TRIM, start=35, end=43), DONE), "reaches outside working time and may not pause"),
        ((replace(CUT, start=1, end=11), COAT, BAKE, TRIM, DONE), "starts in the past"),
        ((CUT, COAT, BAKE, replace(TRIM, start=11, end=19), DONE), "starts before it is released at 12"),
        ((CUT, COAT, BAKE, replace(TRIM, start=13, end=21), DONE), "on saw at the same time"),
        ((CUT, COAT, replace(BAKE, start=37, end=77), TRIM, DONE), "needs 6 s of changeover from 'red' to 'blue'"),
        ((CUT, replace(COAT, start=13, end=33), BAKE, TRIM, DONE), "before cut ends at 14"),
        ((CUT, COAT, BAKE, TRIM, replace(DONE, end=3)), "done is fixed and was moved"),
        ((CUT, COAT, BAKE, TRIM, DONE, Assignment(9, 0, 70, 80)), "there is no such"),
    ],
)
def test_each_planted_fault_is_caught_in_words(assignments: tuple[Assignment, ...], words: str) -> None:
    assert any(words in sentence for sentence in wrong(*assignments))


def test_a_changeover_may_be_interrupted_by_a_break_and_end_where_work_begins() -> None:
    # 3 s of changeover before the break at 40, 3 s after it.
    coat, bake = replace(COAT, start=17, end=37), replace(BAKE, start=63, end=83)

    assert wrong(CUT, coat, bake, TRIM, DONE) == []


def test_a_changeover_does_not_begin_before_now() -> None:
    alone = replace(
        PROBLEM, operations=(Operation("trim", 0, (Mode(1, 9),), family="red"),), initial_family={1: "blue"}, now=10
    )

    assert wrong(Assignment(0, 1, 16, 25), problem=alone) == []
    assert wrong(Assignment(0, 1, 15, 24), problem=alone) == [
        "trim on paint at 15 needs 6 s of changeover from 'blue' to 'red' and has 5 s."
    ]


def test_what_is_left_out_needs_a_reason() -> None:
    assert wrong(CUT, COAT, BAKE, DONE, unplanned=(Unplanned(3, " "),)) == ["trim is left out without a reason."]
    assert wrong(CUT, COAT, BAKE, DONE, unplanned=(Unplanned(3, "No saw is free."),)) == []


def test_an_operation_cannot_be_planned_and_left_out() -> None:
    sentences = wrong(CUT, COAT, BAKE, TRIM, DONE, unplanned=(Unplanned(3, "No saw is free."),))

    assert sentences == ["trim is both planned and listed as left out."]


def test_what_waits_for_something_left_out_cannot_be_planned() -> None:
    sentences = wrong(COAT, BAKE, TRIM, DONE, unplanned=(Unplanned(0, "No saw is free."),))

    assert sentences == ["coat is planned, but cut, which comes before it, is not."]


def test_facts_are_not_judged() -> None:
    overtime = Assignment(4, 0, -30, 1)
    operations = (*PROBLEM.operations[:4], replace(PROBLEM.operations[4], fixed=overtime))

    assert wrong(CUT, COAT, BAKE, TRIM, overtime, problem=replace(PROBLEM, operations=operations)) == []


def test_nothing_may_be_planned_over_a_fact() -> None:
    running = Assignment(4, 0, 1, 9)
    operations = (*PROBLEM.operations[:4], replace(PROBLEM.operations[4], fixed=running))

    sentences = wrong(CUT, COAT, BAKE, TRIM, running, problem=replace(PROBLEM, operations=operations))

    assert sentences == ["cut and done are on saw at the same time, at 4."]
