"""Items and the 150 % bill: what a product is made of, under conditions."""

from django.db import models

from configurator.models.product import CODE_LENGTH, NAME_LENGTH, PartOfProduct, Product


class Item(models.Model):
    """Something made or bought; its code means the same thing in every product that uses it."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    made = models.BooleanField(default=False, help_text="made in house; else bought")
    unit = models.CharField(max_length=20, default="piece")
    parameters = models.JSONField(default=list, blank=True, help_text="names of the values it is made to")
    products = models.ManyToManyField(Product, through="ProductItem", related_name="items")

    class Meta:
        ordering = ["code"]

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

    class Meta(PartOfProduct.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.parent_id} needs {self.item_id}"
