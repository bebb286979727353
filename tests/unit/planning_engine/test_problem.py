from dataclasses import replace

import pytest

from planning.engine import Assignment, Changeover, Mode, Operation, Order, PrecedenceCycle, Problem, Station, errors

SOUND = Problem(
    stations=(Station("saw", ((0, 100),)), Station("paint", ((0, 50), (60, 100)))),
    operations=(
        Operation("cut", 0, (Mode(0, 10),)),
        Operation("coat", 0, (Mode(1, 10),), (0,), family="red"),
    ),
    orders=(Order("bike", 80),),
    changeovers=(Changeover(frozenset({1}), 5),),
    initial_family={1: "blue"},
)


def with_operation(number: int, **changes: object) -> Problem:
    operations = list(SOUND.operations)
    operations[number] = replace(operations[number], **changes)  # type: ignore[arg-type]
    return replace(SOUND, operations=tuple(operations))


def test_a_sound_problem_passes() -> None:
    SOUND.validate()


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (replace(SOUND, stations=(Station("saw", ((0, 9), (5, 20))), SOUND.stations[1])), errors.BrokenCalendar),
        (replace(SOUND, stations=(Station("saw", ((0, 9), (9, 20))), SOUND.stations[1])), errors.BrokenCalendar),
        (replace(SOUND, stations=(Station("paint", ()), SOUND.stations[1])), errors.DuplicateKey),
        (replace(SOUND, orders=(Order("bike", 80, weight=-1),)), errors.NotPositive),
        (with_operation(0, modes=()), errors.NoMode),
        (with_operation(0, modes=(Mode(7, 10),)), errors.UnknownReference),
        (with_operation(0, modes=(Mode(0, 0),)), errors.NotPositive),
        (with_operation(0, modes=(Mode(0, 1), Mode(0, 2))), errors.DuplicateMode),
        (with_operation(0, order=3), errors.UnknownReference),
        (with_operation(0, predecessors=(9,)), errors.UnknownReference),
        (with_operation(0, key="coat"), errors.DuplicateKey),
        (with_operation(0, predecessors=(1,)), PrecedenceCycle),
        (with_operation(1, fixed=Assignment(0, 1, 0, 5)), errors.FixedElsewhere),
        (with_operation(1, fixed=Assignment(1, 1, 20, 30)), errors.FixedTooEarly),
        (replace(SOUND, changeovers=(*SOUND.changeovers, Changeover(frozenset({1})))), errors.AmbiguousChangeover),
        (replace(SOUND, changeovers=(Changeover(frozenset({1}), -5),)), errors.NotPositive),
    ],
)
def test_a_contradiction_is_refused_in_a_sentence(problem: Problem, error: type[errors.ProblemError]) -> None:
    with pytest.raises(error) as caught:
        problem.validate()

    assert str(caught.value).endswith(".")


def test_a_detour_quicker_than_the_direct_changeover_is_refused_with_its_names() -> None:
    table = Changeover(frozenset({1}), 5, {("blue", "red"): 20, ("grey", "red"): 3, ("blue", "grey"): 4})
    problem = replace(
        SOUND,
        operations=(*SOUND.operations, Operation("prime", 0, (Mode(1, 5),), family="grey")),
        changeovers=(table,),
    )

    with pytest.raises(errors.TriangleBroken) as caught:
        problem.validate()

    assert (caught.value.first, caught.value.middle, caught.value.last) == ("blue", "grey", "red")


def test_a_closed_table_takes_the_quickest_detour() -> None:
    table = Changeover(frozenset({1}), 30, {("blue", "grey"): 4, ("grey", "red"): 3})

    assert table.closed(["blue", "red", "grey"]).between("blue", "red") == 7


def test_a_running_operation_may_have_begun_before_what_should_come_first() -> None:
    problem = with_operation(1, fixed=Assignment(1, 1, 20, 30))

    replace(problem, now=25).validate()
