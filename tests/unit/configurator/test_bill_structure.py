"""Phantoms, alternatives and scrap in the bill."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from configurator.engine import (
    BadBillLine,
    BillCycle,
    BillLine,
    Item,
    Literal,
    NoAlternative,
    QuantityTooLarge,
    alternatives_as_conditions,
    explode,
    item_totals,
)
from configurator.formats import parse_expression, resolve_formula
from tests.unit.configurator.bills import bills

BIKE = Item("BIKE", "Bicycle", made=True)
LIGHTS = Item("LIGHTS", "Lighting", made=True, parameters=("lux",), phantom=True)
CABLES = Item("CABLES", "Cables of the lighting", made=True, phantom=True)
LAMP_80 = Item("LAMP-80", "Lamp, 80 lux", made=False)
LAMP_150 = Item("LAMP-150", "Lamp, 150 lux", made=False)
CABLE = Item("CABLE", "Cable", made=False, unit="mm")
ITEMS = (BIKE, LIGHTS, CABLES, LAMP_80, LAMP_150, CABLE)
NAMES = frozenset({"lux", "wish", "light"})


def formula(text: str):
    return resolve_formula(parse_expression(text), NAMES)


def line(
    parent: str, item: str, quantity: str = "1", when: str = "", one_of: str = "", scrap: str = "0", **passed: str
):
    condition = formula(when) if when else None
    parameters = {name: formula(text) for name, text in passed.items()}
    return BillLine(parent, item, formula(quantity), condition, parameters, one_of, Decimal(scrap))


LINES = (
    line("BIKE", "LIGHTS", "2", lux="wish"),
    line("LIGHTS", "LAMP-150", when="lux > 80", one_of="lamp"),
    line("LIGHTS", "LAMP-80", when="lux > 0", one_of="lamp"),
    line("LIGHTS", "CABLES"),
    line("CABLES", "CABLE", "400"),
)


def test_what_a_phantom_needs_stands_under_what_needs_the_phantom():
    tree = explode("BIKE", ITEMS, LINES, {"wish": 80}, quantity=3)

    assert [(n.level, n.path, n.quantity, n.phantoms) for n in tree.walk()] == [
        (0, "BIKE", 3, ()),
        (1, "BIKE/LIGHTS/LAMP-80", 6, ("LIGHTS",)),
        (1, "BIKE/LIGHTS/CABLES/CABLE", 2400, ("LIGHTS", "CABLES")),
    ]


def test_a_phantom_below_a_made_item_is_pulled_up_to_it_and_no_further():
    kit = Item("KIT", "Kit", made=True)
    lines = (line("BIKE", "KIT"), line("KIT", "CABLES"), line("CABLES", "CABLE", "5"))

    tree = explode("BIKE", (*ITEMS, kit), lines, {})

    assert [(n.level, n.path) for n in tree.walk()] == [(0, "BIKE"), (1, "BIKE/KIT"), (2, "BIKE/KIT/CABLES/CABLE")]


def test_what_is_sold_cannot_be_a_phantom():
    with pytest.raises(BadBillLine, match="LIGHTS: phantom: the root is what is sold"):
        explode("LIGHTS", ITEMS, LINES, {"lux": 80})


def test_phantoms_that_contain_each_other_are_a_cycle():
    with pytest.raises(BillCycle, match="CABLES > CABLES"):
        explode("BIKE", ITEMS, (line("BIKE", "CABLES"), line("CABLES", "CABLES")), {})


@pytest.mark.parametrize(("wish", "lamp"), [(150, "LAMP-150"), (80, "LAMP-80")])
def test_the_first_alternative_that_holds_is_taken(wish, lamp):
    tree = explode("BIKE", ITEMS, LINES, {"wish": wish})

    assert tree.children[0].item.code == lamp


def test_alternatives_of_which_none_holds_are_named_with_their_place():
    with pytest.raises(NoAlternative, match=r"^BIKE/LIGHTS: none of the alternatives lamp holds$") as refused:
        explode("BIKE", ITEMS, LINES, {"wish": 0})
    assert (refused.value.path, refused.value.group) == ("BIKE/LIGHTS", "lamp")


def test_the_condition_of_an_alternative_is_not_asked_when_an_earlier_one_is_taken():
    lines = (line("BIKE", "CABLE", one_of="c"), line("BIKE", "CABLE", when="1 // 0 = 1", one_of="c"))

    assert len(explode("BIKE", ITEMS, lines, {}).children) == 1


def test_an_alternative_of_nought_pieces_is_an_answer():
    lines = (line("BIKE", "LAMP-80", "0", one_of="lamp"), line("BIKE", "LAMP-150", one_of="lamp"))

    assert explode("BIKE", ITEMS, lines, {}).children == ()


def test_alternatives_can_be_read_as_conditions():
    as_conditions = alternatives_as_conditions(LINES)

    assert [row.one_of for row in as_conditions] == [""] * len(LINES)
    for wish in (80, 150):
        assert list(explode("BIKE", ITEMS, as_conditions, {"wish": wish}).walk()) == list(
            explode("BIKE", ITEMS, LINES, {"wish": wish}).walk()
        )


def test_gross_is_net_divided_by_what_stays_good_rounded_up_once_for_the_order():
    items = (BIKE, Item("SCREW", "Screw", made=False, scrap=Decimal("5")))
    lines = (line("BIKE", "SCREW", "4", scrap="2.5"),)

    screws = explode("BIKE", items, lines, {}, quantity=100).children[0]

    assert screws.quantity == 400
    assert screws.growth == Fraction(100, 95) * Fraction(1000, 975)
    assert screws.gross == 432  # 400 / 0.95 / 0.975 = 431.85; rounded per bicycle it would be 500


def test_scrap_of_a_made_item_raises_what_goes_into_it():
    wheel = Item("WHEEL", "Wheel", made=True, scrap=Decimal("20"))
    lines = (line("BIKE", "WHEEL"), line("WHEEL", "LAMP-80", "36"))

    tree = explode("BIKE", (*ITEMS, wheel), lines, {}, quantity=10)

    assert [(n.quantity, n.gross) for n in tree.walk()] == [(10, 10), (10, 13), (360, 450)]


def test_lines_of_one_item_are_rounded_up_together():
    lines = tuple(line("BIKE", "LAMP-80", scrap="10") for _ in range(9))

    total = item_totals(explode("BIKE", ITEMS, lines, {}))["LAMP-80"]

    assert (total.quantity, total.gross) == (9, 10)


@pytest.mark.parametrize("scrap", ["-1", "100", "2.345", "NaN", "Infinity"])
def test_a_scrap_that_is_no_per_cent_is_refused_with_its_place(scrap):
    with pytest.raises(BadBillLine, match=r"^BIKE/CABLE: scrap: "):
        explode("BIKE", ITEMS, (BillLine("BIKE", "CABLE", Literal(1), scrap=Decimal(scrap)),), {})


def test_a_quantity_beyond_the_limit_with_its_scrap_is_refused():
    with pytest.raises(QuantityTooLarge, match="BIKE/CABLE: the quantity is 2,000,000, more than 1,000,000"):
        explode("BIKE", ITEMS, (line("BIKE", "CABLE", "1000000", scrap="50"),), {})


def test_an_order_of_many_may_need_more_than_one_piece_may():
    tree = explode("BIKE", ITEMS, (line("BIKE", "CABLE", "5000"),), {}, quantity=999)

    assert tree.children[0].quantity == 4_995_000


def test_several_hole_positions_are_several_parameters():
    rail = Item("RAIL", "Rail", made=True, parameters=("length", "holes", "hole_1", "hole_2", "hole_3"))
    tube = Item("TUBE", "Tube", made=False, unit="mm", parameters=("length",))
    cut = BillLine(
        "RAIL", "TUBE", resolve_formula(parse_expression("length + 4"), {"length"}), parameters={"length": _("length")}
    )
    passed = {
        "length": "wish",
        "holes": "if(wish > 500, 3, 2)",
        "hole_1": "40",
        "hole_2": "wish - 40",
        "hole_3": "if(wish > 500, wish // 2, 0)",
    }
    lines = (line("BIKE", "RAIL", **passed), cut)

    rails = [explode("BIKE", (BIKE, rail, tube), lines, {"wish": wish}).children[0] for wish in (400, 600)]

    assert [tuple(each.parameters.values()) for each in rails] == [(400, 2, 40, 360, 0), (600, 3, 40, 560, 300)]
    assert [dict(each.children[0].parameters) for each in rails] == [{"length": 400}, {"length": 600}]


def _(text: str):
    return resolve_formula(parse_expression(text), {"length"})


@given(bills())
def test_phantoms_change_no_quantity_of_what_is_made_or_bought(bill):
    built = [item for item in bill.items if not item.phantom]
    solid = tuple(Item(i.code, i.name, i.made, i.unit, i.parameters, scrap=i.scrap) for i in bill.items)

    flat = item_totals(explode(bill.root, bill.items, bill.lines, bill.selection, bill.quantity))
    deep = item_totals(explode(bill.root, solid, bill.lines, bill.selection, bill.quantity))

    assert {i.code: flat[i.code].quantity for i in built if i.code in flat} == {
        i.code: deep[i.code].quantity for i in built if i.code in deep
    }
    assert {i.code: flat[i.code].gross for i in built if i.code in flat} == {
        i.code: deep[i.code].gross for i in built if i.code in deep
    }
    assert not any(i.code in flat for i in bill.items if i.phantom)


@given(bills())
def test_gross_is_never_less_than_net_and_orders_never_round_worse_than_pieces(bill):
    one = explode(bill.root, bill.items, bill.lines, bill.selection)
    many = explode(bill.root, bill.items, bill.lines, bill.selection, bill.quantity)

    for single, whole in zip(one.walk(), many.walk(), strict=True):
        assert whole.path == single.path
        assert whole.quantity == single.quantity * bill.quantity
        assert whole.quantity <= whole.gross <= single.gross * bill.quantity
        assert (whole.gross == whole.quantity) or whole.growth > 1


@given(bills())
def test_every_node_needs_its_parents_quantity_times_its_own(bill):
    tree = explode(bill.root, bill.items, bill.lines, bill.selection, bill.quantity)

    for node in tree.walk():
        for child in node.children:
            assert child.path.startswith(f"{node.path}/")
            assert child.level == node.level + 1
            assert child.quantity % node.quantity == 0
            assert child.growth >= node.growth
    assert len({node.path for node in tree.walk()}) == sum(1 for _ in tree.walk())
