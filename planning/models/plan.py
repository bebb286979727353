"""Plans: immutable versions, one of them live, and the runs that make them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from planning.models.orders import Operation
from planning.models.plant import Plant, Station


class PlanState(models.TextChoices):
    DRAFT = "draft", "draft"
    LIVE = "live", "live"
    SUPERSEDED = "superseded", "superseded"
    STALE = "stale", "stale"


class Plan(models.Model):
    """One version of the plan, made on top of `base`. Its assignments never change."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveIntegerField()
    base = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
        help_text="the plan that was live when this one was made",
    )
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    metrics = models.JSONField(default=dict, help_text="objective, bound, late orders, makespan")
    contributions = models.JSONField(default=list, help_text="what each method found and what it left")
    unplanned = models.JSONField(default=list, help_text="operations left out, each with its reason")

    class Meta:
        ordering = ["plant_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plant", "number"], name="plan_number_once_per_plant"),
            models.UniqueConstraint(fields=["plant"], condition=Q(state="live"), name="plan_one_live_per_plant"),
        ]

    def __str__(self) -> str:
        return f"plan {self.number}"


class Assignment(models.Model):
    """The operation occupies the station from start to end in this plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="assignments")
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="assignments")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        ordering = ["plan_id", "station_id", "start"]
        indexes = [models.Index(fields=["plan", "station", "start"], name="assignment_by_station")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "operation"], name="assignment_once_per_operation"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="assignment_ends_after_its_start"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} on {self.station_id} at {self.start}"


class LivePlan(models.Model):
    """The pointer that publishing moves: which plan a plant follows. `ledger` counts changes of promised capacity."""

    plant = models.OneToOneField(Plant, on_delete=models.CASCADE, related_name="live")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    ledger = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.plant_id} follows {self.plan_id}"


class SolveState(models.TextChoices):
    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    CANCELLED = "cancelled", "cancelled"
    FAILED = "failed", "failed"


SOLVE_ACTIVE = (SolveState.QUEUED, SolveState.RUNNING)


class SolveRun(models.Model):
    """One attempt to make a plan: how it goes, and what came of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="solve_runs")
    state = models.CharField(max_length=12, choices=SolveState.choices, default=SolveState.QUEUED)
    budget_seconds = models.PositiveIntegerField(default=20)
    seed = models.PositiveIntegerField(default=1)
    progress = models.JSONField(default=list, help_text="method, best objective, bound and elapsed seconds, in order")
    cancel_requested = models.BooleanField(default=False, help_text="end and forget")
    finish_requested = models.BooleanField(default=False, help_text="end and keep the best plan so far")
    message = models.CharField(max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True, help_text="of the worker that runs it; fences out another one")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="real time, not plant time")
    plan = models.OneToOneField(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="solve_run")

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plant"], condition=Q(state__in=["queued", "running"]), name="solve_run_one_active_per_plant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} since {self.requested_at}"
