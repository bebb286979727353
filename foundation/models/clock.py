"""The clock that every process of the plant reads."""

from django.db import models
from django.db.models import Q


class PlantClock(models.Model):
    """One row: plant time = anchor + speed x time since the anchoring. Without a row plant time is the wall clock.

    The time since the anchoring is measured by the machine's monotonic clock, which no time service can turn back;
    after a reboot (another boot id) that clock has started anew, and the wall clock bridges the gap once.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    anchor = models.DateTimeField(help_text="plant time at the moment of anchoring")
    speed = models.FloatField(default=1.0, help_text="plant seconds per second")
    monotonic_anchor = models.FloatField(help_text="CLOCK_MONOTONIC at the moment of anchoring, in seconds")
    wall_anchor = models.DateTimeField(help_text="wall clock at the moment of anchoring")
    boot_id = models.CharField(max_length=64, help_text="which boot of the machine the monotonic clock belongs to")
    version = models.PositiveBigIntegerField(default=1, help_text="counts the anchorings")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="plant_clock_single_row"),
            models.CheckConstraint(condition=Q(speed__gte=0), name="plant_clock_never_backwards"),
        ]

    def __str__(self) -> str:
        return f"{self.anchor:%Y-%m-%d %H:%M:%S} at speed {self.speed:g}"
