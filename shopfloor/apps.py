from django.apps import AppConfig


class ShopfloorConfig(AppConfig):
    verbose_name = "Shop floor"
    name = "shopfloor"
    default_auto_field = "django.db.models.BigAutoField"
