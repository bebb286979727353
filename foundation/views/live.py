"""Server-sent events: one endpoint for all topics."""

import re

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from foundation.live_stream import stream
from foundation.roles import Role, allow_anyone, is_allowed

FIRST_WORD = re.compile(r"[a-z_]+")
POSITION = re.compile(r"[0-9]{1,18}", re.ASCII)


@allow_anyone  # who may listen depends on the topic, see below
async def live(request: HttpRequest, topic: str) -> HttpResponseBase:
    """The news on a topic as they come, resumed after the browser's Last-Event-ID."""
    await sync_to_async(_authorise)(request, topic)
    # The stream lives for hours: it must not keep the database connection that looked up the session.
    await sync_to_async(connections.close_all)()
    # A browser that reconnects says what it had last; a fresh page may say what it was rendered after.
    resumed = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    after = int(resumed) if POSITION.fullmatch(resumed) else None
    return StreamingHttpResponse(
        stream(topic, after),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
    )


def _authorise(request: HttpRequest, topic: str) -> None:
    word = FIRST_WORD.match(topic)
    if word is None or word.group() not in settings.LIVE_TOPICS:
        raise PermissionDenied("There is no such topic.")
    roles = settings.LIVE_TOPICS[word.group()]
    if roles is not None and not is_allowed(request.user, frozenset(Role(role) for role in roles)):
        raise PermissionDenied("Your account may not listen to this topic.")
