"""What controllers said, in their own order, kept as it came."""

from django.db import models
from django.db.models import Q

from shopfloor.models.controllers import Controller
from shopfloor.models.transfers import Transfer


class ControllerEvent(models.Model):
    """One event out of a controller's ring; the triple (source, boot id, sequence) makes a repetition harmless."""

    source = models.CharField(max_length=64, help_text="the controller's code")
    controller = models.ForeignKey(Controller, on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    boot_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    channel_index = models.PositiveSmallIntegerField(null=True, blank=True)
    job_id = models.UUIDField(null=True, blank=True)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(help_text="the controller's own clock: shown, never used for order")
    received_at = models.DateTimeField()
    parked = models.CharField(max_length=300, blank=True, help_text="why it could not be used; empty when it was")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "boot_id", "sequence"], name="controller_event_once"),
        ]
        indexes = [
            models.Index(fields=["transfer", "id"], name="event_by_transfer"),
            models.Index(fields=["id"], condition=~Q(parked=""), name="event_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.boot_id}/{self.sequence} {self.kind}"
