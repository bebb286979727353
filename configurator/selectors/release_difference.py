"""What is different between two releases, in the words of the product."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from configurator.engine import BillLine, Expression, Value
from configurator.engine.release_change import (
    Answer,
    Change,
    Difference,
    FieldChange,
    Question,
    QuestionChange,
    QuestionKind,
    TableChange,
    difference,
)
from configurator.formats import ProductPackage, major_units
from configurator.formats.release_knowledge import knowledge_of
from configurator.loading.words import Words
from configurator.selectors.release_words import expression_in_words

NAMED_ROWS = 10
"""Rows of a table that are told one by one; the rest is counted."""


class LineKind(StrEnum):
    """What became of something."""

    CAME = "came"
    WENT = "went"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One thing that came, went or changed, with a sentence for everything that did."""

    kind: LineKind
    subject: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """All changes of one kind of thing."""

    code: str
    title: str
    lines: tuple[DifferenceLine, ...]


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """Two releases, or a release and a draft, held against each other; no groups when they are the same."""

    product_name: str
    groups: tuple[DifferenceGroup, ...]


TITLES = {
    "product": gettext_lazy("Product"),
    "questions": gettext_lazy("What can be chosen"),
    "prices": gettext_lazy("Prices"),
    "rules": gettext_lazy("Rules"),
    "tables": gettext_lazy("Tables"),
    "bill": gettext_lazy("What it is made of"),
}
FIELDS = {
    "name": gettext_lazy("Name"),
    "text": gettext_lazy("Text"),
    "currency": gettext_lazy("Currency"),
    "picture": gettext_lazy("Picture"),
    "parts": gettext_lazy("Picture"),
    "root_item": gettext_lazy("Topmost item"),
    "section": gettext_lazy("Section"),
    "default": gettext_lazy("Standard"),
    "minimum": gettext_lazy("From"),
    "maximum": gettext_lazy("To"),
    "step": gettext_lazy("Step"),
    "unit": gettext_lazy("Unit"),
    "kind": gettext_lazy("Answered by"),
    "expression": gettext_lazy("Condition"),
    "code": gettext_lazy("Code"),
    "columns": gettext_lazy("Columns"),
    "made": gettext_lazy("Made here"),
    "quantity": gettext_lazy("Quantity"),
    "condition": gettext_lazy("Only if"),
    "parameters": gettext_lazy("Made to"),
    "phantom": gettext_lazy("Pulled up into its parent"),
    "one_of": gettext_lazy("Alternatives"),
    "scrap": gettext_lazy("Scrap in per cent"),
}
KINDS = {
    QuestionKind.OPTIONS: gettext_lazy("options"),
    QuestionKind.FLAG: gettext_lazy("yes or no"),
    QuestionKind.NUMBER: gettext_lazy("a number"),
}


def difference_view(before: ProductPackage, after: ProductPackage) -> DifferenceView:
    """What a customer, a price or a bill of `after` has that `before` has not, and the other way round."""
    found = difference(knowledge_of(before), knowledge_of(after))
    groups = _InWords(before, after).groups(found)
    return DifferenceView(
        after.product.name,
        tuple(DifferenceGroup(code, str(TITLES[code]), lines) for code, lines in groups.items() if lines),
    )


class _InWords:
    """Names what went by the old release, everything else by the new one."""

    def __init__(self, before: ProductPackage, after: ProductPackage) -> None:
        self.old, self.new = Words(before), Words(after)
        self.items = {item.code: item.name for package in (before, after) for item in package.items}
        self.sections = {section.code: section.name for package in (before, after) for section in package.sections}
        self.currency = after.product.currency

    def groups(self, found: Difference) -> dict[str, tuple[DifferenceLine, ...]]:
        return {
            "product": (*self.facts(found.facts), *self.rows(found.sections, lambda section: section.name)),
            "questions": tuple(line for change in found.questions for line in self.question(change)),
            "prices": (*self.base_price(found.facts), *self.prices(found.questions)),
            "rules": tuple(self.rows(found.rules, lambda rule: rule.text or rule.code)),
            "tables": tuple(map(self.table, found.tables)),
            "bill": (*self.rows(found.items, self.item), *self.rows(found.lines, self.line)),
        }

    def facts(self, changes: Iterable[FieldChange]) -> Iterator[DifferenceLine]:
        for change in changes:
            if change.field == "order":
                yield DifferenceLine(LineKind.CHANGED, gettext("The questions come in another order."))
            elif change.field != "base_price":
                yield DifferenceLine(LineKind.CHANGED, str(FIELDS[change.field]), (self.fields_changed(change, None),))

    def base_price(self, changes: Iterable[FieldChange]) -> Iterator[DifferenceLine]:
        for change in changes:
            if change.field == "base_price":
                yield DifferenceLine(LineKind.CHANGED, gettext("Base price"), (self.amounts(change),))

    def question(self, change: QuestionChange) -> Iterator[DifferenceLine]:
        """The question, unless only prices of its answers changed."""
        question = change.row
        if change.came or change.went:
            kind = LineKind.CAME if change.came else LineKind.WENT
            answers = ", ".join(answer.name for answer in question.answers) or self.span(question)
            yield DifferenceLine(kind, question.name, (answers,) if question.kind != QuestionKind.FLAG else ())
            return
        details = [self.fields_changed(field, change.row) for field in change.fields]
        for answer in change.answers if not any(field.field == "kind" for field in change.fields) else ():
            details += self.answer(answer)
        if details:
            yield DifferenceLine(LineKind.CHANGED, question.name, tuple(details))

    def answer(self, change: Change[Answer]) -> Iterator[str]:
        if change.came:
            yield gettext("New: %(answer)s") % {"answer": change.row.name}
        elif change.went:
            yield gettext("No longer: %(answer)s") % {"answer": change.row.name}
        else:
            for field in change.fields:
                if field.field != "price":
                    yield f"{change.row.name}: {self.fields_changed(field, None)}"

    def prices(self, changes: Iterable[QuestionChange]) -> Iterator[DifferenceLine]:
        for change in changes:
            for answer in change.answers:
                amounts = tuple(self.amounts(field) for field in answer.fields if field.field == "price")
                if amounts:
                    yield DifferenceLine(LineKind.CHANGED, f"{change.row.name}: {answer.row.name}", amounts)

    def amounts(self, change: FieldChange) -> str:
        before, after = (f"{self.currency} {_money(value)}" for value in (change.before, change.after))
        return gettext("%(before)s becomes %(after)s") % {"before": before, "after": after}

    def rows(self, changes: Iterable[Change[Any]], named: Callable[[Any], str]) -> Iterator[DifferenceLine]:
        for change in changes:
            kind = LineKind.CAME if change.came else LineKind.WENT if change.went else LineKind.CHANGED
            details = tuple(self.fields_changed(field, None) for field in change.fields)
            yield DifferenceLine(kind, named(change.row), details or self.said(change))

    def said(self, change: Change[Any]) -> tuple[str, ...]:
        """What a rule or line that came or went demands."""
        words = self.new if change.after is not None else self.old
        expression = getattr(change.row, "expression", None)
        if expression is not None:
            return (expression_in_words(expression, words),)
        if isinstance(change.row, BillLine) and change.row.condition is not None:
            return (f"{FIELDS['condition']}: {expression_in_words(change.row.condition, words)}",)
        return ()

    def table(self, change: TableChange) -> DifferenceLine:
        kind = LineKind.CAME if change.came else LineKind.WENT if change.went else LineKind.CHANGED
        details = [self.fields_changed(field, None) for field in change.fields]
        columns = change.row.columns
        details += self.table_rows(gettext("New row"), columns, change.rows_added, self.new)
        details += self.table_rows(gettext("No longer a row"), columns, change.rows_removed, self.old)
        return DifferenceLine(kind, change.row.text or change.row.code, tuple(details))

    def table_rows(
        self, label: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], words: Words
    ) -> Iterator[str]:
        for row in rows[:NAMED_ROWS]:
            named = ", ".join(str(words.choice(column, value)) for column, value in zip(columns, row, strict=True))
            yield f"{label}: {named}"
        more = len(rows) - NAMED_ROWS
        if more > 0:
            yield ngettext("%(label)s: %(more)s more", "%(label)s: %(more)s more", more) % {
                "label": label,
                "more": more,
            }

    def item(self, item: Any) -> str:
        return str(item.name)

    def line(self, line: BillLine) -> str:
        names = {"item": self.items.get(line.item, line.item), "parent": self.items.get(line.parent, line.parent)}
        return gettext("%(item)s in %(parent)s") % names

    def fields_changed(self, change: FieldChange, question: Question | None) -> str:
        """One field, from what to what."""
        if change.field == "order":
            return gettext("The answers come in another order.")
        if change.field == "allowed":
            return gettext("The rows are allowed now.") if change.after else gettext("The rows are forbidden now.")
        label = str(FIELDS.get(change.field, change.field))
        before = self.shown(change.field, change.before, question, self.old)
        after = self.shown(change.field, change.after, question, self.new)
        if not before:
            return f"{label}: {after}"
        if not after:
            return gettext("%(label)s: no longer %(before)s") % {"label": label, "before": before}
        return gettext("%(label)s: %(before)s becomes %(after)s") % {"label": label, "before": before, "after": after}

    def shown(self, field: str, value: Any, question: Question | None, words: Words) -> str:
        """A field's content as one reads it."""
        if value is None or value == () or value == {}:
            return ""
        if field == "kind":
            return str(KINDS[value])
        if field == "section":
            return self.sections.get(value, value)
        if field in ("default", "minimum", "maximum", "step") and question is not None:
            return words.value(question.code, value)
        if field == "root_item":
            return self.items.get(value, value)
        if field == "columns":
            return ", ".join(words.feature(column) for column in value)
        return _plain(value, words)

    def span(self, question: Question) -> str:
        ends = {"low": question.minimum, "high": question.maximum, "unit": question.unit}
        return (gettext("%(low)s to %(high)s %(unit)s") % ends).strip()


def _plain(value: Any, words: Words) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Expression):
        return expression_in_words(value, words)
    if isinstance(value, tuple):
        return ", ".join(_plain(part, words) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part, words)}" for name, part in value.items())
    return str(value)


def _money(amount: Any) -> str:
    return number_format(major_units(int(amount)), decimal_pos=2, use_l10n=True, force_grouping=True)
