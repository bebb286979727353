"""A proof that every valid configuration has a complete bill of materials, or a configuration that has not.

The 150 % bill is walked once, place by place. What can go wrong at a place depends on few features, so it is first
tried with all values these can have at once (bill_values.py); nearly every line is settled by that. Where something
may be wrong, the values are split until it is decided, and the compiled model, whose valid domains are complete, is
asked after each value that is fixed (bill_search.py). So values are only left out when a condition on the way excludes
them or no valid selection has them, and a selection that is found is valid and meets the mistake.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from configurator.engine.bill import (
    LEVEL_LIMIT,
    LINE_LIMIT,
    QUANTITY_LIMIT,
    TRIED_LIMIT,
    Bill,
    BillLine,
    Item,
    go_down,
    growth_by,
    line_holds,
    root_parent,
)
from configurator.engine.bill_places import (
    Place,
    Question,
    bad_quantities,
    chosen,
    joined,
    largest_total,
    multiplied,
    needs_nothing,
    none_holds,
    place_below,
    root_place,
    some,
    too_many,
    without_truth,
    without_value,
)
from configurator.engine.bill_search import Answers, BillSearch, TooMuch
from configurator.engine.bill_values import Numbers, Sight, highest, lowest, possible_values, within
from configurator.engine.errors import BadBillLine, BillError, EmptyItem, NoAlternative
from configurator.engine.expressions import Binary, Expression, Literal, Value


@dataclass(frozen=True, slots=True)
class BillFlaw:
    """A valid selection whose bill is wrong. `path` names the items down to the mistake, phantoms too."""

    path: str
    error: BillError
    choices: Mapping[str, Value]
    """What it takes: every valid selection with these has the mistake."""
    witness: Mapping[str, Value]
    """One complete valid selection with the choices."""


@dataclass(frozen=True, slots=True)
class Unproved:
    """Something about the bill that could not be decided within the limits."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class BillProof:
    """What is known about the bills of all valid selections; a mistake is named where it is met first."""

    flaws: tuple[BillFlaw, ...]
    unproved: tuple[Unproved, ...]
    places: int
    """Ways down the 150 % bill that were looked at."""
    questions: int
    """Times the compiled model was asked."""

    @property
    def complete(self) -> bool:
        """Whether every valid configuration has a complete bill for certain."""
        return not self.flaws and not self.unproved


def prove_bill(
    bill: Bill, compiled: Answers, *, budget_seconds: float = 60, empty_items_are_wrong: bool = False
) -> BillProof:
    """Whether every valid selection of the model has a bill, and where not a selection that shows it.

    Looked for are all errors of `explode`: conditions, quantities and parameters without a value of their kind,
    quantities below nought or beyond the limit, unknown items, items that contain themselves, alternatives of which
    none holds, too many lines or levels; and, if that is wrong, made items that need nothing. Quantities count for one
    product, which settles them for every order. The same arguments give the same answer unless the time runs out.
    Raises UnknownItem when there is no root and NoValidCompletion when nothing is valid.
    """
    return _Proof(bill, BillSearch(compiled, budget_seconds), empty_items_are_wrong).result()


@dataclass(frozen=True, slots=True)
class _Look:
    """A place with what its lines can see over all valid selections, and how many of it there can be."""

    place: Place
    sight: Sight
    total: Numbers


class _Proof:
    """One walk down the 150 % bill, over all ways at once."""

    def __init__(self, bill: Bill, search: BillSearch, empty_items_are_wrong: bool) -> None:
        self.bill, self.search, self.empty_items_are_wrong = bill, search, empty_items_are_wrong
        self.flaws: list[BillFlaw] = []
        self.unproved: list[Unproved] = []
        self.told: set[tuple[object, ...]] = set()
        self.places = self.tried = 0

    def result(self) -> BillProof:
        root = root_place(self.bill)
        error = self._root_error()
        try:
            if error is not None:
                self.flaws.append(BillFlaw(root.path, error, {}, self.search.witness({})))
            else:
                self._walk(_Look(root, self.search.sight, frozenset({1})))
        except TooMuch:
            self.unproved.append(Unproved(root.path, "the time was over before all lines were looked at"))
        return BillProof(tuple(self.flaws), tuple(self.unproved), self.places, self.search.questions)

    def _root_error(self) -> BillError | None:
        """Why the root can never be made: it asks for features that are not there, or is a phantom."""
        try:
            root_parent(self.bill, dict.fromkeys(self.search.domains, 0))
        except BadBillLine as error:
            return error
        return None

    def _walk(self, root: _Look) -> None:
        waiting = [root]
        while waiting:
            self.search.check_time()
            look = waiting.pop()
            lines = self.bill.below.get(look.place.item.code, ())
            self.places += 1
            self.tried += len(lines)
            if self.places > LINE_LIMIT or self.tried > TRIED_LIMIT:
                text = f"there are more than {LINE_LIMIT:,} ways down the bill, or {TRIED_LIMIT:,} lines on them"
                self.unproved.append(Unproved(look.place.path, text))
                return
            below = [self._line(look, line, before) for line, before in _with_earlier(lines)]
            waiting.extend(reversed([each for each in below if each is not None]))
            self._groups(look, lines)
            if self.empty_items_are_wrong and look.place.item.made:
                self._emptiness(look, lines)

    def _line(self, look: _Look, line: BillLine, before: Expression | None) -> _Look | None:
        """Check a line; what is below it, unless it is never taken, cannot be followed or is the end."""
        place, item = look.place, self.bill.items.get(line.item)
        taken: tuple[Question, ...] = tuple(chosen(place, line, before))
        if line.condition is not None:
            holds = possible_values(line.condition, look.sight)
            if holds.no_truth:
                self._check(look, line, "condition", (*taken[:-1], without_truth(place, line.condition)))
            if True not in holds.truths:
                return None
        if item is None or line.item in place.codes:
            self._check(look, line, "item", taken)
            return None
        growth = self._quantity(look, line, taken, item)
        if growth is None or not self._parameters(look, line, (*taken, some(place, line.quantity)), item):
            return None
        if len(place.codes) >= LEVEL_LIMIT:
            self._check(look, line, "levels", place_below(place, line, taken, item, growth).steps)
            return None
        if line.item not in self.bill.below and not (self.empty_items_are_wrong and item.made):
            self.places += 1
            return None
        below = place_below(place, line, taken, item, growth)
        return _Look(below, *below.enter(look.sight, look.total, self.search.sight))

    def _quantity(self, look: _Look, line: BillLine, taken: tuple[Question, ...], item: Item) -> Fraction | None:
        """Check how many there are; what must be taken for a good one, None if none is ever needed."""
        place, growth = look.place, look.place.growth
        found = possible_values(line.quantity, look.sight)
        good = within(found.numbers, 0, QUANTITY_LIMIT)
        if found.no_number or len(good) < len(found.numbers):
            for what, bad in bad_quantities(place, line.quantity).items():
                self._check(look, line, what, (*taken, bad))
        if line.scrap or item.scrap:
            growth = growth * growth_by(line.scrap) * growth_by(item.scrap)
        total = multiplied(look.total, within(good, 1, QUANTITY_LIMIT))
        if not total:
            return None
        if highest(total) > largest_total(growth):
            needed = (*taken, some(place, line.quantity))
            self._check(look, line, "total", (*needed, too_many(place, line.quantity, growth)))
        return growth if lowest(total) <= largest_total(growth) else None

    def _parameters(self, look: _Look, line: BillLine, needed: tuple[Question, ...], item: Item) -> bool:
        """Check what is passed to the item; whether that can be right at all."""
        if set(line.parameters) != set(item.parameters):
            self._check(look, line, "parameters", needed)
            return False
        for name, formula in line.parameters.items():
            found = possible_values(formula, look.sight)
            if found.fails:
                self._check(look, line, name, (*needed, without_value(look.place, formula)))
            if not found.something:
                return False
        return True

    def _groups(self, look: _Look, lines: Sequence[BillLine]) -> None:
        groups: dict[str, list[Expression | None]] = {}
        for line in lines:
            if line.one_of:
                groups.setdefault(line.one_of, []).append(line.condition)
        for name, members in groups.items():
            conditions = [condition for condition in members if condition is not None]
            if len(conditions) == len(members):
                error = NoAlternative(look.place.path, name)
                self._check(look, error, name, (none_holds(look.place, joined(conditions, look.sight)),))

    def _emptiness(self, look: _Look, lines: Sequence[BillLine]) -> None:
        error = EmptyItem(look.place.path, look.place.item.code)
        self._check(look, error, "", (needs_nothing(look.place, lines),))

    def _check(self, look: _Look, subject: BillLine | BillError, what: str, steps: tuple[Question, ...]) -> None:
        """Note a flaw if some valid selection comes to the place and answers every one of the steps with yes."""
        key = (id(subject) if isinstance(subject, BillLine) else (type(subject), look.place.item.code), what)
        # The last step is the mistake itself, which most lines can never make.
        if key in self.told or any(True not in step.ask(look.sight, look.total) for step in reversed(steps)):
            return
        path = f"{look.place.path}/{subject.item}" if isinstance(subject, BillLine) else look.place.path
        try:
            choices = self.search.find(look.place, steps)
        except TooMuch as refused:
            if refused.seconds:
                raise
            self.told.add(key)
            self.unproved.append(Unproved(path, f"{what}: too many combinations to try"))
            return
        if choices is not None:
            self.told.add(key)
            witness = self.search.witness(choices)
            error = subject if isinstance(subject, BillError) else self._error(look.place, subject, path, witness)
            self.flaws.append(BillFlaw(path, error, choices, witness))

    def _error(self, place: Place, line: BillLine, path: str, witness: Mapping[str, Value]) -> BillError:
        """What explode says when it comes to the line."""
        parent = root_parent(self.bill, witness)
        for step in place.way()[1:]:
            assert step.line is not None
            reached = go_down(self.bill, parent, step.line, parent.sight(witness), step.path)
            assert reached is not None, "the witness comes to the place"
            parent = reached
        values = parent.sight(witness)
        try:
            if line_holds(line, values, path):
                go_down(self.bill, parent, line, values, path)
        except BillError as error:
            return error
        raise AssertionError(f"{path}: the witness meets no mistake")


def _with_earlier(lines: Sequence[BillLine]) -> Iterator[tuple[BillLine, Expression | None]]:
    """Each line with the expression that must be false for it to be reached: that an earlier alternative holds."""
    earlier: dict[str, Expression] = {}
    for line in lines:
        if not line.one_of:
            yield line, None
            continue
        before = earlier.get(line.one_of)
        yield line, before
        own = line.condition if line.condition is not None else Literal(True)
        earlier[line.one_of] = own if before is None else Binary("or", before, own)
