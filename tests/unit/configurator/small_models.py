"""Random small models, and the plainest answers to every question about them."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product

from hypothesis import strategies as st

from configurator.engine import (
    Binary,
    Call,
    Expression,
    FeatureNode,
    Literal,
    Membership,
    Model,
    Name,
    Negation,
    Rule,
    Table,
    Value,
    Variable,
    evaluate,
)

Selection = dict[str, Value]

DOMAINS: dict[str, tuple[Value, ...]] = {
    "flag": (False, True),
    "bell": (False, True),
    "frame": ("low", "high", "cross"),
    "seat": ("none", "rear"),
    "colour": ("red", "blue", "sand", "black"),
    "height": tuple(range(150, 191, 10)),
    "load": tuple(range(-2, 4)),
}
NUMBERS = ("height", "load")
WORDS = ("frame", "seat", "colour")


def numbers() -> st.SearchStrategy[Expression]:
    leaves = st.one_of(st.sampled_from(NUMBERS).map(Name), st.integers(-20, 200).map(Literal))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["+", "-", "*"]), inner, inner),
            st.builds(Binary, st.just("//"), inner, st.sampled_from([-3, 2, 7]).map(Literal)),
            st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(["min", "max"]), inner, inner),
            st.builds(lambda n, a, b: Call("if", (Name(n), a, b)), st.sampled_from(["flag", "bell"]), inner, inner),
        ),
        max_leaves=4,
    )


def comparisons() -> st.SearchStrategy[Expression]:
    word = st.sampled_from(WORDS).flatmap(
        lambda name: st.one_of(
            st.builds(
                Binary, st.sampled_from(["=", "!="]), st.just(Name(name)), st.sampled_from(DOMAINS[name]).map(Literal)
            ),
            st.lists(st.sampled_from(DOMAINS[name]), min_size=1, max_size=3).map(
                lambda values: Membership(Name(name), tuple(values))
            ),
        )
    )
    number = st.builds(Binary, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), numbers(), numbers())
    return st.one_of(word, number, st.sampled_from(["flag", "bell"]).map(Name), st.booleans().map(Literal))


def rules() -> st.SearchStrategy[Expression]:
    return st.recursive(
        comparisons(),
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["and", "or", "implies", "iff", "=", "!="]), inner, inner),
            st.builds(Negation, inner),
            st.builds(lambda a, b, c: Call("if", (a, b, c)), inner, inner, inner),
        ),
        max_leaves=5,
    )


@st.composite
def tables(draw: st.DrawFn, code: str) -> Table:
    columns = tuple(draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=3, unique=True)))
    row = st.tuples(*(st.sampled_from(DOMAINS[column]) for column in columns))
    rows = tuple(draw(st.lists(row, min_size=1, max_size=8)))
    return Table(code, columns, rows, f"table {code}", draw(st.booleans()))


@st.composite
def models(draw: st.DrawFn) -> Model:
    variables = tuple(Variable(name, domain) for name, domain in DOMAINS.items())
    found = draw(st.lists(rules(), max_size=4))
    numbered = tuple(Rule(f"R{number}", rule, f"rule {number}") for number, rule in enumerate(found))
    drawn = tuple(draw(tables(f"T{number}")) for number in range(draw(st.integers(0, 2))))
    return Model("small", variables, numbered, drawn)


@st.composite
def trees(draw: st.DrawFn) -> Model:
    """A feature tree with every kind of group, and a few constraints across it."""
    nodes = [FeatureNode("root")]
    for number in range(draw(st.integers(1, 4))):
        parent = draw(st.sampled_from([node.name for node in nodes]))
        kind = draw(st.sampled_from(["mandatory", "optional", "or", "alternative", "cardinality"]))
        size = draw(st.integers(1, 4))
        low = draw(st.integers(0, size))
        cardinality = (low, draw(st.integers(low, size))) if kind == "cardinality" else (0, 0)
        for member in range(size):
            if len(nodes) < 11:
                name = f"f{number}{member}"
                nodes.append(FeatureNode(name, parent, False, kind, number, cardinality))
    leaf = st.sampled_from([node.name for node in nodes]).map(Name)
    constraint = st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["and", "or", "implies", "iff"]), inner, inner),
            st.builds(Negation, inner),
        ),
        max_leaves=4,
    )
    found = tuple(Rule(f"C{n}", each, "") for n, each in enumerate(draw(st.lists(constraint, max_size=2))))
    return Model("tree", tuple(Variable(node.name, (False, True)) for node in nodes), found, (), tuple(nodes))


def selections(model: Model, without: frozenset[str] = frozenset()) -> list[Selection]:
    """Every valid selection, by trying all; the rules, tables and groups named in `without` do not count."""
    names = [variable.name for variable in model.variables]
    found = []
    for values in product(*(variable.domain for variable in model.variables)):
        selection = dict(zip(names, values))
        if (
            all(rule.code in without or evaluate(rule.expression, selection) for rule in model.rules)
            and all(table.code in without or allows(table, selection) for table in model.tables)
            and tree_holds(model, selection)
        ):
            found.append(selection)
    return found


def allows(table: Table, selection: Selection) -> bool:
    return (tuple(selection[column] for column in table.columns) in table.rows) is table.allowed


def tree_holds(model: Model, selection: Selection) -> bool:
    groups: dict[tuple[str, int], list[FeatureNode]] = {}
    for node in model.tree:
        if node.parent is None:
            if not selection[node.name]:
                return False
        else:
            groups.setdefault((node.parent, node.group_number), []).append(node)
    for (parent, _), members in groups.items():
        count = sum(bool(selection[node.name]) for node in members)
        low, high = {
            "mandatory": (len(members), len(members)),
            "optional": (0, len(members)),
            "or": (1, len(members)),
            "alternative": (1, 1),
            "cardinality": members[0].cardinality,
        }[members[0].group]
        if count and not selection[parent]:
            return False
        if selection[parent] and not low <= count <= high:
            return False
    return True


def containing(found: Sequence[Selection], choices: Mapping[str, Value]) -> list[Selection]:
    return [each for each in found if all(each[name] == value for name, value in choices.items())]


def smaller_sets(names: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset(each) for size in range(len(names) + 1) for each in combinations(names, size)]
