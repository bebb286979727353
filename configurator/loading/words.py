"""Codes of a release in the words a customer reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.engine import Choice, Conflict, RuleRef, Value
from configurator.formats import ProductPackage

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class ChosenInWords:
    """A customer's choice, as code and as words."""

    feature: str
    value: Value
    feature_name: str
    value_name: str

    def __str__(self) -> str:
        return f"{self.feature_name}: {self.value_name}"


@dataclass(frozen=True, slots=True)
class ConflictInWords:
    """Why something cannot be: the customer's choices and the rules that cannot hold together."""

    choices: tuple[ChosenInWords, ...]
    rules: tuple[str, ...]

    @property
    def reason(self) -> str:
        """The rules as one text."""
        return " ".join(self.rules)


class Words:
    """Names of features, values and rules of one release."""

    def __init__(self, package: ProductPackage) -> None:
        self._features: dict[str, str] = {}
        self._values: dict[tuple[str, Value], str] = {}
        self._units: dict[str, str] = {}
        for feature in package.features:
            self._features[feature.code] = feature.name
            if feature.flag:
                self._values[(feature.code, True)], self._values[(feature.code, False)] = YES, NO
            for option in feature.options:
                self._values[(feature.code, option.code)] = option.name
        for parameter in package.parameters:
            self._features[parameter.code] = parameter.name
            self._units[parameter.code] = parameter.unit

    def feature(self, code: str) -> str:
        """The name of a feature or parameter."""
        return self._features.get(code, code)

    def value(self, feature: str, value: Value) -> str:
        """The name of an option; a parameter's value with its unit."""
        if feature in self._units:
            return f"{value} {self._units[feature]}".strip()
        return self._values.get((feature, value), str(value))

    def choice(self, feature: str, value: Value) -> ChosenInWords:
        """A choice in words."""
        return ChosenInWords(feature, value, self.feature(feature), self.value(feature, value))

    def selection(self, selection: Mapping[str, Value]) -> tuple[ChosenInWords, ...]:
        """A selection in words, in the order of the product's questions."""
        return tuple(self.choice(code, selection[code]) for code in self._features if code in selection)

    def conflict(self, conflict: Conflict) -> ConflictInWords:
        """A conflict in words, in a steady order."""
        choices = sorted((part for part in conflict if isinstance(part, Choice)), key=str)
        rules = sorted((part for part in conflict if isinstance(part, RuleRef)), key=str)
        return ConflictInWords(
            choices=tuple(self.choice(choice.name, choice.value) for choice in choices),
            rules=tuple(dict.fromkeys(rule.text or rule.code for rule in rules)),
        )
