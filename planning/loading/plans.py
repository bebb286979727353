"""Plans as rows and as engine values, and the pointer to the one a plant follows."""

from planning import engine
from planning.loading.problem import LoadedProblem
from planning.models import Assignment, LivePlan, Plan, Plant


def assignments_of(loaded: LoadedProblem, plan: engine.Plan, row: Plan) -> list[Assignment]:
    """The plan's assignments as rows, not saved."""
    floor = loaded.floor
    return [
        Assignment(
            plan=row,
            operation_id=loaded.operation_ids[assignment.operation],
            station=floor.rows[assignment.station],
            start=floor.moment(assignment.start),
            end=floor.moment(assignment.end),
        )
        for assignment in plan.assignments
    ]


def stored_plan(loaded: LoadedProblem, plan: Plan) -> engine.Plan:
    """A stored plan as far as its operations are part of the problem: what is done has left it."""
    number = {pk: index for index, pk in enumerate(loaded.operation_ids)}
    floor = loaded.floor
    return engine.Plan(
        assignments=tuple(
            engine.Assignment(
                number[row.operation_id], floor.number[row.station_id], floor.seconds(row.start), floor.seconds(row.end)
            )
            for row in plan.assignments.all()
            if row.operation_id in number and row.station_id in floor.number
        )
    )


def live_plan(plant: Plant) -> LivePlan:
    """The plant's pointer, made on first use."""
    pointer, _ = LivePlan.objects.select_related("plan").get_or_create(plant=plant)
    return pointer
