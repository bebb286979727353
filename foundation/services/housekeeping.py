"""Forgetting what nobody will ask for again."""

from datetime import datetime, timedelta

from foundation.models import IdempotencyKey, LiveEvent

LIVE_EVENTS_KEPT = timedelta(hours=6)
IDEMPOTENCY_KEYS_KEPT = timedelta(days=30)


def expired_delete(*, wall_now: datetime) -> dict[str, int]:
    """Delete old live events and idempotency keys, by the wall clock; how many of each. Harmless to repeat."""
    events, _ = LiveEvent.objects.filter(recorded_at__lt=wall_now - LIVE_EVENTS_KEPT).delete()
    keys, _ = IdempotencyKey.objects.filter(created_at__lt=wall_now - IDEMPOTENCY_KEYS_KEPT).delete()
    return {"live_events": events, "idempotency_keys": keys}
