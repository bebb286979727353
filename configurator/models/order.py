"""What was ordered, and how far it has come."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from configurator.models.cart import QUANTITY_LIMIT, Cart
from configurator.models.release import Release
from foundation.models import OrderedJSONField


class ProgressState(models.TextChoices):
    """How far an order or one of its lines has come."""

    PLACED = "placed", "Placed"
    PLANNED = "planned", "Planned"
    IN_PRODUCTION = "in_production", "In production"
    BUILT = "built", "Built"


class Milestone(models.TextChoices):
    """What planning and the lines report about one unit of an order line."""

    PLANNED = "planned", "Planned"
    STARTED = "started", "Started"
    STEP_DONE = "step_done", "Step done"
    BUILT = "built", "Built"


class OrderNumberSeries(models.Model):
    """The last order number given in a year; taking the next locks the row until the order is committed."""

    year = models.PositiveIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}-{self.last:05d}"


class Order(models.Model):
    """What a customer ordered, under the key that keeps it from being placed twice."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    cart = models.OneToOneField(
        Cart, on_delete=models.PROTECT, null=True, blank=True, related_name="order", help_text="none: ordered by API"
    )
    session_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="of a guest's browser")
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    placed_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=20, choices=ProgressState, default=ProgressState.PLACED)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    idempotency_scope = models.CharField(max_length=100, help_text="whose key it is")
    idempotency_key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was ordered under the key")

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_scope", "idempotency_key"], name="order_once_per_key")
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One configured product, frozen when the order was placed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    release = models.ForeignKey(
        Release, on_delete=models.PROTECT, related_name="order_lines", help_text="the rules it was valid under"
    )
    choices = OrderedJSONField(help_text="feature -> value, as chosen by the customer")
    selection = models.JSONField(help_text="feature -> value, complete")
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    promised_at = models.DateTimeField(null=True, blank=True)
    promise_reason = models.CharField(max_length=300, blank=True)
    hold_reference = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=ProgressState, default=ProgressState.PLACED, db_index=True)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=QUANTITY_LIMIT), name="order_line_quantity_in_limits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.position}"


class OrderMilestone(models.Model):
    """A fact reported about an order line; appended once per source, boot and sequence number, never changed."""

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="milestones")
    unit = models.CharField(max_length=60, blank=True, help_text="serial or number of the unit; empty: the whole line")
    milestone = models.CharField(max_length=20, choices=Milestone)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    source = models.CharField(max_length=60)
    boot_id = models.BigIntegerField()
    sequence = models.BigIntegerField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "boot_id", "sequence"], name="milestone_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.unit}"
