import pytest

from planning.engine import MadeItem, PrecedenceCycle, RoutingStep, routed_steps
from planning.engine.errors import DuplicateKey, UnknownStep


def before(root: MadeItem) -> dict[tuple[str, int], set[tuple[str, int]]]:
    steps = routed_steps(root)
    return {(s.path, s.number): {(steps[p].path, steps[p].number) for p in s.predecessors} for s in steps}


def test_the_bicycle_is_assembled_after_its_frame_is_painted_and_its_wheels_are_laced() -> None:
    frame = MadeItem("bike/frame", (RoutingStep(10), RoutingStep(20, (10,))))
    wheels = MadeItem("bike/wheels", (RoutingStep(10),))
    bike = MadeItem("bike", (RoutingStep(10), RoutingStep(20, (10,))), (frame, wheels))

    assert before(bike) == {
        ("bike/frame", 10): set(),
        ("bike/frame", 20): {("bike/frame", 10)},
        ("bike/wheels", 10): set(),
        ("bike", 10): {("bike/frame", 20), ("bike/wheels", 10)},
        ("bike", 20): {("bike", 10)},
    }


def test_a_part_without_steps_passes_on_what_it_waits_for() -> None:
    tube = MadeItem("bike/set/tube", (RoutingStep(10),))
    kit = MadeItem("bike/set", (), (tube,))

    assert before(MadeItem("bike", (RoutingStep(10),), (kit,)))[("bike", 10)] == {("bike/set/tube", 10)}


def test_steps_that_branch_all_come_before_what_the_item_goes_into() -> None:
    part = MadeItem("a/b", (RoutingStep(1), RoutingStep(2, (1,)), RoutingStep(3, (1,))))

    assert before(MadeItem("a", (RoutingStep(1),), (part,)))[("a", 1)] == {("a/b", 2), ("a/b", 3)}


def test_predecessors_stand_before_their_successors() -> None:
    bike = MadeItem("a", (RoutingStep(2, (1,)), RoutingStep(1)), (MadeItem("a/b", (RoutingStep(1),)),))

    assert all(p < place for place, step in enumerate(routed_steps(bike)) for p in step.predecessors)


def test_a_circle_of_steps_is_named_with_its_path() -> None:
    item = MadeItem("wheel", (RoutingStep(1), RoutingStep(2, (3,)), RoutingStep(3, (2,))))

    with pytest.raises(PrecedenceCycle) as caught:
        routed_steps(item)

    assert caught.value.path[0] == caught.value.path[-1]
    assert set(caught.value.path) == {"wheel step 2", "wheel step 3"}
    assert "wait for each other in a circle" in str(caught.value)


def test_a_step_after_one_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownStep, match="Step 2 of wheel comes after step 7"):
        routed_steps(MadeItem("wheel", (RoutingStep(1), RoutingStep(2, (7,)))))


def test_a_step_number_used_twice_is_refused() -> None:
    with pytest.raises(DuplicateKey):
        routed_steps(MadeItem("wheel", (RoutingStep(1), RoutingStep(1))))
