"""The shop floor's answer to the configurator's question where an order is."""

from collections.abc import Mapping, Sequence

from configurator.api import Step
from planning.api import order_steps


class LineProgress:
    """The port `OrderProgress`: the planned steps of order lines with what the line has reported of them."""

    def steps(self, order_line_ids: Sequence[int]) -> Mapping[int, tuple[Step, ...]]:
        """The steps of each order line in the order they are built; a line not planned yet has none."""
        planned = order_steps(order_line_ids)
        return {
            order_line_id: tuple(
                Step(
                    name=step.name,
                    station=step.station_name,
                    state=step.state.lower(),
                    planned_start=step.planned_start,
                    planned_end=step.planned_end,
                    started_at=step.actual_start,
                    ended_at=step.actual_end,
                )
                for step in planned.get(order_line_id, ())
            )
            for order_line_id in order_line_ids
        }
