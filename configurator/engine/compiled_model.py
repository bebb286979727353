"""A compiled model: the questions that shop, planning and model check ask of a product's knowledge.

Names and values come in and go out; in between a Reasoner answers in slots, from a circuit or, where the model is over
budget, by SAT.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from threading import Lock
from time import monotonic
from typing import Literal as OneOf

import numpy as np

from configurator.engine.answers import Domains, LeastTotals, Shares
from configurator.engine.circuit import storage
from configurator.engine.circuit.circuit import Circuit
from configurator.engine.circuit.compile import Progress, compile_circuit
from configurator.engine.circuit.reasoner import CircuitReasoner
from configurator.engine.completion import Completion, Objective, PriceList, SlotCosts
from configurator.engine.errors import BudgetExceeded, CountUnavailable, NoValidCompletion, StoredCircuitDamaged
from configurator.engine.expressions import Binary, Literal, Name, Value
from configurator.engine.model import Choice, Choices, Conflict, Model, Prices, Rule, Table, Variable
from configurator.engine.network.encode import Encoding, encode
from configurator.engine.reasoner import UNREACHABLE, Reasoner
from configurator.engine.repairs import Repair, repairs
from configurator.engine.rule_names import ModelSource, RuleNames, vocabulary_of
from configurator.engine.sat.reasoner import SatReasoner
from configurator.engine.states import State, states
from configurator.engine.vocabulary import Vocabulary

Engine = OneOf["circuit", "sat"]


@dataclass(frozen=True, slots=True)
class CircuitSize:
    """How large the circuit of a compiled model is."""

    nodes: int
    edges: int
    bytes: int


def compile_model(
    model: Model,
    budget_seconds: float = 60,
    *,
    memory_megabytes: float = 1000,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> "CompiledModel":
    """The model, ready to be asked. A contradictory model compiles: its first question says why it is void.

    A model whose circuit would exceed the budget is served by SAT; `engine` forces one of the two. Raises
    UnknownFeature, BadRule and ModelTooLarge, each naming the rule or feature, and BudgetExceeded when a circuit was
    demanded.
    """
    deadline = monotonic() + budget_seconds
    encoding = encode(model, budget_seconds)
    circuit: Circuit | None = None
    reason = "SAT was asked for."
    if engine != "sat":
        try:
            circuit = compile_circuit(
                encoding.network,
                encoding.slot_codes,
                encoding.slot_start,
                seconds=max(0.0, deadline - monotonic()),
                megabytes=memory_megabytes,
                progress=progress,
            )
            reason = f"The circuit has {circuit.edges:,} edges."
        except BudgetExceeded as error:
            if engine == "circuit":
                raise
            reason = str(error).capitalize() + "."
    vocabulary = vocabulary_of(encoding)
    return CompiledModel(RuleNames(lambda: model, vocabulary, encoding), vocabulary, circuit, reason)


class CompiledModel:
    """Complete answers about one model. Threads may share it: questions wait for each other.

    Every question about choices raises UnknownFeature and UnknownValue; where nothing is said about contradictory
    choices, it raises NoValidCompletion for them, with the reason.
    """

    def __init__(self, rules: RuleNames, vocabulary: Vocabulary, circuit: Circuit | None, reason: str) -> None:
        self.engine: Engine = "sat" if circuit is None else "circuit"
        self.engine_reason = reason
        self._rules = rules
        self._vocabulary = vocabulary
        self._circuit = circuit
        self._ready: Reasoner | None = None if circuit is None else CircuitReasoner(circuit)
        self._lock = Lock()
        self._no_prices = self._last_prices = PriceList(vocabulary, {})

    @property
    def model(self) -> Model:
        """The model that was compiled."""
        return self._rules.model

    @property
    def encoding(self) -> Encoding:
        """The model as the network that was compiled, made when it is first asked for."""
        return self._rules.encoding()

    @property
    def size(self) -> CircuitSize | None:
        """How large the circuit is; None where SAT serves the model."""
        circuit = self._circuit
        return None if circuit is None else CircuitSize(circuit.nodes, circuit.edges, circuit.size)

    def valid_domains(self, choices: Choices) -> Mapping[str, frozenset[Value]]:
        """For every feature the values that occur in at least one selection containing the choices.

        For a feature already chosen: the values it could be changed to with the other choices kept.
        """
        slots = self._vocabulary.slots_of(choices)
        with self._lock:
            possible = self._reasoner.domains(slots)
        if possible is None:
            raise self._no_completion(choices)
        return Domains(self._vocabulary, possible)

    def states(self, choices: Choices, defaults: Choices) -> dict[str, dict[Value, State]]:
        """How every value of every feature stands, where the defaults stand for what is not chosen."""
        return states(self._vocabulary, self.valid_domains(choices), choices, defaults)

    def conflict(self, choices: Choices) -> Conflict | None:
        """A minimal set of choices and rules that cannot hold together, or None when the choices can.

        Where there are several it names few and late choices, so that resolving it keeps the oldest.
        """
        slots = self._vocabulary.slots_of(choices)
        with self._lock:
            if self._reasoner.consistent(slots):
                return None
        return self._conflict(choices, [])

    def conflict_for(self, choices: Choices, name: str, value: Value) -> Conflict:
        """The choices and rules that exclude the value; empty when nothing does.

        The feature's own present choice is no reason: it would be replaced.
        """
        wanted = self._vocabulary.slot(name, value)
        kept = _without(choices, name)
        slots = self._vocabulary.slots_of(kept)
        with self._lock:
            if self._reasoner.consistent([*slots, wanted]):
                return frozenset()
        return self._conflict(kept, [wanted])

    def conflict_choices(self, choices: Choices, name: str | None = None, value: Value = False) -> frozenset[Choice]:
        """Those choices of a conflict, or of what excludes a value of feature `name`: fast, as no rule is named.

        Empty when nothing contradicts, and when rules alone do.
        """
        kept = choices if name is None else _without(choices, name)
        wanted = [] if name is None else [self._vocabulary.slot(name, value)]
        slots = self._vocabulary.slots_of(kept)
        with self._lock:
            if self._reasoner.consistent([*slots, *wanted]):
                return frozenset()
            found = self._reasoner.conflict(slots, wanted)
        return _named(kept, slots, found)

    def why_implied(self, choices: Choices, name: str) -> Conflict:
        """The choices and rules that leave a feature only one value; empty when it has several.

        The feature's own present choice is no reason.
        """
        kept = _without(choices, name)
        span = self._vocabulary.span(name)
        slots = self._vocabulary.slots_of(kept)
        with self._lock:
            possible = self._reasoner.domains(slots)
        if possible is None:
            raise self._no_completion(kept)
        left = [slot for slot in span if possible[slot]]
        _, domain = self._vocabulary.entry(name)
        if len(domain.subset(possible[span.start : span.stop].tobytes())) > 1:
            return frozenset()
        return self._conflict(kept, [~left[0]])

    def repairs(self, choices: Choices, name: str, value: Value, prices: Prices | None = None) -> tuple[Repair, ...]:
        """Up to three ways to have the value: fewest withdrawn choices, then the cheapest completion, then late ones.

        Each is minimal: withdrawing less would not do. Empty when no change of choices helps. With `prices` each
        carries the price of the cheapest completion after it.
        """
        kept = _without(choices, name)
        lowest = self._price_list(prices or {}).lowest
        with self._lock:
            return repairs(self._reasoner, self._vocabulary, kept, name, value, lowest, prices is not None)

    def count(self, choices: Choices) -> int:
        """How many selections contain the choices; raises CountUnavailable where SAT serves the model."""
        slots = self._vocabulary.slots_of(choices)
        with self._lock:
            count = self._reasoner.count(slots, self._weights(slots))
        if count is None:
            raise CountUnavailable(self.engine_reason)
        return count

    def shares(self, choices: Choices) -> Mapping[str, Mapping[Value, Fraction]]:
        """For every feature the share of each value in the selections that remain.

        For a feature already chosen: in those that remain when its own choice is left aside. Raises CountUnavailable.
        """
        slots = self._vocabulary.slots_of(choices)
        weights = self._weights(slots)
        with self._lock:
            consistent = self._reasoner.consistent(slots)
            counts = self._reasoner.counts(slots, weights) if consistent else []
        if not consistent:
            raise self._no_completion(choices)
        if counts is None:
            raise CountUnavailable(self.engine_reason)
        return Shares(self._vocabulary, counts, weights)

    def price_list(self, prices: Prices) -> PriceList:
        """The prices prepared for this model: questions asked with it need not translate them."""
        return PriceList(self._vocabulary, prices)

    def cheapest(self, choices: Choices, prices: Prices) -> Completion:
        """The complete selection with the choices in it whose prices add up to least."""
        return Completion(*self._best(choices, self._price_list(prices).lowest))

    def dearest(self, choices: Choices, prices: Prices) -> Completion:
        """The complete selection with the choices in it whose prices add up to most."""
        selection, total = self._best(choices, self._price_list(prices).highest)
        return Completion(selection, -total)

    def cheapest_each(self, choices: Choices, prices: Prices) -> Mapping[str, Mapping[Value, int]]:
        """For every feature and value the least price of a selection with it and all choices but its own feature's.

        Values that cannot be had are absent.
        """
        slots = self._vocabulary.slots_of(choices)
        lowest = self._price_list(prices).lowest
        costs = lowest.with_choices(slots, choices)
        with self._lock:
            least = self._reasoner.cheapest_each(slots, costs)
        if (least[slots[0]] if slots else least.min()) == UNREACHABLE:
            raise self._no_completion(choices)
        return LeastTotals(self._vocabulary, least, costs, lowest.cost_of)

    def complete(self, choices: Choices, preferences: Choices) -> dict[str, Value]:
        """A complete valid selection with the choices in it, and of the preferences all that fit, in their order.

        An earlier preference is never given up for later ones; what neither mentions takes the first value of its
        domain that fits. The same arguments always give the same selection.
        """
        vocabulary = self._vocabulary
        fixed = vocabulary.slots_of(choices)
        wishes = vocabulary.slots_of({name: value for name, value in preferences.items() if name not in choices})
        wishes += [slot for name in vocabulary.names if name not in choices for slot in vocabulary.span(name)]
        with self._lock:
            accepted = self._reasoner.accept(fixed, wishes)
        if accepted is None:
            raise self._no_completion(choices)
        held = np.sort(np.array([*fixed, *accepted], np.int64))
        wanted = dict(zip(vocabulary.slots_of(preferences), preferences.values()))
        wanted |= dict(zip(fixed, choices.values()))
        return {
            name: wanted[slot] if slot in wanted else domain.members[slot - start][0]
            for name, domain, start, slot in zip(
                vocabulary.names, vocabulary.domains, vocabulary.slot_start.tolist(), held.tolist()
            )
        }

    def complete_by(self, choices: Choices, objective: Objective) -> Completion:
        """The complete selection with the choices in it that is best at the objective, and what it costs."""
        selection, _ = self._best(choices, SlotCosts.prepared(self._vocabulary, objective.cost_of))
        return Completion(selection, sum(objective.prices.get(pair, 0) for pair in selection.items()))

    def to_bytes(self) -> bytes:
        """All that is needed to answer but the rules' names; equal models compiled alike give equal bytes."""
        document = {"reason": self.engine_reason, "vocabulary": self._vocabulary.document()}
        return storage.to_bytes(document, self._circuit)

    @classmethod
    def from_bytes(cls, data: bytes, model_source: ModelSource) -> "CompiledModel":
        """The compiled model that gave the bytes; the model is read when rules must be named, or SAT serves it.

        Raises StoredCircuitDamaged and StoredCircuitOutdated.
        """
        document, circuit = storage.from_bytes(data)
        try:
            vocabulary = Vocabulary.from_document(document["vocabulary"])
            reason = str(document["reason"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise StoredCircuitDamaged("its document does not say what it should") from error
        if circuit is not None and not np.array_equal(circuit.slot_start, vocabulary.slot_start):
            raise StoredCircuitDamaged("its circuit and its document are of different models")
        return cls(RuleNames(model_source, vocabulary), vocabulary, circuit, reason)

    @property
    def _reasoner(self) -> Reasoner:
        """The engine; SAT's is made when it is first asked. To be called under the lock."""
        if self._ready is None:
            encoding = self._rules.encoding()
            self._ready = SatReasoner(encoding.network, encoding.slot_codes, encoding.slot_start)
        return self._ready

    def _conflict(self, choices: Choices, wanted: Sequence[int]) -> Conflict:
        """Choices and rules that contradict what is wanted, given that there are some."""
        slots = self._vocabulary.slots_of(choices)
        with self._lock:
            found = self._reasoner.conflict(slots, wanted)
        return _named(choices, slots, found) | self._rules.rules([*found, *wanted])

    def _no_completion(self, choices: Choices) -> NoValidCompletion:
        return NoValidCompletion(self._conflict(choices, []))

    def _best(self, choices: Choices, slot_costs: SlotCosts) -> tuple[dict[str, Value], int]:
        """The selection with the least sum of costs and that sum."""
        slots = self._vocabulary.slots_of(choices)
        with self._lock:
            found = self._reasoner.cheapest(slots, slot_costs.with_choices(slots, choices))
        if found is None:
            raise self._no_completion(choices)
        total, held = found
        selection = dict(zip(self._vocabulary.names, slot_costs.best[held].tolist()))
        selection.update(choices)
        return selection, total

    def _price_list(self, prices: Prices) -> PriceList:
        """The prices, prepared; those asked with last are kept."""
        if isinstance(prices, PriceList) and prices.vocabulary is self._vocabulary:
            return prices
        if not prices:
            return self._no_prices
        last = self._last_prices
        if not last.says(prices):
            last = self._last_prices = PriceList(self._vocabulary, prices)
        return last

    def _weights(self, slots: Sequence[int]) -> list[int]:
        """For every slot the number of values it may stand for: of a chosen one only the value chosen."""
        weights = self._vocabulary.weights()
        for slot in slots:
            weights[slot] = 1
        return weights


def _without(choices: Choices, name: str) -> dict[str, Value]:
    return {other: value for other, value in choices.items() if other != name}


def _named(choices: Choices, slots: Sequence[int], found: Sequence[int]) -> frozenset[Choice]:
    """The choices of the slots found."""
    within = set(found)
    return frozenset(Choice(name, value) for (name, value), slot in zip(choices.items(), slots) if slot in within)


def warm() -> None:
    """Compile a small model and ask both engines, so that their kernels are used once."""
    variables = (
        Variable("size", (1, 2, 3)),
        Variable("colour", ("red", "blue", "green")),
        Variable("bell", (False, True)),
    )
    table = Table("T", ("size", "colour"), ((1, "red"), (2, "red"), (2, "blue"), (3, "green")))
    rule = Rule("R", Binary("implies", Name("bell"), Binary("<", Name("size"), Literal(3))))
    model = Model("small", variables, (rule,), (table,))
    engines: tuple[Engine, ...] = ("circuit", "sat")
    for engine in engines:
        compiled = compile_model(model, engine=engine)
        compiled.valid_domains({"colour": "red"})
        compiled.conflict_for({"colour": "green"}, "bell", True)
        compiled.complete({}, {"bell": True, "size": 3})
        CompiledModel.from_bytes(compiled.to_bytes(), lambda: model).valid_domains({})
