"""A broken file is refused by the command that reads it, with file and line, and the database stays as it was."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shopfloor.api import driver_profiles_load, line_package_import
from shopfloor.formats.driver_profile import ProfileInvalid, shipped_profiles
from tests.integration.bad_input.shop import contents
from tests.integration.configurator.conftest import BIKE
from tests.integration.planning.workshop import MONDAY, PLANT
from tests.integration.shopfloor.paint_shop import LINE_PACKAGE, build_floor

APPS = ("configurator", "planning", "shopfloor", "foundation")
BOMB = "a0: &a0 [x, x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))


def refused(command: str, path: Path) -> str:
    """What the command says of the file; the database must be as before."""
    before = contents(*APPS)
    with pytest.raises(CommandError) as caught:
        call_command(command, path)
    assert contents(*APPS) == before
    return str(caught.value)


def file_of(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("format:", "format: [", "line 3", "not readable YAML"),
        ('name: Bike, text: "Rides."', "nmae: Bike", "line 3", "nmae"),
        ("code: motor", "code: frame", "line 15", "frame"),
        ('base_price: "1000.00"', 'base_price: "NaN"', "line 3", "base_price"),
        ('base_price: "1000.00"', 'base_price: "1e15"', "line 3", "base_price"),
        ("minimum: 150", "minimum: 150.5", "line 39", "minimum"),
        ("minimum: 150, maximum: 200", "minimum: -99999999999, maximum: 99999999999", "line 39", "minimum is beyond"),
        ("name: 65 Nm", f"name: {'x' * 500}", "line 20", "name"),
        (BIKE, "", "", "the file is empty"),
        (BIKE, "- a\n- b", "line 1", ""),
        (BIKE, BOMB, "", ""),
        (BIKE, "\x00", "", ""),
    ],
)
def test_a_broken_product_package_is_refused(release, tmp_path, old, new, place, says):
    sentence = refused("import_product", file_of(tmp_path, "bike.yaml", BIKE.replace(old, new, 1)))

    assert sentence.startswith("Nothing was imported.")
    assert "bike.yaml" in sentence
    assert place in sentence
    assert says in sentence
    assert len(sentence) < 2000


def test_a_product_package_that_is_no_text_is_refused(release, tmp_path):
    path = tmp_path / "bike.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")

    assert "bike.yaml" in refused("import_product", path)
    assert "none.yaml" in refused("import_product", tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("features\n\tA\n\t\tmandatory\n\t\t\tA\n", "line 4"),
        ("features\n\tA\n\t\toptional\n\t\t\tB\nconstraints\n\tB => C\n", "line 6"),
        ("features\n\tA\n\t\toptional\n\t\t\tB\nconstraints\n\tB => => B\n", "line 6"),
        ("features\n\tA\n\t\tsometimes\n\t\t\tB\n", "line 3"),
        ("nothing of the kind", "line 1"),
        ("", ""),
    ],
)
def test_a_broken_uvl_model_is_refused(release, tmp_path, text, place):
    sentence = refused("import_product", file_of(tmp_path, "shop.uvl", text))

    assert "shop.uvl" in sentence
    assert place in sentence


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("format:", "format: [", ":"),
        ("time_zone: UTC", "time_zone: Mars/Olympus", ":3:"),
        ("calendar: day, capabilities: [paint]", "calendar: night, capabilities: [paint]", ":12:"),
        ('start: "06:00", end: "14:00"', 'start: "06:00", end: "34:00"', ":7:"),
        ('seconds: "600 + height"', 'seconds: "600 + * height"', ":22:"),
        ("after: [10]", "after: [30]", ":"),
        ("default_minutes: 20", "default_minutes: -20", ":16:"),
        ("default_minutes: 20", "default_minutes: 9e99", ":16:"),
        ("item: BULB-WARM, quantity: 1000", "item: BULB-WARM, quantity: -1", ":24:"),
        ("item: BULB-WARM, quantity: 1000", f"item: BULB-WARM, quantity: {10**30}", ":24:"),
        ("2027-05-12T08:00:00+00:00", "soon", ":25:"),
        ("2027-05-12T08:00:00+00:00", "2027-05-12T08:00:00", ":25:"),
        ("code: BENCH-2", "code: BENCH-1", ":14:"),
        ("name: Booth", f"name: {'x' * 500}", ":12:"),
        (PLANT, "", ":1:"),
    ],
)
def test_a_broken_plant_package_is_refused(workshop, tmp_path, old, new, place):
    sentence = refused("import_plant", file_of(tmp_path, "plant.yaml", PLANT.replace(old, new, 1)))

    assert "plant.yaml" in sentence
    assert place in sentence
    assert len(sentence) < 2000


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("controllers:", "controllers: [", ":"),
        ("port: 5021", "port: 70000", ":4:"),
        ("port: 5021", "port: -1", ":4:"),
        ("[BOOTH-1, BOOTH-2]", "[BOOTH-1, BOOTH-1]", ":4:"),
        ("register: u16, minimum", "register: u17, minimum", ":"),
        ("maximum: 120", "maximum: 10", ":"),
        ('"40 + 20 * coats"', '"40 + * coats"', ":"),
        ("code: coat", f"code: {'x' * 500}", ":"),
        (LINE_PACKAGE, "", ":1:"),
    ],
)
def test_a_broken_line_package_is_refused(db, tmp_path, old, new, place):
    build_floor()

    sentence = refused("import_line", file_of(tmp_path, "line.yaml", LINE_PACKAGE.replace(old, new, 1)))

    assert "line.yaml" in sentence
    assert place in sentence


def test_a_broken_driver_profile_is_refused(db, tmp_path):
    build_floor()
    good = shipped_profiles()["lw-compact"].read_text()
    broken = file_of(tmp_path, "compact.toml", good.replace("largest_write = 123", "largest_write = 124"))
    before = contents(*APPS)

    with pytest.raises(ProfileInvalid, match=re.escape("compact.toml: requests.largest_write")):
        driver_profiles_load(paths=[broken])
    with pytest.raises(ProfileInvalid, match="TOML"):
        driver_profiles_load(paths=[file_of(tmp_path, "none.toml", "code == 1")])

    assert contents(*APPS) == before


def test_half_a_line_package_would_be_seen(db, monkeypatch):
    """Negative control: the comparison of contents does notice a single row more."""
    build_floor()
    before = contents(*APPS)

    line_package_import(source=LINE_PACKAGE.replace("maximum: 120", "maximum: 200"), actor=None, now=MONDAY)

    assert contents(*APPS) != before
