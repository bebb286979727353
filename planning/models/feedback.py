"""Facts the line reported about operations. Only ever added to."""

from django.db import models

from planning.models.orders import Operation


class OperationFeedback(models.Model):
    """One fact, known by where it came from: the same source, boot and sequence number is the same fact."""

    source = models.CharField(max_length=80)
    boot_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="feedback")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField(help_text="plant time at which it happened")
    received_at = models.DateTimeField()
    station_code = models.CharField(max_length=40, blank=True)
    good = models.PositiveIntegerField(default=0)
    scrap = models.PositiveIntegerField(default=0)
    energy_wh = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["operation_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "boot_id", "sequence"], name="operation_fact_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.operation_id} at {self.at}"
