"""What import-linter cannot see: a foreign key named by a string is an import, too."""

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

RANK = {"foundation": 0, "configurator": 1, "planning": 2, "shopfloor": 3}


def downstream_relations(known_models):
    """Relations of our models that point against the arrow."""
    return [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in known_models
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if model._meta.app_label in RANK and field.related_model._meta.app_label in RANK
        if RANK[field.related_model._meta.app_label] > RANK[model._meta.app_label]
    ]


def test_foreign_keys_point_upstream():
    assert downstream_relations(apps.get_models(include_auto_created=True)) == []


@isolate_apps("configurator", "planning")
def test_a_planted_key_against_the_arrow_is_seen():
    class PlantedPlan(models.Model):
        class Meta:
            app_label = "planning"

    class PlantedProduct(models.Model):
        plan = models.ForeignKey(PlantedPlan, on_delete=models.CASCADE)

        class Meta:
            app_label = "configurator"

    found = downstream_relations([PlantedPlan, PlantedProduct])

    assert found == ["configurator.PlantedProduct.plan -> planning.PlantedPlan"]
