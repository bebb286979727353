"""What is to be done: master recipes, the units they are done to, and the control recipes that are sent."""

from django.db import models
from django.db.models import Q

from shopfloor.models.controllers import Channel


class MasterRecipe(models.Model):
    """One version of how a kind of operation is done, free of equipment; never changed, only followed by the next."""

    code = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    formula = models.JSONField(help_text="list of {name, value, unit, register, minimum, maximum, scale}")
    phases = models.JSONField(default=list, blank=True, help_text="names of the recipe's own steps")
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="master_recipe_code_and_version_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Unit(models.Model):
    """One piece that is built, with the serial number it keeps for life."""

    serial = models.CharField(max_length=80, unique=True)
    order_line = models.ForeignKey("configurator.OrderLine", on_delete=models.PROTECT, related_name="units")
    production_order_number = models.CharField(max_length=64)
    unit_number = models.PositiveIntegerField()
    created_at = models.DateTimeField(help_text="plant time at which its production order was released")

    class Meta:
        ordering = ["production_order_number", "unit_number"]
        constraints = [
            models.UniqueConstraint(
                fields=["production_order_number", "unit_number"], name="unit_number_unique_per_production_order"
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class ControlRecipe(models.Model):
    """A master recipe bound to one operation, one unit and one channel: the very words that are sent."""

    operation = models.ForeignKey("planning.Operation", on_delete=models.PROTECT, related_name="control_recipes")
    attempt = models.PositiveSmallIntegerField(default=1, help_text="a refused recipe is built again as the next one")
    master_recipe = models.ForeignKey(
        MasterRecipe, on_delete=models.PROTECT, null=True, blank=True, related_name="control_recipes"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="control_recipes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="control_recipes")
    job_id = models.UUIDField(unique=True, help_text="the controller runs a job id at most once")
    operation_name = models.CharField(max_length=120)
    item_code = models.CharField(max_length=200)
    recipe_code = models.CharField(max_length=64, blank=True)
    parameters = models.JSONField(default=dict, help_text="the item's parameters the formula was evaluated on")
    planned_start = models.DateTimeField()
    planned_end = models.DateTimeField()
    duration_seconds = models.PositiveIntegerField(help_text="plant seconds the run takes")
    values = models.JSONField(help_text="formula as evaluated: name, value, unit, register, position in the words")
    words = models.JSONField(help_text="16-bit words in transfer order; empty when the recipe was refused")
    crc = models.BigIntegerField(help_text="CRC-32 of the words as the controller computes it")
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "attempt"], name="control_recipe_attempt_unique"),
            models.CheckConstraint(condition=Q(crc__gte=0, crc__lte=0xFFFFFFFF), name="control_recipe_crc_32_bit"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_name} of {self.unit_id}"
