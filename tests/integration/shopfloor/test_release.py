"""Operations inside the horizon become recipes in a queue, exactly once and only when every value fits."""

import zlib
from datetime import timedelta

import pytest

from planning.models import Operation, OperationState
from shopfloor import api
from shopfloor.models import ControlRecipe, MasterRecipe, Transfer, Unit
from shopfloor.services.line_package import line_package_import
from shopfloor.services.recipes import NotRefused, recipe_rebuild
from tests.integration.shopfloor.paint_shop import HORIZON, LINE_PACKAGE, MONDAY


def test_an_operation_inside_the_horizon_becomes_a_pending_transfer(floor):
    operation = floor.operation()

    released = api.recipes_release(now=MONDAY, horizon=HORIZON)

    transfer = Transfer.objects.get()
    operation.refresh_from_db()
    assert released == 1
    assert (transfer.state, transfer.channel.station_code) == ("PENDING", "BOOTH-1")
    assert operation.state == OperationState.RELEASED
    assert [step.to_state for step in transfer.steps.all()] == ["PENDING"]


def test_the_duration_comes_first_and_the_formula_follows_in_the_profiles_word_order(floor):
    transfer = floor.released(parameters={"coats": 3, "colour": "sand"}, seconds=70_000)

    recipe = transfer.control_recipe
    assert recipe.words[:4] == [1, 70_000 - 65_536, 100, 1]
    assert [value["name"] for value in recipe.values] == ["duration_seconds", "film", "colour", "oven"]
    assert [value["position"] for value in recipe.values] == [0, 2, 3, 4]


def test_the_checksum_covers_job_id_and_words(floor):
    recipe = floor.released().control_recipe

    header = recipe.job_id.bytes + (1).to_bytes(2) + len(recipe.words).to_bytes(2)
    assert recipe.crc == zlib.crc32(header + b"".join(word.to_bytes(2) for word in recipe.words))


def test_releasing_again_releases_nothing(floor):
    floor.released()

    assert api.recipes_release(now=MONDAY, horizon=HORIZON) == 0
    assert ControlRecipe.objects.count() == 1


def test_an_operation_beyond_the_horizon_waits(floor):
    floor.operation(start=MONDAY + HORIZON + timedelta(minutes=1))

    assert api.recipes_release(now=MONDAY, horizon=HORIZON) == 0


def test_a_station_without_a_channel_keeps_its_operation(floor):
    operation = floor.operation("MASK")

    assert api.recipes_release(now=MONDAY, horizon=HORIZON) == 0
    assert Operation.objects.get(pk=operation.pk).state == OperationState.WAITING


def test_units_of_one_order_get_serials_one_could_read_aloud(floor):
    order = floor.order(quantity=2)
    floor.released("BOOTH-1", order=order, unit=1)
    floor.released("BOOTH-2", order=order, unit=2)

    assert sorted(Unit.objects.values_list("serial", flat=True)) == [f"{order.number}-01", f"{order.number}-02"]


def test_the_second_operation_of_a_unit_keeps_its_serial(floor):
    order = floor.order()
    floor.released("BOOTH-1", order=order, name="First coat")
    floor.released("BOOTH-2", order=order, name="Second coat")

    assert Unit.objects.count() == 1
    assert len(set(ControlRecipe.objects.values_list("unit", flat=True))) == 1


def test_a_value_outside_its_limits_is_refused_before_anything_is_sent(floor):
    transfer = floor.released(parameters={"coats": 9, "colour": "sand"})

    assert transfer.state == "REFUSED"
    assert transfer.control_recipe.words == []
    assert transfer.reason == "Coat of FRAME: film = 220 is above the limit of 120."
    assert api.transfers_claim(gateway="g", now=MONDAY) == ()


def test_a_missing_parameter_is_refused_with_its_name(floor):
    transfer = floor.released(parameters={"colour": "sand"})

    assert transfer.state == "REFUSED"
    assert "film" in transfer.reason
    assert "coats" in transfer.reason


def test_an_unknown_recipe_is_refused_with_its_name(floor):
    transfer = floor.released(recipe="gild")

    assert transfer.reason == "The operation Coat of FRAME names the recipe gild, which does not exist."


def test_a_refused_recipe_is_built_again_after_its_cause_was_mended(floor, operator):
    refused = floor.released(parameters={"coats": 9, "colour": "sand"})
    line_package_import(source=LINE_PACKAGE.replace("maximum: 120", "maximum: 300"), actor=operator, now=MONDAY)

    fresh = recipe_rebuild(transfer_id=refused.pk, actor=operator, now=MONDAY)

    assert fresh.state == "PENDING"
    assert fresh.control_recipe.attempt == 2
    assert fresh.control_recipe.master_recipe == MasterRecipe.objects.get(code="coat", version=2)
    assert fresh.control_recipe.job_id != refused.control_recipe.job_id


def test_a_refused_recipe_is_built_again_only_once(floor, operator):
    refused = floor.released(parameters={"coats": 9, "colour": "sand"})
    recipe_rebuild(transfer_id=refused.pk, actor=operator, now=MONDAY)

    with pytest.raises(NotRefused):
        recipe_rebuild(transfer_id=refused.pk, actor=operator, now=MONDAY)


def test_a_batch_of_operations_costs_a_constant_number_of_queries(floor, django_assert_max_num_queries):
    for station in ("BOOTH-1", "BOOTH-2"):
        floor.operation(station)

    with django_assert_max_num_queries(22):
        assert api.recipes_release(now=MONDAY, horizon=HORIZON) == 2
