"""An item that contains itself is named with its way: in a package, and in a draft that an editor broke."""

import pytest
from django.core.management import CommandError, call_command

from configurator.models import BillLine, Item, Product
from tests.integration.bad_input.shop import contents
from tests.integration.configurator.conftest import BIKE


def test_a_package_whose_bill_is_a_circle_is_refused(release, tmp_path):
    path = tmp_path / "bike.yaml"
    path.write_text(BIKE.replace("{parent: FRAME, item: TUBE", "{parent: FRAME, item: BIKE", 1))
    before = contents("configurator")

    with pytest.raises(CommandError, match=r"an item contains itself: .*BIKE.*FRAME.*BIKE"):
        call_command("import_product", path)

    assert contents("configurator") == before


def test_a_draft_whose_bill_is_a_circle_is_not_published(release):
    tube = BillLine.objects.get(item__code="TUBE")
    BillLine.objects.filter(pk=tube.pk).update(item=Item.objects.get(code="BIKE"))
    before = contents("configurator")

    with pytest.raises(CommandError, match=r"contains itself: .*BIKE.*FRAME.*BIKE"):
        call_command("publish_product", "bike")

    assert contents("configurator") == before
    assert Product.objects.get().current_release == release
