"""What a customer is about to order."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from configurator.models.configuration import Configuration
from configurator.models.release import Release
from foundation.models import OrderedJSONField

QUANTITY_LIMIT = 999


class Cart(models.Model):
    """A customer's or guest's cart; `ordered_at` closes it for good."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="carts"
    )
    session_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="of a guest's browser")
    created_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(ordered_at=None, owner__isnull=False), name="cart_one_open_per_owner"
            ),
            models.UniqueConstraint(
                fields=["session_key"],
                condition=Q(ordered_at=None, owner=None) & ~Q(session_key=""),
                name="cart_one_open_per_session",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CartLine(models.Model):
    """One complete selection in a cart, with the promise held for it while the customer checks out."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    configuration = models.ForeignKey(Configuration, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    choices = OrderedJSONField(help_text="feature -> value, as chosen by the customer")
    selection = models.JSONField(help_text="feature -> value, complete")
    quantity = models.PositiveIntegerField(default=1)
    added_at = models.DateTimeField()
    hold_reference = models.CharField(max_length=200, blank=True, help_text="the promiser's; empty: nothing is held")
    hold_until = models.DateTimeField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True, help_text="the date that is held")
    promise_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["cart", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=QUANTITY_LIMIT), name="cart_line_quantity_in_limits"
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)
