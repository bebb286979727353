"""The plant: lines, stations, their working time, changeovers, routings and material."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q


class Plant(models.Model):
    """A factory with one wall clock and one live plan."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name, such as Europe/Berlin")

    def __str__(self) -> str:
        return self.name


class Calendar(models.Model):
    """When stations work, as shifts on the plant's wall clock."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="calendars")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plant", "code"], name="calendar_code_once_per_plant")]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """Regular work on some weekdays; an end that is not after the start lies on the next day."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="shifts")
    weekdays = models.JSONField(help_text="list of numbers, Monday is 0")
    start = models.TimeField()
    end = models.TimeField()

    class Meta:
        ordering = ["calendar_id", "start", "pk"]

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"


class CalendarException(models.Model):
    """A day that differs from the rule: closed (no times), or with an extra shift."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    start = models.TimeField(null=True, blank=True)
    end = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["calendar_id", "day", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__isnull=False, end__isnull=False),
                name="calendar_exception_both_times_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: closed" if self.is_closed else f"{self.day}: {self.start:%H:%M} to {self.end:%H:%M}"

    @property
    def is_closed(self) -> bool:
        """Whether nobody works on this day."""
        return self.start is None


class LineKind(models.TextChoices):
    CELL = "cell", "cell"
    BATCH = "batch", "batch process"
    TAKT = "takt", "takt line"


class Line(models.Model):
    """Stations that belong together on the floor and on the boards."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="lines")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=LineKind.choices, default=LineKind.CELL)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """A place that does one operation at a time."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="stations")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="stations")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    capabilities = models.JSONField(default=list, help_text="what operations may ask for, as a list of words")
    position = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False, help_text="no longer planned; kept for the history")

    class Meta:
        ordering = ["line__position", "position", "code"]

    def __str__(self) -> str:
        return self.name


class ChangeoverTable(models.Model):
    """Minutes of work between two families on some stations, for example two colours in a paint booth."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="changeover_tables")
    code = models.CharField(max_length=40)
    attribute = models.CharField(max_length=60, help_text="what the family is: colour, jig")
    stations = models.ManyToManyField(Station, related_name="changeover_tables")
    default_minutes = models.PositiveIntegerField(default=0, help_text="between two families without a row")
    minutes = models.JSONField(default=list, help_text='rows such as {"from": "clay", "to": "night", "minutes": 4}')

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plant", "code"], name="changeover_code_once_per_plant")]

    def __str__(self) -> str:
        return self.code


class Routing(models.Model):
    """How one made item is made."""

    plant = models.ForeignKey(Plant, on_delete=models.CASCADE, related_name="routings")
    item_code = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["item_code"]

    def __str__(self) -> str:
        return self.item_code


class RoutingOperation(models.Model):
    """One step of a routing. Duration and family are formulas over the item's parameters."""

    routing = models.ForeignKey(Routing, on_delete=models.CASCADE, related_name="operations")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    capability = models.CharField(max_length=60)
    seconds = models.CharField(max_length=500, help_text="formula over the item's parameters")
    family = models.CharField(max_length=500, blank=True, help_text="formula; what decides the changeover")
    recipe = models.CharField(max_length=60, blank=True, help_text="code of the master recipe")
    after = models.JSONField(default=list, help_text="numbers of the steps of this item that come before")
    pausable = models.BooleanField(default=False, help_text="may rest over a break")

    class Meta:
        ordering = ["routing_id", "number"]
        constraints = [models.UniqueConstraint(fields=["routing", "number"], name="routing_number_once")]

    def __str__(self) -> str:
        return f"{self.routing_id} {self.number} {self.name}"


class Stock(models.Model):
    """What lies in store of a bought item, in the item's unit. An item without a row is not managed by stock."""

    item_code = models.CharField(max_length=200, unique=True)
    quantity = models.BigIntegerField(help_text="may fall below zero when the count was wrong; a person corrects it")

    class Meta:
        ordering = ["item_code"]
        verbose_name_plural = "stock"

    def __str__(self) -> str:
        return f"{self.quantity} {self.item_code}"


class Supply(models.Model):
    """A confirmed delivery of a bought item."""

    item_code = models.CharField(max_length=200, db_index=True)
    quantity = models.PositiveBigIntegerField(validators=[MinValueValidator(1)])
    due_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "item_code"]
        verbose_name_plural = "supplies"
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="supply_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.quantity} {self.item_code} on {self.due_at:%Y-%m-%d}"
