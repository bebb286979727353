"""`manage.py demo`: the whole factory on this machine, from the customer's click to the built unit."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

INSIDE = "LINEWRIGHT_DEMO_INSIDE"
ORDERS_LIMIT = 2000


class Command(BaseCommand):
    """Run the demonstration in a directory and a process group of its own, so that nothing of it is left behind."""

    help = "Show the whole loop: pages and lines until Ctrl-C, or with --once a run to its end and a report."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="no pages: run the loop to its end and report")
        parser.add_argument("--json", type=Path, metavar="FILE", help="with --once: where the report goes")
        parser.add_argument("--orders", type=int, default=None, help="how many orders (50 with --once, else 12)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same customers")
        parser.add_argument("--product", type=Path, metavar="MODEL.uvl", help="sell this feature model instead")
        parser.add_argument("--plan-seconds", type=int, default=None, help="how long a plan may be improved")
        parser.add_argument("--port", type=int, default=8000, help="port of the pages on 127.0.0.1")
        parser.add_argument("--speed", type=float, default=60.0, help="plant seconds per second while people watch")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)
        if os.environ.get(INSIDE):
            self._inside(options)
            return
        home = Path(tempfile.mkdtemp(prefix="linewright-demo-"))
        try:
            code = self._in_own_group(home, "config.line_settings" if options["once"] else "config.settings")
        finally:
            shutil.rmtree(home, ignore_errors=True)
        if code:
            sys.exit(code)

    def _check(self, options: dict[str, Any]) -> None:
        if options["orders"] is None:
            options["orders"] = 50 if options["once"] else 12
        if options["plan_seconds"] is None:
            options["plan_seconds"] = 4 if options["once"] else 5
        if not 1 <= options["orders"] <= ORDERS_LIMIT:
            raise CommandError(f"--orders must be from 1 to {ORDERS_LIMIT:,}, not {options['orders']}.")
        if options["speed"] <= 0:
            raise CommandError(f"--speed must be above 0, not {options['speed']:g}.")
        if options["product"] is not None and not options["product"].is_file():
            raise CommandError(f"There is no file {options['product']}.")

    def _in_own_group(self, home: Path, settings_module: str) -> int:
        """Run this command again with a home of its own, and end everything it started when it ends."""
        environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        environment.update({INSIDE: "1", "LINEWRIGHT_HOME": str(home), "DJANGO_SETTINGS_MODULE": settings_module})
        environment["CELERY_SKIP_CHECKS"] = "1"  # `make check` runs them; a worker would at every start
        process = subprocess.Popen([sys.executable, *sys.argv], env=environment, start_new_session=True)

        def pass_on(number: int, frame: object) -> None:
            process.send_signal(signal.SIGTERM)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, pass_on)
        try:
            return process.wait()
        finally:
            _end_group(process.pid)

    def _inside(self, options: dict[str, Any]) -> None:
        # Late imports: outside, this command needs neither database nor solver.
        from config.demo.factory import standard, velo
        from config.demo.processes import ChildFailed, process_family

        signal.signal(signal.SIGTERM, _interrupt)
        factory = standard(options["product"].resolve()) if options["product"] else velo()
        try:
            with process_family(settings.LINEWRIGHT_HOME / "log") as family:
                if options["once"]:
                    self._once(options, factory, family)
                else:
                    from config.demo.live import run_live

                    run_live(options, factory, family, self._say)
        except ChildFailed as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("Stopped.")
            if options["once"]:
                sys.exit(130)

    def _once(self, options: dict[str, Any], factory: Any, family: Any) -> None:
        from config.demo.once import LoopBroken, Request, Stopwatch, is_complete, run_once

        begun = time.perf_counter()
        watch = Stopwatch()
        with watch.stage("migrate"):
            call_command("migrate", interactive=False, verbosity=0)
        request = Request(factory, options["orders"], options["seed"], options["plan_seconds"])
        try:
            report = run_once(request, family, watch, self._say)
        except LoopBroken as error:
            raise CommandError(str(error)) from error
        family.stop()
        report["seconds"] = {"total": round(time.perf_counter() - begun, 2), **watch.stages}
        text = json.dumps(report, indent=2)
        if options["json"]:
            options["json"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)
        if not is_complete(report):
            raise CommandError("Not every order was built as planned; the report says what is missing.")

    def _say(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()


# What a developer's shell may hold must not lead the demonstration to somebody's database or broker.
_FOREIGN = frozenset({"DATABASE_URL", "CELERY_BROKER_URL", "LINEWRIGHT_ENV", "LINEWRIGHT_HOME", "SECRET_KEY"})


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end_group(group: int) -> None:
    """End what is left of a process group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            return
        time.sleep(0.3)
