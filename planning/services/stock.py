"""Correcting what the store holds, after somebody counted it."""

from datetime import datetime

from django.db import transaction

from foundation.api import User, audit_record
from planning.models import Stock
from planning.services.capacity import ledger_touch


@transaction.atomic
def stock_count(*, item_code: str, quantity: int, actor: User | None, now: datetime) -> tuple[Stock, bool]:
    """Note what lies in store; True when the item was not managed by stock before. Raises ValueError below zero."""
    if quantity < 0:
        raise ValueError(f"{quantity} {item_code} cannot have been counted")
    row = Stock.objects.select_for_update().filter(item_code=item_code).first()
    before = row.quantity if row else None
    counted, is_new = Stock.objects.update_or_create(item_code=item_code, defaults={"quantity": quantity})
    ledger_touch()
    audit_record(
        actor=actor, verb="stock counted", subject=counted, detail={"before": before, "after": quantity}, at=now
    )
    return counted, is_new
