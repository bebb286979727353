"""The draft of a product's knowledge: what a product manager edits until it is published as a release."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

CODE_LENGTH = 200
NAME_LENGTH = 300

code_validator = RegexValidator(
    r"^[^\W\d][\w\-]*\Z", "A code starts with a letter or underscore and holds letters, digits, - and _ only."
)


class Product(models.Model):
    """One product of the shop: the head of its draft, pointing at the release that is sold now."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True, validators=[code_validator])
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    base_price = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="with tax, no option taken")
    root_item = models.CharField(max_length=CODE_LENGTH, help_text="the made item at the top of the bill")
    picture = models.CharField(max_length=200, blank=True, help_text="file name of the picture")
    current_release = models.ForeignKey(
        "configurator.Release",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="what the shop sells; nothing is sold before the first publication",
    )

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PartOfProduct(models.Model):
    """A row of one product's draft, in the order the product manager gave."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="%(class)ss")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["product", "position", "pk"]


class Section(PartOfProduct):
    """A chapter of the configuration page."""

    code = models.CharField(max_length=CODE_LENGTH, validators=[code_validator])
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(blank=True)

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="section_code_once_per_product")]

    def __str__(self) -> str:
        return self.name


class Feature(PartOfProduct):
    """A question with options of which exactly one holds; a flag is answered yes or no."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="features")
    code = models.CharField(max_length=CODE_LENGTH, validators=[code_validator])
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(blank=True)
    flag = models.BooleanField(default=False, help_text="yes or no instead of options")
    default = models.CharField(
        max_length=CODE_LENGTH,
        blank=True,
        help_text="code of an option, or true or false of a flag; empty: no standard",
    )
    price = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="of a flag: added by yes")
    parts = models.JSONField(default=list, blank=True, help_text="of a flag: layers of the picture that yes shows")

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="feature_code_once_per_product")]

    def __str__(self) -> str:
        return self.name


class Option(models.Model):
    """One answer to a feature, with the price it adds."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=CODE_LENGTH, validators=[code_validator])
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="added to the base price")
    parts = models.JSONField(default=list, blank=True, help_text="layers of the picture that belong to this option")

    class Meta:
        ordering = ["feature", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["feature", "code"], name="option_code_once_per_feature")]

    def __str__(self) -> str:
        return self.name


class Parameter(PartOfProduct):
    """A whole number the customer chooses, in steps of a unit."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="parameters")
    code = models.CharField(max_length=CODE_LENGTH, validators=[code_validator])
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(blank=True)
    unit = models.CharField(max_length=20, blank=True)
    minimum = models.IntegerField()
    maximum = models.IntegerField()
    step = models.PositiveIntegerField(default=1)
    default = models.IntegerField(null=True, blank=True, help_text="empty: no standard")

    class Meta(PartOfProduct.Meta):
        constraints = [
            models.UniqueConstraint(fields=["product", "code"], name="parameter_code_once_per_product"),
            models.CheckConstraint(condition=Q(step__gt=0), name="parameter_step_positive"),
            models.CheckConstraint(condition=Q(maximum__gte=F("minimum")), name="parameter_maximum_not_below_minimum"),
        ]

    def __str__(self) -> str:
        return self.name


class Rule(PartOfProduct):
    """What must hold in every configuration, and the sentence a customer reads when it stands in the way."""

    code = models.CharField(max_length=CODE_LENGTH)
    expression = models.TextField(help_text="for example: seat = child_rear implies battery != rack500")
    text = models.TextField(help_text="what a customer reads")

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="rule_code_once_per_product")]

    def __str__(self) -> str:
        return self.code


class Table(PartOfProduct):
    """Combinations of values that are allowed (or forbidden), one row each."""

    code = models.CharField(max_length=CODE_LENGTH)
    text = models.TextField(help_text="what a customer reads")
    columns = models.JSONField(help_text="codes of features and parameters")
    rows = models.JSONField(help_text="lists of values, one per column")
    allowed = models.BooleanField(
        default=True, help_text="the rows are the allowed combinations; else the forbidden ones"
    )

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="table_code_once_per_product")]

    def __str__(self) -> str:
        return self.code


class Example(PartOfProduct):
    """Choices that every release has to sell, or to refuse; the check before publishing tries them."""

    code = models.CharField(max_length=CODE_LENGTH)
    text = models.TextField(blank=True, help_text="why it has to be sold or refused, for colleagues")
    choices = models.JSONField(help_text='feature -> value, such as {"seat": "rear", "lights": true}')
    sold = models.BooleanField(default=True, help_text="must be sold; else it must be refused")

    class Meta(PartOfProduct.Meta):
        constraints = [models.UniqueConstraint(fields=["product", "code"], name="example_code_once_per_product")]

    def __str__(self) -> str:
        return self.code
