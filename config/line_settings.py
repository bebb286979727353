"""Settings of the processes at the line: gateway and simulated controllers. No pages, no API, no admin.

They hold the same tables as the web and load a fraction of its code, which halves their memory and their start.
"""

from config.settings import *  # noqa: F403 - the same settings, with less installed

INSTALLED_APPS = [
    "shopfloor",
    "planning",
    "configurator",
    "foundation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
MIDDLEWARE = []
