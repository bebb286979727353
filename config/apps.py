from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds the commands that need every app at once, such as the demonstration."""

    name = "config"
    label = "linewright_config"
    verbose_name = "Linewright"
