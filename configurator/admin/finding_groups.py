"""What the check found, sorted for a reader: the worst first, equal findings together, long lists folded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from configurator.ports import Finding, Severity

OPEN_AT_ONCE = 12
"""Findings of one kind that are shown without being asked for."""

KINDS: dict[str, Any] = {
    "void": _("Rules that contradict each other"),
    "dead_value": _("Options that nobody can ever have"),
    "unreachable_range": _("Numbers that nobody can ever choose"),
    "false_optional": _("Questions without a choice"),
    "false_optional_child": _("Optional features that always come along"),
    "redundant_rule": _("Rules that other rules imply"),
    "empty_rule": _("Rules that say nothing"),
    "never_fires": _("Rules that never come into play"),
    "sale_refused": _("Examples that must be sold, and are refused"),
    "refusal_sold": _("Examples that must be refused, and can be built"),
    "standard_lost": _("Standards that do not go together"),
    "bill_flaw": _("Configurations without a complete bill"),
    "bill_unproved": _("Bills that could not be proved complete"),
    "no_price": _("Options without a price"),
    "no_bill": _("Options without a part of the bill"),
    "no_picture": _("Options without a picture"),
    "unfinished": _("Checks that ran out of time"),
}
VERDICTS = {
    Severity.ERROR: _("Must be mended"),
    Severity.WARNING: _("Look at this"),
    Severity.NOTICE: _("May be meant"),
}


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one kind and severity."""

    verdict: Any
    kind: Any
    """What they have in common; empty for what other apps found."""
    severity: str
    shown: tuple[Finding, ...]
    folded: tuple[Finding, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.shown) + len(self.folded)


def grouped(findings: Sequence[Finding]) -> tuple[FindingGroup, ...]:
    """The findings in groups; notices are folded altogether."""
    groups: dict[tuple[Severity, str], list[Finding]] = {}
    for severity in VERDICTS:
        for finding in findings:
            if finding.severity == severity:
                groups.setdefault((severity, finding.code), []).append(finding)
    return tuple(
        FindingGroup(VERDICTS[severity], KINDS.get(code, ""), severity.value, *_split(severity, rows))
        for (severity, code), rows in groups.items()
    )


def _split(severity: Severity, rows: list[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    shown = 0 if severity == Severity.NOTICE else OPEN_AT_ONCE
    return tuple(rows[:shown]), tuple(rows[shown:])
