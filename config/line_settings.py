"""Settings of the processes that show no page: the gateway, simulated controllers, the demonstration's single run.

They hold the same tables as the web and load a fraction of its code, which halves their memory and their start.
"""

from config.settings import *  # noqa: F403 - the same settings, with less installed

INSTALLED_APPS = [
    "config",
    "shopfloor",
    "planning",
    "configurator",
    "foundation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_celery_results",
]
MIDDLEWARE = []
