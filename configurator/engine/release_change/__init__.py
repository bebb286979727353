"""From one release to the next: what is different, and what becomes of choices made under the old one."""

from configurator.engine.release_change.difference import (
    Change,
    Difference,
    FieldChange,
    QuestionChange,
    TableChange,
    difference,
)
from configurator.engine.release_change.knowledge import Answer, Knowledge, Question, QuestionKind, Section
from configurator.engine.release_change.migration import ChoiceChange, Migration, Reason, migrate

__all__ = [
    "Answer",
    "Change",
    "ChoiceChange",
    "Difference",
    "FieldChange",
    "Knowledge",
    "Migration",
    "Question",
    "QuestionChange",
    "QuestionKind",
    "Reason",
    "Section",
    "TableChange",
    "difference",
    "migrate",
]
