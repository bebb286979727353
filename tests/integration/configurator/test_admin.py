"""A product manager edits, checks and publishes in the admin."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from configurator.models import BillLine, Feature, Item, Order, Product, Release, Rule, Table
from configurator.services.order import Contact, order_place
from foundation.api import Role
from tests.integration.configurator.conftest import BIKE, NOW
from tests.unit.configurator.workbooks import saved


@pytest.fixture
def manager(client, person, bike):
    client.force_login(person("mona", Role.PRODUCT_MANAGER))
    return client


def change(row) -> str:
    return reverse(f"admin:configurator_{row._meta.model_name}_change", args=[row.pk])


def post_rule(client, rule: Rule, expression: str):
    fields = {"product": rule.product_id, "position": rule.position, "code": rule.code, "text": rule.text}
    return client.post(change(rule), {**fields, "expression": expression})


@pytest.mark.parametrize(
    "name", ["product", "feature", "parameter", "rule", "table", "item", "billline", "release", "order"]
)
def test_every_list_opens(manager, release, name):
    assert manager.get(reverse(f"admin:configurator_{name}_changelist")).status_code == 200


def test_every_form_opens(manager, cart):
    order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)
    for model in (Product, Feature, Rule, Table, Item, BillLine, Release, Order):
        assert manager.get(change(model.objects.first())).status_code == 200, model


def test_a_rule_is_saved_when_it_means_something(manager):
    rule = Rule.objects.get(code="R1")

    assert post_rule(manager, rule, "motor = big implies battery = f630").status_code == 302

    rule.refresh_from_db()
    assert rule.expression == "motor = big implies battery = f630"


def test_a_wrong_rule_is_shown_with_a_pointer_to_the_column(manager):
    rule = Rule.objects.get(code="R1")

    page = post_rule(manager, rule, "motor = big implies batery = f630")

    text = page.content.decode()
    assert "column 21: there is no feature batery; did you mean battery?" in text
    assert f"<pre>motor = big implies batery = f630\n{' ' * 20}^</pre>" in text
    rule.refresh_from_db()
    assert "battery" in rule.expression


def test_what_an_editor_writes_is_shown_as_text(manager):
    page = post_rule(manager, Rule.objects.get(code="R1"), "motor = <script>alert(1)</script>")

    assert "<script>alert(1)" not in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("quantity", "if(shape = lowstep, 3", "column"),
        ("condition", "seat", "condition"),
        ("parameters", '{"shape": "frame"}', "needs the parameter tube"),
        ("parameters", '{"shape": "frame", "tube": "5", "glue": "1"}', "has no parameter glue"),
        ("scrap", "-1", "Scrap is a per cent from 0 to 99.99."),
    ],
)
def test_a_wrong_bill_line_is_refused(manager, field, value, says):
    line = BillLine.objects.get(item__code="FRAME")
    fields = {
        "product": line.product_id,
        "position": 0,
        "parent": line.parent_id,
        "item": line.item_id,
        "quantity": "1",
        "condition": "",
        "parameters": '{"shape": "frame", "tube": "5"}',
        "scrap": "2.50",
    }

    assert manager.post(change(line), fields).status_code == 302
    page = manager.post(change(line), {**fields, field: value})

    assert page.status_code == 200
    assert says in page.content.decode()


def test_a_wrong_table_is_refused(manager):
    table = Table.objects.get()
    fields = {"product": table.product_id, "position": 0, "code": "T1", "text": "x", "allowed": "on"}

    page = manager.post(change(table), {**fields, "columns": '["frame", "battery"]', "rows": '[["diamond", "f4000"]]'})

    assert "battery has no value f4000; did you mean f400?" in page.content.decode()


def test_publishing_shows_the_check_first_and_needs_a_post(manager, bike):
    address = reverse("admin:configurator_product_check_and_publish", args=[bike.pk])

    page = manager.get(address).content.decode()
    assert "Nothing below stands against publishing" in page
    assert "the bill is the same for 65 Nm, 85 Nm" in page
    assert Release.objects.count() == 0
    assert manager.post(address).status_code == 302
    assert Product.objects.get().current_release.number == 1


def test_a_draft_with_mistakes_is_not_published(manager, bike):
    Rule.objects.filter(code="R1").update(expression="motor = big and motor = small")
    address = reverse("admin:configurator_product_check_and_publish", args=[bike.pk])

    page = manager.post(address)

    assert "R1" in page.content.decode()
    assert Release.objects.count() == 0


def test_yaml_goes_out_and_comes_back(manager, bike):
    exported = manager.get(reverse("admin:configurator_product_export_yaml", args=[bike.pk]))
    assert exported["Content-Disposition"] == 'attachment; filename="bike.yaml"'
    address = reverse("admin:configurator_product_import_package")
    changed = exported.content.replace(b"Rides.", b"Flies.")

    assert manager.post(address, {"package": SimpleUploadedFile("bike.yaml", changed)}).status_code == 302
    assert Product.objects.get().text == "Flies."
    broken = SimpleUploadedFile("bike.yaml", BIKE.replace("battery !=", "batery !=").encode())
    assert "bike.yaml, line 41" in manager.post(address, {"package": broken}).content.decode()


def test_a_workbook_goes_out_and_comes_back(manager, bike):
    exported = manager.get(reverse("admin:configurator_product_export_workbook", args=[bike.pk]))
    assert exported["Content-Disposition"] == 'attachment; filename="bike.xlsx"'
    address = reverse("admin:configurator_product_import_package")
    workbook = load_workbook(BytesIO(exported.content))
    workbook["Product"]["E2"].value = "Flies."

    upload = SimpleUploadedFile("Bike.XLSX", saved(workbook))
    assert manager.post(address, {"package": upload}).status_code == 302
    assert Product.objects.get().text == "Flies."

    workbook["Rules"]["B2"].value = "motor = big implies batery = f630"
    page = manager.post(address, {"package": SimpleUploadedFile("bike.xlsx", saved(workbook))}).content.decode()
    assert "bike.xlsx, sheet Rules, cell B2, character 21: there is no feature batery; did you mean battery?" in page


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bike.xlsx", b"format: linewright-product/1", "this is not a readable .xlsx workbook"),
        ("bike.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an old .xls workbook or one with a password"),
        ("bike.yaml", b"\xff\xfe", "the file is not UTF-8 text"),
    ],
)
def test_a_file_of_another_kind_is_refused(manager, name, content, says):
    address = reverse("admin:configurator_product_import_package")

    page = manager.post(address, {"package": SimpleUploadedFile(name, content)}).content.decode()

    assert f"{name}: {says}" in page


def test_releases_and_orders_are_read_only(manager, cart):
    order = order_place(cart=cart, key="k", contact=Contact(name="Ada"), actor=None, now=NOW)
    for row in (order, Release.objects.get()):
        assert manager.post(change(row), {"number": 9}).status_code == 403
        delete = reverse(f"admin:configurator_{row._meta.model_name}_delete", args=[row.pk])
        assert manager.post(delete, {"post": "yes"}).status_code == 403
    assert manager.get(reverse("admin:configurator_release_add")).status_code == 403


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PLANNER, Role.OPERATOR])
def test_others_edit_no_product_knowledge(client, person, bike, role):
    client.force_login(person("someone", role))

    assert client.get(change(bike)).status_code in (302, 403)
    assert client.post(reverse("admin:configurator_product_check_and_publish", args=[bike.pk])).status_code in (
        302,
        403,
    )
    assert Release.objects.count() == 0
