"""A real browser against a real server, and a page that forgives nothing."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Playwright's synchronous API keeps an event loop running in this thread, and Django's guard against blocking calls in
# a loop would refuse every query a browser test makes.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--no-proxy-server",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    # nothing but this machine resolves: a page that needs the internet fails
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
REPOSITORY = Path(__file__).resolve().parents[2]
OUR_ADDRESSES = ("http://127.0.0.1", "http://localhost", "data:", "blob:", "about:")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "viewport": {"width": 1440, "height": 1000},
    }


class Faults:
    """Everything a page did that it must not do."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: list[tuple[int, str]] = []

    def expect(self, status: int, path: str) -> None:
        """Allow one answer with this status, for a test about that very error."""
        self._expected.append((status, path))

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium repeats every failed request as a console error; `_response` has judged it already.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.seen.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(OUR_ADDRESSES):
            self.seen.append(f"off-site request: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status < 400:
            return
        path = "/" + response.url.split("/", 3)[-1]
        if (response.status, path) not in self._expected:
            self.seen.append(f"{response.status}: {response.url}")


@pytest.fixture
def watched_faults() -> Faults:
    """Faults that the test judges itself."""
    return Faults()


@pytest.fixture
def faults() -> Iterator[Faults]:
    faults = Faults()
    yield faults
    assert faults.seen == []


@pytest.fixture
def clean_page(page: Page, faults: Faults) -> Page:
    """A page that fails the test on a console error, a policy report, an off-site request or an error answer."""
    faults.watch(page)
    return page


@pytest.fixture(scope="session")
def axe_source() -> str:
    return (REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def barriers(axe_source: str) -> Callable[[Page], list[str]]:
    """What axe-core finds on a page that keeps somebody from using it, as "rule: element" lines."""

    def find(page: Page) -> list[str]:
        page.evaluate(axe_source)
        result = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
        return [
            f"{violation['id']}: {node['target']}" for violation in result["violations"] for node in violation["nodes"]
        ]

    return find


@pytest.fixture
def sign_in(uvicorn_url: str, context: BrowserContext) -> Callable[[Any], None]:
    """Sign a user in without walking through the form."""

    def enter(user: Any) -> None:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": uvicorn_url}])

    return enter
