"""What the checks before publishing found, in words, and as a document that is kept with the release."""

from collections.abc import Callable, Sequence
from typing import Any

from configurator.engine import BillProof, RuleRef
from configurator.engine.model_check import FindingCode, ModelFinding
from configurator.formats import ProductPackage
from configurator.loading.words import Words
from configurator.ports import Finding, Severity

SHOWN_RULES = 6
"""Rules that a sentence lists; a finding names all of them beside it."""
SHOWN_VALUES = 6

BILL_FLAW = "bill_flaw"
BILL_UNPROVED = "bill_unproved"


class FindingWords:
    """Findings of the engine about a package, in the words of its product manager."""

    def __init__(self, package: ProductPackage, words: Words) -> None:
        self._package, self._words = package, words
        self._flags = {feature.code for feature in package.features if feature.flag}
        self._meanings = {
            **{row.code: row.rule for row in package.rules},
            **{row.code: row.text for row in package.tables},
        }

    def finding(self, found: ModelFinding) -> Finding:
        """One finding of the model check."""
        return Finding(
            found.severity,
            self._where(found),
            _SENTENCES[found.code](self, found),
            found.code.value,
            tuple(rule.code for rule in found.rules),
        )

    def bill(self, proof: BillProof) -> tuple[Finding, ...]:
        """What the proof of the bill found wrong, and what it could not decide."""
        flaws = [
            Finding(
                Severity.ERROR, "bill", f"The bill cannot be made{self._with(flaw.choices)}: {flaw.error}.", BILL_FLAW
            )
            for flaw in proof.flaws
        ]
        unproved = [
            Finding(
                Severity.WARNING,
                "bill",
                f"It is not certain that every bill is complete: {open.path}: {open.text}.",
                BILL_UNPROVED,
            )
            for open in proof.unproved
        ]
        return (*flaws, *unproved)

    def _where(self, found: ModelFinding) -> str:
        if found.code is FindingCode.VOID:
            return ", ".join(rule.code for rule in found.rules) or found.subject
        if found.code is FindingCode.DEAD_VALUE and found.subject not in self._flags:
            return f"{found.subject} = {found.values[0]}"
        return found.subject

    def _with(self, choices: Any) -> str:
        chosen = [str(self._words.choice(*choice)) for choice in choices.items()]
        return " with " + ", ".join(chosen) if chosen else ""

    def void(self, found: ModelFinding) -> str:
        listed = "; ".join(f"{rule.code} ({self._meanings.get(rule.code, rule.text)})" for rule in found.rules)
        return (
            f"No configuration keeps all rules: {listed} contradict each other." if listed else "Nothing can be built."
        )

    def dead(self, found: ModelFinding) -> str:
        name, why = self._words.feature(found.subject), because(found)
        if found.subject in self._flags:
            return f"{name} can never be had{why}."
        return f"{name}: {self._value(found)} can never be chosen{why}."

    def out_of_reach(self, found: ModelFinding) -> str:
        ranges = [
            self._words.value(found.subject, low)
            if low == high
            else f"{low} to {self._words.value(found.subject, high)}"
            for low, high in found.ranges
        ]
        return f"{self._words.feature(found.subject)}: {_listed(ranges)} can never be chosen{because(found)}."

    def always(self, found: ModelFinding) -> str:
        return (
            f"{self._words.feature(found.subject)} is always {self._value(found)}{because(found)}: there is no choice."
        )

    def always_with_parent(self, found: ModelFinding) -> str:
        return f"{found.subject} is optional, but always comes with {found.values[0]}{because(found)}."

    def redundant(self, found: ModelFinding) -> str:
        return f"{found.subject} says nothing that {_codes(found.rules) or 'other rules'} would not say without it."

    def empty(self, found: ModelFinding) -> str:
        return f"{found.subject} holds whatever is chosen: it says nothing."

    def silent(self, found: ModelFinding) -> str:
        return f"{found.subject} never says anything: its condition cannot hold{because(found)}."

    def refused(self, found: ModelFinding) -> str:
        chosen = ", ".join(str(self._words.choice(choice.name, choice.value)) for choice in found.choices)
        return f"The example {found.subject} must be sold, but is refused: {chosen} cannot be had{because(found)}."

    def sold(self, found: ModelFinding) -> str:
        return f"The example {found.subject} must be refused, but can be built."

    def unknown(self, found: ModelFinding) -> str:
        return f"The example {found.subject} names something that is not offered."

    def unfinished(self, found: ModelFinding) -> str:
        part, done, total = found.values
        return f"The time was over before all was checked: {done} of {total} ({str(part).replace('_', ' ')})."

    def _value(self, found: ModelFinding) -> str:
        return self._words.value(found.subject, found.values[0])


def because(found: ModelFinding) -> str:
    """The rules that are responsible, as the end of a sentence."""
    codes = _codes(found.rules)
    return f" because of {codes}" if codes else ""


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as they are kept with a release."""
    return [
        {
            "severity": finding.severity.value,
            "where": finding.where,
            "text": finding.text,
            "code": finding.code,
            "rules": list(finding.rules),
        }
        for finding in findings
    ]


def findings_from_document(document: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    """The findings that are kept with a release."""
    return tuple(
        Finding(Severity(row["severity"]), row["where"], row["text"], row["code"], tuple(row["rules"]))
        for row in document
    )


def _codes(rules: Sequence[RuleRef]) -> str:
    return _listed([rule.code for rule in rules], SHOWN_RULES)


def _listed(words: Sequence[str], shown: int = SHOWN_VALUES) -> str:
    more = len(words) - shown
    return ", ".join(words[:shown]) + (f" and {more} more" if more > 0 else "")


_SENTENCES: dict[FindingCode, Callable[[FindingWords, ModelFinding], str]] = {
    FindingCode.VOID: FindingWords.void,
    FindingCode.DEAD_VALUE: FindingWords.dead,
    FindingCode.UNREACHABLE_RANGE: FindingWords.out_of_reach,
    FindingCode.FALSE_OPTIONAL: FindingWords.always,
    FindingCode.FALSE_OPTIONAL_CHILD: FindingWords.always_with_parent,
    FindingCode.REDUNDANT_RULE: FindingWords.redundant,
    FindingCode.EMPTY_RULE: FindingWords.empty,
    FindingCode.NEVER_FIRES: FindingWords.silent,
    FindingCode.SALE_REFUSED: FindingWords.refused,
    FindingCode.REFUSAL_SOLD: FindingWords.sold,
    FindingCode.UNKNOWN_EXAMPLE: FindingWords.unknown,
    FindingCode.UNFINISHED: FindingWords.unfinished,
}
