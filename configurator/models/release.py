"""What was published: frozen, and kept as long as anything was sold under it."""

from django.conf import settings
from django.db import models

from configurator.models.product import Product


class Release(models.Model):
    """One published version of a product's knowledge; the database refuses to change it."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    package = models.JSONField(help_text="the product package as a canonical document")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the package")
    engine = models.CharField(max_length=60, help_text="what the package was compiled with when it was published")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["product", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="release_number_once_per_product"),
            models.UniqueConstraint(fields=["product", "content_hash"], name="release_content_once_per_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} release {self.number}"
