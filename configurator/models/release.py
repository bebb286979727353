"""What was published: frozen, and kept as long as anything was sold under it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

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


class CompiledRelease(models.Model):
    """The engine that serves a release, decided when it was published: one for all releases of the same content.

    A worker starts from `stored` instead of compiling. The row can be made anew from the release at any time.
    """

    class Engine(models.TextChoices):
        CIRCUIT = "circuit", "compiled circuit"
        SAT = "sat", "satisfiability solver"

    content_hash = models.CharField(max_length=64, unique=True, help_text="of the releases it serves")
    engine = models.CharField(max_length=10, choices=Engine.choices)
    reason = models.TextField(help_text="why this engine")
    seconds = models.FloatField(help_text="that compiling took")
    nodes = models.PositiveBigIntegerField(default=0, help_text="of the circuit")
    edges = models.PositiveBigIntegerField(default=0, help_text="of the circuit")
    size = models.PositiveBigIntegerField(help_text="bytes that are stored")
    format_version = models.PositiveIntegerField(help_text="of what is stored")
    stored = models.BinaryField(editable=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.engine} for {self.content_hash[:12]}"


class ReviewState(models.TextChoices):
    """Where a release stands between being published and being sold."""

    UNASKED = "unasked", "sold without a second person"
    WAITING = "waiting", "waits for a second person"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"


class ReleaseReview(models.Model):
    """What the check said of a release when it was published, and who let it be sold."""

    release = models.OneToOneField(Release, on_delete=models.CASCADE, related_name="review")
    state = models.CharField(max_length=10, choices=ReviewState.choices)
    findings = models.JSONField(default=list, help_text="of the check: severity, where, text, code and rules of each")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(requested_by=None) | ~Q(decided_by=F("requested_by")),
                name="release_review_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["unasked", "waiting"], decided_at=None)
                | Q(state__in=["approved", "rejected"], decided_at__isnull=False),
                name="release_review_decided_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release}: {self.get_state_display()}"

    @property
    def may_be_sold(self) -> bool:
        """Whether nobody is asked any more."""
        return self.state in (ReviewState.UNASKED, ReviewState.APPROVED)
