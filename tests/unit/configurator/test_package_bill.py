"""Phantoms, alternatives and scrap in a product package."""

from decimal import Decimal

import pytest

from configurator.engine import Bill, compile_model, item_totals, prove_bill
from configurator.formats import PackageError, ProductPackage, parse_product_package, write_product_package

LAMP_POST = """\
format: linewright-product/1
product: {code: lamp, name: Lamp post, root_item: POST}
sections: [{code: all, name: All}]
features:
- code: head
  name: Head
  section: all
  options: [{code: one, name: One}, {code: two, name: Two}, {code: none, name: None}]
parameters:
- {code: height, name: Height, section: all, unit: cm, minimum: 200, maximum: 600, step: 50}
items:
- {code: POST, name: Lamp post, made: true}
- {code: HEADS, name: Heads, made: true, phantom: true}
- {code: LED-1, name: Light, scrap: "1.5"}
- {code: LED-2, name: Light of two parts}
- {code: TUBE, name: Tube, unit: mm, scrap: 4}
bill:
- {parent: POST, item: HEADS, when: head != none}
- {parent: HEADS, item: LED-2, one_of: light, when: head = two and height > 300}
- {parent: HEADS, item: LED-1, quantity: "if(head = two, 2, 1)", one_of: light, scrap: 2.5}
- {parent: POST, item: TUBE, quantity: height * 10}
"""


def test_a_package_with_phantoms_alternatives_and_scrap_makes_bills():
    package = parse_product_package(LAMP_POST)

    tree = Bill(*package.bill()).explode({"head": "two", "height": 250}, quantity=200)

    assert [(node.path, node.quantity, node.gross) for node in tree.walk()] == [
        ("POST", 200, 200),
        ("POST/HEADS/LED-1", 400, 417),  # 400 / 0.975 / 0.985
        ("POST/TUBE", 500_000, 520_834),  # 500,000 / 0.96
    ]
    assert "LED-2" in item_totals(Bill(*package.bill()).explode({"head": "two", "height": 600}))


def test_every_lamp_post_has_a_bill():
    package = parse_product_package(LAMP_POST)
    compiled = compile_model(package.to_model())

    assert prove_bill(Bill(*package.bill()), compiled).complete


def test_reading_what_was_written_gives_the_same_bill():
    package = parse_product_package(LAMP_POST)

    assert parse_product_package(write_product_package(package)) == package
    assert ProductPackage.from_document(package.to_document()) == package
    assert package.items[2].scrap == Decimal("1.50")
    assert package.to_document()["items"][1]["phantom"] is True
    assert package.to_document()["bill"][2]["scrap"] == "2.50"


def test_a_package_that_uses_none_of_it_has_the_document_it_always_had():
    plain = LAMP_POST.replace(", phantom: true", "").replace(', scrap: "1.5"', "").replace(", scrap: 4", "")
    package = parse_product_package(plain.replace(", one_of: light", "").replace(", scrap: 2.5", ""))

    text = str(package.to_document())

    assert not any(word in text for word in ("phantom", "scrap", "one_of"))


@pytest.mark.parametrize(
    ("written", "mistaken", "sentence"),
    [
        ("made: true, phantom: true", "phantom: true", "a phantom is an assembly: say made: true, so that it can have"),
        ("Lamp post, made: true", "Lamp post, made: true, phantom: true", "POST is a phantom: what is sold is made"),
        ("scrap: 4}", "scrap: 100}", 'scrap must be a per cent such as "2.5", from 0 up to 100 with at most two deci'),
        ("scrap: 4}", "scrap: -1}", "from 0 up to 100 with at most two decimals, not -1"),
        ("scrap: 4}", "scrap: 1.234}", "from 0 up to 100 with at most two decimals, not 1.234"),
        ("scrap: 2.5}", "scrap: much}", "from 0 up to 100 with at most two decimals, not much"),
        ("scrap: 2.5}", "scrap: NaN}", "from 0 up to 100 with at most two decimals, not NaN"),
        ("scrap: 2.5}", "scrap: [2]}", 'scrap must be a per cent such as "2.5", not a list'),
        ("phantom: true", "phantom: yes", "phantom must be true or false, not text"),
        (
            ", when: head = two and height > 300",
            "",
            "it can never be taken: an earlier alternative of light has",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_line(written, mistaken, sentence):
    assert written in LAMP_POST
    with pytest.raises(PackageError) as refused:
        parse_product_package(LAMP_POST.replace(written, mistaken, 1), "lamp.yaml")

    (finding,) = refused.value.findings
    assert sentence in finding.text
    assert finding.line > 0
