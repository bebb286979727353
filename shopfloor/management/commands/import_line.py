"""`manage.py import_line PATH`: controllers, channels and master recipes from a line package."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.api import plant_now
from foundation.documents import DocumentError
from shopfloor.api import line_package_import
from shopfloor.engine.errors import ProfileInvalid
from shopfloor.services.line_package import ProfileChanged


class Command(BaseCommand):
    help = "Bring in a line package (YAML): controllers, their channels and master recipes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            imported = line_package_import(source=path, actor=None, now=plant_now())
        except (DocumentError, ProfileInvalid, ProfileChanged) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{imported.controllers} controllers, {imported.recipes} new recipe versions, "
            f"{imported.unchanged_recipes} recipes unchanged."
        )
