"""Every variable that config/ reads is described, and nothing is described that is not read."""

import re

READ = re.compile(r"env\.[a-z_]+\(\s*\"([A-Z_]+)\"|environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"")
DESCRIBED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
OUR_SELECTION = {"DJANGO_SETTINGS_MODULE"}  # set by us, not by who runs it


def test_the_settings_page_and_the_settings_agree(repository):
    sources = "".join(path.read_text() for path in (repository / "config").rglob("*.py"))
    read = {first or second for first, second in READ.findall(sources)} - OUR_SELECTION
    described = set(DESCRIBED.findall((repository / "docs/reference/settings.md").read_text()))

    assert described == read


def test_nothing_but_config_reads_the_environment(repository):
    readers = [
        path.relative_to(repository).as_posix()
        for app in ("foundation", "configurator", "planning", "shopfloor")
        for path in (repository / app).rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b|\benviron\b", path.read_text())
    ]

    assert readers == []
