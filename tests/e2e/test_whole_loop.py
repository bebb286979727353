"""The whole loop in a real browser: a customer orders, the planner publishes, the line runs, the order page says built.

Nothing is replaced: `manage.py demo` runs with its gateway, its simulated controllers on Modbus/TCP and its worker.
"""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

REPOSITORY = Path(__file__).resolve().parents[2]
UP_SECONDS = 180
BUILT_SECONDS = 240
ADDRESS = {
    "Name": "Marie Peeters",
    "E-mail": "marie@example.org",
    "Street and number": "Weststraat 12",
    "Postcode": "9000",
    "Town": "Gent",
    "Country": "Belgium",
}
SPEED = 600  # plant seconds per second: a bicycle takes a working day of plant time at most


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demonstration with three orders of other customers in its plan."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("demo") / "demo.log"
    command = [sys.executable, "manage.py", "demo", f"--port={port}", "--orders=3", f"--speed={SPEED}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, port, log)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(60) == 0, log.read_text()
        finally:
            process.kill()
    assert _processes_of(port) == []


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + UP_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.3)
    raise AssertionError(f"the demonstration did not come up within {UP_SECONDS} s:\n{log.read_text()}")


def _processes_of(port: int) -> list[str]:
    """Command lines of processes that still belong to the demonstration, as /proc tells them."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            home = (entry / "environ").read_bytes()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if b"LINEWRIGHT_DEMO_INSIDE" in home and f"--port={port}" in line:
            lines.append(line)
    return lines


def sign_in_as_planner(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/?next=/planner/")
    page.get_by_label("User name").fill("planner")
    page.get_by_label("Password").fill("planner-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/planner/")


def test_from_the_customers_click_to_built(clean_page: Page, demonstration: str, browser):
    customer = clean_page
    customer.set_default_timeout(60_000)

    # The customer configures a bicycle and orders it.
    customer.goto(demonstration)
    customer.get_by_role("button", name="City", exact=True).first.click()
    customer.wait_for_url(re.compile(r"/c/[0-9a-f-]{36}/"))
    customer.get_by_role("button", name="Put in the cart").click()
    customer.get_by_role("button", name="Continue to delivery").click()
    for label, text in ADDRESS.items():
        customer.get_by_label(label).fill(text)
    customer.get_by_role("button", name="Order with obligation to pay").click()
    customer.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}/"))
    expect(customer.get_by_role("heading", level=1)).to_contain_text("in the book")

    # The planner makes a plan that holds the new order, and publishes it.
    planner = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    planner.set_default_timeout(60_000)
    sign_in_as_planner(planner, demonstration)
    planner.get_by_role("button", name="Make plan").first.click()
    planner.get_by_role("button", name=re.compile("Publish plan")).click(timeout=120_000)
    expect(planner.get_by_text(re.compile(r"The plant follows plan \d+ now"))).to_be_visible()

    # The line builds it, and the customer's page says so without being reloaded.
    expect(customer.get_by_role("heading", level=1)).to_have_text("Your City is built.", timeout=BUILT_SECONDS * 1000)
