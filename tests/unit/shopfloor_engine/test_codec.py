"""Registers hold what was put into them, in every word order."""

import struct
import zlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.engine.codec import (
    Encoding,
    Kind,
    RegisterType,
    TextOrder,
    WordOrder,
    decode,
    encode,
    recipe_crc,
    words_to_bytes,
)
from shopfloor.engine.errors import ValueRefused

VALUES = {
    "u16": st.integers(0, 2**16 - 1),
    "i16": st.integers(-(2**15), 2**15 - 1),
    "u32": st.integers(0, 2**32 - 1),
    "i32": st.integers(-(2**31), 2**31 - 1),
    "u64": st.integers(0, 2**64 - 1),
    "f32": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "uuid": st.uuids(),
    "text:20": st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
}
typed_values = st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))
encodings = st.builds(Encoding, st.sampled_from(WordOrder), st.sampled_from(TextOrder))


@given(typed_values, encodings)
def test_what_is_encoded_is_decoded_again(typed, encoding):
    kind, value = RegisterType.parse(typed[0]), typed[1]

    words = encode(value, kind, encoding)

    assert len(words) == kind.registers
    assert all(0 <= word <= 0xFFFF for word in words)
    assert decode(words, kind, encoding) == value


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("ABCD", (0x0102, 0x0304)),
        ("CDAB", (0x0304, 0x0102)),
        ("BADC", (0x0201, 0x0403)),
        ("DCBA", (0x0403, 0x0201)),
    ],
)
def test_each_order_puts_the_bytes_where_its_name_says(order, words):
    assert encode(0x01020304, RegisterType(Kind.U32), Encoding(WordOrder(order))) == words


def test_a_value_of_64_bits_follows_the_same_rule():
    value = 0x0102030405060708

    words = {order: encode(value, RegisterType(Kind.U64), Encoding(order)) for order in WordOrder}

    assert words[WordOrder.CDAB] == (0x0708, 0x0506, 0x0304, 0x0102)
    assert words[WordOrder.DCBA] == (0x0807, 0x0605, 0x0403, 0x0201)


def test_a_single_register_is_the_same_in_every_order():
    assert {encode(0x0102, RegisterType(Kind.U16), Encoding(order)) for order in WordOrder} == {(0x0102,)}


@given(st.sampled_from(["u16", "i16", "u32", "i32", "u64"]), st.integers())
def test_an_integer_is_encoded_exactly_when_its_type_holds_it(name, value):
    kind = RegisterType.parse(name)
    low, high = kind.integer_range

    try:
        encode(value, kind, Encoding())
        fits = True
    except ValueRefused:
        fits = False

    assert fits == (low <= value <= high)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("u16", 1.5),
        ("u16", "12"),
        ("f32", float("nan")),
        ("f32", float("inf")),
        ("f32", 1e39),
        ("text:4", "five5"),
        ("text:8", "Größe"),
        ("text:8", "a\nb"),
        ("uuid", 5),
    ],
)
def test_a_value_its_type_cannot_hold_is_refused(kind, value):
    with pytest.raises(ValueRefused):
        encode(value, RegisterType.parse(kind), Encoding())


@pytest.mark.parametrize("text", ["u8", "text", "text:3", "text:0", "u16:2", ""])
def test_an_unknown_register_type_is_named(text):
    with pytest.raises(ValueError, match="text"):
        RegisterType.parse(text)


def test_the_checksum_is_the_crc_32_of_ethernet_over_job_header_and_words():
    job, words = UUID(int=5), (1, 2, 0xFFFF)

    expected = zlib.crc32(job.bytes + struct.pack(">5H", 3, 3, 1, 2, 0xFFFF))

    assert recipe_crc(job, 3, words) == expected
    assert words_to_bytes(words) == b"\x00\x01\x00\x02\xff\xff"


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=60), st.data())
def test_one_flipped_bit_always_changes_the_checksum(words, data):
    position = data.draw(st.integers(0, len(words) - 1))
    flipped = list(words)
    flipped[position] ^= 1 << data.draw(st.integers(0, 15))

    assert recipe_crc(UUID(int=1), 1, flipped) != recipe_crc(UUID(int=1), 1, words)
