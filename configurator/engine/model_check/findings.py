"""What a model check finds: codes and data. Words are made where they are shown."""

from dataclasses import dataclass
from enum import StrEnum

from configurator.engine.expressions import Value
from configurator.engine.model import Choice, RuleRef


class Severity(StrEnum):
    """How bad a finding is: an error refuses the release, a warning is probably a mistake, a notice may be meant."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class FindingCode(StrEnum):
    """What is wrong; the comment says what `subject`, `values` and `ranges` of the finding are."""

    VOID = "void"  # the model: nothing can be built, as `rules` contradict each other whatever else holds
    DEAD_VALUE = "dead_value"  # a feature: no selection has `values[0]`
    UNREACHABLE_RANGE = "unreachable_range"  # a number: no selection has a value in `ranges`
    FALSE_OPTIONAL = "false_optional"  # a feature: `values[0]` is all that is left of its domain
    FALSE_OPTIONAL_CHILD = "false_optional_child"  # an optional feature of a tree: always there with `values[0]`
    REDUNDANT_RULE = "redundant_rule"  # a rule or table: `rules` imply it
    EMPTY_RULE = "empty_rule"  # a rule or table: it holds whatever is chosen
    NEVER_FIRES = "never_fires"  # an implication: `rules` make its left side impossible
    SALE_REFUSED = "sale_refused"  # an example that must be sold: `rules` and `choices` of it exclude each other
    REFUSAL_SOLD = "refusal_sold"  # an example that must be refused: it can be completed
    UNKNOWN_EXAMPLE = "unknown_example"  # an example: the model has no such feature or value
    UNFINISHED = "unfinished"  # the model: a part of the check ran out of time; `values` are its name, checked, all


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """One finding with the rules that are responsible for it, in the order of the model."""

    code: FindingCode
    severity: Severity
    subject: str
    values: tuple[Value, ...] = ()
    rules: tuple[RuleRef, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    """Closed ranges of steps of the feature's domain, lowest first."""
    choices: tuple[Choice, ...] = ()
    explained: bool = True
    """False where time or the number of findings did not allow to look for the rules."""
