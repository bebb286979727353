"""Knowledge comes in, is checked, and is frozen."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from configurator.errors import ItemClash, PackageRefused, PublishRefused
from configurator.formats import PackageError, parse_product_package
from configurator.loading import engine_of
from configurator.models import BillLine, Feature, Item, Option, Product, Release, Rule
from configurator.ports import Finding, Severity
from configurator.services.package import package_export, package_import, package_workbook, packages_import
from configurator.services.publish import draft_check, release_publish
from foundation.models import AuditEntry
from tests.integration.configurator.conftest import BIKE, NOW
from tests.unit.configurator.test_package_bill import LAMP_POST

SCOOTER = """
format: linewright-product/1
product: {code: scooter, name: Scooter, base_price: "300.00", root_item: SCOOTER}
sections: [{code: all, name: All}]
features:
  - {code: bell, name: Bell, section: all, flag: true}
items:
  - {code: SCOOTER, name: Scooter, made: true}
  - {code: LAMP, name: Lamp, made: false}
bill:
  - {parent: SCOOTER, item: LAMP, when: bell}
"""


class Refuses:
    """A factory that cannot build anything."""

    def findings(self, space):
        return (Finding(Severity.ERROR, "FRAME", f"No station can make FRAME of {space.product_code}."),)


def rows() -> list[int]:
    return [model.objects.count() for model in (Product, Feature, Option, Rule, Item, BillLine)]


def errors(refused: PublishRefused) -> str:
    return " ".join(f"{row.where}: {row.text}" for row in refused.findings if row.severity == Severity.ERROR)


def publish_of(text: str) -> Release:
    return release_publish(product=package_import(text=text, actor=None, now=NOW), actor=None, now=NOW)


def test_a_package_comes_out_as_it_went_in(bike):
    assert parse_product_package(package_export(bike)) == parse_product_package(BIKE)


def test_phantoms_alternatives_and_scrap_come_out_as_they_went_in(db):
    product = package_import(text=LAMP_POST, actor=None, now=NOW)

    assert parse_product_package(package_export(product)) == parse_product_package(LAMP_POST)
    assert Item.objects.get(code="HEADS").phantom
    assert BillLine.objects.get(item__code="LED-1").scrap == Decimal("2.50")


def test_the_database_keeps_scrap_a_per_cent_and_phantoms_assemblies(bike):
    for wrong in ({"scrap": 100}, {"scrap": -1}, {"phantom": True, "made": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item.objects.filter(code="LAMP").update(**wrong)


def test_an_import_replaces_the_whole_draft(bike):
    package_import(text=BIKE.replace("code: R3", "code: R9"), actor=None, now=NOW)

    assert sorted(Rule.objects.values_list("code", flat=True)) == ["R1", "R2", "R9"]
    assert Product.objects.count() == 1
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["product.imported"] * 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("format:", "format: [", "this is not readable YAML"),
        ("battery != f400", "batery != f400", "did you mean battery"),
        ("battery != f400", "battery != f401", "did you mean f400"),
        ("implies battery", "implies implies", "line 41, column"),
        ("item: LAMP, quantity: 2", "item: LAMB, quantity: 2", "there is no item LAMB"),
        ("item: LAMP, quantity: 2", "item: LAMP, quantity: -2", "less than nothing"),
        ("item: LAMP, quantity: 2", "item: LAMP, quantity: 99999999", "more than"),
        ("default: small", "default: tiny", "default tiny is not an option of motor"),
        ("{parent: FRAME, item: TUBE", "{parent: FRAME, item: BIKE", "an item contains itself"),
    ],
)
def test_a_broken_package_imports_nothing(bike, old, new, says):
    before = rows()

    with pytest.raises(PackageError, match=says):
        package_import(text=BIKE.replace(old, new, 1), source="bike.yaml", actor=None, now=NOW)

    assert rows() == before


def test_a_failure_in_the_middle_of_writing_leaves_the_draft_as_it_was(bike, monkeypatch):
    before = rows()
    monkeypatch.setattr(BillLine.objects, "bulk_create", lambda rows: 1 / 0)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        package_import(text=BIKE.replace("name: Motor", "name: Drive"), actor=None, now=NOW)

    assert rows() == before
    assert Feature.objects.get(code="motor").name == "Motor"


def test_products_share_an_item_that_is_the_same(bike):
    package_import(text=SCOOTER, actor=None, now=NOW)

    assert sorted(Item.objects.get(code="LAMP").products.values_list("code", flat=True)) == ["bike", "scooter"]


def test_an_item_cannot_change_behind_another_product(bike):
    with pytest.raises(ItemClash, match=r"LAMP \(used by bike\)"):
        package_import(text=SCOOTER.replace("name: Lamp", "name: Torch"), actor=None, now=NOW)

    assert not Product.objects.filter(code="scooter").exists()
    assert Item.objects.get(code="LAMP").name == "Lamp"


def test_an_item_can_change_for_all_its_products_at_once(bike):
    texts = [text.replace("name: Lamp", "name: Torch") for text in (BIKE, SCOOTER)]

    packages_import(packages=[parse_product_package(text) for text in texts], actor=None, now=NOW)

    assert Item.objects.get(code="LAMP").name == "Torch"


def test_two_packages_of_one_product_are_refused(db):
    with pytest.raises(PackageRefused, match="two packages of the same product: bike"):
        packages_import(packages=[parse_product_package(BIKE)] * 2, actor=None, now=NOW)


def test_a_release_is_sold_and_recorded(release):
    product = release.product
    assert (release.number, product.current_release) == (1, release)
    assert release.package == parse_product_package(BIKE).to_document()
    assert AuditEntry.objects.filter(verb="product.published").count() == 1


def test_publishing_unchanged_knowledge_gives_the_existing_release(release):
    assert release_publish(product=release.product, actor=None, now=NOW) == release


def test_going_back_to_earlier_knowledge_sells_the_earlier_release_again(release):
    second = publish_of(BIKE.replace("320.00", "330.00"))
    third = publish_of(BIKE)

    assert (second.number, third) == (2, release)
    assert Product.objects.get().current_release == release


@pytest.mark.parametrize("number", [1, 2])
def test_the_database_refuses_to_change_a_release(release, number):
    with pytest.raises(IntegrityError, match="a release is never changed"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(number=number)


def test_contradictory_rules_are_named(db):
    big = '  - {code: R4, rule: "motor = big", text: "Big only."}\n'
    small = '  - {code: R5, rule: "motor = small", text: "Small only."}\n'
    with pytest.raises(PublishRefused) as refused:
        publish_of(BIKE.replace("tables:", f"{big}{small}tables:"))

    assert "R4" in errors(refused.value)
    assert "R5" in errors(refused.value)
    assert "R1" not in errors(refused.value)
    assert Release.objects.count() == 0


def test_a_dead_option_is_named_with_its_rule(db):
    never = '  - {code: R4, rule: "battery != rack500", text: "Not this year."}\n'
    with pytest.raises(PublishRefused) as refused:
        publish_of(BIKE.replace("tables:", f"{never}tables:"))

    assert "500 Wh, in the rack can never be chosen because of R4." in errors(refused.value)


def test_a_dead_option_of_somebody_elses_model_does_not_stop_it(db):
    never = '  - {code: R4, rule: "battery != rack500", text: "Not this year."}\n'
    product = package_import(text=BIKE.replace("tables:", f"{never}tables:"), source="bike.yaml", actor=None, now=NOW)

    release = release_publish(product=product, actor=None, now=NOW, dead_options=Severity.WARNING)

    assert "rack500" not in engine_of(release).valid_domains({})["battery"]


def test_a_quantity_that_turns_negative_with_an_option_is_found(db):
    with pytest.raises(PublishRefused, match="less than nothing"):
        publish_of(BIKE.replace("if(shape = lowstep, 3, 4)", "if(shape = lowstep, 3 - 4, 4)"))


def test_an_editor_who_breaks_the_draft_is_told_where(bike):
    Rule.objects.filter(code="R1").update(expression="motor = bigg implies battery != f400")

    findings = draft_check(product=bike)

    assert [finding.severity for finding in findings] == [Severity.ERROR]
    assert "did you mean big" in findings[0].text
    with pytest.raises(PublishRefused):
        release_publish(product=bike, actor=None, now=NOW)


def test_what_the_factory_cannot_build_is_not_published(bike, settings):
    settings.RELEASE_CHECKS = [f"{__name__}.Refuses"]

    with pytest.raises(PublishRefused, match="No station can make FRAME of bike"):
        release_publish(product=bike, actor=None, now=NOW)


def test_a_product_without_anything_to_choose_is_told_so(db):
    product = Product.objects.create(code="void", name="Void", root_item="VOID")
    Item.objects.create(code="VOID", name="Void", made=True)

    assert draft_check(product=product)


def test_commands_import_and_publish(db, tmp_path):
    for name, text in (("bike", BIKE), ("scooter", SCOOTER)):
        (tmp_path / f"{name}.yaml").write_text(text)
    out = StringIO()

    call_command("import_product", tmp_path / "bike.yaml", tmp_path / "scooter.yaml", stdout=out)
    call_command("publish_product", "bike", "scooter", stdout=out)

    assert "bike: release 1 is sold" in out.getvalue()


def test_a_workbook_is_imported_like_any_package(bike, tmp_path):
    (tmp_path / "bike.xlsx").write_bytes(package_workbook(bike))
    bike.features.all().delete()

    call_command("import_product", tmp_path / "bike.xlsx", stdout=StringIO())

    assert parse_product_package(package_export(bike)) == parse_product_package(BIKE)


def test_a_command_that_fails_imports_none_of_its_files(db, tmp_path):
    (tmp_path / "bike.yaml").write_text(BIKE)
    (tmp_path / "scooter.yaml").write_text(SCOOTER.replace("item: LAMP", "item: LAMB"))

    with pytest.raises(CommandError, match=r"scooter\.yaml, line 11"):
        call_command("import_product", tmp_path / "bike.yaml", tmp_path / "scooter.yaml")

    assert Product.objects.count() == 0


def test_a_boolean_model_of_somebody_else_becomes_a_product(db, tmp_path):
    model = tmp_path / "computer.uvl"
    model.write_text(
        "features\n\tComputer\n\t\tmandatory\n\t\t\tProcessor\n\t\t\t\talternative\n\t\t\t\t\tSlow\n\t\t\t\t\tFast\n"
        "\t\toptional\n\t\t\tFan\nconstraints\n\tFast => Fan\n"
    )

    product = package_import(path=model, actor=None, now=NOW)
    release = release_publish(product=product, actor=None, now=NOW)

    engine = engine_of(release)
    fast = next(name for name in engine.domains if "Fast" in name or "Fast" in map(str, engine.domains[name]))
    value = True if True in engine.domains[fast] else "Fast"
    bill = [node.item.name for node in engine.explode(engine.complete({fast: value})).walk()]
    assert {"Fast", "Fan"} <= set(bill)
    assert "Slow" not in bill
