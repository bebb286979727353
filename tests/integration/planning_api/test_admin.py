"""A planner edits the plant in the admin and reads what planning wrote."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.api import Role
from planning.models import (
    Bucket,
    Calendar,
    CalendarException,
    ChangeoverTable,
    Hold,
    Line,
    Operation,
    OperationFeedback,
    Plan,
    Plant,
    ProductionOrder,
    Routing,
    RoutingOperation,
    Shift,
    SolveRun,
    Station,
    Stock,
    Supply,
)
from planning.services.plant_package import plant_package_export
from tests.integration.planning_pages.workshop import MONDAY, PLANT, ROUTING

EDITED = (Plant, Calendar, Line, Station, ChangeoverTable, Routing, Stock, Supply)
READ = (ProductionOrder, Operation, Plan, SolveRun, Hold, Bucket, OperationFeedback)


@pytest.fixture
def planner(client, person, workshop):
    client.force_login(person("petra", Role.PLANNER))
    return client


@pytest.fixture
def full(workshop):
    """One row at least of every table."""
    workshop.orders()
    plan = workshop.live()
    station, operation = Station.objects.first(), Operation.objects.first()
    SolveRun.objects.create(plant=workshop.plant, requested_at=MONDAY, plan=plan)
    Hold.objects.create(until=MONDAY, slots=[], promised_at=MONDAY, made_at=MONDAY)
    Bucket.objects.get_or_create(station=station, day=MONDAY.date(), defaults={"capacity": 1})
    OperationFeedback.objects.create(
        source="C", boot_id=1, sequence=1, operation=operation, kind="started", at=MONDAY, received_at=MONDAY
    )
    ChangeoverTable.objects.create(plant=workshop.plant, code="COLOUR", attribute="colour").stations.add(station)
    Stock.objects.create(item_code="LAMP", quantity=3)
    Supply.objects.create(item_code="LAMP", quantity=3, due_at=MONDAY)
    return workshop


def address(model, page: str, *arguments) -> str:
    return reverse(f"admin:planning_{model._meta.model_name}_{page}", args=arguments)


def change(row) -> str:
    return address(type(row), "change", row.pk)


def inline(prefix: str, *rows: dict, initial: int = 0) -> dict[str, object]:
    """The fields of an inline form set."""
    fields: dict[str, object] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


# --- who ------------------------------------------------------------------------------------------------------


def test_every_page_opens_for_a_planner(planner, full):
    for model in (*EDITED, *READ):
        assert planner.get(address(model, "changelist")).status_code == 200, model
        assert planner.get(change(model.objects.first())).status_code == 200, model
    for model in EDITED:
        assert planner.get(address(model, "add")).status_code == 200, model


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.OPERATOR, Role.PRODUCT_MANAGER, Role.INTEGRATOR])
def test_others_neither_read_nor_edit_the_plant(client, person, full, role):
    client.force_login(person("someone", role))

    pages = [address(model, "changelist") for model in (*EDITED, *READ)]
    pages += [change(model.objects.first()) for model in (*EDITED, *READ)]
    pages += [address(Plant, "import_yaml"), address(Plant, "export_yaml", full.plant.pk)]
    assert {client.get(page).status_code for page in pages} <= {302, 403}
    package = SimpleUploadedFile("plant.yaml", PLANT.replace("The shed", "The barn").encode())
    assert client.post(address(Plant, "import_yaml"), {"package": package}).status_code in (302, 403)
    assert Plant.objects.get().name == "The shed"


@pytest.mark.parametrize("model", READ)
def test_what_planning_wrote_is_edited_by_nobody(client, person, full, model):
    client.force_login(person("root", Role.ADMINISTRATOR))
    row = model.objects.first()

    assert client.get(address(model, "add")).status_code == 403
    assert client.post(change(row), {"state": "built"}).status_code == 403
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_a_plant_is_not_deleted(planner, workshop):
    assert planner.post(address(Plant, "delete", workshop.plant.pk), {"post": "yes"}).status_code == 403
    assert Plant.objects.exists()


# --- what is written ------------------------------------------------------------------------------------------


def routing(planner, *steps: dict):
    """Replace nothing, add steps to a new routing."""
    usual = {
        "number": 10,
        "name": "Bend",
        "capability": "build",
        "seconds": "60",
        "family": "",
        "recipe": "",
        "after": "",
    }
    fields = {"plant": Plant.objects.get().pk, "item_code": "TUBE"}
    rows = [usual | step for step in steps]
    return planner.post(address(Routing, "add"), fields | inline("operations", *rows))


def test_a_routing_is_saved_with_its_steps(planner):
    answer = routing(planner, {"seconds": "60 + 2 * length"}, {"number": 20, "after": "10", "family": "colour"})

    assert answer.status_code == 302
    steps = RoutingOperation.objects.filter(routing__item_code="TUBE").values_list("number", "seconds", "after")
    assert list(steps) == [(10, "60 + 2 * length", []), (20, "60", [10])]


@pytest.mark.parametrize(("field", "formula", "column"), [("seconds", "60 + * 2", 6), ("family", "if(colour", 10)])
def test_a_wrong_formula_is_shown_with_a_pointer_to_the_column(planner, field, formula, column):
    page = routing(planner, {field: formula}).content.decode()

    assert f"column {column}:" in page
    assert f"<pre>{formula}\n{' ' * (column - 1)}^</pre>" in page
    assert not Routing.objects.filter(item_code="TUBE").exists()


def test_what_an_editor_writes_is_shown_as_text(planner):
    page = routing(planner, {"seconds": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in page.content.decode()


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([{"after": "20"}, {"number": 20, "after": "10"}], "TUBE step"),
        ([{"after": "90"}], "90"),
        ([{"after": "first"}], "is no number; write step numbers with commas"),
    ],
)
def test_steps_that_cannot_run_in_any_order_are_refused(planner, steps, says):
    page = routing(planner, *steps)

    assert page.status_code == 200
    assert says in page.content.decode()
    assert not Routing.objects.filter(item_code="TUBE").exists()


def calendar(planner, shifts=(), exceptions=()):
    fields = {"plant": Plant.objects.get().pk, "code": "night", "name": "Night"}
    return planner.post(
        address(Calendar, "add"), fields | inline("shifts", *shifts) | inline("exceptions", *exceptions)
    )


def test_a_calendar_is_saved_with_shifts_and_exceptions(planner):
    shift = {"weekdays": [0, 4], "start": "22:00", "end": "06:00"}
    closed = {"day": "2027-12-24", "note": "Christmas Eve"}

    assert calendar(planner, [shift], [closed]).status_code == 302

    assert Shift.objects.get(calendar__code="night").weekdays == [0, 4]
    assert CalendarException.objects.get().is_closed


@pytest.mark.parametrize(
    ("shifts", "exceptions", "says"),
    [
        ([{"weekdays": [], "start": "06:00", "end": "14:00"}], [], "This field is required."),
        ([{"weekdays": [7], "start": "06:00", "end": "14:00"}], [], "7 is not one of the available choices"),
        ([], [{"day": "2027-12-24", "start": "06:00"}], "Give both times for an extra shift, or none"),
    ],
)
def test_working_time_that_means_nothing_is_refused(planner, shifts, exceptions, says):
    page = calendar(planner, shifts, exceptions)

    assert says in page.content.decode()
    assert not Calendar.objects.filter(code="night").exists()


def test_capabilities_are_written_with_commas(planner):
    station = Station.objects.get(code="BENCH-1")
    fields = {
        "line": station.line_id,
        "calendar": station.calendar_id,
        "code": "BENCH-1",
        "name": "Bench",
        "position": 0,
    }

    assert 'value="build"' in planner.get(change(station)).content.decode()
    assert planner.post(change(station), {**fields, "capabilities": " build, weld,,build "}).status_code == 302

    station.refresh_from_db()
    assert station.capabilities == ["build", "weld"]


def test_a_station_works_by_a_calendar_of_its_own_plant(planner):
    other = Calendar.objects.create(plant=Plant.objects.create(code="other", name="Other"), code="x", name="Elsewhere")
    station = Station.objects.get(code="BENCH-1")
    fields = {"line": station.line_id, "calendar": other.pk, "code": "BENCH-1", "name": "Bench", "position": 0}

    page = planner.post(change(station), {**fields, "capabilities": "build"})

    assert "Elsewhere is a calendar of another plant." in page.content.decode()


def changeovers(planner, minutes: object, *stations: str):
    fields = {"plant": Plant.objects.get().pk, "code": "COLOUR", "attribute": "colour", "default_minutes": 9}
    chosen = [station.pk for station in Station.objects.filter(code__in=stations)]
    return planner.post(address(ChangeoverTable, "add"), {**fields, "stations": chosen, "minutes": json.dumps(minutes)})


def test_a_changeover_table_is_saved(planner):
    rows = [{"from": "white", "to": "black", "minutes": 4}]

    assert changeovers(planner, rows, "BENCH-1").status_code == 302
    assert ChangeoverTable.objects.get().minutes == rows


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        ({"white": 4}, "Write a list of rows such as"),
        ([["white", "black", 4]], "row 1: Write a list of rows such as"),
        ([{"from": "white", "to": "", "minutes": 4}], "row 1: from and to are words in quotes."),
        ([{"from": "white", "to": "black", "minutes": -4}], "row 1: minutes is a whole number from 0 to 10,080."),
        ([{"from": "a", "to": "b", "minutes": 4}] * 2, "row 2: from a to b is given twice."),
    ],
)
def test_a_wrong_row_of_changeovers_is_told_with_its_number(planner, minutes, says):
    assert says in changeovers(planner, minutes, "BENCH-1").content.decode()
    assert not ChangeoverTable.objects.exists()


def test_a_station_has_one_changeover_table(planner):
    assert changeovers(planner, [], "BENCH-1").status_code == 302

    fields = {"plant": Plant.objects.get().pk, "code": "JIG", "attribute": "jig", "default_minutes": 9, "minutes": "[]"}
    page = planner.post(
        address(ChangeoverTable, "add"), {**fields, "stations": [Station.objects.get(code="BENCH-1").pk]}
    )

    assert "Bench 1 has the changeover table COLOUR already." in page.content.decode()


def test_a_time_zone_nobody_knows_is_refused(planner, workshop):
    page = planner.post(change(workshop.plant), {"code": "shed", "name": "Shed", "time_zone": "Europe/Atlantis"})

    assert "is no time zone; write an IANA name such as Europe/Berlin." in page.content.decode()


# --- packages -------------------------------------------------------------------------------------------------


def upload(planner, text: str | bytes):
    content = text.encode() if isinstance(text, str) else text
    return planner.post(address(Plant, "import_yaml"), {"package": SimpleUploadedFile("plant.yaml", content)})


def test_the_plant_goes_out_and_comes_back(planner, workshop):
    exported = planner.get(address(Plant, "export_yaml", workshop.plant.pk))

    assert exported["Content-Disposition"] == 'attachment; filename="shed.yaml"'
    assert upload(planner, exported.content.replace(b"The shed", b"The barn")).status_code == 302
    assert Plant.objects.get().name == "The barn"
    assert plant_package_export(Plant.objects.get()) == exported.content.decode().replace("The shed", "The barn")


def test_every_fault_of_a_package_is_shown_with_its_line_and_nothing_is_changed(planner, workshop):
    broken = (PLANT + ROUTING).replace("The shed", "The barn").replace("kind: cell", "kind: heap", 1)
    broken = broken.replace("after: [10]", "after: [11]").replace("[pack]", "pack")
    before = plant_package_export(workshop.plant)

    page = upload(planner, broken).content.decode()

    assert "line 9: &#x27;heap&#x27; is no kind of line; there are cell, batch, takt." in page
    assert "line 14: &#x27;capabilities&#x27; must be a list." in page
    assert plant_package_export(Plant.objects.get()) == before


def test_a_wrong_formula_in_a_package_is_shown_with_its_line(planner):
    page = upload(planner, (PLANT + ROUTING).replace('"3600"', '"3600 +"')).content.decode()

    assert "line 19: The duration of Build scooter for SCOOTER cannot be read" in page


def test_a_file_that_is_no_text_is_refused(planner):
    assert "The file is not UTF-8 text." in upload(planner, b"\xff\xfe\x00").content.decode()
