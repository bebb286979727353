"""Requests that may be sent twice and must act once."""

from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """The sender's own name for one request, with what the request said and what it led to."""

    scope = models.CharField(max_length=64, help_text="what kind of request, e.g. order_place")
    key = models.CharField(max_length=128, help_text="chosen by the sender")
    fingerprint = models.CharField(max_length=128, help_text="digest of what was asked")
    result = models.JSONField(null=True, help_text="what the first request led to")
    created_at = models.DateTimeField(db_default=Now(), db_index=True, help_text="wall clock; for expiry only")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.key}"
