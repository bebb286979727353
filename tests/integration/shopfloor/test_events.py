"""What a controller reports counts once, whenever and however often it is told."""

from datetime import timedelta
from uuid import uuid4

import pytest

from configurator.models import OrderMilestone
from planning.models import Operation, OperationFeedback, OperationState
from shopfloor import api
from shopfloor.engine.events import NO_JOB, EventKind
from shopfloor.models import Controller, ControllerEvent, Transfer
from shopfloor.services import events as event_services
from tests.integration.shopfloor.paint_shop import MONDAY, advance

NOON = MONDAY + timedelta(hours=6)


@pytest.fixture
def acknowledged(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "ACKNOWLEDGED", ack_code=1)
    return claim


def test_a_run_moves_transfer_and_operation_to_their_end(floor, acknowledged):
    job = acknowledged.job_id
    floor.report(floor.event(1, EventKind.STARTED, job))
    assert (Transfer.objects.get().state, Operation.objects.get().state) == ("RUNNING", OperationState.RUNNING)

    end = MONDAY + timedelta(minutes=10)
    highest = floor.report(floor.event(2, EventKind.COMPLETED, job, at=end, good=1, energy_wh=420), now=NOON)

    operation = Operation.objects.get()
    assert highest == 2
    assert (Transfer.objects.get().state, operation.state) == ("DONE", OperationState.DONE)
    assert (operation.actual_start, operation.actual_end, operation.energy_wh) == (MONDAY, end, 420)


def test_start_and_end_in_one_batch_keep_both_steps_in_the_history(floor, acknowledged):
    job = acknowledged.job_id
    floor.report(floor.event(1, EventKind.STARTED, job), floor.event(2, EventKind.COMPLETED, job, good=1))

    steps = Transfer.objects.get().steps.order_by("pk").values_list("to_state", flat=True)
    assert list(steps)[-2:] == ["RUNNING", "DONE"]


def test_a_duplicate_changes_nothing_and_may_be_acknowledged_again(floor, acknowledged):
    event = floor.event(1, EventKind.COMPLETED, acknowledged.job_id, good=1)
    floor.report(event)
    before = (ControllerEvent.objects.count(), OperationFeedback.objects.count(), OrderMilestone.objects.count())

    assert floor.report(event, event) == 1

    after = (ControllerEvent.objects.count(), OperationFeedback.objects.count(), OrderMilestone.objects.count())
    assert after == before


def test_without_the_memory_of_events_a_duplicate_would_not_be_harmless(floor, acknowledged, monkeypatch):
    """Negative control of the test above: here the database's own constraint is what stops it."""
    event = floor.event(1, EventKind.COMPLETED, acknowledged.job_id, good=1)
    floor.report(event)
    monkeypatch.setattr(event_services, "_fresh", lambda source, boot_id, events: list(events))

    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        floor.report(event)


def test_a_start_that_comes_after_the_end_brings_nothing_back(floor, acknowledged):
    job = acknowledged.job_id
    floor.report(floor.event(2, EventKind.COMPLETED, job, good=1))
    floor.report(floor.event(1, EventKind.STARTED, job))

    assert (Transfer.objects.get().state, Operation.objects.get().state) == ("DONE", OperationState.DONE)


def test_an_event_of_the_job_ends_the_doubt_about_it(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN")

    floor.report(floor.event(1, EventKind.STARTED, claim.job_id))

    assert Transfer.objects.get().state == "RUNNING"


def test_an_event_overtakes_the_acknowledgement(floor):
    claim = floor.claimed(state="COMMITTED")
    floor.report(floor.event(1, EventKind.STARTED, claim.job_id))

    assert not advance(claim, "ACKNOWLEDGED", ack_code=1)
    assert Transfer.objects.get().state == "RUNNING"


def test_an_event_of_an_unknown_job_is_parked_in_sight_and_acknowledged(floor):
    assert floor.report(floor.event(5, EventKind.STARTED, uuid4())) == 5

    assert ControllerEvent.objects.get().parked == "The job is not known here."


def test_an_event_of_an_unknown_controller_is_parked_in_sight(floor):
    highest = api.events_ingest(
        controller_id=999, boot_id=7, events=[floor.event(5, EventKind.STARTED, uuid4())], now=MONDAY
    )

    event = ControllerEvent.objects.get()
    assert highest == 5
    assert (event.source, event.parked) == ("controller 999", "No controller of that number is known here.")


def test_a_job_of_another_controller_is_parked(floor, acknowledged):
    oven_package = (
        "format: linewright-line/1\ncontrollers: [{code: OVEN, port: 5022, profile: lw-modular, channels: [MASK]}]"
    )
    api.line_package_import(source=oven_package, actor=None, now=MONDAY)
    oven = Controller.objects.get(code="OVEN")
    event = floor.event(1, EventKind.COMPLETED, acknowledged.job_id)
    api.events_ingest(controller_id=oven.pk, boot_id=1, events=[event], now=MONDAY)

    assert ControllerEvent.objects.get().parked == "The job was given to another controller."
    assert Operation.objects.get().state == OperationState.RELEASED


def test_the_same_number_after_a_restart_is_another_event(floor, acknowledged):
    floor.report(floor.event(1, EventKind.STARTED, acknowledged.job_id))
    controller = acknowledged.controller_id
    again = floor.event(1, EventKind.COMPLETED, acknowledged.job_id, good=1)
    api.events_ingest(controller_id=controller, boot_id=8, events=[again], now=MONDAY)

    assert Transfer.objects.get().state == "DONE"


def test_a_controllers_clock_far_off_is_noted_and_our_own_time_is_taken(floor, acknowledged):
    floor.report(floor.event(1, EventKind.STARTED, acknowledged.job_id, at=MONDAY + timedelta(hours=1)))

    assert Operation.objects.get().actual_start == MONDAY
    assert ControllerEvent.objects.get().payload["clock_off_seconds"] == 3600


def test_a_backlog_keeps_the_controllers_times(floor, acknowledged):
    floor.report(floor.event(1, EventKind.STARTED, acknowledged.job_id, at=MONDAY), now=NOON)

    assert Operation.objects.get().actual_start == MONDAY


def test_a_failed_run_is_told_to_planning(floor, acknowledged):
    floor.report(floor.event(1, EventKind.FAILED, acknowledged.job_id, scrap=1))

    assert Operation.objects.get().state == OperationState.FAILED
    assert Transfer.objects.get().state == "DONE"


def test_a_state_event_without_a_job_is_stored_and_needs_no_attention(floor):
    floor.report(floor.event(1, EventKind.STATE, NO_JOB, code=6))

    event = ControllerEvent.objects.get()
    assert (event.parked, event.payload["code"]) == ("", 6)


def test_nothing_is_acknowledged_when_planning_fails(floor, acknowledged, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError("planning is away")

    monkeypatch.setattr(event_services, "feedback_record", fail)

    with pytest.raises(RuntimeError):
        floor.report(floor.event(1, EventKind.STARTED, acknowledged.job_id))
    assert ControllerEvent.objects.count() == 0
    assert Transfer.objects.get().state == "ACKNOWLEDGED"


def test_nothing_to_tell_costs_nothing(floor, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert api.events_ingest(controller_id=1, boot_id=7, events=[], now=MONDAY) == 0


def test_twenty_events_cost_little_more_than_two(floor, django_assert_max_num_queries, monkeypatch):
    """Ours alone: what planning does with the facts is planning's."""
    monkeypatch.setattr(event_services, "feedback_record", lambda **kwargs: 0)
    jobs = []
    for _ in range(10):
        transfer = floor.released()
        Transfer.objects.filter(pk=transfer.pk).update(state="ACKNOWLEDGED")
        Operation.objects.update(state=OperationState.DONE)
        jobs.append(transfer.control_recipe.job_id)
    events = [
        floor.event(2 * place + offset, kind, job)
        for place, job in enumerate(jobs)
        for offset, kind in ((1, EventKind.STARTED), (2, EventKind.COMPLETED))
    ]

    with django_assert_max_num_queries(14):
        assert floor.report(*events) == 20
    assert set(Transfer.objects.values_list("state", flat=True)) == {"DONE"}
