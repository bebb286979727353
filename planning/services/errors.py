"""What planning's verbs refuse, each with the data that says why."""

from collections.abc import Sequence


class PlanningRefused(Exception):
    """A request that planning refuses; its text is one sentence for the person who asked."""


class SolveActive(PlanningRefused):
    """A plan is being made already."""

    def __init__(self) -> None:
        super().__init__("A plan is being made already; wait for it, or cancel it first.")


class NothingToPlan(PlanningRefused):
    """There is no open operation that could be planned."""

    def __init__(self, reasons: Sequence[str] = ()) -> None:
        super().__init__(" ".join(["There is nothing to plan.", *reasons[:3]]))


class PlanInvalid(PlanningRefused):
    """The checker found the plan wrong, so it was not stored."""

    def __init__(self, violations: Sequence[str]) -> None:
        super().__init__(f"The plan was thrown away because it was wrong: {'; '.join(violations[:3])}.")
        self.violations = tuple(violations)


class StalePlan(PlanningRefused):
    """The plan was made on a base that is no longer the live plan."""

    def __init__(self, number: int, base: int | None, live: int | None) -> None:
        made_on = f"plan {base}" if base else "an empty plant"
        follows = f"plan {live}" if live else "no plan"
        super().__init__(
            f"Plan {number} was made on {made_on}, but the plant now follows {follows}. Make the plan again."
        )
        self.number, self.base, self.live = number, base, live


class NotADraft(PlanningRefused):
    """Only a draft can be published."""

    def __init__(self, number: int, state: str) -> None:
        super().__init__(f"Plan {number} is {state}; only a draft can be published.")
        self.number, self.state = number, state
