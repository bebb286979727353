"""Capacity that was promised to somebody: buckets, and the holds that take from them."""

import uuid

from django.db import models
from django.db.models import F, Q

from planning.models.plant import Station


class Bucket(models.Model):
    """One station on one day of the plant: the working seconds it has, and those that are planned or promised."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="buckets")
    day = models.DateField()
    capacity = models.PositiveIntegerField()
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day", "station_id"]
        constraints = [
            models.UniqueConstraint(fields=["station", "day"], name="bucket_once_per_station_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day}: {self.reserved} of {self.capacity} s"


class HoldState(models.TextChoices):
    HELD = "held", "held"
    CONFIRMED = "confirmed", "confirmed"
    PLANNED = "planned", "planned"
    RELEASED = "released", "released"


class Hold(models.Model):
    """Capacity kept for a promise: until a time, then for an order line, until a published plan holds the order."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=12, choices=HoldState.choices, default=HoldState.HELD)
    until = models.DateTimeField(help_text="plant time at which an unconfirmed hold lapses")
    order_line = models.ForeignKey(
        "configurator.OrderLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    slots = models.JSONField(help_text="where its operations would go: station, start, end, family, working seconds")
    promised_at = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["state", "until"], name="hold_state_until")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(order_line__isnull=False), name="hold_confirmed_for_an_order_line"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("made_at")), name="hold_ends_after_it_was_made"),
        ]

    def __str__(self) -> str:
        return f"{self.state} for {self.promised_at}"
