"""Random small models with a feature tree, parameters and every kind of constraint across them."""

from collections.abc import Iterator, Sequence

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
from tests.unit.configurator.small_models import allows

PARAMETERS: dict[str, tuple[Value, ...]] = {
    "frame": ("low", "high", "cross"),
    "colour": ("red", "blue", "sand", "black"),
    "height": tuple(range(150, 191, 10)),
    "load": tuple(range(-2, 4)),
    "wheels": (2,),
    "always": (True,),
    "turned": (True, False),
}
NUMBERS = ("height", "load", "wheels")
WORDS = ("frame", "colour")


@st.composite
def trees_with_parameters(draw: st.DrawFn) -> Model:
    """A feature tree of up to eight features, up to three parameters, and rules and tables over both."""
    nodes = draw(feature_trees())
    parameters = draw(st.lists(st.sampled_from(sorted(PARAMETERS)), max_size=3, unique=True))
    domains = {node.name: (False, True) for node in nodes} | {name: PARAMETERS[name] for name in parameters}
    names = list(draw(st.permutations(sorted(domains))))
    found = draw(st.lists(conditions(domains), max_size=3))
    rules = tuple(Rule(f"R{number}", rule, f"rule {number}") for number, rule in enumerate(found))
    tables = tuple(draw(tables_over(domains, f"T{number}")) for number in range(draw(st.integers(0, 2))))
    return Model("mixed", tuple(Variable(name, domains[name]) for name in names), rules, tables, tuple(nodes))


@st.composite
def feature_trees(draw: st.DrawFn) -> list[FeatureNode]:
    nodes = [FeatureNode("root")]
    for number in range(draw(st.integers(1, 3))):
        parent = draw(st.sampled_from([node.name for node in nodes]))
        kind = draw(st.sampled_from(["mandatory", "optional", "or", "alternative", "alternative", "cardinality"]))
        size = draw(st.integers(1, 5))
        low = draw(st.integers(0, size))
        cardinality = (low, draw(st.integers(low, size + 1))) if kind == "cardinality" else (0, 0)
        for member in range(size):
            if len(nodes) < 8:
                nodes.append(FeatureNode(f"f{number}{member}", parent, False, kind, number, cardinality))
    return nodes


def conditions(domains: dict[str, tuple[Value, ...]]) -> st.SearchStrategy[Expression]:
    flags = st.sampled_from([name for name, domain in domains.items() if type(domain[0]) is bool]).map(Name)
    leaves = [flags, flags, comparisons(domains, flags), st.booleans().map(Literal)]
    words = [name for name in WORDS if name in domains]
    if words:
        word = st.sampled_from(words)
        leaves.append(
            word.flatmap(lambda name: st.builds(Binary, EQUAL, st.just(Name(name)), values(domains[name]).map(Literal)))
        )
        leaves.append(
            word.flatmap(
                lambda name: st.lists(values(domains[name]), min_size=1, max_size=3).map(
                    lambda found: Membership(Name(name), tuple(found))
                )
            )
        )
    return st.recursive(
        st.one_of(leaves),
        lambda inner: st.one_of(
            st.builds(Binary, st.sampled_from(["and", "or", "and", "or", "implies", "iff", "=", "!="]), inner, inner),
            st.builds(Negation, inner),
            st.builds(lambda a, b, c: Call("if", (a, b, c)), inner, inner, inner),
        ),
        max_leaves=8,
    )


EQUAL = st.sampled_from(["=", "!="])
COMPARED = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def comparisons(domains: dict[str, tuple[Value, ...]], flags: st.SearchStrategy[Expression]):
    """Comparisons of sums of options, as of prices and weights, and of terms that are no sums."""
    priced = st.builds(lambda flag, one, other: Call("if", (flag, one, other)), flags, NUMBER, NUMBER)
    numbers = [name for name in NUMBERS if name in domains]
    term = st.one_of(priced, st.sampled_from(numbers).map(Name)) if numbers else priced
    factored = st.one_of(
        term, st.builds(Binary, st.just("*"), term, NUMBER), st.builds(Binary, st.just("*"), term, term)
    )
    sums = st.lists(st.tuples(st.sampled_from(["+", "-", "+"]), factored), min_size=1, max_size=6).map(_sum)
    least = st.builds(lambda name, a, b: Call(name, (a, b)), st.sampled_from(["min", "max"]), sums, term)
    return st.builds(Binary, COMPARED, st.one_of(sums, sums, least), st.one_of(st.integers(-9, 200).map(Literal), term))


NUMBER = st.integers(-3, 5).map(Literal)


def _sum(terms: Sequence[tuple[str, Expression]]) -> Expression:
    total = terms[0][1]
    for operator, term in terms[1:]:
        total = Binary(operator, total, term)
    return total


def values(domain: tuple[Value, ...]) -> st.SearchStrategy[Value]:
    return st.sampled_from(domain)


@st.composite
def tables_over(draw: st.DrawFn, domains: dict[str, tuple[Value, ...]], code: str) -> Table:
    columns = tuple(draw(st.lists(st.sampled_from(sorted(domains)), min_size=1, max_size=4, unique=True)))
    row = st.tuples(*(values(domains[column]) for column in columns))
    rows = tuple(draw(st.lists(row, max_size=12)))
    return Table(code, columns, rows, f"table {code}", draw(st.booleans()))


def requirements(model: Model, selection: dict[str, Value]) -> Iterator[bool]:
    """Whether each group, each table and each rule holds, in this order, judged on its own."""
    groups: dict[tuple[str | None, int], list[FeatureNode]] = {}
    for node in model.tree:
        groups.setdefault((node.parent, node.group_number), []).append(node)
    for (parent, _), members in groups.items():
        count = sum(bool(selection[node.name]) for node in members)
        low, high = {
            "root": (len(members), len(members)),
            "mandatory": (len(members), len(members)),
            "optional": (0, len(members)),
            "or": (1, len(members)),
            "alternative": (1, 1),
            "cardinality": members[0].cardinality,
        }[members[0].group]
        yield low <= count <= high if parent is None or selection[parent] else count == 0
    for table in model.tables:
        yield allows(table, selection)
    for rule in model.rules:
        yield bool(evaluate(rule.expression, selection))
