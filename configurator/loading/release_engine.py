"""A release, compiled: everything a click, a price and a bill need, shared by all threads of a process."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from threading import RLock
from time import monotonic

from configurator.engine import Bill, BillNode, Choice, Choices, Conflict, Model, Repair, Value
from configurator.engine.compiled_model import CompiledModel, compile_model
from configurator.formats import ProductPackage
from configurator.loading.space import space_of
from configurator.loading.standing import Limit, Obstacles, Outcome, Standing
from configurator.loading.words import Words
from configurator.ports import ReleaseSpace

KEPT_STANDINGS = 256

Domains = Mapping[str, frozenset[Value]]


class ReleaseEngine:
    """The answers of one release. Holds nothing of any customer, so any process can serve any click.

    What a compiled release does not need for an answer is read when it is first asked for: the package for words and
    prices, its rules when a conflict names them, its formulas for a bill.
    """

    def __init__(self, source: Callable[[], ProductPackage], compiled: CompiledModel, seconds: float = 0.0) -> None:
        self.compiled = compiled
        self.seconds = seconds
        """That compiling took; nothing for an engine that was stored."""
        self._source = source
        self._standings: OrderedDict[tuple[tuple[str, Value], ...], Standing] = OrderedDict()
        self._standard_domains: Domains | None = None
        self._space: ReleaseSpace | None = None
        self._lock = RLock()

    @classmethod
    def of(cls, package: ProductPackage) -> "ReleaseEngine":
        """The engine of a package, compiled; raises what `compile_model` raises."""
        model, begun = package.to_model(), monotonic()
        return cls(lambda: package, compile_model(model), monotonic() - begun)

    @cached_property
    def package(self) -> ProductPackage:
        """All knowledge of the product."""
        return self._source()

    @property
    def model(self) -> Model:
        """The features and rules that were compiled."""
        return self.compiled.model

    @cached_property
    def words(self) -> Words:
        """Codes in the words a customer reads."""
        return Words(self.package)

    @cached_property
    def domains(self) -> Mapping[str, tuple[Value, ...]]:
        """All values of each feature, in the order they were written."""
        return {variable.name: variable.domain for variable in self.package.vocabulary().variables}

    @cached_property
    def defaults(self) -> Mapping[str, Value]:
        """The standard of each feature that has one."""
        return self.package.defaults()

    @cached_property
    def prices(self) -> Mapping[tuple[str, Value], Decimal]:
        """What each option adds to the base price."""
        return {
            (feature.code, value): option.price
            for feature in self.package.features
            for value, option in feature.answers()
        }

    @property
    def product_name(self) -> str:
        """The name of the product."""
        return self.package.product.name

    @property
    def currency(self) -> str:
        """The currency of all prices."""
        return self.package.product.currency

    @property
    def base_price(self) -> Decimal:
        """What the product costs before any option, with tax."""
        return self.package.product.base_price

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(row.code for row in self.package.parameters)

    @cached_property
    def bill(self) -> Bill:
        """The 150 % bill."""
        return Bill(*self.package.bill())

    def valid_domains(self, choices: Choices) -> Domains:
        """Every value that occurs in some buildable selection with these choices; raises `NoValidCompletion`."""
        with self._lock:
            return self.compiled.valid_domains(choices)

    def conflict_for(self, choices: Choices, feature: str, value: Value) -> Conflict:
        """A minimal set of choices and rules that keeps the value out."""
        with self._lock:
            return self.compiled.conflict_for(choices, feature, value)

    def repairs(self, choices: Choices, feature: str, value: Value) -> tuple[Repair, ...]:
        """Up to three ways to have the value, fewest changes first."""
        with self._lock:
            return tuple(self.compiled.repairs(choices, feature, value))

    @staticmethod
    def repaired(choices: Choices, repair: Repair, feature: str, value: Value) -> dict[str, Value]:
        """The choices after a repair, with the wanted value among them."""
        kept = {name: chosen for name, chosen in choices.items() if name not in repair.remove}
        return {**kept, **repair.set, feature: value}

    def complete(self, choices: Choices) -> dict[str, Value]:
        """What a customer with these choices gets: the standard wherever it can stay; raises `NoValidCompletion`."""
        with self._lock:
            return self._complete(choices, self.compiled.valid_domains(choices))

    def price(self, selection: Mapping[str, Value]) -> Decimal:
        """The price of one, with tax."""
        added = (self.prices.get((feature, value), Decimal(0)) for feature, value in selection.items())
        return sum(added, self.base_price)

    def parts(self, selection: Mapping[str, Value]) -> tuple[str, ...]:
        """The layers of the picture that a selection shows, in the order of the product's questions."""
        shown = (
            part
            for feature in self.package.features
            for value, option in feature.answers()
            if selection[feature.code] == value
            for part in option.parts
        )
        return tuple(dict.fromkeys(shown))

    def explode(self, selection: Mapping[str, Value], quantity: int = 1) -> BillNode:
        """The bill of materials of a selection; raises `BillError`."""
        return self.bill.explode(selection, quantity)

    def space(self) -> ReleaseSpace:
        """All that this release can ask of a factory."""
        with self._lock:
            if self._space is None:
                root, items, lines = self.package.bill()
                self._space = space_of(
                    product_code=self.package.product.code,
                    product_name=self.product_name,
                    root=root,
                    items=items,
                    lines=lines,
                    valid_domains=self.compiled.valid_domains,
                )
            return self._space

    def standing(self, choices: Choices) -> Standing:
        """Where these choices stand; kept, as it is the same for everybody. Raises `NoValidCompletion`."""
        key = tuple(choices.items())  # in their order: a conflict keeps the oldest
        with self._lock:
            found = self._standings.get(key)
            if found is None:
                found = self._standings[key] = self._stand(choices)
                while len(self._standings) > KEPT_STANDINGS:
                    self._standings.popitem(last=False)
            self._standings.move_to_end(key)
            return found

    def _stand(self, choices: Choices) -> Standing:
        choices = dict(choices)
        valid = dict(self.compiled.valid_domains(choices))
        selection = self._complete(choices, valid)
        price = self.price(selection)
        beside = self.compiled.valid_domains(selection)
        moving = self._moving(choices, selection, valid)
        outcomes: dict[Choice, Outcome] = {}
        excluded: list[Choice] = []
        for feature in self.package.features:
            code, held = feature.code, selection[feature.code]
            if code in choices:
                without = {name: value for name, value in choices.items() if name != code}
                stays = self._moving(choices, selection, self.compiled.valid_domains(without)) <= {code}
            else:
                stays = moving <= {code}
            for value in self.domains[code]:
                choice = Choice(code, value)
                if value not in valid[code]:
                    excluded.append(choice)
                elif value != held and stays and value in beside[code]:
                    added = self.prices[(code, value)] - self.prices[(code, held)]
                    outcomes[choice] = Outcome({**selection, code: value}, price + added)
                elif value != held:
                    taken = self.complete({**choices, code: value})
                    outcomes[choice] = Outcome(taken, self.price(taken))
        return Standing(
            choices=choices,
            selection=selection,
            price=price,
            valid=valid,
            outcomes=outcomes,
            obstacles=Obstacles(
                excluded, lambda choice: self.compiled.conflict_for(choices, choice.name, choice.value)
            ),
            limits={row.code: self._limits(choices, row.code, valid[row.code]) for row in self.package.parameters},
            implied=self._implied(choices, selection, valid),
        )

    def _complete(self, choices: Choices, valid: Domains) -> dict[str, Value]:
        """Try every wish that is valid by itself at once; where some exclude each other, one after the other.

        When the guess is buildable nothing could have come closer to the standard, so it is what the slow way gives.
        """
        guess = {
            name: choices[name] if name in choices else self._wish(name, domain, valid[name])
            for name, domain in self.domains.items()
        }
        return self.complete_slowly(choices, valid) if self.compiled.conflict_choices(guess) else guess

    def complete_slowly(self, choices: Choices, valid: Domains) -> dict[str, Value]:
        """Keep the standards one after the other, earlier ones first; then bring each number near to its standard."""
        wishes = {
            name: self._wish(name, self.domains[name], valid[name])
            for name, default in self.defaults.items()
            if default in valid[name] or name in self._numbers
        }
        selection = self.compiled.complete(choices, wishes)
        for row in self.package.parameters:
            if row.code in wishes and row.code not in choices and selection[row.code] != wishes[row.code]:
                others = {name: value for name, value in selection.items() if name != row.code}
                possible = self.compiled.valid_domains(others)[row.code]
                selection[row.code] = self._wish(row.code, self.domains[row.code], possible)
        return selection

    def _wish(self, name: str, domain: tuple[Value, ...], valid: frozenset[Value]) -> Value:
        """The standard; where it is ruled out the number nearest to it, or the first option that is left."""
        default = self.defaults.get(name)
        if default in valid:
            return default
        if default is not None and name in self._numbers:
            return min((int(value) for value in valid), key=lambda number: (abs(number - int(default)), number))
        return next(value for value in domain if value in valid)

    def _moving(self, choices: Choices, selection: Mapping[str, Value], domains: Domains) -> frozenset[str]:
        """Features not chosen that have not what would be wished for them alone, so that they may come closer to it.

        Where there is none beside a feature, the rest of the selection is the best for every value it fits.
        """
        return frozenset(
            name
            for name, value in selection.items()
            if name not in choices
            and value != self.defaults.get(name)
            and value != self._wish(name, self.domains[name], domains[name])
        )

    def _limits(self, choices: Choices, parameter: str, valid: frozenset[Value]) -> tuple[Limit, Limit]:
        """The lowest and highest value that can be chosen, and why not the one beyond."""
        domain = self.domains[parameter]
        steps = [index for index, value in enumerate(domain) if value in valid]
        return (
            self._limit(choices, parameter, steps[0], steps[0] - 1),
            self._limit(choices, parameter, steps[-1], steps[-1] + 1),
        )

    def _limit(self, choices: Choices, parameter: str, step: int, beyond: int) -> Limit:
        domain = self.domains[parameter]
        value = int(domain[step])
        if not 0 <= beyond < len(domain):
            return Limit(value, None)
        return Limit(value, self.compiled.conflict_for(choices, parameter, domain[beyond]))

    def _implied(self, choices: Choices, selection: Mapping[str, Value], valid: Domains) -> frozenset[str]:
        """Features the choices leave one value of, where there were more, or whose standard they rule out."""
        if self._standard_domains is None:
            self._standard_domains = self.compiled.valid_domains({})
        return frozenset(
            name
            for name in self.domains
            if name not in choices
            and (
                (len(valid[name]) < len(self._standard_domains[name]) and len(valid[name]) == 1)
                or (name in self.defaults and selection[name] != self.defaults[name])
            )
        )
