"""What changes from one bill to another, and where an item is used."""

import pytest
from hypothesis import given

from configurator.engine import (
    BillCycle,
    BillLine,
    ChangeKind,
    Item,
    Literal,
    UnknownItem,
    bill_difference,
    explode,
    item_totals,
    where_used,
)
from configurator.formats import format_expression, parse_expression, resolve_formula
from tests.unit.configurator.bills import bills, selections

BIKE = Item("BIKE", "Bicycle", made=True)
FRAME = Item("FRAME", "Frame", made=True, parameters=("size",))
TUBE = Item("TUBE", "Tube", made=False, unit="mm", parameters=("cut",))
BELL = Item("BELL", "Bell", made=False)
ITEMS = (BIKE, FRAME, TUBE, BELL)


def formula(text: str):
    return resolve_formula(parse_expression(text), {"height", "low", "bell", "size"})


LINES = (
    BillLine("BIKE", "FRAME", Literal(1), None, {"size": formula("height * 3")}),
    BillLine("FRAME", "TUBE", formula("size"), formula("low"), {"cut": formula("size")}),
    BillLine("FRAME", "TUBE", Literal(100), None, {"cut": Literal(50)}),
    BillLine("BIKE", "BELL", Literal(2), formula("bell")),
)
SELECTION = {"height": 170, "low": True, "bell": False}


def between(**changed):
    before = explode("BIKE", ITEMS, LINES, SELECTION)
    return bill_difference(before, explode("BIKE", ITEMS, LINES, SELECTION | changed))


def test_the_same_bill_twice_makes_no_difference():
    assert between() == between(low=True)
    assert (between().lines, between().items) == ((), ())


def test_a_part_more_is_added_and_counted():
    difference = between(bell=True)

    assert [(change.kind, change.path) for change in difference.lines] == [(ChangeKind.ADDED, "BIKE/BELL")]
    assert [(change.item.code, change.before, change.after) for change in difference.items] == [("BELL", 0, 2)]


def test_of_two_lines_of_one_item_the_one_that_is_left_is_recognised():
    difference = between(low=False)

    assert [(change.kind, change.path) for change in difference.lines] == [(ChangeKind.REMOVED, "BIKE/FRAME/TUBE")]
    assert difference.lines[0].before.parameters == {"cut": 510}
    assert [(change.item.code, change.before, change.after) for change in difference.items] == [("TUBE", 610, 100)]


def test_changed_parameters_and_quantities_are_told_with_both_values():
    difference = between(height=180)

    assert [(change.kind, change.path, change.parameters) for change in difference.lines] == [
        (ChangeKind.CHANGED, "BIKE/FRAME", {"size": (510, 540)}),
        (ChangeKind.CHANGED, "BIKE/FRAME/TUBE", {"cut": (510, 540)}),
    ]
    assert [change.after - change.before for change in difference.items] == [30]


def test_another_root_is_another_bill():
    other = explode("FRAME", ITEMS, LINES, SELECTION | {"size": 300})

    kinds = [change.kind for change in bill_difference(explode("BIKE", ITEMS, LINES, SELECTION), other).lines]

    assert kinds == [ChangeKind.REMOVED] * 4 + [ChangeKind.ADDED] * 3


@given(bills(), selections())
def test_a_bill_and_the_difference_give_the_other_bill(bill, other):
    before = explode(bill.root, bill.items, bill.lines, bill.selection)
    after = explode(bill.root, bill.items, bill.lines, other)

    difference = bill_difference(before, after)

    added = [change.after.path for change in difference.lines if change.kind == ChangeKind.ADDED]
    removed = [change.before.path for change in difference.lines if change.kind == ChangeKind.REMOVED]
    assert len(list(before.walk())) + len(added) - len(removed) == len(list(after.walk()))
    assert set(added) <= {node.path for node in after.walk()}
    assert set(removed) <= {node.path for node in before.walk()}
    totals = {code: total.quantity for code, total in item_totals(before).items()}
    for change in difference.items:
        assert totals.get(change.item.code, 0) == change.before
        totals[change.item.code] = change.after
    assert {code: quantity for code, quantity in totals.items() if quantity} == {
        code: total.quantity for code, total in item_totals(after).items()
    }
    assert bool(difference.lines) or not difference.items


@given(bills(), selections())
def test_a_difference_read_backwards_is_the_difference_backwards(bill, other):
    before = explode(bill.root, bill.items, bill.lines, bill.selection)
    after = explode(bill.root, bill.items, bill.lines, other)

    forwards, backwards = bill_difference(before, after), bill_difference(after, before)

    assert {(c.item.code, c.before, c.after) for c in forwards.items} == {
        (c.item.code, c.after, c.before) for c in backwards.items
    }
    assert len(forwards.lines) == len(backwards.lines)


def test_uses_are_found_on_all_levels_with_what_must_hold():
    uses = where_used(ITEMS, LINES, "TUBE")

    assert [(use.item, use.level, use.way, [format_expression(c) for c in use.conditions]) for use in uses] == [
        ("FRAME", 1, ("FRAME", "TUBE"), ["low"]),
        ("FRAME", 1, ("FRAME", "TUBE"), []),
        ("BIKE", 2, ("BIKE", "FRAME", "TUBE"), ["low"]),
        ("BIKE", 2, ("BIKE", "FRAME", "TUBE"), []),
    ]
    assert where_used(ITEMS, LINES, "BIKE") == ()


def test_a_later_alternative_is_used_unless_an_earlier_one_is():
    lines = (
        BillLine("BIKE", "BELL", Literal(1), formula("bell"), one_of="noise"),
        BillLine("BIKE", "FRAME", Literal(1), formula("low"), {"size": Literal(1)}, one_of="noise"),
        BillLine("BIKE", "TUBE", Literal(1), None, {"cut": Literal(1)}, one_of="noise"),
    )

    conditions = [where_used(ITEMS, lines, code)[0].conditions for code in ("BELL", "FRAME", "TUBE")]

    assert [[format_expression(c) for c in each] for each in conditions] == [
        ["bell"],
        ["not bell and low"],
        ["not (bell or low)"],
    ]


def test_the_use_of_an_unknown_item_or_of_one_that_contains_itself_is_refused():
    with pytest.raises(UnknownItem, match="there is no item CAR"):
        where_used(ITEMS, LINES, "CAR")
    with pytest.raises(BillCycle, match="TUBE > FRAME > TUBE"):
        where_used(ITEMS, (*LINES, BillLine("TUBE", "FRAME", Literal(1))), "TUBE")


@given(bills())
def test_everything_in_a_bill_has_a_use_on_its_way(bill):
    tree = explode(bill.root, bill.items, bill.lines, bill.selection)

    for node in tree.walk():
        if node is not tree:
            ways = {use.way for use in where_used(bill.items, bill.lines, node.item.code)}
            assert any(way[0] == bill.root and way[-1] == node.item.code for way in ways)
