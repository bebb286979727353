"""A compiled model: the questions that shop, planning and model check ask of a product's knowledge."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from configurator.engine.encoding import Encoding, Slot, encode
from configurator.engine.errors import NoValidCompletion
from configurator.engine.explain import Explainer
from configurator.engine.expressions import Value
from configurator.engine.model import Choices, Conflict, Model, Prices
from configurator.engine.optimum import cheapest_slots
from configurator.engine.oracle import Oracle
from configurator.engine.repair import withdrawals

REPAIR_COUNT = 3


@dataclass(frozen=True, slots=True)
class Repair:
    """A smallest change that makes a value possible: withdraw the choices `remove`, then make those in `set`.

    `set` holds the wanted value, and the new value of a withdrawn feature where only one is left.
    """

    remove: frozenset[str]
    set: Mapping[str, Value]
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A complete selection and the sum of its prices."""

    selection: Mapping[str, Value]
    price: int


def compile_model(model: Model, budget_seconds: float = 60) -> "CompiledModel":
    """The model, ready to be asked. A contradictory model compiles: its first question says why it is void.

    Raises UnknownFeature, BadRule and ModelTooLarge, each naming the rule or feature.
    """
    return CompiledModel(encode(model, budget_seconds))


class CompiledModel:
    """Complete answers about one model. Threads may share it: questions wait for each other."""

    def __init__(self, encoding: Encoding) -> None:
        self.model = encoding.model
        self._encoding = encoding
        self._oracle = Oracle(encoding)
        self._explainer = Explainer(encoding)
        self._lock = Lock()

    def valid_domains(self, choices: Choices) -> Mapping[str, frozenset[Value]]:
        """For every feature the values that occur in at least one selection containing the choices.

        For a feature already chosen: the values it could be changed to with the other choices kept.
        Raises NoValidCompletion when the choices contradict each other.
        """
        slots = self._slots(choices)
        with self._lock:
            if self._some_witness(slots) is None:
                raise NoValidCompletion(self._explainer.conflict(choices))
            possible = self._possible(choices, [self._literal(slot) for slot in slots])
        return _Domains(self._encoding, possible)

    def conflict(self, choices: Choices) -> Conflict | None:
        """A minimal set of choices and rules that cannot hold together, or None when the choices can.

        Where there are several it names few and late choices, so that resolving it keeps the oldest.
        """
        slots = self._slots(choices)
        with self._lock:
            if self._some_witness(slots) is not None:
                return None
            return self._explainer.conflict(choices)

    def conflict_for(self, choices: Choices, name: str, value: Value) -> Conflict:
        """The choices and rules that exclude the value; empty when nothing does.

        The feature's own present choice is no reason: it would be replaced.
        """
        wanted = self._encoding.slot(name, value)
        kept = {other: chosen for other, chosen in choices.items() if other != name}
        slots = self._slots(kept)
        with self._lock:
            if self._some_witness([*slots, wanted]) is not None:
                return frozenset()
            return self._explainer.conflict(kept, self._literal(wanted))

    def repairs(self, choices: Choices, name: str, value: Value, prices: Prices | None = None) -> tuple[Repair, ...]:
        """Up to three ways to have the value, fewest withdrawn choices first, late choices before old ones.

        Each is minimal: withdrawing less would not do. Empty when no change of choices helps. With `prices`
        each carries the price of the cheapest completion after it.
        """
        wanted = self._encoding.slot(name, value)
        kept = {other: chosen for other, chosen in choices.items() if other != name}
        literals = {other: self._literal(self._encoding.slot(other, chosen)) for other, chosen in kept.items()}
        found = withdrawals(self._encoding, literals, self._literal(wanted), REPAIR_COUNT)
        repairs: list[Repair] = []
        for remove in found:
            after = {other: chosen for other, chosen in kept.items() if other not in remove} | {name: value}
            domains = self.valid_domains(after) if remove else {}
            forced = {
                other: next(iter(domains[other])) for other in kept if other in remove and len(domains[other]) == 1
            }
            price = None if prices is None else self.cheapest(after, prices).price
            repairs.append(Repair(remove, {name: value} | forced, price))
        return tuple(repairs)

    def complete(self, choices: Choices, preferences: Choices) -> dict[str, Value]:
        """A complete valid selection with the choices in it, and of the preferences all that fit, in their order.

        An earlier preference is never given up for later ones; what neither mentions takes the first value
        of its domain that fits. The same arguments always give the same selection.
        Raises NoValidCompletion when the choices contradict each other.
        """
        encoding = self._encoding
        fixed = self._slots(choices)
        chosen = {name: encoding.slot(name, value) for name, value in choices.items()}
        wishes = [encoding.slot(name, value) for name, value in preferences.items() if name not in choices]
        with self._lock:
            self._oracle.prefer([self._literal(slot) for slot in wishes])
            witness = self._some_witness(fixed)
            if witness is None:
                raise NoValidCompletion(self._explainer.conflict(choices))
            order = wishes + [index for index, slot in enumerate(encoding.slots) if slot.name not in choices]
            for slot in order:
                name = encoding.slots[slot].name
                if name in chosen:
                    continue
                if not witness[slot]:
                    found = self._some_witness([*fixed, slot])
                    if found is None:
                        continue
                    witness = found
                chosen[name] = slot
                fixed.append(slot)
        return self._selection(chosen, {**preferences, **choices})

    def cheapest(self, choices: Choices, prices: Prices) -> Completion:
        """The complete selection with the choices in it whose prices add up to least.

        Raises NoValidCompletion when the choices contradict each other.
        """
        slots = self._slots(choices)
        with self._lock:
            if self._some_witness(slots) is None:
                raise NoValidCompletion(self._explainer.conflict(choices))
        best = {
            index: min(slot.values, key=lambda value, name=slot.name: prices.get((name, value), 0))  # type: ignore[misc]
            for index, slot in enumerate(self._encoding.slots)
        }
        for name, value in choices.items():
            best[self._encoding.slot(name, value)] = value
        costs = [prices.get((slot.name, best[index]), 0) for index, slot in enumerate(self._encoding.slots)]
        held = cheapest_slots(self._encoding, [self._literal(slot) for slot in slots], costs)
        selection = {self._encoding.slots[slot].name: best[slot] for slot in held}
        ordered = {variable.name: selection[variable.name] for variable in self.model.variables}
        return Completion(ordered, sum(prices.get(pair, 0) for pair in ordered.items()))

    def _literal(self, slot: int) -> int:
        return self._encoding.slots[slot].literal

    def _slots(self, choices: Choices) -> list[int]:
        return [self._encoding.slot(name, value) for name, value in choices.items()]

    def _some_witness(self, slots: Sequence[int]) -> NDArray[np.bool_] | None:
        """A selection in which the slots hold, if possible one that is known already."""
        known = self._oracle.known_witnesses()
        fitting = np.flatnonzero(known[:, list(slots)].all(axis=1))
        if len(fitting):
            return known[fitting[0]].copy()
        return self._oracle.solve([self._literal(slot) for slot in slots])

    def _possible(self, choices: Choices, assumptions: list[int]) -> NDArray[np.bool_]:
        """For every slot whether it can be taken: with all choices, or with all but its own feature's."""
        oracle, encoding = self._oracle, self._encoding
        chosen = np.array([encoding.slot(name, value) for name, value in choices.items()], dtype=np.int64)
        witnesses = oracle.known_witnesses()
        missed = (~witnesses[:, chosen]).sum(axis=1)
        possible: NDArray[np.bool_] = witnesses[missed == 0].any(axis=0)
        for position, name in enumerate(choices):
            span = encoding.slots_of[name]
            others = (missed == 1) & ~witnesses[:, chosen[position]]
            possible[span.start : span.stop] |= witnesses[others, span.start : span.stop].any(axis=0)
        self._settle_free(choices, assumptions, possible)
        for name in choices:
            rest = [literal for other, literal in zip(choices, assumptions) if other != name]
            known = frozenset(rest)
            for slot in encoding.slots_of[name]:
                if not possible[slot] and oracle.possible(self._literal(slot), rest, known) is not None:
                    possible[slot] = True
        return possible

    def _settle_free(self, choices: Choices, assumptions: list[int], possible: NDArray[np.bool_]) -> None:
        """Decide every slot of the features not chosen that no witness has proved yet."""
        oracle, encoding = self._oracle, self._encoding
        free = np.ones(len(encoding.slots), dtype=np.bool_)
        for name in choices:
            free[encoding.slots_of[name].start : encoding.slots_of[name].stop] = False
        open_slots = np.flatnonzero(free & ~possible)
        if not len(open_slots):
            return
        implied = oracle.implied(assumptions)
        known = frozenset(assumptions)
        waiting = [int(slot) for slot in open_slots if -self._literal(int(slot)) not in implied]
        oracle.prefer([self._literal(slot) for slot in waiting])
        for slot in waiting:
            if possible[slot]:
                continue
            witness = oracle.possible(self._literal(slot), assumptions, known)
            if witness is not None:
                possible[free] |= witness[free]

    def _selection(self, chosen: Mapping[str, int], wanted: Choices) -> dict[str, Value]:
        """Values of the chosen slots: the wanted one where a slot holds several."""
        selection: dict[str, Value] = {}
        for variable in self.model.variables:
            values = self._encoding.slots[chosen[variable.name]].values
            wish = wanted.get(variable.name)
            selection[variable.name] = wish if wish is not None and wish in values else values[0]
        return selection


class _Domains(Mapping[str, frozenset[Value]]):
    """Feature to its valid values, put together when asked for."""

    def __init__(self, encoding: Encoding, possible: NDArray[np.bool_]) -> None:
        self._slots: tuple[Slot, ...] = encoding.slots
        self._slots_of = encoding.slots_of
        self._possible = possible

    def __getitem__(self, name: str) -> frozenset[Value]:
        return frozenset(
            value for slot in self._slots_of[name] if self._possible[slot] for value in self._slots[slot].values
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots_of)

    def __len__(self) -> int:
        return len(self._slots_of)
