"""The product package: reading, writing, and one clear sentence for every mistake."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.engine import compile_model, explode
from configurator.formats import (
    FeatureEntry,
    OptionEntry,
    PackageError,
    ParameterEntry,
    ProductHeader,
    ProductPackage,
    SectionEntry,
    parse_product_package,
    read_model,
    read_product_package,
    write_product_package,
)

CITY = """\
format: linewright-product/1
product: {code: city, name: City, currency: EUR, base_price: "1890.00", root_item: BIKE, text: "A bicycle, for town"}
sections:
- {code: drive, name: Drive}
features:
- code: battery
  name: Battery
  section: drive
  default: f630
  options:
  - {code: f400, name: 400 Wh, price: "-180.00", parts: [battery-frame]}
  - {code: f630, name: 630 Wh}
  - {code: rack500, name: On the rack, price: 20}
- {code: seat, name: Seat, section: drive, options: [{code: none, name: None}, {code: child_rear, name: Child}]}
- {code: bell, name: Bell, section: drive, flag: true, price: "12.50", parts: [bell]}
parameters:
- {code: height, name: Height, section: drive, unit: cm, minimum: 150, maximum: 205, step: 1, default: 172}
rules:
- {code: R01, rule: seat = child_rear implies battery != rack500, text: They need the same place.}
tables:
- {code: T1, columns: [battery, seat], rows: [[f400, none], [f630, none], [f630, child_rear], [rack500, none]], text: T}
items:
- {code: BIKE, name: Bicycle, made: true}
- {code: FRAME, name: Frame, made: true, parameters: [tube]}
- {code: BELL, name: Bell, made: false}
bill:
- {parent: BIKE, item: FRAME, quantity: 1, with: {tube: height * 3 - 20}}
- {parent: BIKE, item: BELL, quantity: "1", when: bell}
examples:
- {code: family, text: On the brochure., choices: {seat: child_rear, bell: true}}
- {code: crowded, choices: {battery: rack500, height: 160}, sold: false}
"""


def test_a_package_becomes_a_model_a_bill_and_prices():
    package = parse_product_package(CITY)

    compiled = compile_model(package.to_model())
    root, items, lines = package.bill()
    selection = compiled.complete({"bell": True}, package.defaults())

    assert selection == {"battery": "f630", "seat": "none", "bell": True, "height": 172}
    assert package.prices() == {("battery", "f400"): -18000, ("battery", "rack500"): 2000, ("bell", True): 1250}
    paths = [node.path for node in explode(root, items, lines, selection).walk()]
    assert paths == ["BIKE", "BIKE/FRAME", "BIKE/BELL"]


def test_reading_what_was_written_gives_the_same_package():
    package = parse_product_package(CITY)

    assert parse_product_package(write_product_package(package)) == package
    assert ProductPackage.from_document(package.to_document()) == package
    assert ProductPackage.from_document(package.to_document()).content_hash() == package.content_hash()


def test_the_hash_changes_with_the_knowledge_and_not_with_the_writing():
    package = parse_product_package(CITY)

    assert parse_product_package("# a remark\n" + CITY).content_hash() == package.content_hash()
    assert parse_product_package(CITY.replace("12.50", "12.51")).content_hash() != package.content_hash()


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(str.strip).filter(bool)
prices = st.decimals(0, 1000, places=2)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(words, words, prices), min_size=1, max_size=4, unique_by=lambda each: each[0]),
    words,
    st.integers(-9, 9),
)
def test_any_texts_survive_writing_and_reading(options, text, minimum):
    package = ProductPackage(
        ProductHeader("p", text, "ROOT", text, "EUR", Decimal("5.00")),
        (SectionEntry("s", text),),
        (FeatureEntry("f", text, "s", text, options[0][0], tuple(OptionEntry(c, n, "", p) for c, n, p in options)),),
        (ParameterEntry("n", text, "s", minimum, minimum + 6, step=3),),
        items=parse_product_package(CITY.replace("BIKE", "ROOT")).items,
    )

    assert parse_product_package(write_product_package(package)) == package


@pytest.mark.parametrize(
    ("written", "mistaken", "sentence"),  # the mistake is shown where ^ stands
    [
        ('format: linewright-product/1', 'format: ^2',
         'format must be linewright-product/1, not 2'),
        ('  default: f630', '  defualt: ^f630',
         'defualt is not known here; did you mean default?'),
        ('default: f630', 'default: ^f640',
         'default f640 is not an option of battery; did you mean f630?'),
        ('code: f630, name', 'code: ^f400, name',
         'the option of battery f400 is there twice'),
        ('code: bell,', 'code: ^seat,',
         'the feature seat is there twice'),
        ('code: bell, name: Bell, section: drive', 'code: bell, name: Bell, section: ^drives',
         'there is no section drives; did you mean drive?'),
        ('{code: f400, ', '{code: ^400, ',
         'code must be text, not a whole number: put it in quotes, "400"'),
        ('"-180.00"', '"^-18000000.00"',
         'price -18000000.00 is absurd: prices stay within 10,000,000 either way'),
        ('"-180.00"', '"^-1.005"',
         'price -1.005 has more than two decimals'),
        ('"-180.00"', '^cheap',
         'price must be an amount such as "12.50", not cheap'),
        ('"-180.00"', '"^NaN"',
         'price NaN is absurd: prices stay within 10,000,000 either way'),
        ('"1890.00"', '"^-1"',
         'base_price -1.00 is less than nothing'),
        ('"1890.00"', '"^100"',
         'with the cheapest options the product would cost -80.00'),
        ('currency: EUR', 'currency: ^euro',
         'currency euro is not a code of three capital letters such as EUR'),
        ('code: city', 'code: ^a b',
         'code a b stands in addresses: up to 50 letters a to z, digits, hyphens and underscores'),
        ('step: 1', 'step: ^2',
         'step 2 does not divide the range 150 to 205'),
        ('step: 1', 'step: ^0',
         'step 0 must be at least 1'),
        ('maximum: 205', 'maximum: ^2.5',
         'maximum must be a whole number, not a decimal number'),
        ('maximum: 205', 'maximum: ^99',
         'maximum 99 is below minimum 150'),
        ('{code: height, name: Height, section: drive, unit: cm, minimum: 150, maximum: 205',
         '^{code: height, name: Height, section: drive, unit: cm, minimum: 150, maximum: 900150',
         'height has 900,001 values, 100,000 are allowed: choose a larger step'),
        ('{code: height, name: Height, section: drive, unit: cm, minimum: 150, maximum: 205, ',
         '^{code: height, name: Height, section: drive, unit: cm, minimum: 150, ',
         'maximum is missing: a parameter is bounded'),
        ('default: 172', 'default: ^300',
         'default 300 is not one of the values of height'),
        ('seat = child_rear', 'seat =^= child_rear',
         '= is not expected here; write = to compare'),
        ('seat = child_rear', '^seta = child_rear',
         'there is no feature seta; did you mean seat?'),
        ('!= rack500', '!= ^rack50',
         'battery has no value rack50; did you mean rack500?'),
        ('{code: R01, rule: seat = child_rear implies battery != rack500, text: They need the same '
         'place.',
         '^{code: R01, rule: seat = child_rear implies battery != rack500',
         'text is missing'),
        ('[battery, seat]', '[battery, ^seats]',
         'there is no feature seats; did you mean seat?'),
        ('[f400, none]', '[f400, ^non]',
         'seat has no value non; did you mean none?'),
        ('[f400, none]', '^[f400]',
         'a row of T1 has 1 values where 2 columns stand'),
        ('root_item: BIKE', 'root_item: ^BIKES',
         'there is no item BIKES; did you mean BIKE?'),
        ('item: BELL', 'item: ^BEL',
         'there is no item BEL; did you mean BELL?'),
        ('parent: BIKE, item: BELL', 'parent: ^BELL, item: BELL',
         'BELL is bought: only a made item has bill lines'),
        ('{parent: BIKE, item: FRAME, quantity: 1, with: {tube: height * 3 - 20}}\n- {parent: BIKE, '
         'item: BELL',
         '^{parent: BIKE, item: FRAME, quantity: 1, with: {tube: height * 3 - 20}}\n- {parent: '
         'FRAME, item: BIKE',
         'an item contains itself: BIKE > FRAME > BIKE'),
        ('quantity: "1"', 'quantity: "^-1"',
         'the quantity -1 is less than nothing'),
        ('quantity: "1"', 'quantity: "^5000000"',
         'the quantity 5,000,000 is more than 1,000,000'),
        ('quantity: "1"', 'quantity: "^bell"',
         'a number is needed here, not a true-or-false value'),
        ('when: bell', 'when: ^bel',
         'there is no feature bel; did you mean bell?'),
        ('{parent: BIKE, item: FRAME, quantity: 1, with: {tube: height',
         '^{parent: BIKE, item: FRAME, quantity: 1, with: {tubes: height',
         'FRAME needs the parameter tube: say it under with'),
        ('sections:', 'sections: ^3\nfoo:',
         'sections must be a list, not a whole number'),
        ('made: true, p', 'made: ^1, p',
         'made must be true or false, not a whole number'),
        ('flag: true', 'flag: true, options: ^[]',
         'a flag has no options: it is yes or no'),
        ('choices: {seat: child_rear,', 'choices: {seat: ^child_front,',
         'seat has no value child_front; did you mean child_rear?'),
        ('choices: {seat: child_rear, bell: true}', 'choices: {seat: child_rear, bells: ^true}',
         'there is no feature bells; did you mean bell?'),
        ('height: 160}', 'height: ^tall}',
         'height has no value tall'),
        ('{battery: rack500, height: 160}', '^{}',
         'choices must be features with a value each, at least one'),
        ('  default: f630', '  ^name: Again',
         'the key name is there twice'),
        ('  default: f630', '^\tdefault: f630',
         'a tab stands where YAML wants spaces'),
        ('{code: drive, name: Drive}', '{code: drive, name: Drive, ^in town}',
         'a text with a comma or brace is put in quotes here: in town'),
        ('{code: drive, name: Drive}', '&d {code: drive, name: Drive}\n- ^*d',
         'aliases (*name) are not read: write the value out'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_column(written, mistaken, sentence):
    assert CITY.count(written) >= 1
    text = CITY.replace(written, mistaken, 1)
    before = text[: text.index("^")]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    with pytest.raises(PackageError) as refused:
        parse_product_package(text.replace("^", ""), "city.yaml")

    assert f"city.yaml, line {line}, column {column}: {sentence}" in str(refused.value).splitlines()


def test_all_mistakes_are_given_in_one_answer():
    broken = CITY.replace("default: f630", "default: f640").replace("!= rack500", "!= rack50")

    with pytest.raises(PackageError) as refused:
        parse_product_package(broken, "city.yaml")
    assert [finding.line for finding in refused.value.findings] == [9, 19]


@pytest.mark.parametrize(
    "text", ["", "[" * 10_000, "- 1", "a: [", "\x00", "{}", "a: &x {b: *x}", "---\na: 1\n---\nb: 2"]
)
def test_what_is_no_package_at_all_is_refused(text):
    with pytest.raises(PackageError):
        parse_product_package(text)


def test_included_lists_come_first_and_mistakes_in_them_name_their_file(tmp_path: Path):
    head, _, tail = CITY.partition("features:")
    parts, _, rest = tail.partition("parameters:")
    (tmp_path / "modules.yaml").write_text("features:" + parts)
    main = tmp_path / "city.yaml"
    main.write_text(head.replace("product:", "include: [modules.yaml]\nproduct:", 1) + "parameters:" + rest)

    assert read_product_package(main) == parse_product_package(CITY)
    assert read_model(main).domain("bell") == (False, True)

    (tmp_path / "modules.yaml").write_text("features:" + parts.replace("default: f630", "default: f6"))
    with pytest.raises(PackageError, match=r"^modules.yaml, line 5, column 12: default f6 is not an option"):
        read_product_package(main)


@pytest.mark.parametrize(
    ("include", "sentence"),
    [
        ("[none.yaml]", "include none.yaml: there is no such file beside city.yaml"),
        ("[../secret.yaml]", "include ../secret.yaml: included files lie beside or below the package"),
        ("[/etc/passwd]", "include /etc/passwd: included files lie beside or below the package"),
        ("modules.yaml", "include must be a list of file names"),
        ("[a.yaml, a.yaml]", "include names a file twice, or more than 50 files"),
    ],
)
def test_an_include_stays_beside_the_package(tmp_path: Path, include, sentence):
    main = tmp_path / "city.yaml"
    main.write_text(f"include: {include}\n{CITY}")
    with pytest.raises(PackageError) as refused:
        read_product_package(main)
    assert str(refused.value) == f"city.yaml, line 1, column 10: {sentence}"


def test_a_pasted_package_cannot_include_files():
    with pytest.raises(PackageError, match="include needs a file on disk"):
        parse_product_package(f"include: [a.yaml]\n{CITY}")
