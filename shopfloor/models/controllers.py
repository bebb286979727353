"""Who is out there: driver profiles, controllers and the channels that serve one station each."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class DriverProfile(models.Model):
    """One version of how a family of controllers lays out its registers; never changed, only followed by the next."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField(help_text="the register map's version, as the controller reports it")
    name = models.CharField(max_length=120, blank=True)
    toml = models.TextField(help_text="the profile as written, the source of every reading of it")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of the text")

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="driver_profile_code_and_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} map {self.version}"


class ControllerState(models.TextChoices):
    """What the gateway last found at the controller's address."""

    UNSEEN = "UNSEEN", "not seen yet"
    LINKED = "LINKED", "linked"
    SILENT = "SILENT", "silent"
    MISMATCH = "MISMATCH", "another controller answers"


class Controller(models.Model):
    """One Modbus/TCP endpoint with one connection and one event ring, serving several stations."""

    code = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=253, default="127.0.0.1")
    port = models.PositiveIntegerField(default=502, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    unit_id = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(255)])
    profile = models.ForeignKey(DriverProfile, on_delete=models.PROTECT, related_name="controllers")
    enabled = models.BooleanField(default=True, help_text="a disabled controller is neither read nor written")
    boot_id = models.BigIntegerField(null=True, blank=True, help_text="changes with every restart of the controller")
    state = models.CharField(max_length=16, choices=ControllerState.choices, default=ControllerState.UNSEEN)
    state_since = models.DateTimeField(null=True, blank=True, help_text="real time, not plant time")
    last_seen_at = models.DateTimeField(null=True, blank=True, help_text="real time, not plant time")
    silent_reason = models.CharField(max_length=300, blank=True)
    health = models.JSONField(default=dict, blank=True, help_text="what the controller last said about itself")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65535), name="controller_port_in_range"),
        ]

    def __str__(self) -> str:
        return self.code


class Channel(models.Model):
    """One station's share of a controller: its own command, status, staging and line-data blocks at a stride."""

    controller = models.ForeignKey(Controller, on_delete=models.CASCADE, related_name="channels")
    index = models.PositiveSmallIntegerField(help_text="position of the blocks in the register map, from 0")
    station_code = models.CharField(max_length=64, unique=True)
    last_sequence = models.BigIntegerField(
        default=0, help_text="highest sequence number given to a transfer or read from the controller; only ever rises"
    )

    class Meta:
        ordering = ["controller", "index"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "index"], name="channel_index_unique_per_controller"),
        ]

    def __str__(self) -> str:
        return f"{self.controller.code}/{self.index} {self.station_code}"
