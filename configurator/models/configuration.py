"""What a customer is putting together."""

import uuid

from django.conf import settings
from django.db import models

from configurator.models.release import Release
from foundation.models import OrderedJSONField


class Configuration(models.Model):
    """A customer's own choices under a release; changed only on its revision, completed on every read."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="configurations")
    choices = OrderedJSONField(default=dict, help_text="feature -> value, in the order they were made")
    past = OrderedJSONField(default=list, help_text="earlier choices, oldest first")
    future = OrderedJSONField(default=list, help_text="choices taken back, next to be redone last")
    revision = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="configurations"
    )
    session_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="of a guest's browser")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return str(self.public_id)
