"""The Celery application. A message is only a wake-up: the row's status is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("linewright")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
