"""What a package leaves out is told once per question, and only where something is left out."""

import pytest

from configurator.formats import parse_product_package
from configurator.loading.gaps import NO_BILL, NO_PICTURE, NO_PRICE, gaps
from configurator.ports import Severity

LAMP = """
format: linewright-product/1
product: {code: lamp, name: Lamp, base_price: "100.00", root_item: LAMP, picture: lamp.svg}
sections: [{code: all, name: All}]
features:
- code: shade
  name: Shade
  section: all
  default: round
  options:
  - {code: round, name: Round, parts: [round]}
  - {code: square, name: Square, price: "5.00", parts: [square]}
  - {code: flat, name: Flat, price: "3.00", parts: [flat]}
- {code: dimmer, name: Dimmer, section: all, flag: true, price: "12.00", parts: [dimmer]}
parameters:
- {code: height, name: Height, section: all, unit: cm, minimum: 20, maximum: 60}
items:
- {code: LAMP, name: Lamp, made: true}
- {code: SHADE, name: Shade, parameters: [shape]}
- {code: POLE, name: Pole, parameters: [length]}
- {code: DIMMER, name: Dimmer}
bill:
- {parent: LAMP, item: SHADE, with: {shape: shade}}
- {parent: LAMP, item: POLE, with: {length: height - 3}}
- {parent: LAMP, item: DIMMER, when: dimmer}
"""


def found(*changes: tuple[str, str]) -> list[tuple[str, str, str]]:
    text = LAMP
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    findings = list(gaps(parse_product_package(text)))
    assert all(finding.severity is Severity.NOTICE for finding in findings)
    return [(finding.code, finding.where, finding.text) for finding in findings]


def test_a_complete_package_has_no_gaps():
    assert found() == []


@pytest.mark.parametrize(
    ("before", "after", "code", "where", "text"),
    [
        ('name: Flat, price: "3.00"', "name: Flat", NO_PRICE, "shade", "Shade: Flat without a price."),
        ('flag: true, price: "12.00"', "flag: true", NO_PRICE, "dimmer", "Dimmer has no price: it costs nothing."),
        (", when: dimmer", "", NO_BILL, "dimmer", "Dimmer changes nothing in the bill."),
        ("height - 3", "57", NO_BILL, "height", "Height changes nothing in the bill."),
        (", picture: lamp.svg", "", NO_PICTURE, "lamp", "The product has no picture."),
        (", parts: [dimmer]", "", NO_PICTURE, "dimmer", "Dimmer is not in the picture."),
    ],
)  # fmt: skip
def test_a_gap_is_told(before, after, code, where, text):
    assert found((before, after)) == [(code, where, text)]


def test_one_option_may_be_the_empty_picture_and_two_may_not():
    assert found((", parts: [round]", "")) == []
    assert found((", parts: [round]", ""), (", parts: [flat]", "")) == [
        (NO_PICTURE, "shade", "Shade: the picture is the same for Round, Flat.")
    ]


def test_a_package_without_any_price_is_told_once():
    free = [(', price: "5.00"', ""), (', price: "3.00"', ""), (', price: "12.00"', "")]

    assert found(*free) == [(NO_PRICE, "lamp", "No option has a price: every configuration costs the same.")]


@pytest.mark.parametrize(
    ("formula", "alike"),
    [
        ("if(shade = round, 1, 2)", "Square, Flat"),
        ("if(shade in {round, flat}, 1, 2)", "Round, Flat"),
        ("if(shade = round, 1, if(shade != square, 2, 3))", ""),
    ],
)
def test_options_are_alike_for_the_bill_when_no_formula_tells_them_apart(formula, alike):
    expected = [(NO_BILL, "shade", f"Shade: the bill is the same for {alike}.")] if alike else []

    assert found(("shape: shade", f'shape: "{formula}"')) == expected
