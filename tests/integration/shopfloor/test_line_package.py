"""A line package comes in whole or not at all, and goes out as it came in."""

import pytest
from django.core.management import CommandError, call_command

from foundation.documents import DocumentError
from shopfloor import api
from shopfloor.formats.line_package import parse_line_package
from shopfloor.models import Channel, Controller, DriverProfile, MasterRecipe
from shopfloor.services.line_package import ProfileChanged
from tests.integration.shopfloor.paint_shop import LINE_PACKAGE, MONDAY


def bring_in(text: str) -> None:
    api.line_package_import(source=text, actor=None, now=MONDAY)


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DocumentError) as caught:
        bring_in(text)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_controllers_channels_and_recipes_are_there(floor):
    controller = Controller.objects.get()
    assert [(c.index, c.station_code) for c in controller.channels.all()] == [(0, "BOOTH-1"), (1, "BOOTH-2")]
    assert controller.profile.code == "lw-compact"
    assert MasterRecipe.objects.get().version == 1


def test_the_same_package_again_changes_nothing(floor):
    bring_in(LINE_PACKAGE)

    assert MasterRecipe.objects.count() == 1
    assert Controller.objects.count() == 1


def test_a_changed_recipe_becomes_the_next_version_and_the_old_one_stays(floor):
    bring_in(LINE_PACKAGE.replace("maximum: 120", "maximum: 200"))

    assert [recipe.version for recipe in MasterRecipe.objects.order_by("version")] == [1, 2]


def test_what_went_out_is_what_came_in(floor):
    assert parse_line_package(api.line_package_export()) == parse_line_package(LINE_PACKAGE)


def test_stations_may_change_places_and_keep_their_numbers(floor):
    Channel.objects.filter(station_code="BOOTH-1").update(last_sequence=41)
    bring_in(LINE_PACKAGE.replace("[BOOTH-1, BOOTH-2]", "[BOOTH-2, BOOTH-1]"))

    moved = Channel.objects.get(station_code="BOOTH-1")
    assert (moved.index, moved.last_sequence) == (1, 41)


def test_a_channel_with_history_cannot_be_taken_away(floor):
    floor.released()

    assert faults(LINE_PACKAGE.replace("[BOOTH-1, BOOTH-2]", "[BOOTH-2]")) == [
        (4, "The station BOOTH-1 has had recipes; its channel cannot be taken away.")
    ]
    assert Channel.objects.count() == 2


def test_nothing_is_half_imported(floor):
    broken = LINE_PACKAGE.replace("code: coat", "code: gild").replace("BOOTH-2", "BOOTH-9")

    assert faults(broken) == [(4, "PAINT: no plant has a station BOOTH-9.")]
    assert not MasterRecipe.objects.filter(code="gild").exists()


def test_an_unknown_profile_is_named_with_the_known_ones(floor):
    ((line, reason),) = faults(LINE_PACKAGE.replace("lw-compact", "lw-grand"))

    assert line == 4
    assert reason.startswith("PAINT: there is no profile lw-grand; known are lw-compact, lw-modular")


def test_a_broken_expression_is_told_with_its_line(floor):
    ((line, reason),) = faults(LINE_PACKAGE.replace("40 + 20 * coats", "40 + * coats"))

    assert line == 10
    assert reason.startswith("coat, film:")


def test_a_profile_text_does_not_change_without_a_new_version(floor):
    DriverProfile.objects.filter(code="lw-compact").update(content_hash="another")

    with pytest.raises(ProfileChanged):
        api.driver_profiles_load()


def test_the_command_says_what_it_did_and_what_is_wrong(floor, tmp_path, capsys):
    path = tmp_path / "line.yaml"
    path.write_text(LINE_PACKAGE)
    call_command("import_line", str(path))
    assert capsys.readouterr().out == "1 controllers, 0 new recipe versions, 1 recipes unchanged.\n"

    path.write_text("format: linewright-line/1\ncontrollers: 5\n")
    with pytest.raises(CommandError, match=r"line\.yaml:2: 'controllers' must be a list\."):
        call_command("import_line", str(path))


def test_the_plant_must_be_there_first(db):
    ((_, reason), _) = faults(LINE_PACKAGE)

    assert reason == "PAINT: no plant has a station BOOTH-1."
