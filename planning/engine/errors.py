"""What can be wrong with a planning problem, each error with the data that shows it."""


class PlanningError(Exception):
    """Root of everything the planning engine raises on purpose."""


class ProblemError(PlanningError):
    """The problem contradicts itself, so no plan of it would mean anything."""


class PrecedenceCycle(ProblemError):
    """Operations wait for each other in a circle; `path` begins and ends with the same operation."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return "These operations wait for each other in a circle: " + " -> ".join(self.path) + "."


class UnknownStep(ProblemError):
    """A routing step names a step that its item does not have."""

    def __init__(self, item: str, number: int, after: int) -> None:
        super().__init__(item, number, after)
        self.item, self.number, self.after = item, number, after

    def __str__(self) -> str:
        return f"Step {self.number} of {self.item} comes after step {self.after}, which {self.item} does not have."


class DuplicateKey(ProblemError):
    """Two things of one kind carry the same key."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(kind, key)
        self.kind, self.key = kind, key

    def __str__(self) -> str:
        return f"There are two {self.kind}s with the key {self.key}."


class UnknownReference(ProblemError):
    """`owner` points at number `index` of `kind`, which does not exist."""

    def __init__(self, owner: str, kind: str, index: int) -> None:
        super().__init__(owner, kind, index)
        self.owner, self.kind, self.index = owner, kind, index

    def __str__(self) -> str:
        return f"{self.owner} refers to {self.kind} number {self.index}, which does not exist."


class BrokenCalendar(ProblemError):
    """A station's working intervals are empty, overlap or are out of order at `interval`."""

    def __init__(self, station: str, interval: tuple[int, int]) -> None:
        super().__init__(station, interval)
        self.station, self.interval = station, interval

    def __str__(self) -> str:
        return f"The calendar of {self.station} is not sorted and disjoint at {self.interval[0]}..{self.interval[1]}."


class NoMode(ProblemError):
    """The operation names no station that could do it."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return f"No station can do {self.operation}."


class DuplicateMode(ProblemError):
    """The operation names one station twice."""

    def __init__(self, operation: str, station: str) -> None:
        super().__init__(operation, station)
        self.operation, self.station = operation, station

    def __str__(self) -> str:
        return f"{self.operation} names {self.station} twice."


class NotPositive(ProblemError):
    """A number that must be positive, or at least not negative, is not."""

    def __init__(self, owner: str, what: str, value: int) -> None:
        super().__init__(owner, what, value)
        self.owner, self.what, self.value = owner, what, value

    def __str__(self) -> str:
        return f"The {self.what} of {self.owner} is {self.value}."


class AmbiguousChangeover(ProblemError):
    """Two changeover tables claim one station."""

    def __init__(self, station: str) -> None:
        super().__init__(station)
        self.station = station

    def __str__(self) -> str:
        return f"Two changeover tables name {self.station}."


class TriangleBroken(ProblemError):
    """Changing over by a detour is quicker than directly; `Changeover.closed()` repairs such a table."""

    def __init__(self, first: str, middle: str, last: str, direct: int, detour: int) -> None:
        super().__init__(first, middle, last, direct, detour)
        self.first, self.middle, self.last = first, middle, last
        self.direct, self.detour = direct, detour

    def __str__(self) -> str:
        return (
            f"Changing over from {self.first!r} to {self.last!r} takes {self.direct} s, "
            f"but only {self.detour} s by way of {self.middle!r}."
        )


class FixedElsewhere(ProblemError):
    """The fixed assignment of an operation belongs to another operation or ends before it starts."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation

    def __str__(self) -> str:
        return f"The fixed place of {self.operation} belongs to another operation, or ends before it starts."


class FixedTooEarly(ProblemError):
    """A future operation is fixed although one that must come before it is not: fix both or neither."""

    def __init__(self, operation: str, predecessor: str) -> None:
        super().__init__(operation, predecessor)
        self.operation, self.predecessor = operation, predecessor

    def __str__(self) -> str:
        return f"{self.operation} is fixed in the future, but {self.predecessor}, which comes before it, is not."


class NothingFits(PlanningError):
    """No gap up to the end of the calendars takes the operation; `reason` is a sentence."""

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(operation, reason)
        self.operation, self.reason = operation, reason

    def __str__(self) -> str:
        return self.reason
