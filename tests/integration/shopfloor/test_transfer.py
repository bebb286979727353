"""A transfer belongs to one gateway at a time, and what may have been taken is never sent again by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from shopfloor import api
from shopfloor.models import Channel, Controller, Transfer
from shopfloor.services import transfers as transfer_services
from shopfloor.services.resolution import NotInDoubt, Verdict, transfer_read_again, transfer_resolve
from tests.integration.shopfloor.paint_shop import MONDAY, WALL, advance

LATER = WALL + timedelta(seconds=11)


def claim_again(wall=LATER):
    return api.transfers_claim(gateway="gateway-2", now=MONDAY, wall=wall)


def test_a_claimed_transfer_carries_all_the_gateway_needs(floor):
    claim = floor.claimed()

    recipe = Transfer.objects.get().control_recipe
    assert (claim.state, claim.channel, claim.sequence_number) == ("PENDING", 0, 1)
    assert (claim.words, claim.crc, claim.job_id) == (tuple(recipe.words), recipe.crc, recipe.job_id)
    assert claim.serial == recipe.unit.serial


def test_what_one_gateway_holds_no_other_gets(floor):
    floor.claimed()

    assert claim_again(WALL) == ()


def test_one_transfer_per_channel_is_in_flight_and_the_earlier_planned_goes_first(floor):
    late = floor.released()
    Transfer.objects.update(planned_start=MONDAY + timedelta(hours=1))
    early = floor.queued_behind(late, planned_start=MONDAY)

    (claim,) = api.transfers_claim(gateway="gateway-1", now=MONDAY, wall=WALL)

    assert claim.transfer_id == early.pk
    assert claim_again(WALL) == ()


def test_the_database_itself_allows_one_in_flight_per_channel(floor):
    first = floor.released()
    second = floor.queued_behind(first, planned_start=MONDAY)
    Transfer.objects.filter(pk=first.pk).update(state="STAGED")

    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=second.pk).update(state="STAGED")


def test_two_channels_are_served_side_by_side(floor):
    floor.released("BOOTH-1")
    floor.released("BOOTH-2")

    claims = api.transfers_claim(gateway="gateway-1", now=MONDAY, wall=WALL)

    assert [claim.channel for claim in claims] == [0, 1]


def test_only_named_controllers_are_served(floor):
    floor.released()

    assert api.transfers_claim(gateway="g", now=MONDAY, controller_ids=[]) == ()
    assert len(api.transfers_claim(gateway="g", now=MONDAY, controller_ids=[Controller.objects.get().pk])) == 1


def test_a_switched_off_controller_is_not_served_and_its_transfer_stays_visible(floor):
    floor.released()
    Controller.objects.update(enabled=False)

    assert api.transfers_claim(gateway="g", now=MONDAY) == ()
    assert Transfer.objects.get().state == "PENDING"


def test_a_controller_that_is_down_leaves_its_transfer_waiting_with_the_reason(floor):
    claim = floor.claimed()
    api.controller_silent(controller_id=claim.controller_id, now=MONDAY, wall=WALL, reason="No answer in 0.6 s.")

    assert advance(claim, "PENDING", reason="The controller does not answer.")

    transfer = Transfer.objects.get()
    assert (transfer.state, transfer.reason) == ("PENDING", "The controller does not answer.")
    assert transfer.token is None
    assert Controller.objects.get().state == "SILENT"


def test_a_transfer_given_back_rests_a_moment_before_it_is_tried_again(floor):
    claim = floor.claimed()
    advance(claim, "PENDING", reason="The station is locked at its panel.")

    assert claim_again(WALL + timedelta(milliseconds=500)) == ()
    assert len(claim_again(WALL + timedelta(seconds=2))) == 1


def test_the_road_to_done_is_kept_step_by_step(floor):
    claim = floor.claimed()
    for state in ("STAGED", "VERIFIED", "COMMITTED"):
        assert advance(claim, state)
    assert advance(claim, "ACKNOWLEDGED", ack_code=1, reading={"ack_sequence": 1})

    transfer = Transfer.objects.get()
    assert [step.to_state for step in transfer.steps.order_by("pk")] == [
        "PENDING",
        "STAGED",
        "VERIFIED",
        "COMMITTED",
        "ACKNOWLEDGED",
    ]
    assert (transfer.token, transfer.ack_code) == (None, 1)


def test_a_step_the_table_does_not_know_is_not_made(floor):
    claim = floor.claimed()

    assert not advance(claim, "DONE")
    assert Transfer.objects.get().state == "PENDING"


def test_a_gateway_without_the_token_moves_nothing(floor):
    claim = floor.claimed()

    assert not api.transfer_advance(transfer_id=claim.transfer_id, token=uuid4(), state="STAGED", now=MONDAY, wall=WALL)


@pytest.mark.parametrize("state", ["PENDING", "STAGED", "VERIFIED"])
def test_a_lease_that_runs_out_before_the_commit_lets_another_gateway_send(floor, state):
    old = floor.claimed(state=state)

    (new,) = claim_again()

    assert new.state == "PENDING"
    assert new.token != old.token
    assert not advance(old, "COMMITTED"), "the old gateway must not commit any more"


def test_a_lease_that_runs_out_after_the_commit_leaves_doubt(floor):
    old = floor.claimed(state="COMMITTED")

    (reading,) = claim_again()

    assert reading.state == "UNKNOWN"
    assert not advance(old, "ACKNOWLEDGED")
    assert Transfer.objects.get().reason == "The gateway fell silent after it had committed the recipe."


def test_each_step_renews_the_lease(floor):
    claim = floor.claimed()
    advance(claim, "STAGED", wall=WALL + timedelta(seconds=9))

    assert claim_again(WALL + timedelta(seconds=12)) == ()


def test_a_jump_of_the_plant_clock_does_not_end_a_lease(floor):
    floor.claimed()

    assert api.transfers_claim(gateway="g2", now=MONDAY + timedelta(days=3), wall=WALL) == ()


def test_doubt_is_not_sent_again_without_a_reading(floor):
    claim = floor.claimed(state="COMMITTED")

    assert not advance(claim, "PENDING")
    assert advance(claim, "UNKNOWN", reason="No answer in 2 s.")


def test_without_the_check_doubt_would_be_sent_again(floor, monkeypatch):
    """Negative control of the test above."""
    monkeypatch.setattr(transfer_services, "IN_DOUBT", ())
    claim = floor.claimed(state="COMMITTED")

    assert advance(claim, "PENDING")


def test_doubt_blocks_its_channel(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN")
    Transfer.objects.filter(pk=claim.transfer_id).update(not_before=WALL + timedelta(days=1))
    floor.queued_behind(Transfer.objects.get(), planned_start=MONDAY)

    assert claim_again() == ()


def test_doubt_is_handed_out_for_reading_after_a_pause(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN", reason="No answer in 2 s.")

    assert claim_again(WALL + timedelta(seconds=1)) == ()
    (reading,) = claim_again(WALL + timedelta(seconds=6))
    assert reading.state == "UNKNOWN"
    assert reading.sequence_number == claim.sequence_number, "a reading spends no number"


def test_a_reading_that_shows_nothing_was_taken_sends_it_again_under_a_new_number(floor):
    claim = floor.claimed(state="COMMITTED")
    assert advance(claim, "UNKNOWN")
    (reading,) = claim_again()
    assert advance(reading, "PENDING", reading={"last_sequence": 0}, wall=LATER)

    (again,) = claim_again(LATER)

    assert again.sequence_number == 2
    assert again.job_id == claim.job_id


def test_a_number_is_spent_by_the_commit_and_not_by_the_claim(floor, channel):
    claim = floor.claimed()
    advance(claim, "PENDING", reason="The station is locked at its panel.")
    (again,) = claim_again()
    assert again.sequence_number == 1

    advance(again, "COMMITTED", wall=LATER)

    assert Channel.objects.get(pk=channel.pk).last_sequence == 1


def test_a_restored_database_learns_the_number_from_the_controller(floor):
    floor.released()
    controller = Controller.objects.get()
    health = {"channels": {0: {"sequence": 41}}}
    api.controller_seen(controller_id=controller.pk, boot_id=7, now=MONDAY, wall=WALL, health=health)

    (claim,) = api.transfers_claim(gateway="g", now=MONDAY, wall=WALL)

    assert claim.sequence_number == 42


def test_a_number_the_controller_outran_is_not_committed(floor):
    claim = floor.claimed()
    health = {"channels": {0: {"sequence": 41}}}
    api.controller_seen(controller_id=claim.controller_id, boot_id=7, now=MONDAY, wall=WALL, health=health)

    assert not advance(claim, "COMMITTED")
    assert Transfer.objects.get().token is None


def test_a_person_who_saw_that_it_has_not_run_lets_it_be_sent_again(floor, operator):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN", reading={"last_sequence": 1})

    transfer = transfer_resolve(transfer_id=claim.transfer_id, verdict=Verdict.NOT_RUN, actor=operator, now=MONDAY)

    assert transfer.state == "PENDING"
    last = transfer.steps.order_by("pk").last()
    assert (last.actor, last.reading) == (operator, {"last_sequence": 1})
    assert claim_again()[0].sequence_number == 2


def test_a_person_who_saw_that_it_has_run_ends_the_operation(floor, operator):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN")

    transfer = transfer_resolve(transfer_id=claim.transfer_id, verdict=Verdict.HAS_RUN, actor=operator, now=MONDAY)

    assert transfer.state == "DONE"
    assert transfer.control_recipe.operation.state == "done"


def test_what_is_no_longer_in_doubt_cannot_be_decided(floor, operator):
    claim = floor.claimed()

    with pytest.raises(NotInDoubt):
        transfer_resolve(transfer_id=claim.transfer_id, verdict=Verdict.HAS_RUN, actor=operator, now=MONDAY)


def test_a_decision_fences_out_the_gateway_that_is_reading(floor, operator):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN")
    (reading,) = claim_again()
    transfer_resolve(transfer_id=claim.transfer_id, verdict=Verdict.HAS_RUN, actor=operator, now=MONDAY)

    assert not advance(reading, "PENDING", reading={"last_sequence": 0}, wall=LATER)


def test_reading_again_is_possible_at_once(floor):
    claim = floor.claimed(state="COMMITTED")
    advance(claim, "UNKNOWN")

    assert transfer_read_again(transfer_id=claim.transfer_id)
    assert len(claim_again(WALL)) == 1


def test_an_idle_claim_costs_two_queries(floor, django_assert_num_queries):
    with django_assert_num_queries(2):
        api.transfers_claim(gateway="g", now=MONDAY, wall=WALL)
