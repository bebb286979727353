"""manage.py compile_releases"""

from typing import Any

from django.core.management.base import BaseCommand

from configurator.services.stored_engine import engines_store
from foundation.api import plant_now


class Command(BaseCommand):
    help = "Compile and store every release whose stored engine is missing or of an older format: once after an update."

    def handle(self, *args: Any, **options: Any) -> None:
        for row in engines_store(now=plant_now()):
            self.stdout.write(f"{row.content_hash[:12]}: {row.engine}, {row.size:,} bytes. {row.reason}")
