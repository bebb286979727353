"""The rules behind a contradiction, by name: the one question for which the model itself is needed."""

from collections.abc import Callable, Sequence
from threading import Lock

from configurator.engine.errors import StoredCircuitOutdated
from configurator.engine.model import Model, RuleRef
from configurator.engine.network.encode import Encoding, encode
from configurator.engine.sat.explainer import Explainer
from configurator.engine.vocabulary import Vocabulary

ModelSource = Callable[[], Model]
"""Gives the model that was compiled; called once at most, when it is first needed."""


def vocabulary_of(encoding: Encoding) -> Vocabulary:
    """The names, values and slots of an encoded model."""
    return Vocabulary.of(
        (
            variable.name,
            variable.domain,
            [
                encoding.slot_of_value[variable.name][value] - encoding.slots_of[variable.name].start
                for value in variable.domain
            ],
        )
        for variable in encoding.model.variables
    )


class RuleNames:
    """Reads and encodes the model at the first question, and not before. Safe for threads."""

    def __init__(self, source: ModelSource, vocabulary: Vocabulary, encoding: Encoding | None = None) -> None:
        self._source = source
        self._vocabulary = vocabulary
        self._encoding = encoding
        self._model: Model | None = None if encoding is None else encoding.model
        self._explainer: Explainer | None = None
        self._lock = Lock()

    @property
    def model(self) -> Model:
        """The model that was compiled."""
        if self._model is None:
            self._model = self._source()
        return self._model

    def encoding(self) -> Encoding:
        """The model's encoding; raises StoredCircuitOutdated when the model is not the one that was compiled."""
        if self._encoding is None:
            encoding = encode(self.model)
            if vocabulary_of(encoding).document() != self._vocabulary.document():
                raise StoredCircuitOutdated(f"the model {self.model.name} is not the one that was compiled")
            self._encoding = encoding
        return self._encoding

    def rules(self, slots: Sequence[int]) -> frozenset[RuleRef]:
        """A minimal set of rules under which the slots (`~slot`: its absence) contradict each other."""
        with self._lock:
            encoding = self.encoding()
            if self._explainer is None:
                self._explainer = Explainer(
                    encoding.network, encoding.slot_codes, variable_origin=encoding.variable_origin
                )
            return frozenset(encoding.origins[origin] for origin in self._explainer.rules(slots))
