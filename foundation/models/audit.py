"""Who did what to what."""

from django.db import models


class AuditEntry(models.Model):
    """One deed, never changed and never deleted by the system."""

    at = models.DateTimeField(help_text="plant time")
    actor = models.ForeignKey("foundation.User", null=True, on_delete=models.SET_NULL, related_name="+")
    actor_name = models.CharField(max_length=150, help_text="kept when the account goes; 'system' when nobody asked")
    verb = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=100, help_text="app.model")
    subject_id = models.CharField(max_length=64)
    subject_text = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject_text}"
