"""A real worker on a real broker does a real task."""

import os
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from foundation.models import LiveEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.broker]


def test_a_worker_on_rabbitmq_forgets_old_news(rabbitmq, tmp_path, worker):
    LiveEvent.objects.create(topic="plan", payload={}, at=datetime.now(UTC))
    LiveEvent.objects.update(recorded_at=datetime.now(UTC) - timedelta(days=1))

    worker.send("foundation.tasks.housekeeping")

    deadline = time.monotonic() + 60
    while LiveEvent.objects.exists():
        assert time.monotonic() < deadline, worker.log()
        assert worker.process.poll() is None, worker.log()
        time.sleep(0.1)


class Worker:
    """A Celery worker process on the test's database, with a queue of its own."""

    def __init__(self, broker, directory):
        self.queue = f"test-{uuid.uuid4().hex[:12]}"
        self.app = Celery(broker=broker)
        self.app.conf.update(task_default_queue_type="quorum", task_create_missing_queue_type="quorum")
        self._log = directory / "worker.log"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LINEWRIGHT_HOME": str(directory),
            "CELERY_BROKER_URL": broker,
            "DATABASE_URL": database_url(),
        }
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "-Q", self.queue]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "-n", f"{self.queue}@localhost", "--without-gossip", "--without-mingle", "-l", "INFO"],
                env=environment,
                cwd=settings.BASE_DIR,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def send(self, task):
        self.app.send_task(task, queue=self.queue)

    def log(self):
        return self._log.read_text()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with self.app.connection_for_write() as broker:
            broker.default_channel.queue_delete(self.queue)


@pytest.fixture
def worker(rabbitmq, tmp_path):
    started = Worker(rabbitmq, tmp_path)
    yield started
    started.stop()


def database_url():
    """The address of the database this test runs on, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    account = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@{database['HOST']}:{database['PORT']}"
    return f"postgres://{account}/{database['NAME']}"
