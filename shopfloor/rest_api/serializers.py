"""How the shop floor's rows look to machines."""

from typing import Any

from rest_framework import serializers

from shopfloor.models import Channel, Controller, ControllerEvent, ControlRecipe, MasterRecipe, Transfer, Unit
from shopfloor.models import TransferStep as Step
from shopfloor.services.resolution import Verdict


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ("index", "station_code", "last_sequence")


class ControllerSerializer(serializers.ModelSerializer[Controller]):
    profile = serializers.StringRelatedField[Any]()
    channels = ChannelSerializer(many=True, read_only=True)

    class Meta:
        model = Controller
        fields = (
            "code",
            "host",
            "port",
            "unit_id",
            "profile",
            "enabled",
            "state",
            "state_since",
            "last_seen_at",
            "silent_reason",
            "boot_id",
            "health",
            "channels",
        )


class MasterRecipeSerializer(serializers.ModelSerializer[MasterRecipe]):
    class Meta:
        model = MasterRecipe
        fields = ("code", "version", "name", "formula", "phases", "content_hash", "created_at")


class ControlRecipeSerializer(serializers.ModelSerializer[ControlRecipe]):
    unit = serializers.SlugRelatedField[Any](slug_field="serial", read_only=True)
    master_recipe = serializers.StringRelatedField[Any]()
    station_code = serializers.CharField(source="channel.station_code")

    class Meta:
        model = ControlRecipe
        fields = (
            "job_id",
            "unit",
            "operation_name",
            "item_code",
            "attempt",
            "master_recipe",
            "station_code",
            "duration_seconds",
            "parameters",
            "values",
            "words",
            "crc",
            "content_hash",
            "created_at",
        )


class StepSerializer(serializers.ModelSerializer[Step]):
    class Meta:
        model = Step
        fields = ("from_state", "to_state", "at", "gateway", "sequence_number", "reading", "note")


class EventSerializer(serializers.ModelSerializer[ControllerEvent]):
    class Meta:
        model = ControllerEvent
        fields = ("source", "boot_id", "sequence", "kind", "job_id", "payload", "at", "received_at", "parked")


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    serial = serializers.CharField(source="control_recipe.unit.serial")
    job_id = serializers.UUIDField(source="control_recipe.job_id")
    operation_name = serializers.CharField(source="control_recipe.operation_name")
    station_code = serializers.CharField(source="channel.station_code")
    controller = serializers.CharField(source="channel.controller.code")

    class Meta:
        model = Transfer
        fields: tuple[str, ...] = (
            "id",
            "state",
            "reason",
            "serial",
            "job_id",
            "operation_name",
            "station_code",
            "controller",
            "sequence_number",
            "attempts",
            "ack_code",
            "planned_start",
            "created_at",
            "changed_at",
        )


class TransferDetailSerializer(TransferSerializer):
    control_recipe = ControlRecipeSerializer()
    steps = StepSerializer(many=True)
    events = EventSerializer(many=True)

    class Meta(TransferSerializer.Meta):
        fields = (*TransferSerializer.Meta.fields, "last_reading", "read_at", "control_recipe", "steps", "events")


class VerdictSerializer(serializers.Serializer[Any]):
    """What a person says about a transfer in doubt."""

    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ("serial", "production_order_number", "unit_number", "created_at")
