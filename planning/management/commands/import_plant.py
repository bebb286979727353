"""`manage.py import_plant PATH`: bring a plant package in."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.api import plant_now
from foundation.documents import DocumentError
from planning.services.plant_package import plant_package_import


class Command(BaseCommand):
    """Import a plant package, whole or not at all."""

    help = "Import a plant package (YAML): lines, stations, calendars, changeovers, routings, stock and supply."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plant = plant_package_import(source=options["path"], actor=None, now=plant_now())
        except DocumentError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The plant {plant.name} stands as {options['path']} says.")
