"""A release, compiled: everything a click, a price and a bill need, shared by all threads of a process."""

from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from threading import RLock

from configurator.engine import (
    BillNode,
    Choice,
    Choices,
    Conflict,
    Repair,
    Value,
    compile_model,
    explode,
)
from configurator.formats import ProductPackage
from configurator.loading.buildable import Buildable
from configurator.loading.space import space_of
from configurator.loading.standing import Limit, Outcome, Standing
from configurator.loading.words import Words
from configurator.ports import ReleaseSpace

KEPT_STANDINGS = 256

Domains = Mapping[str, frozenset[Value]]


class ReleaseEngine:
    """The answers of one release. Holds nothing of any customer, so any process can serve any click."""

    def __init__(self, package: ProductPackage) -> None:
        self.package = package
        self.model = package.to_model()
        self.compiled = compile_model(self.model)
        self.words = Words(package)
        self.domains = {variable.name: variable.domain for variable in self.model.variables}
        self.defaults = package.defaults()
        self.product_name = package.product.name
        self.currency = package.product.currency
        self.base_price = package.product.base_price
        self.prices = {
            (feature.code, value): option.price for feature in package.features for value, option in feature.answers()
        }
        self._numbers = frozenset(row.code for row in package.parameters)
        self._root, self._items, self._lines = package.bill()
        self._buildable = Buildable(self.model)
        self._standings: OrderedDict[tuple[tuple[str, Value], ...], Standing] = OrderedDict()
        self._standard_domains: Domains | None = None
        self._space: ReleaseSpace | None = None
        # The compiled model keeps working memory between questions, so it answers one at a time.
        self._lock = RLock()

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
        return explode(self._root, self._items, self._lines, selection, quantity)

    def space(self) -> ReleaseSpace:
        """All that this release can ask of a factory."""
        with self._lock:
            if self._space is None:
                self._space = space_of(
                    product_code=self.package.product.code,
                    product_name=self.product_name,
                    root=self._root,
                    items=self._items,
                    lines=self._lines,
                    valid_domains=self.compiled.valid_domains,
                )
            return self._space

    def standing(self, choices: Choices) -> Standing:
        """Where these choices stand; kept, as it is the same for everybody. Raises `NoValidCompletion`."""
        key = tuple(sorted(choices.items()))
        with self._lock:
            found = self._standings.get(key)
            if found is None:
                found = self._standings[key] = self._stand(choices)
                while len(self._standings) > KEPT_STANDINGS:
                    self._standings.popitem(last=False)
            self._standings.move_to_end(key)
            return found

    def _stand(self, choices: Choices) -> Standing:
        valid = dict(self.compiled.valid_domains(choices))
        selection = self._complete(choices, valid)
        outcomes: dict[Choice, Outcome] = {}
        obstacles: dict[Choice, Conflict] = {}
        for feature in self.package.features:
            stays = self._stays(choices, selection, valid, feature.code)
            for value in self.domains[feature.code]:
                choice = Choice(feature.code, value)
                if value not in valid[feature.code]:
                    obstacles[choice] = self.compiled.conflict_for(choices, feature.code, value)
                elif value != selection[feature.code]:
                    taken: Mapping[str, Value] = {**selection, feature.code: value}
                    if not (stays and self._buildable.holds_after(taken, feature.code)):
                        taken = self.complete({**choices, feature.code: value})
                    outcomes[choice] = Outcome(taken, self.price(taken))
        return Standing(
            choices=dict(choices),
            selection=selection,
            price=self.price(selection),
            valid=valid,
            outcomes=outcomes,
            obstacles=obstacles,
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
        return guess if self._buildable.holds(guess) else self.complete_slowly(choices, valid)

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

    def _stays(self, choices: Choices, selection: Mapping[str, Value], valid: Domains, feature: str) -> bool:
        """Whether the rest of the selection is the best there is for every value of the feature that it fits.

        It is when each feature not chosen has what would be wished for it whatever value this feature takes.
        """
        domains = valid
        if feature in choices:
            domains = self.compiled.valid_domains({name: v for name, v in choices.items() if name != feature})
        return all(
            name == feature
            or name in choices
            or value == self.defaults.get(name)
            or value == self._wish(name, self.domains[name], domains[name])
            for name, value in selection.items()
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
