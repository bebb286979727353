"""What every test may ask for: a database of its own, and the parts of the machine that may be missing."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import uvicorn
from django.conf import settings
from django.db import connection, connections

REPOSITORY = Path(__file__).resolve().parent.parent
# Parts that CI insists on: with LINEWRIGHT_REQUIRE=postgres,rabbitmq a missing one fails instead of being skipped.
REQUIRED = frozenset(filter(None, os.environ.get("LINEWRIGHT_REQUIRE", "").split(",")))
KNOWN_PARTS = frozenset({"postgres", "rabbitmq", "chromium", "data"})

# The same examples in every run: a change is judged by what it changes. `make test-deep` tries more.
hypothesis.settings.register_profile("same examples", derandomize=True)
hypothesis.settings.load_profile("same examples")


def pytest_configure(config: pytest.Config) -> None:
    unknown = REQUIRED - KNOWN_PARTS
    if unknown:
        raise pytest.UsageError(f"LINEWRIGHT_REQUIRE names {sorted(unknown)}; it knows {sorted(KNOWN_PARTS)}.")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    # Marked before `-m` selects.
    for item in items:
        if "integration" in Path(item.path).relative_to(REPOSITORY).parts:
            item.add_marker(pytest.mark.database)
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)
    yield
    # Browser tests last: Playwright keeps an event loop running from its first test to the end of the session, and
    # tests of our own coroutines could not start theirs.
    items.sort(key=lambda item: "e2e" in Path(item.path).relative_to(REPOSITORY).parts)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give each run a database of its own: a file, so that threads share it as processes do, or a PostgreSQL name."""
    database = connections["default"].settings_dict
    if connection.vendor == "sqlite":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # The test's database need not survive a power cut; everything else is as in the embedded default.
        database["OPTIONS"]["init_command"] = settings.SQLITE_PRAGMAS.replace("synchronous=FULL", "synchronous=OFF")
    else:
        database["TEST"]["NAME"] = f"test_linewright_{os.getpid()}"
        # A pooled connection would still be open when the test database is dropped.
        database["OPTIONS"].pop("pool", None)


def missing(part: str, sentence: str) -> None:
    """Skip, or fail where LINEWRIGHT_REQUIRE insists on the part."""
    if part in REQUIRED:
        pytest.fail(f"{sentence} (LINEWRIGHT_REQUIRE insists on {part})", pytrace=False)
    pytest.skip(sentence)


@pytest.fixture
def postgres() -> None:
    """The test needs row locks and concurrent writers: it runs when DATABASE_URL names PostgreSQL."""
    if connection.vendor != "postgresql":
        missing("postgres", "DATABASE_URL names no PostgreSQL")


@pytest.fixture(scope="session")
def rabbitmq() -> str:
    """The address of a running RabbitMQ."""
    address = os.environ.get("LINEWRIGHT_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
    host, _, port = address.rpartition("@")[2].split("/")[0].partition(":")
    try:
        socket.create_connection((host, int(port or 5672)), timeout=2).close()
    except OSError:
        missing("rabbitmq", f"no RabbitMQ answers at {host}:{port or 5672}")
    return address


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium browser."""
    found = os.environ.get("CHROMIUM_BIN") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        missing("chromium", "no Chromium is installed; on Debian: apt-get install chromium")
    return str(found)


@pytest.fixture(scope="session")
def data() -> Path:
    """The directory of real models and instances, which is too large for the repository."""
    directory = Path(os.environ.get("LINEWRIGHT_DATA") or REPOSITORY.parent / "shared" / "data")
    if not directory.is_dir():
        missing("data", f"{directory} is not there; set LINEWRIGHT_DATA")
    return directory


@pytest.fixture(scope="session")
def _uvicorn_process() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"host": "127.0.0.1", "port": port, "log_level": "warning", "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config("config.asgi:application", timeout_graceful_shutdown=2, **options))
    thread = threading.Thread(target=server.run, name="uvicorn", daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            pytest.fail("uvicorn did not start")
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def uvicorn_url(_uvicorn_process: str, transactional_db: None) -> str:
    """The address of a real uvicorn on the test's database; streams server-sent events, which live_server cannot."""
    return _uvicorn_process


@pytest.fixture(autouse=True)
def _ports_forget() -> Iterator[None]:
    """Another test's plant may have the same keys: what a port remembers, such as a promiser's picture, ends here."""
    yield
    from configurator import ports

    ports._implementation.cache_clear()


@pytest.fixture
def person(db: None) -> Callable[..., object]:
    """Make a user with roles: `person("petra", Role.PLANNER)`."""
    from foundation.models import RoleGrant, User
    from foundation.roles import Role
    from foundation.services.people import staff_align

    def make(name: str, *roles: Role) -> User:
        user = User.objects.create_user(name, password="a long enough word")
        RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role) for role in roles])
        staff_align(user=user)
        return user

    return make
