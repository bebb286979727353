"""From a planned operation to a finished one, through the database, the gateway and a controller's registers."""

from datetime import timedelta

import pytest

from foundation.api import clock_jump
from planning.models import Operation, OperationState
from shopfloor.models import Controller, ControllerEvent, ControllerState, Transfer
from tests.integration.gateway.running_plant import running_plant, until
from tests.integration.shopfloor.paint_shop import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def states():
    return set(Operation.objects.values_list("state", flat=True))


def transfer_states():
    return set(Transfer.objects.values_list("state", flat=True))


def test_an_operation_is_released_sent_run_and_reported(floor, tmp_path):
    operation = floor.operation(seconds=600)

    with running_plant(tmp_path):
        until(lambda: states() == {OperationState.RUNNING})
        clock_jump(to=MONDAY + timedelta(hours=8))
        until(lambda: states() == {OperationState.DONE})

    operation.refresh_from_db()
    transfer = Transfer.objects.get()
    assert (operation.actual_start, operation.actual_end) == (MONDAY, MONDAY + timedelta(minutes=10))
    assert operation.energy_wh == 250
    assert list(transfer.steps.order_by("pk").values_list("to_state", flat=True)) == [
        "PENDING",
        "COMMITTED",
        "ACKNOWLEDGED",
        "RUNNING",
        "DONE",
    ]
    assert transfer.last_reading["active_job"] == str(transfer.control_recipe.job_id)


def test_both_booths_work_through_their_queues_in_order(floor, tmp_path):
    starts = [MONDAY + timedelta(minutes=10 * number) for number in range(3)]
    operations = [floor.operation(station, start=start) for station in ("BOOTH-1", "BOOTH-2") for start in starts]

    with running_plant(tmp_path, speed=2000):
        until(lambda: states() == {OperationState.DONE}, 30)

    for booth in (operations[:3], operations[3:]):
        for operation in booth:
            operation.refresh_from_db()
        ends = [operation.actual_end for operation in booth]
        assert ends == sorted(ends)
        assert all(later.actual_start >= end for later, end in zip(booth[1:], ends, strict=False))


def test_a_controller_that_loses_power_in_the_run_reports_its_end_once(floor, tmp_path):
    floor.operation(seconds=600)

    with running_plant(tmp_path) as plant:
        until(lambda: states() == {OperationState.RUNNING})
        plant.switch_off()
        until(lambda: Controller.objects.get().state == ControllerState.SILENT)
        clock_jump(to=MONDAY + timedelta(hours=1))
        plant.switch_on()
        until(lambda: states() == {OperationState.DONE})

    assert list(ControllerEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["STARTED", "COMPLETED"]
    assert Operation.objects.get().actual_end == MONDAY + timedelta(minutes=10)


def test_a_controller_that_is_away_gets_the_recipe_when_it_is_back(floor, tmp_path):
    with running_plant(tmp_path) as plant:
        until(lambda: Controller.objects.get().state == ControllerState.LINKED)
        plant.switch_off()
        until(lambda: Controller.objects.get().state == ControllerState.SILENT)
        floor.operation()
        plant.switch_on()
        until(lambda: states() == {OperationState.RUNNING})

    assert transfer_states() == {"RUNNING"}


def test_the_board_learns_what_the_controller_says_of_itself(floor, tmp_path):
    with running_plant(tmp_path):
        until(lambda: Controller.objects.get().state == ControllerState.LINKED)
        controller = Controller.objects.get()

    assert controller.health["channels"]["1"]["station"] == "BOOTH-2"
    assert controller.health["channels"]["1"]["state"] == "IDLE"
    assert controller.boot_id is not None
