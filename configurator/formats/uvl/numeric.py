"""Numbers in the constraints of a UVL model, exactly."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from configurator.engine.expressions import ARITHMETIC, Binary, Call, Expression, Literal, Membership, Name
from configurator.formats.uvl.composition import Scope, subtree
from configurator.formats.uvl.instances import Instances
from configurator.formats.uvl.logic import FALSE, TRUE
from configurator.formats.uvl.names import Attribute
from configurator.formats.uvl.numbers import Quotient, Sum, indicator
from configurator.formats.uvl.reading import Reading, Space, defining
from configurator.formats.uvl.syntax import LineProblem, place_of
from configurator.formats.uvl.tree import FEATURE_LIMIT, Feature

NOUGHT = Quotient(Sum())


class NumberReading(Reading):
    """Reads the numbers of a constraint; `guards` are the conditions under which no divisor is nought."""

    def __init__(self, space: Space, scope: Scope, instances: Instances, depth: int = 0) -> None:
        super().__init__(space, scope, instances, depth)
        self.arithmetic = space.arithmetic
        self.guards: list[Expression] = []
        self.empty: dict[Expression, bool] = {}

    def number(self, expression: Expression) -> Quotient:
        chain: list[Binary] = []
        while isinstance(expression, Binary) and expression.operator in (*ARITHMETIC, "/"):
            chain.append(expression)
            expression = expression.left
        found = self.single_number(expression)
        for link in reversed(chain):
            found = self.combined(link.operator, found, self.number(link.right))
        return found

    def combined(self, operator: str, left: Quotient, right: Quotient) -> Quotient:
        match operator:
            case "+":
                return self.arithmetic.add(left, right)
            case "-":
                return self.arithmetic.add(left, right, -1)
            case "*":
                return self.arithmetic.multiply(left, right)
        found, fits = self.arithmetic.divide(left, right)
        if fits == TRUE:
            return found
        self.guards.append(fits)
        return found if fits != FALSE else NOUGHT

    def single_number(self, expression: Expression) -> Quotient:
        match expression:
            case Literal(int(value)) if not isinstance(value, bool):
                return Quotient(Sum(constant=Fraction(value)))
            case Call("floor" | "ceil" as function, (argument,)):
                return self.arithmetic.rounded(self.number(argument), up=function == "ceil")
            case Call("len", (argument,)):
                return Quotient(self.length(self.text(argument)))
            case Call("sum" | "avg"):
                return self.aggregate(expression)
            case Call(function):
                raise LineProblem(f"{function} takes one value", place_of(expression))
            case Name() if self.kind(expression) == "number":
                meant = self.space.names.meant(self.scope, expression)
                if isinstance(meant, Feature):
                    return Quotient(self.value(meant, expression))
                return self.attribute(meant, expression)
        raise self.wrong_kind(expression, "number")

    def value(self, feature: Feature, name: Name) -> Sum:
        """The number of a typed feature; nought where it is not there."""
        self.refuse_vague(feature, name)
        numbers = [self.instances[each] for each in self.space.instances.counted(feature)]
        domain = self.space.domains[feature]
        values = [value for value in domain.all_values() if isinstance(value, int)]
        if 0 in numbers or not values:
            return Sum()
        variable = Name(self.space.instances.value(feature, numbers), name.at)
        return self.arithmetic.term(variable, values[0], values[-1], Fraction(1, domain.scale))

    def attribute(self, attribute: Attribute, name: Name) -> Quotient:
        if attribute.scope is not None:
            reading = self.definition(attribute, name)
            found = reading.number(defining(attribute))
            self.guards += reading.guards
            return found
        assert isinstance(attribute.value, Decimal)
        self.refuse_vague(attribute.feature, name)
        return Quotient(self.presence(attribute.feature, self.instances).times(Fraction(attribute.value)))

    def presence(self, feature: Feature, instances: Instances) -> Sum:
        """1 where the feature is there, 0 elsewhere."""
        found = self.space.instances.there(feature, instances)
        if found == FALSE:
            return Sum()
        if feature in self.space.composition.always and feature not in instances:
            return Sum(constant=Fraction(1))
        return self.arithmetic.term(indicator(found), 0, 1)

    # Functions

    def aggregate(self, call: Call) -> Quotient:
        count, total = self.counted_sum(call)
        if call.function == "sum":
            return total
        if not count.terms:
            return Quotient(total.top.times(1 / count.constant), total.bottom) if count.constant else NOUGHT
        if self.empty.get(call):
            return NOUGHT
        low, high = self.arithmetic.bounds(count)
        if low <= 0 and call not in self.empty:  # inside a definition, where nothing takes the average apart
            largest = Call("max", (self.arithmetic.written(count), Literal(1)))
            count = self.arithmetic.term(largest, 1, int(high))
        return Quotient(total.top, self.arithmetic.product(total.bottom, count))

    def counted_sum(self, call: Call) -> tuple[Sum, Quotient]:
        """How many attributes of that name are there, and their sum."""
        root, name = self.aggregated(call)
        count, total, found = Sum(), NOUGHT, False
        terms: dict[Expression, Fraction] = {}
        constant = Fraction(0)
        for feature, attribute in self.numeric_attributes(root, name.name):
            found = True
            if attribute.scope is None and isinstance(attribute.value, Decimal):
                for instances in self.occurrences(feature, call):
                    there = self.presence(feature, instances)
                    count = count if call.function == "sum" else count.plus(there)
                    constant += there.constant * Fraction(attribute.value)
                    for term in there.terms:
                        terms[term] = Fraction(attribute.value)
                continue
            for instances in self.occurrences(feature, call):
                count = count if call.function == "sum" else count.plus(self.presence(feature, instances))
                reading = type(self)(self.space, self.scope, instances, self.depth)
                total = self.arithmetic.add(total, reading.attribute(attribute, name))
                self.guards += reading.guards
        if not found:
            raise LineProblem(f"no feature has a number called {name.name}", name.at)
        declared = Sum({term: factor for term, factor in terms.items() if factor}, constant)
        return count, self.arithmetic.add(Quotient(declared), total)

    def aggregated(self, call: Call) -> tuple[Feature, Name]:
        """The feature below which a function adds up, and the name of the attribute; either may come first."""
        arguments = [argument for argument in call.arguments if isinstance(argument, Name)]
        if len(arguments) != len(call.arguments) or len(arguments) > 2:
            text = f"{call.function} takes the name of an attribute, and a feature to look below"
            raise LineProblem(text, place_of(call))
        if len(arguments) == 1:
            return self.scope.root, arguments[0]
        for name, other in ((arguments[1], arguments[0]), (arguments[0], arguments[1])):
            root = self.space.names.feature(self.scope, name.name)
            if root is not None:
                self.refuse_vague(root, name)
                return root, other
        self.space.names.meant(self.scope, arguments[1])
        raise LineProblem(f"{arguments[1].name} is not a feature to look below", arguments[1].at)

    def numeric_attributes(self, root: Feature, name: str) -> Iterator[tuple[Feature, Attribute]]:
        for feature in subtree(root):
            for attribute in self.space.names.attributes_called(name, feature):
                if attribute.scope is not None or isinstance(attribute.value, Decimal):
                    yield feature, attribute

    def occurrences(self, feature: Feature, call: Call) -> Iterator[Instances]:
        for number, instances in enumerate(self.space.instances.occurrences(feature, self.instances)):
            if number > FEATURE_LIMIT:
                raise LineProblem(f"{call.function} adds up more than {FEATURE_LIMIT:,} instances", place_of(call))
            yield instances

    def length(self, text: Expression) -> Sum:
        """The number of characters."""
        match text:
            case Literal(str(word)):
                return Sum(constant=Fraction(len(word)))
            case Call("if", (condition, Literal(str(word)), _)):
                return self.arithmetic.term(indicator(condition), 0, 1, Fraction(len(word)))
            case Name(variable):
                words: dict[int, list[str]] = {}
                for word in self.space.words[variable]:
                    words.setdefault(len(word), []).append(word)
                found = Sum()
                for length, alike in words.items():
                    if length:
                        one_of = indicator(Membership(text, tuple(alike)))
                        found = found.plus(self.arithmetic.term(one_of, 0, 1, Fraction(length)))
                return found
        return Sum()
