"""Server-sent events on a real uvicorn: Django's test server answers only when the whole answer is there."""

import asyncio
import http.client
import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from foundation import live_stream
from foundation.api import Role, live_position, live_publish
from foundation.models import IdempotencyKey, LiveEvent
from foundation.services.housekeeping import expired_delete

NOON = datetime(2027, 5, 10, 12, 0, tzinfo=UTC)


class Stream:
    """One open page: reads blocks of an event stream as they come."""

    def __init__(self, url, topic, *, user=None, last_event_id=None, query=""):
        address = urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        headers = {"Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        if user is not None:
            client = Client()
            client.force_login(user)
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        self.connection.request("GET", f"/live/{topic}/{query}", headers=headers)
        self.answer = self.connection.getresponse()

    def news(self):
        """The next event as (id, payload)."""
        while True:
            block = self.block()
            if "data" in block:
                return int(block["id"]), json.loads(block["data"])

    def block(self):
        lines = []
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line:
                if lines:
                    return dict(entry.partition(": ")[::2] for entry in lines)
                if self.answer.isclosed():
                    raise EOFError
                continue
            lines.append(line)

    def comment(self):
        return self.answer.readline().decode()


@contextmanager
def listening(url, topic, **options):
    stream = Stream(url, topic, **options)
    try:
        yield stream
    finally:
        stream.connection.close()


def test_news_reach_an_open_page(uvicorn_url):
    with listening(uvicorn_url, "order:42") as page:
        assert page.answer.headers["Content-Type"] == "text/event-stream"
        assert page.block() == {"retry": "2000"}

        live_publish(topic="order:42", payload={"milestone": "built"}, at=NOON)

        assert page.news()[1] == {"milestone": "built"}


def test_a_page_hears_nothing_of_other_topics(uvicorn_url):
    with listening(uvicorn_url, "order:42") as page:
        page.block()
        live_publish(topic="order:41", payload={"for": 41}, at=NOON)
        live_publish(topic="order:42", payload={"for": 42}, at=NOON)

        assert page.news()[1] == {"for": 42}


def test_a_page_that_was_away_gets_what_it_missed(uvicorn_url):
    for number in range(3):
        live_publish(topic="order:42", payload={"n": number}, at=NOON)
    first = LiveEvent.objects.order_by("id").values_list("id", flat=True).first()

    with listening(uvicorn_url, "order:42", last_event_id=first) as page:
        assert [page.news()[1], page.news()[1]] == [{"n": 1}, {"n": 2}]


def test_a_fresh_page_loses_nothing_between_rendering_and_listening(uvicorn_url):
    live_publish(topic="order:42", payload={"n": "before"}, at=NOON)
    rendered_at = live_position()
    live_publish(topic="order:42", payload={"n": "between"}, at=NOON)

    with listening(uvicorn_url, "order:42", query=f"?after={rendered_at}") as page:
        assert page.news()[1] == {"n": "between"}


def test_news_come_when_their_transaction_commits(uvicorn_url):
    with listening(uvicorn_url, "order:42") as page:
        page.block()
        with pytest.raises(RuntimeError), transaction.atomic():
            live_publish(topic="order:42", payload={"n": "never"}, at=NOON)
            raise RuntimeError
        live_publish(topic="order:42", payload={"n": "really"}, at=NOON)

        assert page.news()[1] == {"n": "really"}


def test_a_silent_stream_says_that_it_is_still_there(uvicorn_url, monkeypatch):
    monkeypatch.setattr(live_stream, "HEARTBEAT_SECONDS", 0.1)

    with listening(uvicorn_url, "order:42") as page:
        page.block()

        assert page.comment().startswith(":")


def test_fifty_open_pages_cost_one_reader(uvicorn_url):
    pages = [Stream(uvicorn_url, "order:42") for _ in range(50)]
    try:
        for page in pages:
            page.block()
        live_publish(topic="order:42", payload={"n": 1}, at=NOON)
        start = time.monotonic()

        assert [page.news()[1] for page in pages] == [{"n": 1}] * 50
        assert time.monotonic() - start < 5
    finally:
        for page in pages:
            page.connection.close()


@pytest.mark.parametrize(
    ("topic", "role", "status"),
    [
        ("plan", Role.PLANNER, 200),
        ("plan", Role.CUSTOMER, 403),
        ("plan", None, 403),
        ("line:final", Role.OPERATOR, 200),
        ("secrets", Role.ADMINISTRATOR, 403),
    ],
)
def test_the_first_word_of_a_topic_decides_who_may_listen(uvicorn_url, person, topic, role, status):
    user = person("somebody", role) if role else None

    with listening(uvicorn_url, topic, user=user) as page:
        assert page.answer.status == status


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "Plan", "plan 1", "plan:", "../etc"])
def test_what_is_no_topic_is_refused(topic):
    with pytest.raises(ValueError, match="is not a topic"):
        live_publish(topic=topic, payload={}, at=NOON)


def test_an_id_handed_out_early_and_committed_late_is_still_delivered():
    tail = live_stream.LiveTail()
    tail._newest = 10

    tail._note(13)

    assert set(tail._gaps) == {11, 12}
    tail._note(12)
    assert set(tail._gaps) == {11}


def test_a_page_that_reads_too_slowly_is_told_to_come_back():
    listener: live_stream.Listener = asyncio.Queue()
    news = live_stream.News(1, "plan", {})
    for _ in range(live_stream.QUEUE_LIMIT + 5):
        live_stream._hand_over(listener, news)

    waiting = [listener.get_nowait() for _ in range(listener.qsize())]
    assert waiting.count(None) == 1
    assert waiting[-1] is None


@pytest.mark.django_db
def test_housekeeping_forgets_what_is_old_and_keeps_what_is_not():
    now = datetime.now(UTC)
    live_publish(topic="plan", payload={"n": "old"}, at=NOON)
    IdempotencyKey.objects.create(scope="s", key="old", fingerprint="f")
    LiveEvent.objects.update(recorded_at=now - timedelta(days=1))
    IdempotencyKey.objects.update(created_at=now - timedelta(days=31))
    live_publish(topic="plan", payload={"n": "new"}, at=NOON)
    IdempotencyKey.objects.create(scope="s", key="new", fingerprint="f")

    assert expired_delete(wall_now=now) == {"live_events": 1, "idempotency_keys": 1}
    assert expired_delete(wall_now=now) == {"live_events": 0, "idempotency_keys": 0}
    assert IdempotencyKey.objects.get().key == "new"
