"""The check of a model before it is published: everything in it that is dead, idle or against the examples."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from configurator.engine.compiled_model import CompiledModel
from configurator.engine.errors import ModelError, NoValidCompletion
from configurator.engine.expressions import Value
from configurator.engine.model import Choice, Choices, FeatureNode, RuleRef
from configurator.engine.model_check.deniable import deniable
from configurator.engine.model_check.findings import FindingCode, ModelFinding, Severity
from configurator.engine.model_check.left_sides import with_left_sides
from configurator.engine.model_check.rule_solver import RuleSolver, Undecided
from configurator.engine.network.encode import encode

EXPLAINED_CLASSES = 50
"""Classes of values of one finding for which rules are looked for."""

Progress = Callable[[str, int, int], None]
"""Called with the name of the part that runs, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Example:
    """A selection, complete or not, that must be sold as long as the product is, or never."""

    code: str
    choices: Choices
    sold: bool = True


@dataclass(frozen=True, slots=True)
class _Open:
    """A finding whose rules are still to be found: each of the questions is excluded by some rules."""

    finding: ModelFinding
    questions: tuple[tuple[int, ...], ...] = ()
    without: tuple[str, ...] = ()


def model_check(
    compiled: CompiledModel,
    examples: Sequence[Example] = (),
    *,
    dead_values: Severity = Severity.ERROR,
    budget_seconds: float = 60,
    progress: Progress | None = None,
) -> tuple[ModelFinding, ...]:
    """All findings about a model, in the order of its features and rules; a void model has no others.

    `dead_values` says how bad an option is that no selection has. What does not fit into the budget is named by
    findings UNFINISHED, and findings whose rules were not looked for say so.
    """
    return _Check(compiled, examples, dead_values, monotonic() + budget_seconds, progress).findings()


class _Check:
    def __init__(
        self,
        compiled: CompiledModel,
        examples: Sequence[Example],
        dead_values: Severity,
        deadline: float,
        progress: Progress | None,
    ) -> None:
        self.compiled, self.examples, self.dead_values = compiled, examples, dead_values
        self.deadline, self.progress = deadline, progress
        self.model = compiled.model
        asked, self.left_of = with_left_sides(self.model)
        self.encoding = encode(asked)
        self.solver = RuleSolver(deniable(self.encoding, self.left_of.values()))
        self.unfinished: list[ModelFinding] = []

    def findings(self) -> tuple[ModelFinding, ...]:
        try:
            valid = self.compiled.valid_domains({})
        except NoValidCompletion:
            return tuple(self.void())
        found = [
            *self.dead_values_of(valid),
            *self.always_the_same(valid),
            *self.always_with_the_parent(valid),
            *self.idle_rules(),
        ]
        return (*self.explained(found), *self.against_examples(), *self.unfinished)

    def says(self, name: str, value: Value) -> int:
        """The code that says that the feature has the value."""
        return self.encoding.slots[self.encoding.slot(name, value)].code

    def void(self) -> Iterator[ModelFinding]:
        for rules in self.solver.contradictions():
            yield ModelFinding(FindingCode.VOID, Severity.ERROR, self.model.name, rules=rules)

    # Values

    def dead_values_of(self, valid: Mapping[str, frozenset[Value]]) -> Iterator[_Open]:
        """Options nobody can have, and the ranges of numbers nobody can reach."""
        for variable in self.model.variables:
            name, left = variable.name, valid[variable.name]
            dead = [value for value in variable.domain if value not in left]
            if not dead:
                continue
            if type(dead[0]) is int:
                yield self.out_of_reach(name, variable.domain, left)
            for value in dead:
                if value is True:
                    yield self.dead(name, value, Severity.WARNING)
                elif isinstance(value, str):
                    yield self.dead(name, value, self.dead_values)

    def dead(self, name: str, value: Value, severity: Severity) -> _Open:
        finding = ModelFinding(FindingCode.DEAD_VALUE, severity, name, (value,))
        return _Open(finding, ((self.says(name, value),),))

    def out_of_reach(self, name: str, domain: tuple[Value, ...], left: frozenset[Value]) -> _Open:
        ranges: list[tuple[int, int]] = []
        previous = -2
        for step, value in enumerate(domain):
            number = int(value)
            if value in left:
                continue
            if step == previous + 1:
                ranges[-1] = (ranges[-1][0], number)
            else:
                ranges.append((number, number))
            previous = step
        finding = ModelFinding(FindingCode.UNREACHABLE_RANGE, Severity.WARNING, name, ranges=tuple(ranges))
        return _Open(finding, self.excluded(name, domain, left))

    def excluded(self, name: str, domain: tuple[Value, ...], left: frozenset[Value]) -> tuple[tuple[int, ...], ...]:
        """One question for every class of values of the feature that cannot be had."""
        codes = dict.fromkeys(self.says(name, value) for value in domain if value not in left)
        return tuple((code,) for code in list(codes)[:EXPLAINED_CLASSES])

    def always_the_same(self, valid: Mapping[str, frozenset[Value]]) -> Iterator[_Open]:
        """Features outside a tree of whose values one is left."""
        in_tree = {node.name for node in self.model.tree}
        for variable in self.model.variables:
            name, left = variable.name, valid[variable.name]
            if name in in_tree or len(variable.domain) == 1 or len(left) > 1 or left == {False}:
                continue
            finding = ModelFinding(FindingCode.FALSE_OPTIONAL, Severity.WARNING, name, tuple(left))
            yield _Open(finding, self.excluded(name, variable.domain, left))

    def always_with_the_parent(self, valid: Mapping[str, frozenset[Value]]) -> Iterator[_Open]:
        """Features that the tree leaves optional and the rules do not."""
        pairs = [
            (node, (self.says(node.parent, True), self.says(node.name, False)))
            for node in self.optional_nodes()
            if node.parent is not None and True in valid[node.parent]
        ]
        apart = self.solver.met([pair for _, pair in pairs])

        def look(number: int) -> _Open | None:
            node, pair = pairs[number]
            if number in apart or self.solver.possible(pair):
                return None
            assert node.parent is not None
            finding = ModelFinding(FindingCode.FALSE_OPTIONAL_CHILD, Severity.WARNING, node.name, (node.parent,))
            return _Open(finding, (pair,))

        return self.each(FindingCode.FALSE_OPTIONAL_CHILD, len(pairs), look)

    def optional_nodes(self) -> list[FeatureNode]:
        """Features of the tree that their group alone does not bring with their parent."""
        sizes: dict[tuple[str | None, int], int] = {}
        for node in self.model.tree:
            key = (node.parent, node.group_number)
            sizes[key] = sizes.get(key, 0) + 1
        found = []
        for node in self.model.tree:
            size = sizes[(node.parent, node.group_number)]
            least = {"mandatory": size, "root": size, "optional": 0, "cardinality": node.cardinality[0]}
            if least.get(node.group, 1) < size:
                found.append(node)
        return found

    # Rules

    def idle_rules(self) -> Iterator[_Open]:
        """Rules without effect: they never fire, they hold anyway, or other rules imply them."""
        codes = [rule.code for rule in self.model.rules] + [table.code for table in self.model.tables]
        left = {code: self.says(name, True) for code, name in self.left_of.items()}
        fired = self.solver.met([(says,) for says in left.values()])
        fires = {code for number, code in enumerate(left) if number in fired}

        def look(number: int) -> _Open | None:
            code = codes[number]
            if code in left and code not in fires and not self.solver.possible((left[code],), [code]):
                return _Open(ModelFinding(FindingCode.NEVER_FIRES, Severity.WARNING, code), ((left[code],),), (code,))
            return self.redundant(code) if self.solver.implied(code) else None

        return self.each(FindingCode.REDUNDANT_RULE, len(codes), look)

    def redundant(self, code: str) -> _Open:
        if not self.solver.breakable(code):
            return _Open(ModelFinding(FindingCode.EMPTY_RULE, Severity.WARNING, code))
        return _Open(
            ModelFinding(FindingCode.REDUNDANT_RULE, Severity.NOTICE, code), (self.solver.denial(code),), (code,)
        )

    # Examples

    def against_examples(self) -> Iterator[ModelFinding]:
        for example in self.examples:
            try:
                conflict = self.compiled.conflict(example.choices)
            except ModelError:
                yield ModelFinding(FindingCode.UNKNOWN_EXAMPLE, Severity.ERROR, example.code)
                continue
            if example.sold and conflict is not None:
                rules = tuple(sorted((part for part in conflict if isinstance(part, RuleRef)), key=str))
                chosen = [Choice(*pair) for pair in example.choices.items()]
                against = tuple(choice for choice in chosen if choice in conflict)
                yield ModelFinding(FindingCode.SALE_REFUSED, Severity.ERROR, example.code, rules=rules, choices=against)
            elif not example.sold and conflict is None:
                yield ModelFinding(FindingCode.REFUSAL_SOLD, Severity.ERROR, example.code)

    # Time

    def each(self, part: FindingCode, total: int, look: Callable[[int], _Open | None]) -> Iterator[_Open]:
        """What `look` finds at the numbers up to `total`, as far as time allows; the rest is said to be unfinished."""
        settled = 0
        for number in range(total):
            if monotonic() > self.deadline:
                break
            if self.progress is not None:
                self.progress(part.value, number, total)
            try:
                found = look(number)
            except Undecided:
                continue
            settled += 1
            if found is not None:
                yield found
        if settled < total:
            values = (part.value, settled, total)
            self.unfinished.append(ModelFinding(FindingCode.UNFINISHED, Severity.WARNING, self.model.name, values))

    def explained(self, found: Sequence[_Open]) -> Iterator[ModelFinding]:
        """The findings with the rules responsible for them, errors first served."""
        done: dict[int, ModelFinding] = {}
        order = sorted(range(len(found)), key=lambda number: _URGENCY[found[number].finding.severity])
        for place, number in enumerate(order):
            if self.progress is not None:
                self.progress("explanations", place, len(order))
            done[number] = self.explain(found[number])
        return (done[number] for number in range(len(found)))

    def explain(self, entry: _Open) -> ModelFinding:
        rules: dict[RuleRef, None] = {}
        for question in entry.questions:
            if monotonic() > self.deadline:
                return replace(entry.finding, rules=tuple(rules), explained=False)
            try:
                rules.update(dict.fromkeys(self.solver.reasons(question, entry.without) or ()))
            except Undecided:
                return replace(entry.finding, rules=tuple(rules), explained=False)
        return replace(entry.finding, rules=tuple(rules))


_URGENCY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
