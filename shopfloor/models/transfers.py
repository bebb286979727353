"""The way of a control recipe into a controller, state by state."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from shopfloor.models.controllers import Channel
from shopfloor.models.recipes import ControlRecipe


class TransferState(models.TextChoices):
    """States of a transfer; which may follow which is said in one place, `shopfloor.engine.transfer`."""

    PENDING = "PENDING", "waiting"
    STAGED = "STAGED", "written"
    VERIFIED = "VERIFIED", "read back"
    COMMITTED = "COMMITTED", "committed"
    ACKNOWLEDGED = "ACKNOWLEDGED", "acknowledged"
    RUNNING = "RUNNING", "running"
    DONE = "DONE", "done"
    REFUSED = "REFUSED", "refused"
    UNKNOWN = "UNKNOWN", "unknown"


OCCUPYING = (TransferState.STAGED, TransferState.VERIFIED, TransferState.COMMITTED, TransferState.UNKNOWN)


class Transfer(models.Model):
    """One control recipe on its way into a channel; at most one per channel is under way or in doubt."""

    control_recipe = models.OneToOneField(ControlRecipe, on_delete=models.PROTECT, related_name="transfer")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="transfers")
    state = models.CharField(max_length=16, choices=TransferState.choices, default=TransferState.PENDING)
    reason = models.CharField(max_length=500, blank=True, help_text="why it waits, was refused or is in doubt")
    planned_start = models.DateTimeField(help_text="the channel's queue is in this order")
    sequence_number = models.BigIntegerField(null=True, blank=True, help_text="of the last attempt; new at each claim")
    attempts = models.PositiveIntegerField(default=0)
    ack_code = models.IntegerField(null=True, blank=True)
    gateway = models.CharField(max_length=120, blank=True, help_text="who last held it")
    token = models.UUIDField(null=True, blank=True, help_text="fences out a gateway whose lease has run out")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="real time, not plant time")
    not_before = models.DateTimeField(null=True, blank=True, help_text="real time; nobody claims it earlier")
    last_reading = models.JSONField(null=True, blank=True, help_text="what the controller's registers said")
    read_at = models.DateTimeField(null=True, blank=True, help_text="real time of that reading")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "planned_start"], name="transfer_queue"),
            models.Index(fields=["channel", "state"], name="transfer_by_channel"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(state__in=[str(state) for state in OCCUPYING]) | Q(token__isnull=False),
                name="transfer_one_in_flight_per_channel",
            ),
            models.UniqueConstraint(fields=["channel", "sequence_number"], name="transfer_sequence_number_unique"),
            models.CheckConstraint(
                condition=Q(token__isnull=True, lease_until__isnull=True)
                | Q(token__isnull=False, lease_until__isnull=False),
                name="transfer_token_and_lease_together",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk} {self.state}"


class TransferStep(models.Model):
    """One change of a transfer's state: when, by whom and on what reading. Only ever added to."""

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, choices=TransferState.choices)
    at = models.DateTimeField()
    gateway = models.CharField(max_length=120, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sequence_number = models.BigIntegerField(null=True, blank=True)
    reading = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["transfer", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state or 'new'} to {self.to_state}"
