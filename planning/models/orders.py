"""What is to be built: one production order per order line, and its operations unit by unit."""

from django.db import models
from django.db.models import Q

from planning.models.plant import Station


class ProductionOrderState(models.TextChoices):
    OPEN = "open", "open"
    BLOCKED = "blocked", "blocked"
    IN_PRODUCTION = "in_production", "in production"
    BUILT = "built", "built"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


STOPPED = (ProductionOrderState.BLOCKED, ProductionOrderState.FAILED, ProductionOrderState.CANCELLED)
"""Nothing of such an order is planned or released."""


class ProductionOrder(models.Model):
    """One order line to be built. Product and order are copied as they read when the order was taken over."""

    order_line = models.OneToOneField(
        "configurator.OrderLine", on_delete=models.PROTECT, related_name="production_order"
    )
    number = models.CharField(max_length=40, unique=True)
    order_number = models.CharField(max_length=40)
    product_code = models.CharField(max_length=200)
    product_name = models.CharField(max_length=300)
    customer_label = models.CharField(max_length=160, blank=True)
    quantity = models.PositiveIntegerField()
    due = models.DateTimeField(help_text="what was promised; without a promise the date wished for")
    promised = models.BooleanField(default=True, help_text="whether the customer was told this date")
    state = models.CharField(max_length=16, choices=ProductionOrderState.choices, default=ProductionOrderState.OPEN)
    reason = models.CharField(max_length=500, blank=True, help_text="why it is blocked or failed, in one sentence")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["state", "due"], name="production_order_state_due")]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="production_order_quantity_positive")]

    def __str__(self) -> str:
        return self.number


class OperationState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RELEASED = "released", "released"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Operation(models.Model):
    """One schedulable step on one unit. Its actual times are facts from the line, kept here and not in a plan."""

    production_order = models.ForeignKey(ProductionOrder, on_delete=models.CASCADE, related_name="operations")
    unit_number = models.PositiveIntegerField(help_text="which of the ordered units, from 1")
    position = models.PositiveIntegerField(help_text="an order in which the unit's steps could run, from 0")
    path = models.TextField(help_text="where its item stands in the bill")
    item_code = models.CharField(max_length=200)
    item_name = models.CharField(max_length=160)
    step_number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    capability = models.CharField(max_length=60)
    recipe = models.CharField(max_length=60, blank=True)
    parameters = models.JSONField(default=dict, help_text="of its item")
    materials = models.JSONField(default=dict, help_text="bought items it takes: code -> quantity")
    seconds = models.PositiveIntegerField(help_text="duration of work")
    family = models.CharField(max_length=80, blank=True)
    pausable = models.BooleanField(default=False)
    predecessors = models.ManyToManyField("self", symmetrical=False, related_name="successors", blank=True)
    state = models.CharField(max_length=16, choices=OperationState.choices, default=OperationState.WAITING)
    actual_station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actual_start = models.DateTimeField(null=True, blank=True)
    actual_end = models.DateTimeField(null=True, blank=True)
    good = models.PositiveIntegerField(default=0)
    scrap = models.PositiveIntegerField(default=0)
    energy_wh = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["production_order_id", "unit_number", "position"]
        indexes = [models.Index(fields=["state"], name="operation_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["production_order", "unit_number", "position"], name="operation_position_once_per_unit"
            ),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="operation_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.production_order_id}/{self.unit_number})"
