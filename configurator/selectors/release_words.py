"""What a release change does, in the sentences that shop, admin and API show."""

import re
from dataclasses import replace

from django.utils.translation import gettext

from configurator.engine import Binary, Call, Expression, Literal, Membership, Name, Negation, Value
from configurator.engine.expressions import EQUALITY, ORDER
from configurator.engine.release_change import ChoiceChange, Reason
from configurator.formats import format_expression
from configurator.loading import ReleaseEngine
from configurator.loading.words import Words


def reason_in_words(change: ChoiceChange, before: Words, after: ReleaseEngine) -> str:
    """Why a choice cannot stay, as one sentence."""
    names = {
        "feature": before.feature(change.name),
        "value": before.value(change.name, change.before),
        "product": after.product_name,
    }
    match change.reason:
        case Reason.FEATURE_GONE:
            return gettext("%(feature)s is no longer part of %(product)s.") % names
        case Reason.VALUE_GONE:
            return gettext("%(value)s is no longer offered.") % names
        case Reason.KIND_CHANGED:
            return gettext("%(feature)s is answered in another way now.") % names
        case Reason.UNIT_CHANGED:
            unit = after.model.variable(change.name).unit
            return gettext("%(feature)s is measured in another unit now: %(unit)s.") % {**names, "unit": unit}
        case Reason.OUT_OF_RANGE:
            return _range_in_words(change, names, after)
        case Reason.CONFLICT:
            conflict = after.words.conflict(change.conflict)
            return conflict.reason or gettext("%(value)s does not fit any more.") % names


def _range_in_words(change: ChoiceChange, names: dict[str, str], after: ReleaseEngine) -> str:
    domain = [int(value) for value in after.model.domain(change.name)]
    ends = {
        "low": after.words.value(change.name, min(domain)),
        "high": after.words.value(change.name, max(domain)),
    }
    if min(domain) <= int(change.before) <= max(domain):
        return gettext("%(feature)s no longer comes in %(value)s: the steps are others now.") % names
    return gettext("%(feature)s now goes from %(low)s to %(high)s.") % {**names, **ends}


QUOTED = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""")
ESCAPED = re.compile(r"\\(.)")


def expression_in_words(expression: Expression, words: Words) -> str:
    """A rule, condition or quantity with the names of features and options instead of their codes.

    For people to read, not to be read back: only the names of options stand in quotation marks.
    """

    def shown(quoted: re.Match[str]) -> str:
        text = ESCAPED.sub(r"\1", quoted[2])
        return text if quoted[1] == '"' else f"“{text}”"

    return QUOTED.sub(shown, format_expression(_named(expression, words)))


def _named(expression: Expression, words: Words) -> Expression:
    match expression:
        case Name(name):
            return Name(words.feature(name))
        case Negation(operand):
            return Negation(_named(operand, words))
        case Membership(Name(name), values):
            return Membership(Name(words.feature(name)), tuple(_value(words, name, value) for value in values))
        case Membership(operand, values):
            return Membership(_named(operand, words), values)
        case Call(function, arguments):
            return Call(function, tuple(_named(argument, words) for argument in arguments))
        case Binary():
            return _named_chain(expression, words)
    return expression


def _named_chain(expression: Binary, words: Words) -> Expression:
    """Long chains lean to the left, so they are walked in a loop."""
    chain: list[Binary] = []
    first: Expression = expression
    while isinstance(first, Binary):
        chain.append(first)
        first = first.left
    named = _named(first, words)
    for link in reversed(chain):
        left, right = named, _named(link.right, words)
        if link.operator in EQUALITY + ORDER:
            if isinstance(link.left, Name) and isinstance(link.right, Literal):
                right = Literal(_value(words, link.left.name, link.right.value))
            elif isinstance(link.right, Name) and isinstance(link.left, Literal):
                left = Literal(_value(words, link.right.name, link.left.value))
        named = replace(link, left=left, right=right)
    return named


def _value(words: Words, feature: str, value: Value) -> Value:
    """The name of an option; numbers and true and false speak for themselves."""
    return words.value(feature, value) if isinstance(value, str) else value
