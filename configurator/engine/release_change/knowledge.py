"""All of one release that a customer, a price or a bill can tell from another release."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from configurator.engine.bill import BillLine, Item
from configurator.engine.expressions import Value
from configurator.engine.model import Rule, Table


class QuestionKind(StrEnum):
    """How a question is answered."""

    OPTIONS = "options"
    FLAG = "flag"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the questions."""

    code: str
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a question as the customer meets it; the price in the smallest unit of the currency."""

    value: Value
    name: str
    text: str = ""
    price: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A feature or parameter. `answers` are those of options and flags; a number has its range instead."""

    code: str
    name: str
    kind: QuestionKind
    section: str = ""
    text: str = ""
    default: Value | None = None
    answers: tuple[Answer, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    step: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One release. `facts` are what is said of the product itself: its name, its base price."""

    facts: Mapping[str, object] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    questions: tuple[Question, ...] = ()
    rules: tuple[Rule, ...] = ()
    tables: tuple[Table, ...] = ()
    items: tuple[Item, ...] = ()
    lines: tuple[BillLine, ...] = ()
