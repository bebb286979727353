"""What the gateway finds at a controller's address is noted when it is news, and only then wakes the boards."""

from datetime import timedelta

import pytest

from foundation.models import LiveEvent
from shopfloor import api
from shopfloor.models import Controller
from tests.integration.shopfloor.paint_shop import MONDAY, WALL

IDLE = {"channels": {0: {"state": "IDLE", "locked": False, "energy_wh": 5}}}


@pytest.fixture
def controller(floor):
    return Controller.objects.get()


def seen(controller, health=IDLE, *, boot_id=7, wall=WALL):
    api.controller_seen(controller_id=controller.pk, boot_id=boot_id, now=MONDAY, wall=wall, health=health)
    controller.refresh_from_db()


def test_targets_carry_profile_and_channels(controller):
    (target,) = api.gateway_targets()

    assert (target.code, target.port, target.profile.code) == ("PAINT", 5021, "lw-compact")
    assert target.channels == {0: "BOOTH-1", 1: "BOOTH-2"}


def test_a_switched_off_controller_is_no_target(controller):
    Controller.objects.update(enabled=False)

    assert api.gateway_targets() == ()


def test_a_controller_that_answers_is_linked(controller):
    seen(controller)

    assert (controller.state, controller.boot_id, controller.last_seen_at) == ("LINKED", 7, WALL)
    assert controller.health["channels"]["0"]["state"] == "IDLE"


def test_a_reading_without_news_costs_one_query_and_wakes_nobody(controller, django_assert_num_queries):
    seen(controller)
    before = LiveEvent.objects.count()

    with django_assert_num_queries(1):
        api.controller_seen(controller_id=controller.pk, boot_id=7, now=MONDAY, wall=WALL, health=IDLE)
    assert LiveEvent.objects.count() == before


def test_a_counter_is_stored_but_wakes_nobody(controller):
    seen(controller)
    before = LiveEvent.objects.count()

    seen(controller, {"channels": {0: {"state": "IDLE", "locked": False, "energy_wh": 6}}})

    assert controller.health["channels"]["0"]["energy_wh"] == 6
    assert LiveEvent.objects.count() == before


def test_a_new_machine_state_wakes_the_boards(controller):
    seen(controller)
    before = LiveEvent.objects.count()

    seen(controller, {"channels": {0: {"state": "EXECUTE", "locked": False, "energy_wh": 5}}})

    assert LiveEvent.objects.count() == before + 1


def test_the_last_time_it_was_seen_moves_on(controller):
    seen(controller)
    seen(controller, wall=WALL + timedelta(seconds=5))

    assert controller.last_seen_at == WALL + timedelta(seconds=5)


def test_silence_is_said_once_with_its_reason(controller):
    for _ in range(3):
        api.controller_silent(controller_id=controller.pk, now=MONDAY, wall=WALL, reason="No answer in 0.6 s.")

    controller.refresh_from_db()
    assert (controller.state, controller.silent_reason) == ("SILENT", "No answer in 0.6 s.")
    assert LiveEvent.objects.filter(topic="floor").count() == 1


def test_another_controller_at_the_address_is_told_apart_from_silence(controller):
    reason = "PAINT was expected, OVEN answers."
    api.controller_silent(controller_id=controller.pk, now=MONDAY, wall=WALL, reason=reason, mismatch=True)

    controller.refresh_from_db()
    assert controller.state == "MISMATCH"


@pytest.mark.parametrize(("given_out", "word", "next_last"), [(0, 41, 41), (50, 41, 50), (65_530, 3, 65_538)])
def test_the_channel_follows_a_controller_that_knows_newer_numbers(controller, given_out, word, next_last):
    channel = controller.channels.get(index=0)
    controller.channels.filter(index=0).update(last_sequence=given_out)

    seen(controller, {"channels": {0: {"sequence": word}}})

    channel.refresh_from_db()
    assert channel.last_sequence == next_last


def test_addresses_are_set_together(controller):
    assert api.controllers_address(ports={"PAINT": 40_001, "NOBODY": 1}) == 1

    controller.refresh_from_db()
    assert (controller.host, controller.port) == ("127.0.0.1", 40_001)
