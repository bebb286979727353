"""Driver profiles: what is read from TOML, and how a fault is named."""

import re
from pathlib import Path

import pytest

from shopfloor.engine.codec import WordOrder
from shopfloor.engine.errors import ProfileInvalid
from shopfloor.formats.driver_profile import find_profile, parse_profile, read_profile, shipped_profiles

COMPACT_TEXT = shipped_profiles()["lw-compact"].read_text()


def changed(old, new):
    assert old in COMPACT_TEXT
    return COMPACT_TEXT.replace(old, new, 1)


def test_the_shipped_profiles_differ_in_word_order_and_address_base():
    compact, modular = find_profile("lw-compact"), find_profile("lw-modular")

    assert (compact.encoding.words, compact.address_base) == (WordOrder.ABCD, 0)
    assert (modular.encoding.words, modular.address_base) == (WordOrder.CDAB, 1)


def test_every_shipped_profile_is_named_like_its_file():
    assert {code: read_profile(path).code for code, path in shipped_profiles().items()} == {
        code: code for code in shipped_profiles()
    }


def test_addresses_counted_from_one_are_one_less_on_the_wire():
    modular = find_profile("lw-modular")

    assert modular.overview.address == 0
    assert modular.channel(1).sequence == 1099 - 1 + 500


def test_a_channel_the_map_does_not_have_is_no_channel():
    with pytest.raises(IndexError, match="channels 0 to 3"):
        find_profile("lw-compact").channel(4)


FAULTS = {
    "no TOML": ("code = ", "code == ", "TOML"),
    "another format": ("linewright-profile/1", "linewright-profile/9", "format"),
    "a missing key": ('name = "Compact controller, four stations"', "", "name: is missing"),
    "an unknown key": ("address_base = 0", "address_base = 0\nspeed = 9", "speed: is not known here"),
    "an unknown word order": ('words = "ABCD"', 'words = "ACBD"', "encoding.words: must be one of ABCD, CDAB"),
    "a request beyond Modbus": ("largest_write = 123", "largest_write = 124", "requests.largest_write"),
    "a boolean for a number": ("largest_write = 123", "largest_write = true", "requests.largest_write"),
    "a time-out of nothing": ("answer = 1.5", "answer = 0", "timeouts.answer"),
    "a wrong type": ('{ at = 2, type = "u32" }', '{ at = 2, type = "u16" }', "identity.fields.canary.type"),
    "an unknown type": ('{ at = 2, type = "u32" }', '{ at = 2, type = "u33" }', "'u33' is no register type"),
    "overlapping fields": ('{ at = 2, type = "u32" }', '{ at = 1, type = "u32" }', "identity.fields.canary: overlaps"),
    "overlapping blocks": ("address = 2020", "address = 2013", "overlaps channels.command"),
    "a stride that is too short": ("stride = 1200", "stride = 100", "overlaps"),
    "a block outside": ("stride = 1200", "stride = 30000", "65,536"),
    "too few slots": ("slots = 64", "slots = 8", "ring.slots"),
    "unequal buffers": (
        "registers = 500\n\n[channels.active]\naddress = 2650\nregisters = 500",
        "registers = 500\n\n[channels.active]\naddress = 2650\nregisters = 400",
        "channels.active.registers",
    ),
    "a status too long for a request": ("largest_read = 125", "largest_read = 40", "cannot be read in one request"),
    "an address below the base": ("address_base = 0", "address_base = 1", "identity.address"),
    "a channel block that is no table": ("[channels.sequence]\naddress = 2020", "", "channels.sequence: is missing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_one_sentence_with_file_and_key(fault):
    old, new, expected = FAULTS[fault]

    with pytest.raises(ProfileInvalid, match=rf"^line\.toml: .*{re.escape(expected)}"):
        parse_profile(changed(old, new), "line.toml")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProfileInvalid, match=r"none\.toml: file: No such file"):
        read_profile(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_named(tmp_path):
    path = Path(tmp_path / "binary.toml")
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ProfileInvalid, match="UTF-8"):
        read_profile(path)
