"""Working time of one calendar as an axis of its own, and where an operation fits on it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from planning.engine.problem import Interval


class WorkingTime:
    """The working intervals of a calendar, read in real seconds or in seconds worked since the first interval began.

    Immutable once made; every question is answered in logarithmic time, but for intervals that are too short.
    """

    __slots__ = ("ends", "longest", "starts", "total", "worked_before")

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self.starts = [start for start, _ in intervals]
        self.ends = [end for _, end in intervals]
        lengths = [end - start for start, end in intervals]
        self.longest = max(lengths, default=0)
        self.worked_before = list(accumulate(lengths, initial=0))
        self.total = self.worked_before.pop()

    def worked(self, moment: int) -> int:
        """Seconds of working time before the moment."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        end = self.ends[index]
        return self.worked_before[index] + (moment if moment < end else end) - self.starts[index]

    def moment_after(self, worked: int) -> int | None:
        """The first moment from which work goes on when `worked` seconds are done; None at the calendar's end."""
        index = bisect_right(self.worked_before, worked) - 1
        if worked >= self.total or index < 0:
            return None
        return self.starts[index] + worked - self.worked_before[index]

    def moment_done(self, worked: int) -> int:
        """The moment at which the last of `worked` seconds, at least 1 and at most `total`, is done."""
        index = bisect_left(self.worked_before, worked) - 1
        return self.starts[index] + worked - self.worked_before[index]

    def fit(self, ready: int, duration: int) -> int | None:
        """The first start from `ready` on at which `duration` seconds lie in one interval; None if there is none."""
        if duration > self.longest:
            return None
        starts, ends = self.starts, self.ends
        for index in range(bisect_left(ends, ready + duration), len(ends)):
            start = starts[index]
            if start < ready:
                start = ready
            if start + duration <= ends[index]:
                return start
        return None

    def run(self, ready: int, duration: int) -> tuple[int, int] | None:
        """Start and end of `duration` seconds of work begun at `ready` at the earliest, pausing over breaks."""
        worked = self.worked(ready)
        if worked + duration > self.total:
            return None
        start = self.moment_after(worked)
        assert start is not None  # there is work left, as duration is positive
        return start, self.moment_done(worked + duration)

    def place(self, ready: int, duration: int, pausable: bool) -> tuple[int, int] | None:
        """Start and end of an operation that may start at `ready`, or None if the calendar ends before."""
        if pausable:
            return self.run(ready, duration)
        start = self.fit(ready, duration)
        return None if start is None else (start, start + duration)

    def closes(self, moment: int) -> int | None:
        """The end of the interval the moment is in, or None in a break."""
        index = bisect_right(self.starts, moment) - 1
        return self.ends[index] if index >= 0 and moment < self.ends[index] else None

    def opens(self, moment: int) -> int | None:
        """The moment itself if it is worked, else the start of the next interval, or None if there is none."""
        index = bisect_right(self.ends, moment)
        if index == len(self.ends):
            return None
        return max(moment, self.starts[index])
