"""Pages keep the strict content policy, icons exist, files stay readable."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from django.template.loader import get_template

LONGEST_FILE = 500
INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=|\son[a-z]+=\"", re.IGNORECASE
)
ICON = re.compile(r"{%\s*icon\s+\"([^\"]+)\"")
CSS_BAN = re.compile(r"!important")


@pytest.fixture(scope="module")
def pages(repository):
    return {
        path.relative_to(repository).as_posix(): path.read_text() for path in (repository / "templates").rglob("*.html")
    }


def test_every_template_compiles(repository):
    for path in (repository / "templates").rglob("*.*"):
        get_template(path.relative_to(repository / "templates").as_posix())


def test_no_template_writes_inline_script_or_style(pages):
    assert {name: found for name, text in pages.items() if (found := INLINE.findall(text))} == {}


@pytest.mark.parametrize(
    "planted", ["<script>alert(1)</script>", '<p style="color: red">', '<a onclick="go()">', "<style>p{}</style>"]
)
def test_planted_inline_code_is_seen(planted):
    assert INLINE.search(planted)


def test_files_of_our_own_are_no_inline_code():
    assert not INLINE.search('<script src="/static/js/theme.js" defer></script>')


def test_every_icon_a_template_names_is_in_the_sprite(pages, repository):
    sprite = {symbol.get("id") for symbol in ElementTree.parse(repository / "static" / "icons.svg").getroot()}

    missing = {(name, icon) for name, text in pages.items() for icon in ICON.findall(text) if icon not in sprite}
    assert missing == set()


def test_no_style_sheet_shouts(repository):
    sheets = (repository / "static" / "css").glob("*.css")
    rules = {sheet.name: re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL) for sheet in sheets}

    assert [name for name, text in rules.items() if CSS_BAN.search(text)] == []


def test_no_file_is_two_subjects_long(repository):
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.js", "*.css", "*.html"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    long = {
        name: length
        for name in tracked.stdout.split()
        if "/migrations/" not in name and (repository / name).is_file()
        if (length := len((repository / name).read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_lock_files_name_no_registry(repository):
    for name in ("requirements/base.txt", "requirements/dev.txt", "requirements/uv.txt", "package-lock.json"):
        text = (repository / name).read_text()
        assert not re.search(r"--(extra-)?index-url|--find-links|\"resolved\": *\"https?:", text), name
