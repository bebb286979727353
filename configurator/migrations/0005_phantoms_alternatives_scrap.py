"""Phantom items, alternatives of a bill line and scrap."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("configurator", "0004_stored_engine_and_review")]

    operations = [
        migrations.AddField(
            model_name="billline",
            name="one_of",
            field=models.CharField(
                blank=True,
                help_text="alternatives of one parent share this word: the first whose condition holds is taken",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="billline",
            name="scrap",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="per cent lost in this use, besides the item's own",
                max_digits=4,
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="phantom",
            field=models.BooleanField(default=False, help_text="not made by itself: its parts go into what needs it"),
        ),
        migrations.AddField(
            model_name="item",
            name="scrap",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="per cent of what is taken that is lost, in every use",
                max_digits=4,
            ),
        ),
        migrations.AddConstraint(
            model_name="billline",
            constraint=models.CheckConstraint(
                condition=models.Q(("scrap__gte", 0), ("scrap__lte", Decimal("99.99"))),
                name="bill_line_scrap_per_cent",
                violation_error_message="Scrap is a per cent from 0 to 99.99.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("phantom", False), ("made", True), _connector="OR"),
                name="item_phantom_is_an_assembly",
                violation_error_message="A phantom is an assembly: tick made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("scrap__gte", 0), ("scrap__lte", Decimal("99.99"))),
                name="item_scrap_per_cent",
                violation_error_message="Scrap is a per cent from 0 to 99.99.",
            ),
        ),
    ]
