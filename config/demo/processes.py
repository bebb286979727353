"""Child processes of the demonstration: started together, stopped together, never left behind."""

import contextlib
import ctypes
import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

STOP_GRACE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class ChildFailed(RuntimeError):
    """A child process ended, or did not become ready in time; the message holds the end of its log."""


@dataclass
class Child:
    """One running child process and the file its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = 12) -> str:
        """The last lines the child wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class ProcessFamily:
    """Children that live and die with the thread that starts them: start them from the main thread.

    The kernel sends them SIGTERM when that thread disappears, even by SIGKILL (PR_SET_PDEATHSIG), so an
    interrupted demonstration leaves nothing behind on Linux; elsewhere `stop` does it.
    """

    log_directory: Path
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], settings_module: str = "config.settings") -> Child:
        """Start `manage.py command...` as a child named `name`, under the settings given."""
        self.log_directory.mkdir(parents=True, exist_ok=True)
        log = self.log_directory / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), *command],
                env={**os.environ, "DJANGO_SETTINGS_MODULE": settings_module},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=functools.partial(_end_with_parent, os.getpid()),
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def wait_until_ready(self, children: Sequence[Child], within_seconds: float = 30.0) -> None:
        """Return when each child has printed a line that starts with `ready`."""
        deadline = time.monotonic() + within_seconds
        waiting = list(children)
        while waiting:
            waiting = [child for child in waiting if not _has_said_ready(child)]
            self.check()
            if waiting and time.monotonic() > deadline:
                raise ChildFailed(
                    f"{waiting[0].name} was not ready within {within_seconds:.0f} s:\n{waiting[0].tail()}"
                )
            time.sleep(0.02)

    def check(self) -> None:
        """Raise ChildFailed when a child has ended by itself."""
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise ChildFailed(f"{child.name} ended with exit code {code}:\n{child.tail()}")

    def stop(self) -> None:
        """End all children: ask first, in reverse order of their start; insist after a grace period."""
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE_SECONDS
        for child in reversed(self.children):
            try:
                child.process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self.children.clear()


@contextlib.contextmanager
def process_family(log_directory: Path) -> Iterator[ProcessFamily]:
    """A family of children that is stopped when the block ends, however it ends."""
    family = ProcessFamily(log_directory)
    try:
        yield family
    finally:
        family.stop()


def free_ports(count: int) -> list[int]:
    """`count` different TCP ports on loopback that are free at this moment."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]


def port_is_free(port: int) -> bool:
    """Whether a server may listen on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _has_said_ready(child: Child) -> bool:
    return any(line.startswith("ready") for line in child.log.read_text(errors="replace").splitlines())


# Looked up before the fork: between fork and exec only async-signal-safe work is allowed.
_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)
