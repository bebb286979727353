"""Items and the 150 % bill: what a product is made of, under conditions."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from configurator.models.product import CODE_LENGTH, NAME_LENGTH, PartOfProduct, Product

SCRAP_LIMIT = Decimal("99.99")
SCRAP_REFUSAL = "Scrap is a per cent from 0 to 99.99."


class Item(models.Model):
    """Something made or bought; its code means the same thing in every product that uses it."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    made = models.BooleanField(default=False, help_text="made in house; else bought")
    unit = models.CharField(max_length=20, default="piece")
    parameters = models.JSONField(default=list, blank=True, help_text="names of the values it is made to")
    phantom = models.BooleanField(default=False, help_text="not made by itself: its parts go into what needs it")
    scrap = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="per cent of what is taken that is lost, in every use"
    )
    products = models.ManyToManyField(Product, through="ProductItem", related_name="items")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phantom=False) | Q(made=True),
                name="item_phantom_is_an_assembly",
                violation_error_message="A phantom is an assembly: tick made.",
            ),
            models.CheckConstraint(
                condition=Q(scrap__gte=0, scrap__lte=SCRAP_LIMIT),
                name="item_scrap_per_cent",
                violation_error_message=SCRAP_REFUSAL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductItem(PartOfProduct):
    """An item belongs to a product's package, whether its bill names it or not."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="memberships")

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "item"], name="item_once_per_product")]

    def __str__(self) -> str:
        return str(self.item)


class BillLine(PartOfProduct):
    """A parent item needs a quantity of an item when the condition holds."""

    parent = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lines_below")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lines_above")
    quantity = models.TextField(default="1", help_text="a number or a formula")
    condition = models.TextField(blank=True, help_text="empty: always")
    parameters = models.JSONField(default=dict, blank=True, help_text="parameter of the item -> formula")
    one_of = models.CharField(
        max_length=NAME_LENGTH,
        blank=True,
        help_text="alternatives of one parent share this word: the first whose condition holds is taken",
    )
    scrap = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="per cent lost in this use, besides the item's own"
    )

    class Meta(PartOfProduct.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(scrap__gte=0, scrap__lte=SCRAP_LIMIT),
                name="bill_line_scrap_per_cent",
                violation_error_message=SCRAP_REFUSAL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} needs {self.item_id}"
