"""Seeded problems to test on: tiny ones that can be searched exhaustively, and order books of any size."""

from random import Random

from planning.engine import Assignment, Changeover, Mode, Operation, Order, Problem, Station

HOUR = 3600
NOW = 7 * HOUR
FAMILIES = ("red", "blue", "grey")


def two_shift_weeks(weeks: int) -> tuple[tuple[int, int], ...]:
    """Monday to Friday, 06:00 to 22:00 with half an hour of break at noon, from a Monday midnight on."""
    days = [week * 7 + day for week in range(weeks) for day in range(5)]
    return tuple(
        (day * 24 * HOUR + start, day * 24 * HOUR + end)
        for day in days
        for start, end in ((6 * HOUR, 12 * HOUR), (12 * HOUR + HOUR // 2, 22 * HOUR))
    )


def order_book(orders: int, seed: int = 1, weeks: int = 8, stations: int = 10, patience: float = 1.0) -> Problem:
    """About seven operations per order in branches that join, changeovers on two stations.

    With `patience` 1 all due dates are attainable; with 0.3 a good plan breaks a few promises, a poor one many.
    """
    random = Random(seed)
    calendar = two_shift_weeks(weeks)
    places = tuple(Station(f"S{number}", calendar) for number in range(stations))
    operations: list[Operation] = []
    book: list[Order] = []
    for number in range(orders):
        first = len(operations)
        family = random.choice(FAMILIES)
        joins: list[int] = []
        for _branch in range(random.randint(1, 3)):
            before: tuple[int, ...] = ()
            for _step in range(random.randint(2, 3)):
                operations.append(_operation(random, number, len(operations), before, family, stations))
                before = (len(operations) - 1,)
            joins.extend(before)
        tail = tuple(joins)
        for _step in range(random.randint(1, 3)):
            operations.append(_operation(random, number, len(operations), tail, family, stations))
            tail = (len(operations) - 1,)
        work = sum(operation.modes[0].duration for operation in operations[first:])
        book.append(Order(f"O{number}", 0, random.randint(1, 5), 0))
        spread = sum(o.modes[0].duration for o in operations) / stations * (7 * 24 / (5 * 15.5))
        due = 17 * HOUR + 2.0 * work + spread * random.uniform(0.7, 1.5)
        book[-1] = Order(f"O{number}", NOW + int(patience * due), book[-1].weight)
    changeover = Changeover(frozenset({0, 1}), 20 * 60, {("red", "grey"): 30 * 60})
    return Problem(places, tuple(operations), tuple(book), (changeover,), {0: "red"}, now=NOW)


def _operation(
    random: Random, order: int, number: int, before: tuple[int, ...], family: str, stations: int
) -> Operation:
    chosen = random.sample(range(stations), random.choice((1, 2, 2)))
    modes = tuple(Mode(station, 60 * random.randint(5, 60)) for station in chosen)
    return Operation(f"O{order}-{number}", order, modes, before, pausable=random.random() < 0.3, family=family)


def tiny_problem(seed: int, operations: int = 4) -> Problem:
    """Two stations, short broken calendars, changeovers, releases, sometimes a fact: every rule in a nutshell."""
    random = Random(seed)
    places = tuple(Station(f"S{number}", _broken_calendar(random)) for number in range(2))
    orders = tuple(
        Order(f"O{number}", random.randint(5, 30), random.randint(0, 3), random.choice((0, 0, 3)))
        for number in range(2)
    )
    some: list[Operation] = []
    now = random.choice((0, 0, 2))
    for number in range(operations):
        order = random.randrange(2)
        earlier = [n for n, operation in enumerate(some) if operation.order == order]
        before = tuple(sorted(random.sample(earlier, min(len(earlier), random.choice((0, 1, 1, 2))))))
        modes = tuple(Mode(s, random.randint(1, 5)) for s in random.sample((0, 1), random.choice((1, 2))))
        fixed = None
        if number == 0 and random.random() < 0.3:
            start = max(0, now - random.randint(0, 2))
            fixed = Assignment(0, modes[0].station, start, start + random.randint(1, 4))
        some.append(
            Operation(
                f"P{number}",
                order,
                modes,
                before,
                random.choice((0, 0, 4)),
                random.random() < 0.4,
                random.choice(FAMILIES),
                fixed,
            )
        )
    table = Changeover(
        frozenset(random.sample((0, 1), random.choice((1, 2)))),
        random.randint(0, 3),
        {(a, b): random.randint(0, 4) for a in FAMILIES for b in FAMILIES if a != b and random.random() < 0.4},
    ).closed(FAMILIES)
    initial = {0: random.choice(FAMILIES)} if random.random() < 0.5 else {}
    return Problem(places, tuple(some), orders, (table,), initial, now)


def _broken_calendar(random: Random) -> tuple[tuple[int, int], ...]:
    intervals = []
    moment = random.randint(0, 3)
    for _ in range(random.randint(2, 5)):
        length = random.randint(2, 8)
        intervals.append((moment, moment + length))
        moment += length + random.randint(1, 4)
    intervals.append((moment, moment + 30))
    return tuple(intervals)
