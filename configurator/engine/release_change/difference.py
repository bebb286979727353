"""What two releases of one product do not have in common.

Rows are matched by their codes, and what a matched row says is compared field by field. A rule is compared by its
meaning: writing it with other spaces or brackets is no change.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from configurator.engine.bill import BillLine, Item
from configurator.engine.expressions import Value
from configurator.engine.model import Rule, Table
from configurator.engine.release_change.knowledge import Answer, Knowledge, Question, Section

Row = TypeVar("Row")
Key = Callable[[Any], Hashable]

ORDER = "order"
"""Field of a change that says only that the same entries stand in another order."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that says something else."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class Change(Generic[Row]):
    """A row that came (no `before`), went (no `after`) or differs in `fields`."""

    before: Row | None
    after: Row | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def row(self) -> Row:
        """The row as it is now, or as it last was."""
        row = self.after if self.after is not None else self.before
        if row is None:
            raise AssertionError("a change has a row before or after")
        return row

    @property
    def came(self) -> bool:
        """Whether the row is new."""
        return self.before is None

    @property
    def went(self) -> bool:
        """Whether the row is gone."""
        return self.after is None


@dataclass(frozen=True)
class QuestionChange(Change[Question]):
    """A question, with what changed in its answers."""

    answers: tuple[Change[Answer], ...] = ()


@dataclass(frozen=True)
class TableChange(Change[Table]):
    """A table, with the rows that came and went where the columns are the same."""

    rows_added: tuple[tuple[Value, ...], ...] = ()
    rows_removed: tuple[tuple[Value, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changed; false when nothing did."""

    facts: tuple[FieldChange, ...] = ()
    sections: tuple[Change[Section], ...] = ()
    questions: tuple[QuestionChange, ...] = ()
    rules: tuple[Change[Rule], ...] = ()
    tables: tuple[TableChange, ...] = ()
    items: tuple[Change[Item], ...] = ()
    lines: tuple[Change[BillLine], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)


def difference(before: Knowledge, after: Knowledge) -> Difference:
    """What `after` says that `before` does not, and the other way round; empty for the same release."""
    codes = [question.code for question in before.questions], [question.code for question in after.questions]
    return Difference(
        facts=(*_facts(before.facts, after.facts), *_order(*codes)),
        sections=_changes(before.sections, after.sections, _code),
        questions=tuple(_questions(before.questions, after.questions)),
        rules=_changes(before.rules, after.rules, _code, lambda rule: rule.expression),
        tables=tuple(_tables(before.tables, after.tables)),
        items=_changes(before.items, after.items, _code),
        lines=_changes(before.lines, after.lines, lambda line: (line.parent, line.item)),
    )


def _code(row: Any) -> Hashable:
    return row.code


def _facts(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before.get(name), after.get(name))


def _questions(before: Sequence[Question], after: Sequence[Question]) -> Iterator[QuestionChange]:
    for first, second in _pairs(before, after, _code):
        if first is None or second is None:
            yield QuestionChange(first, second)
            continue
        answers = _changes(first.answers, second.answers, lambda answer: (type(answer.value), answer.value))
        values = [answer.value for answer in first.answers], [answer.value for answer in second.answers]
        changed = (*_field_changes(first, second, without=("answers",)), *_order(*values))
        if changed or answers:
            yield QuestionChange(first, second, changed, answers)


def _tables(before: Sequence[Table], after: Sequence[Table]) -> Iterator[TableChange]:
    for first, second in _pairs(before, after, _code):
        if first is None or second is None:
            yield TableChange(first, second)
            continue
        changed = _field_changes(first, second, without=("rows",))
        added: tuple[tuple[Value, ...], ...] = ()
        removed: tuple[tuple[Value, ...], ...] = ()
        if first.columns == second.columns:
            added, removed = _without(second.rows, first.rows), _without(first.rows, second.rows)
        if changed or added or removed:
            yield TableChange(first, second, changed, added, removed)


def _without(rows: Sequence[tuple[Value, ...]], others: Sequence[tuple[Value, ...]]) -> tuple[tuple[Value, ...], ...]:
    """The rows that the others do not have; true is not 1 here."""
    known = {tuple((type(value), value) for value in row) for row in others}
    return tuple(row for row in rows if tuple((type(value), value) for value in row) not in known)


def _order(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[FieldChange, ...]:
    """Says when what both have stands in another order."""
    kept, common = set(after), set(before)
    first = tuple(key for key in before if key in kept)
    second = tuple(key for key in after if key in common)
    return () if first == second else (FieldChange(ORDER, first, second),)


def _changes(before: Sequence[Row], after: Sequence[Row], *keys: Key) -> tuple[Change[Row], ...]:
    """The rows that came, went or differ."""
    found = []
    for first, second in _pairs(before, after, *keys):
        changed = () if first is None or second is None else _field_changes(first, second)
        if first is None or second is None or changed:
            found.append(Change(first, second, changed))
    return tuple(found)


def _pairs(before: Sequence[Row], after: Sequence[Row], *keys: Key) -> Iterator[tuple[Row | None, Row | None]]:
    """Rows that are the same thing in both, and those without a partner; in the order of `after`, what went last.

    Partners have the same first key, else the same second one. Where several rows share a key, equal ones are
    partners, and the others in their order.
    """
    partner: dict[int, int] = {}
    for key in keys:
        matched = set(partner.values())
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for index, row in enumerate(before):
            if index not in matched:
                waiting[key(row)].append(index)
        for alike in (True, False):
            for index, row in enumerate(after):
                candidates = waiting.get(key(row), []) if index not in partner else []
                found = next((other for other in candidates if not alike or before[other] == row), None)
                if found is not None:
                    partner[index] = found
                    candidates.remove(found)
    for index, row in enumerate(after):
        yield (before[partner[index]] if index in partner else None), row
    matched = set(partner.values())
    for index, row in enumerate(before):
        if index not in matched:
            yield row, None


def _field_changes(before: Any, after: Any, without: Sequence[str] = ()) -> tuple[FieldChange, ...]:
    """The fields in which two rows of one kind differ."""
    return tuple(
        FieldChange(field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(before)
        if field.name not in without and _differ(getattr(before, field.name), getattr(after, field.name))
    )


def _differ(before: object, after: object) -> bool:
    return before != after or isinstance(before, bool) is not isinstance(after, bool)
