"""The 150 % bill under a selection."""

import pytest

from configurator.engine import (
    BadBillLine,
    BillCycle,
    BillLine,
    Item,
    Literal,
    NegativeQuantity,
    QuantityTooLarge,
    UnknownItem,
    explode,
    find_cycle,
)
from configurator.formats import parse_expression, resolve_formula

BIKE = Item("BIKE", "Bicycle", made=True)
FRAME = Item("FRAME", "Frame", made=True, parameters=("colour", "seat_tube"))
TUBE = Item("TUBE", "Tube", made=False, unit="mm", parameters=("length",))
PAINT = Item("PAINT", "Paint", made=False)
ITEMS = (BIKE, FRAME, TUBE, PAINT)
SELECTION = {"colour": "sand", "height": 172, "kind": "low"}
FEATURES = frozenset({"colour", "height", "kind", "seat_tube"})


def formula(text: str):
    return resolve_formula(parse_expression(text), FEATURES)


def line(parent: str, item: str, quantity: str = "1", when: str = "", **parameters: str) -> BillLine:
    condition = formula(when) if when else None
    return BillLine(parent, item, formula(quantity), condition, {name: formula(f) for name, f in parameters.items()})


LINES = (
    line("BIKE", "FRAME", colour="colour", seat_tube="height * 3 - 20"),
    line("FRAME", "TUBE", "2", "kind = low", length="seat_tube"),
    line("FRAME", "TUBE", "1", length="seat_tube // 2"),
    line("FRAME", "PAINT", "if(colour = black, 1, 3)"),
)


def test_levels_quantities_and_parameters_come_down_the_tree():
    tree = explode("BIKE", ITEMS, LINES, SELECTION, quantity=4)

    assert [(n.level, n.path, n.quantity, dict(n.parameters)) for n in tree.walk()] == [
        (0, "BIKE", 4, {}),
        (1, "BIKE/FRAME", 4, {"colour": "sand", "seat_tube": 496}),
        (2, "BIKE/FRAME/TUBE", 8, {"length": 496}),
        (2, "BIKE/FRAME/TUBE.2", 4, {"length": 248}),
        (2, "BIKE/FRAME/PAINT", 12, {}),
    ]


def test_a_line_whose_condition_fails_is_left_out():
    tree = explode("BIKE", ITEMS, LINES, SELECTION | {"kind": "high"})

    assert [node.path for node in tree.walk()].count("BIKE/FRAME/TUBE") == 1
    assert sum(node.item is TUBE for node in tree.walk()) == 1


def test_a_line_of_nought_pieces_is_left_out():
    tree = explode("BIKE", (BIKE, PAINT), (line("BIKE", "PAINT", "height - 172"),), SELECTION)

    assert tree.children == ()


def test_the_parents_parameter_hides_the_feature_of_the_same_name():
    lines = (line("BIKE", "FRAME", colour="'black'", seat_tube="500"), line("FRAME", "PAINT", "1", "colour = black"))

    assert explode("BIKE", ITEMS, lines, SELECTION).children[0].children[0].item is PAINT


def test_an_item_that_contains_itself_is_named_with_its_way():
    lines = (*LINES, line("PAINT", "FRAME", colour="colour", seat_tube="1"))

    with pytest.raises(BillCycle) as refused:
        explode("BIKE", ITEMS, lines, SELECTION)
    assert refused.value.path == ("FRAME", "PAINT", "FRAME")
    assert find_cycle(lines) == ("FRAME", "PAINT", "FRAME")
    assert find_cycle(LINES) == ()


def test_a_very_deep_bill_is_refused_not_crashed():
    items = [Item(f"I{n}", f"I{n}", made=True) for n in range(5_000)]
    lines = [BillLine(f"I{n}", f"I{n + 1}", Literal(1)) for n in range(4_999)]

    with pytest.raises(Exception, match="more than 50 levels"):
        explode("I0", items, lines, {})
    assert find_cycle(lines) == ()


def test_an_unknown_item_is_named_with_its_parent():
    with pytest.raises(UnknownItem, match="there is no item BELL, which BIKE needs"):
        explode("BIKE", ITEMS, (line("BIKE", "BELL"),), SELECTION)
    with pytest.raises(UnknownItem, match="there is no item CAR"):
        explode("CAR", ITEMS, LINES, SELECTION)


@pytest.mark.parametrize(
    ("quantity", "error"),
    [
        ("0 - 1", NegativeQuantity),
        ("height - 173", NegativeQuantity),
        ("height * 1000000", QuantityTooLarge),
        ("kind = low", BadBillLine),
        ("1 // (height - 172)", BadBillLine),
        ("weight", BadBillLine),
    ],
)
def test_a_quantity_nobody_could_mean_is_refused_with_its_place(quantity, error):
    lines = (BillLine("BIKE", "PAINT", parse_expression(quantity) if "low" not in quantity else formula(quantity)),)

    with pytest.raises(error, match=r"^BIKE/PAINT: "):
        explode("BIKE", ITEMS, lines, SELECTION)


def test_quantities_multiplied_through_the_levels_stay_within_the_limit():
    lines = (line("BIKE", "FRAME", "2000", colour="colour", seat_tube="1"), line("FRAME", "PAINT", "2000"))

    with pytest.raises(QuantityTooLarge, match="BIKE/FRAME/PAINT: the quantity is 4,000,000, more than 1,000,000"):
        explode("BIKE", ITEMS, lines, SELECTION)


def test_a_missing_and_an_unknown_parameter_are_named():
    with pytest.raises(BadBillLine, match="parameter colour: the bill line gives no value for it"):
        explode("BIKE", ITEMS, (line("BIKE", "FRAME"),), SELECTION)
    with pytest.raises(BadBillLine, match="parameter size: PAINT has no such parameter"):
        explode("BIKE", ITEMS, (line("BIKE", "PAINT", size="1"),), SELECTION)
