"""News for open pages."""

from django.db import models
from django.db.models.functions import Now


class LiveEvent(models.Model):
    """One piece of news on a topic; its id is the event id a browser resumes from."""

    topic = models.CharField(max_length=128)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(help_text="plant time")
    recorded_at = models.DateTimeField(db_default=Now(), db_index=True, help_text="wall clock; for expiry only")

    class Meta:
        indexes = [models.Index(fields=["topic", "id"], name="live_event_by_topic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
