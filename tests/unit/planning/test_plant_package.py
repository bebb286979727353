"""Reading and writing the plant package, without a database."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.documents import DocumentError
from planning.formats.plant_package import (
    KINDS,
    CalendarEntry,
    ChangeoverEntry,
    ExtraEntry,
    LineEntry,
    PlantPackage,
    RoutingEntry,
    ShiftEntry,
    StationEntry,
    StepEntry,
    StockEntry,
    SupplyEntry,
    parse_plant_package,
    read_plant_package,
    write_plant_package,
)

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"

GOOD = """format: linewright-plant/1
plant: {code: shed, name: The shed, time_zone: Europe/Berlin}
calendars:
  - code: day
    name: Day shift
    shifts: [{days: [mon, tue], start: "06:00", end: "14:00"}]
    closed: [2027-05-17]
    extra: [{day: 2027-05-22, start: "08:00", end: "12:00"}]
lines:
  - {code: SHOP, name: Workshop, kind: batch}
stations:
  - {code: BOOTH, name: Booth, line: SHOP, calendar: day, capabilities: [paint]}
  - {code: BENCH, name: Bench, line: SHOP, calendar: day, capabilities: [build]}
changeovers:
  - code: COLOUR
    attribute: colour
    stations: [BOOTH]
    default_minutes: 16
    minutes:
      - {from: white, to: black, minutes: 4}
routings:
  - item: LAMP
    operations:
      - {number: 10, name: Paint, capability: paint, seconds: "60", family: colour, recipe: coat}
      - {number: 20, name: Build, capability: build, seconds: "60 + height", after: [10], pausable: true}
stock: [{item: BULB, quantity: 7}]
supply: [{item: BULB, quantity: 5, due: "2027-05-12T08:00:00+02:00"}]
"""


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(DocumentError) as caught:
        parse_plant_package(text)
    return [(fault.line, fault.reason) for fault in caught.value.faults]


def test_a_package_is_read_as_it_is_written():
    package = parse_plant_package(GOOD)

    assert (package.code, package.name, package.time_zone) == ("shed", "The shed", "Europe/Berlin")
    assert package.calendars == (
        CalendarEntry(
            "day",
            "Day shift",
            (ShiftEntry((0, 1), time(6), time(14)),),
            (date(2027, 5, 17),),
            (ExtraEntry(date(2027, 5, 22), time(8), time(12)),),
        ),
    )
    assert package.changeovers == (ChangeoverEntry("COLOUR", "colour", ("BOOTH",), 16, (("white", "black", 4),)),)
    assert package.routings[0].steps[1] == StepEntry(20, "Build", "build", "60 + height", "", "", (10,), True)
    assert package.supply[0].due == datetime(2027, 5, 12, 6, tzinfo=UTC)


def test_what_is_not_said_has_its_usual_value():
    package = parse_plant_package(GOOD.replace(", kind: batch", "").replace("    default_minutes: 16\n", ""))

    assert package.lines[0].kind == "cell"
    assert package.changeovers[0].default_minutes == 0
    assert package.routings[0].steps[0].after == ()


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("linewright-plant/1", "linewright-plant/9", 1, "This reader knows the format linewright-plant/1 only."),
        ("code: shed", "kode: shed", 2, "'kode' is no field of the plant; did you mean 'code'?"),
        ("code: shed", "code: a, code: b", 2, "The field 'code' is given twice."),
        ("name: The shed, ", "", 2, "The field 'name' of the plant is missing."),
        ("name: The shed", "name: ''", 2, "'name' is empty."),
        ("name: The shed", "name: [a]", 2, "'name' must be one word or sentence."),
        (
            "Europe/Berlin",
            "Europe/Atlantis",
            2,
            "'Europe/Atlantis' is no time zone; write an IANA name such as Europe/Berlin.",
        ),
        ("Europe/Berlin", "../etc/passwd", 2, "'../etc/passwd' is no time zone;"),
        (
            "{code: shed, name: The shed, time_zone: Europe/Berlin}",
            "shed",
            2,
            "Here must be the plant with named fields.",
        ),
        ("[mon, tue]", "[mon, someday]", 6, "'someday' is no weekday; write mon, tue, wed, thu, fri, sat, sun."),
        ("[mon, tue]", "mon", 6, "'days' must be a list."),
        ('"06:00"', '"26:00"', 6, "'26:00' is no time of day; write it in quotes, such as \"06:00\"."),
        ('"06:00"', '"06:00+02:00"', 6, "'06:00+02:00' is no time of day;"),
        ("[2027-05-17]", "[17 May]", 7, "'17 May' is no day; write it as 2027-05-17."),
        ("[2027-05-17]", "2027-05-17", 7, "'closed' must be a list."),
        ("day: 2027-05-22", "day: 2027-02-30", 8, "'2027-02-30' is no day; write it as 2027-05-17."),
        ("kind: batch", "kind: heap", 10, "'heap' is no kind of line; there are cell, batch, takt."),
        ("line: SHOP", "line: ATTIC", 12, "The station BOOTH is on a line ATTIC, which is not described."),
        ("calendar: day", "calendar: night", 12, "The station BOOTH works by night, which is no calendar."),
        ("[paint]", "paint", 12, "'capabilities' must be a list."),
        ("code: BENCH", "code: BOOTH", 13, "The station BOOTH is described twice."),
        ("[BOOTH]", "[ATTIC]", 15, "The changeover table COLOUR names ATTIC, which is no station."),
        ("[BOOTH]", "[BOOTH, BOOTH]", 15, "The station BOOTH has two changeover tables, COLOUR too."),
        ("16", "-1", 18, "'default_minutes' must be a whole number from 0 to 10,080, not -1."),
        ("minutes: 4", "minutes: 4.5", 20, "'minutes' must be a whole number from 0 to 10,080, not 4.5."),
        ("minutes: 4", "minutes: 99999", 20, "'minutes' must be a whole number from 0 to 10,080, not 99999."),
        ("minutes: 4", "minutes: soon", 20, "'minutes' must be a number."),
        ("number: 20", "number: 10", 25, "The routing of LAMP has two operations numbered 10."),
        ("after: [10]", "after: [11]", 25, "Operation 20 comes after 11, which is not there."),
        ("pausable: true", "pausable: perhaps", 25, "'pausable' must be true or false."),
        ('seconds: "60", ', "", 24, "The field 'seconds' of an operation is missing."),
        ("quantity: 7", "quantity: -7", 26, "'quantity' must be a whole number from 0 to 1,000,000,000,000, not -7."),
        ("[{item: BULB, quantity: 7}]", "[{item: B, quantity: 1}, {item: B, quantity: 2}]", 26, "The stock of B is"),
        ("quantity: 5", "quantity: 0", 27, "'quantity' must be a whole number from 1 to 1,000,000,000,000, not 0."),
        (
            "+02:00",
            "",
            27,
            "'2027-05-12T08:00:00' is no moment with a time zone; write it as 2027-05-12T08:00:00+02:00.",
        ),
        ("2027-05-12T08:00:00+02:00", "soon", 27, "'soon' is no moment with a time zone;"),
    ],
)
def test_each_fault_is_told_with_its_line(good, bad, line, reason):
    assert good in GOOD

    found = faults(GOOD.replace(good, bad, 1))

    assert any(where == line and what.startswith(reason) for where, what in found), found


def test_a_routing_without_operations_is_a_fault():
    assert faults(GOOD.partition("routings:")[0] + "routings: [{item: LAMP, operations: []}]\n") == [
        (21, "A routing needs at least one operation.")
    ]


def test_codes_name_one_thing_each():
    text = GOOD.replace("lines:\n", "lines:\n  - {code: SHOP, name: Other}\n")
    text = text.replace("calendars:\n", "calendars:\n  - {code: day, name: Other, shifts: []}\n")
    text = text.replace(
        "routings:\n", 'routings:\n  - {item: LAMP, operations: [{number: 1, name: a, capability: b, seconds: "1"}]}\n'
    )

    assert [reason for _, reason in faults(text)] == [
        "The calendar day is described twice.",
        "The line SHOP is described twice.",
        "The routing of LAMP is described twice.",
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    found = faults(
        GOOD.replace("quantity: 7", "quantity: x").replace("mon", "someday").replace("kind: batch", "kind: q")
    )

    assert [line for line, _ in found] == [6, 10, 26]


@pytest.mark.parametrize("text", ["", "a: [b", "- 1\n- 2", "just words", "plant: {a: b", "a: &x [*x]\n"])
def test_what_is_no_package_is_refused_in_sentences(text):
    assert faults(text)


def test_a_file_that_is_not_there_is_told_with_its_name(tmp_path):
    with pytest.raises(DocumentError, match=r"nowhere\.yaml:1: The file cannot be read"):
        read_plant_package(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("name", ["velo", "standard"])
def test_the_factories_that_come_along_are_read_and_written(name):
    package = read_plant_package(FIXTURES / name / "plant.yaml")

    assert parse_plant_package(write_plant_package(package)) == package


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=12)
sentences = st.lists(words, min_size=1, max_size=3).map(" ".join)
clocks = st.times().map(lambda some: some.replace(microsecond=0))
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
offsets = st.integers(-14 * 60, 14 * 60)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
shifts = st.builds(ShiftEntry, st.sets(st.integers(0, 6)).map(lambda some: tuple(sorted(some))), clocks, clocks)
whole = st.integers(0, 10_000)


@st.composite
def packages(draw: st.DrawFn) -> PlantPackage:
    calendars, lines, items = (draw(st.lists(words, unique=True, min_size=1, max_size=3)) for _ in range(3))
    stations = draw(st.lists(words, unique=True, max_size=4))
    numbers = draw(st.lists(whole, unique=True, min_size=1, max_size=3))
    place = draw(st.integers(0, len(stations)))
    return PlantPackage(
        code=draw(words),
        name=draw(sentences),
        time_zone=draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai"])),
        calendars=tuple(
            CalendarEntry(
                code,
                draw(sentences),
                tuple(draw(st.lists(shifts, max_size=2))),
                tuple(draw(st.lists(days, max_size=2))),
                tuple(draw(st.lists(st.builds(ExtraEntry, days, clocks, clocks), max_size=2))),
            )
            for code in calendars
        ),
        lines=tuple(LineEntry(code, draw(sentences), draw(st.sampled_from(KINDS))) for code in lines),
        stations=tuple(
            StationEntry(
                code,
                draw(sentences),
                draw(st.sampled_from(lines)),
                draw(st.sampled_from(calendars)),
                tuple(draw(st.lists(words, max_size=2))),
            )
            for code in stations
        ),
        changeovers=tuple(
            ChangeoverEntry(
                code,
                draw(words),
                tuple(some),
                draw(whole),
                tuple(draw(st.lists(st.tuples(words, words, whole), max_size=2))),
            )
            for code, some in (("one", stations[:place]), ("other", stations[place:]))
        ),
        routings=tuple(
            RoutingEntry(
                item,
                tuple(
                    StepEntry(
                        number,
                        draw(sentences),
                        draw(words),
                        draw(sentences),
                        draw(st.one_of(st.just(""), words)),
                        draw(st.one_of(st.just(""), words)),
                        tuple(numbers[:position]),
                        draw(st.booleans()),
                    )
                    for position, number in enumerate(numbers)
                ),
            )
            for item in items
        ),
        stock=tuple(StockEntry(item, draw(whole)) for item in items),
        supply=tuple(
            SupplyEntry(draw(words), draw(st.integers(1, 10**12)), draw(moments) + timedelta(minutes=draw(offsets)))
            for _ in range(draw(st.integers(0, 2)))
        ),
    )


@settings(deadline=None)  # a busy machine is no fault of the reader
@given(packages())
def test_what_was_written_is_read_again(package):
    assert parse_plant_package(write_plant_package(package)) == package
