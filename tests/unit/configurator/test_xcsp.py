"""XCSP 2.1: tables of allowed and forbidden tuples are read exactly, everything else is refused by name."""

from itertools import product
from time import process_time

import pytest

from configurator.formats import XcspError, parse_xcsp, read_model

DOMAINS = """<domains nbDomains="2">
<domain name="D0" nbValues="3">0..2</domain>
<domain name="D1" nbValues="3">
 -1 1..2
</domain>
</domains>
"""
VARIABLES = """<variables nbVariables="3">
<variable name="frame" domain="D0"/><variable name="motor" domain="D1"/><variable name="bell" domain="D1"/>
</variables>
"""
RELATIONS = """<relations nbRelations="2">
<relation name="fits" arity="2" nbTuples="3" semantics="supports">0 -1|1 1 |
 2 2</relation>
<relation name="clash" arity="2" nbTuples="1" semantics="conflicts">2 2</relation>
</relations>
"""
CONSTRAINTS = """<constraints nbConstraints="3">
<constraint name="C0" arity="2" scope="frame motor" reference="fits"/>
<constraint name="C1" arity="2" scope="frame bell" reference="fits"/>
<constraint name="C2" arity="2" scope="motor bell" reference="clash"/>
</constraints>
"""
HEAD = '<?xml version="1.0"?>\n<instance>\n<presentation name="bike" format="XCSP 2.1" type="CSP"/>\n'
BIKE = f"{HEAD}{DOMAINS}{VARIABLES}{RELATIONS}{CONSTRAINTS}</instance>\n"


def read(text: str):
    return parse_xcsp(text.encode(), "bike.xml")


def refusal(text: str) -> str:
    with pytest.raises(XcspError) as refused:
        read(text)
    return str(refused.value)


def test_domains_are_lists_and_ranges():
    model = read(BIKE)

    assert model.name == "bike"
    assert {variable.name: variable.domain for variable in model.variables} == {
        "frame": (0, 1, 2),
        "motor": (-1, 1, 2),
        "bell": (-1, 1, 2),
    }


def test_a_relation_serves_several_constraints():
    tables = {table.code: table for table in read(BIKE).tables}

    assert tables["C0"].columns == ("frame", "motor")
    assert tables["C1"].columns == ("frame", "bell")
    assert tables["C0"].rows == tables["C1"].rows == ((0, -1), (1, 1), (2, 2))
    assert (tables["C0"].allowed, tables["C2"].allowed) == (True, False)
    assert tables["C2"].text == "forbidden combinations of motor, bell"


def test_supports_and_conflicts_mean_what_they_say():
    model = read(BIKE)
    allowed = {(0, -1), (1, 1), (2, 2)}

    for frame, motor, bell in product(*(variable.domain for variable in model.variables)):
        values = {"frame": frame, "motor": motor, "bell": bell}
        held = all((tuple(values[name] for name in t.columns) in t.rows) is t.allowed for t in model.tables)
        wanted = (frame, motor) in allowed and (frame, bell) in allowed and (motor, bell) != (2, 2)
        assert held is wanted


def test_rows_outside_a_domain_allow_nothing_and_forbid_nothing():
    wide = BIKE.replace("0 -1|1 1 |", "0 -1|1 1|7 1|1 7|").replace(
        "2 2</relation>\n</rel", "2 2|2 7|0 0</relation>\n</rel"
    )

    assert read(wide).tables == read(BIKE).tables


def test_a_relation_without_rows_allows_nothing_or_forbids_nothing():
    empty = BIKE.replace("0 -1|1 1 |\n 2 2", "").replace('"conflicts">2 2', '"conflicts">')

    tables = read(empty).tables

    assert [table.rows for table in tables] == [(), (), ()]


def test_comments_and_constraints_without_a_name_are_fine():
    model = read(BIKE.replace('<constraint name="C0"', "<!-- first --><constraint"))

    assert [table.code for table in model.tables] == ["constraint 1", "C1", "C2"]


def test_names_in_any_script_and_any_encoding():
    text = BIKE.replace("frame", "フレーム").replace("motor", "мотор")
    latin = BIKE.replace('"1.0"', '"1.0" encoding="iso-8859-1"').replace("motor", "Zubehör")

    assert [variable.name for variable in read(text).variables] == ["フレーム", "мотор", "bell"]
    assert read(text).tables == parse_xcsp(text.encode("utf-16")).tables
    assert parse_xcsp(latin.encode("latin-1")).variables[1].name == "Zubehör"


def test_the_ending_opens_the_reader(tmp_path):
    (tmp_path / "bike.xml").write_text(BIKE)

    assert read_model(tmp_path / "bike.xml") == read(BIKE)
    with pytest.raises(XcspError, match="the file cannot be read: No such file or directory"):
        read_model(tmp_path / "none.xml")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<constraints", "<predicates><predicate name='P'/></predicates>\n<constraints",
         "line 18, column 1: <predicates> is not read: known are relations with supports or conflicts"),
        ("<constraints", "<functions/><constraints",
         "line 18, column 1: <functions> is not read: known are relations with supports or conflicts"),
        ("<constraints", "<quantification/><constraints",
         "line 18, column 1: <quantification> is not read: known are relations with supports or conflicts"),
        ('reference="clash"', 'reference="global:allDifferent"',
         "line 21, column 1: constraint C2: global:allDifferent is a global constraint; only relations are read"),
        ('reference="clash"/>', 'reference="clash"><parameters>1</parameters></constraint>',
         "line 21, column 70: <parameters> in <constraint> is not read"),
        ('semantics="conflicts"', 'semantics="soft"',
         "line 16, column 1: semantics soft is not read: known are supports and conflicts"),
        ('"XCSP 2.1"', '"XCSP 3.1"', "line 3, column 1: XCSP 3.1 is not read: known is XCSP 2.1"),
        ('type="CSP"', 'type="WCSP"', "line 3, column 1: a network of type WCSP is not read: known is CSP"),
        ("<instance>", '<instance format="XCSP3" type="CSP">',
         "line 2, column 1: XCSP3 is not read: known is XCSP 2.1"),
        ("<instance>", "<!DOCTYPE instance [<!ENTITY a 'b'>]><instance>",
         "line 2, column 20: a document type declaration (<!DOCTYPE) is not read"),
        ("<instance>", "<!DOCTYPE instance SYSTEM 'file:///etc/passwd'><instance>",
         "line 2, column 47: a document type declaration (<!DOCTYPE) is not read"),
        ("0..2", "0..x", "line 5, column 32: 0..x in domain D0 is not a whole number or a range such as 0..8"),
        (" -1 1..2", " -1 2..1", "line 7, column 5: 2..1 in domain D1 is not a whole number or a range such as 0..8, "
         "within 1,000,000,000,000 either way"),
        ("0..2", "0 1 9999999999999", "line 5, column 36: 9999999999999 in domain D0 is not a whole number or a range "
         "such as 0..8, within 1,000,000,000,000 either way"),
        ("0..2", "", "line 5, column 1: domain D0 has no values"),
        ("0..2", "0..2 1", "line 5, column 1: domain D0 contains a value twice"),
        ("0..2", "0..100000", "line 5, column 1: 100,001 values of domain D0 where 100,000 are allowed"),
        ("0..2", "0..999999999999",
         "line 5, column 1: 1,000,000,000,000 values of domain D0 where 100,000 are allowed"),
        ("|1 1", "|1 a", "line 14, column 74: a in relation fits is not a whole number"),
        (" 2 2<", " 2 *<", "line 15, column 4: * in relation fits is not a whole number"),
        (" 2 2<", " 2 1.5<", "line 15, column 4: 1.5 in relation fits is not a whole number"),
        (" 2 2<", " 2 1 2<", "line 15, column 2: a row of relation fits has 3 values where 2 belong"),
        ('arity="2" nbTuples="1"', 'arity="3"',
         "line 16, column 56: a row of relation clash has 2 values where 3 belong"),
        ('scope="motor bell"', 'scope="motor bel"',
         "line 21, column 1: constraint C2: there is no variable bel; did you mean bell?"),
        ('scope="motor bell"', 'scope="motor motor"',
         "line 21, column 1: constraint C2: its scope must be different variables, at least one"),
        ('scope="motor bell"', 'scope="motor bell frame"',
         "line 21, column 1: constraint C2: it is about 3 variables, and the rows of clash have 2 values"),
        ('reference="clash"', 'reference="clsh"',
         "line 21, column 1: constraint C2: there is no relation clsh; did you mean clash?"),
        ('name="bell" domain="D1"', 'name="bell" domain="D7"',
         "line 11, column 73: there is no domain D7"),
        ('name="bell" domain="D1"', 'name="frame" domain="D1"',
         "line 11, column 73: a second variable is called frame; the first is in line 11"),
        ('name="C1"', 'name="C0"', "line 20, column 1: a second constraint is called C0; the first is in line 19"),
        ('<domain name="D0"', "<domain", "line 5, column 1: this domain has no name"),
        ("</variables>", "bell</variables>", "line 12, column 1: bell is not expected in <variables>"),
        ("</domains>", "<variable name='x' domain='D0'/></domains>",
         "line 9, column 1: <variable> in <domains> is not read"),
        ("</instance>", "", "line 24, column 1: this is not readable XML: the file is empty or cut off"),
        ("<instance>", "<bicycle>", "line 2, column 1: <bicycle> is not an XCSP <instance>"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_network_is_refused_where_it_stands(old, new, says):
    first, *_ = refusal(BIKE.replace(old, new, 1)).splitlines()

    assert first == f"bike.xml, {says}"


def test_a_network_without_variables_is_refused():
    assert refusal("<instance/>") == "bike.xml: there are no variables"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"PK\x03\x04", b"<?xml version='1.0' encoding='none'?><instance/>"]
)
def test_what_is_not_xml_is_refused(content):
    with pytest.raises(XcspError):
        parse_xcsp(content)


def table_of(rows: int, width: int, tables: int = 1) -> str:
    line = " ".join(["1"] * width)
    names = [f"v{number}" for number in range(width)]
    variables = "".join(f'<variable name="{name}" domain="D"/>' for name in names)
    constraints = "".join(
        f'<constraint name="C{number}" scope="{" ".join(names)}" reference="R"/>' for number in range(tables)
    )
    return (
        '<instance><domains><domain name="D">0..9</domain></domains>'
        f"<variables>{variables}</variables><relations><relation name='R' semantics='supports'>"
        f"{'|'.join([line] * rows)}</relation></relations><constraints>{constraints}</constraints></instance>"
    )


def test_half_a_million_rows_are_read_within_two_seconds():
    text = table_of(500_000, 4)

    begin = process_time()
    model = read(text)

    assert process_time() - begin < 2
    assert len(model.tables[0].rows) == 500_000


@pytest.mark.parametrize(
    "text",
    [
        table_of(3_000_000, 1),
        table_of(100_000, 2, 10_000),
        "<instance>" + "<a>" * 500_000,
        HEAD + "<domains>" + '<domain name="D">0..99999</domain></domains><variables>'
        + "".join(f'<variable name="{number}" domain="D"/>' for number in range(100_000)) + "</variables></instance>",
        HEAD + "<domains><domain name='D'>" + "x " * 1_000_000 + "</domain></domains></instance>",
        HEAD + "<domains><domain name='D'>" + "7 " * 1_000_000 + "</domain></domains></instance>",
        HEAD + "<domains>" + "<domain name='D'>1</domain>" * 100_000 + "</domains></instance>",
        HEAD + "<relations><relation name='R' semantics='supports'>" + "9" * 5_000_000
        + "</relation></relations></instance>",
    ],
    ids=["rows", "tables", "depth", "values", "wrong values", "many values", "one name", "one number"],
)  # fmt: skip
def test_absurd_files_are_refused_within_two_seconds(text):
    begin = process_time()
    refusal(text)

    assert process_time() - begin < 2
