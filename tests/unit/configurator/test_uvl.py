"""Feature models in UVL: what is read of the boolean level, and what is refused where."""

import pytest
from hypothesis import HealthCheck, given, settings

from configurator.engine import compile_model, explode
from configurator.formats import UvlError, package_from_tree, parse_product_package, parse_uvl, write_product_package
from tests.unit.configurator.counting import count
from tests.unit.configurator.small_models import selections, trees

SHOP = """\
namespace "My Shop"   // a comment

features
\t"My Shop" {abstract}
\t\tmandatory
\t\t\tPayment {abstract true, Note 'any, of "these"'}
\t\t\t\talternative
\t\t\t\t\t"Debit Card" {Price 1.50}
\t\t\t\t\tCash
\t\toptional
\t\t\tSearch /* not
\t\t\tyet */
\t\t[1..2]
\t\t\tA
\t\t\tB
\t\t\tC {Price 3}
constraints
\tSearch => (A |
\t\t!"Debit Card")
\tA <=> B & !C
"""


def test_tree_groups_attributes_and_constraints_are_read():
    model = parse_uvl(SHOP)

    assert model.name == "My Shop"
    assert [(n.name, n.parent, n.abstract, n.group, n.cardinality) for n in model.tree] == [
        ("My Shop", None, True, "root", (0, 0)),
        ("Payment", "My Shop", True, "mandatory", (0, 0)),
        ("Debit Card", "Payment", False, "alternative", (0, 0)),
        ("Cash", "Payment", False, "alternative", (0, 0)),
        ("Search", "My Shop", False, "optional", (0, 0)),
        ("A", "My Shop", False, "cardinality", (1, 2)),
        ("B", "My Shop", False, "cardinality", (1, 2)),
        ("C", "My Shop", False, "cardinality", (1, 2)),
    ]
    assert dict(model.tree[1].attributes) == {"abstract": True, "Note": 'any, of "these"'}
    assert [rule.text for rule in model.rules] == ['Search => (A | !"Debit Card")', "A <=> B & !C"]
    assert model.concrete_leaves() == ("Debit Card", "Cash", "Search", "A", "B", "C")


def test_a_model_becomes_a_product_with_as_many_configurations():
    model = parse_uvl(SHOP)
    package = package_from_tree(model)

    assert count(package.to_model()) == count(model) == len(selections(model))
    assert package.product.code == "my-shop"
    assert package.prices() == {("Payment", "Debit Card"): 150, ("C", True): 300}
    assert parse_product_package(write_product_package(package)) == package


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(trees())
def test_any_tree_becomes_a_product_with_the_same_configurations_and_parts(model):
    package = package_from_tree(model)
    _, items, lines = package.bill()
    names = {item.code: item.name for item in items}
    leaves = model.concrete_leaves()

    bought = set()
    everything = selections(package.to_model())
    for selection in everything:
        _, *rest = explode(*package.bill(), selection).walk()
        bought.add(frozenset(names[node.item.code] for node in rest))
    expected = {frozenset(leaf for leaf in leaves if each[leaf]) for each in selections(model)}

    assert len(everything) == len(selections(model))
    assert bought == expected
    assert len(lines) == len(leaves)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("features\n  A\n    optional\n      B\nconstraints\n  B => Cee\n",
         "line 6, column 8: there is no feature Cee"),
        ("features\n  A\n    optional\n      B\n      B\n",
         "line 5, column 7: the feature B is there twice, first in line 4"),
        ("features\n  A\n  mandatory\n    B\n",
         "line 3, column 3: the indentation is wrong: the group mandatory must stand below a feature"),
        ("features\n  A\n    B\n",
         "line 3, column 5: the indentation is wrong: B must stand in a group such as mandatory or optional"),
        ("features\n  A\n    optional\n        B\n      C\n",
         "line 5, column 7: the indentation is wrong: it fits no line above"),
        ("features\n  A\n  B\n", "line 3, column 3: the indentation is wrong: B stands beside the root A"),
        ("features\n  A\n    optional\n", "line 3, column 5: the group optional is empty"),
        ("features\n  A\n    [3..2]\n      B\n", "line 3, column 5: the cardinality [3..2] ends below its beginning"),
        ("features\n  A\n    [3]\n      B\n", "line 3, column 5: the group asks for 3 of its 1 features"),
        ("features\n  A\n    [x]\n      B\n",
         "line 3, column 5: [x] is not a group cardinality such as [1..3] or [2..*]"),
        ("features\n  A\n    optional\n      B C\n",
         "line 4, column 7: B is not a type; a name with spaces stands in quotes"),
        ("features\n  A cardinality [1..*]\n",
         "line 2, column 5: the cardinality of A has no upper bound: say how many there can be at most"),
        ("features\n  A cardinality [4..2]\n", "line 2, column 5: the cardinality of A ends below its beginning"),
        ("features\n  A cardinality [1..2000]\n",
         "line 2, column 5: A may be there 2,000 times, 1,000 are allowed"),
        ("features\n  A {Price 3, constraint B}\n", "line 2, column 26: there is no feature B"),
        ("features\n  A {Price 3, size {constraint A}}\n",
         "line 2, column 15: a constraint stands directly among the attributes of its feature"),
        ('features\n  A\n    optional\n      ""\n', "line 4, column 7: there is nothing between the quotes"),
        ("features\n  A {Price 3, Price 4}\n", "line 2, column 3: the attribute Price of A is there twice"),
        ("features\n  A {Price 3, }\n", "line 2, column 15: the attributes go on unexpectedly at }"),
        ("features\n  A {Price 1" + "0" * 40 + "}\n",
         "line 2, column 12: the number has 41 characters, 40 are allowed"),
        ("features\n  A {Price 3}\nconstraints\n  A.Prize > 2\n",
         "line 4, column 3: A has no attribute Prize; did you mean Price?"),
        ("features\n  A\nconstraints\n  sum(Price) > 2\n",
         "line 4, column 7: no feature has a number called Price"),
        ("features\n  A\nconstraints\n  A == 'x'\n",
         "line 4, column 8: this is a text, and true or false is needed here"),
        ("features\n  A {Price 3}\nconstraints\n  A.Price\n",
         "line 4, column 3: A.Price is a number, and true or false is needed here"),
        ("features\n  A\nconstraints\n  A + 2 < 10\n",
         "line 4, column 3: A is true or false, and a number is needed here"),
        ("features\n  A {Name 'a'}\nconstraints\n  A.Name < 'b'\n",
         "line 4, column 3: < does not compare a text with its like"),
        ("features\n  A {Sizes [1, 2]}\nconstraints\n  A.Sizes > 1\n",
         "line 4, column 3: A.Sizes is a list, and a number is needed here"),
        ("features\n  A {Price 3}\nconstraints\n  sum(Price, B) > 2\n", "line 4, column 14: there is no feature B"),
        ("features\n  A\n    or\n      B {Price 3}\n      C {Price 4}\n"
         "constraints\n  B.Price * 999999999999 * 999999 > C.Price + 1\n",
         "line 7, column 3: the numbers of this constraint go beyond 1,000,000,000,000"),
        ("features\n  A\nconstraints\n  A => A => A\n",
         "line 4, column 10: several => in a row are ambiguous: write parentheses"),
        ("features\n  A\nconstraints\n  A & (A\n", "line 4, column 7: ( is never closed"),
        ("features\n  A\nconstraints\n  A & A)\n", "line 4, column 8: ) closes nothing"),
        ('features\n  "A\n', "line 2, column 3: a quote is not closed on its line"),
        ("features\n  A /* x\n", "line 2, column 5: the comment is never closed"),
        ("imports\n  other as o\nfeatures\n  A\n",
         "line 2, column 3: the import other is not read: there are no files beside this text"),
        ("include\n  Booleans\nfeatures\n  A\n",
         "line 2, column 3: Booleans is not a language level: known are Boolean, Arithmetic and Type"),
        ("features\n  A\n    optional\n      b.C\n", "line 4, column 7: nothing that is imported is called b"),
        ("featuers\n  A\n",
         "line 1, column 1: featuers is not a heading: known are namespace, features, constraints, imports, include"),
        ("", "there are no features"),
        ("features\n  A\nconstraints\n  " + "!(" * 150 + "A" + ")" * 150 + "\n",
         "line 4, column 3: the expression has 101 levels, 100 are allowed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_line_and_column(text, finding):
    with pytest.raises(UvlError) as refused:
        parse_uvl(text, "")
    assert finding in str(refused.value).splitlines()


def test_ten_thousand_options_in_one_group_are_answered():
    text = "features\n  Root\n    alternative\n" + "".join(f"      Option{n}\n" for n in range(10_000))

    compiled = compile_model(parse_uvl(text))
    domains = compiled.valid_domains({"Option7": True})

    assert domains["Option8"] == {False}
    assert compiled.complete({}, {"Option9999": True})["Option9999"] is True
