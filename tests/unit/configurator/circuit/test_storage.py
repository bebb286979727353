"""What is stored comes back, and what was changed on the way is refused."""

import zlib
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given

from configurator.engine.circuit import storage
from configurator.engine.circuit.circuit import Circuit
from configurator.engine.circuit.reasoner import CircuitReasoner
from configurator.engine.errors import StoredCircuitDamaged, StoredCircuitOutdated
from tests.unit.configurator.circuit.small_circuits import SmallCircuit, compiled, small_circuits


def pair() -> Circuit:
    return compiled(np.array([0, 2, 4]), [(0, 2), (1, 3)], [[0, 2], [4, 6]])


def forged(data: bytes, content: bytes) -> bytes:
    """Other content under the head of stored bytes, with the hash that belongs to it."""
    return data[:8] + sha256(content).digest() + zlib.compress(content)


@given(small_circuits())
def test_a_stored_circuit_comes_back(small: SmallCircuit):
    document = {"product": "Möbelstück", "numbers": [1, 2]}

    back, circuit = storage.from_bytes(storage.to_bytes(document, small.circuit))

    assert back == document
    for name in Circuit.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(circuit, name), getattr(small.circuit, name))
        assert getattr(circuit, name).dtype == getattr(small.circuit, name).dtype


def test_a_document_may_be_stored_without_a_circuit():
    assert storage.from_bytes(storage.to_bytes({"reason": "too large"}, None)) == ({"reason": "too large"}, None)


def test_equal_content_gives_equal_bytes_and_other_content_another_hash():
    stored = storage.to_bytes({"a": 1}, pair())

    assert storage.to_bytes({"a": 1}, pair()) == stored
    assert storage.content_hash(storage.to_bytes({"a": 2}, pair())) != storage.content_hash(stored)
    assert len(storage.content_hash(stored)) == 64


def test_a_changed_byte_never_changes_an_answer():
    stored = storage.to_bytes({"a": 1}, pair())
    refused = 0

    for place in range(len(stored)):
        changed = bytes([*stored[:place], stored[place] ^ 1, *stored[place + 1 :]])
        try:
            document, circuit = storage.from_bytes(changed)
        except (StoredCircuitDamaged, StoredCircuitOutdated):
            refused += 1
        else:  # a bit that fills up the last byte of the compressed stream
            assert storage.to_bytes(document, circuit) == stored

    assert refused >= len(stored) - 2


@pytest.mark.parametrize("length", [0, 3, 39, 60])
def test_bytes_cut_short_are_refused(length):
    with pytest.raises(StoredCircuitDamaged, match="the stored compiled model is damaged"):
        storage.from_bytes(storage.to_bytes({}, pair())[:length])


def test_another_format_is_out_of_date():
    stored = storage.to_bytes({}, pair())

    with pytest.raises(StoredCircuitOutdated, match="format 7, this is format 1"):
        storage.from_bytes(stored[:4] + (7).to_bytes(4, "little") + stored[8:])


def test_content_that_is_no_document_is_refused():
    with pytest.raises(StoredCircuitDamaged, match="does not say what it should"):
        storage.from_bytes(forged(storage.to_bytes({}, pair()), b"\x05\0\0\0\0\0\0\0hello"))


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [("children", 0, 99), ("children", 0, -1), ("child_start", 1, 99), ("slot_code", 0, 99), ("literal_start", 1, 3)],
)
def test_arrays_that_would_lead_machine_code_astray_are_refused(name, place, value):
    arrays = {each: getattr(pair(), each).copy() for each in Circuit.__dataclass_fields__}
    arrays[name][place] = value
    if name == "literal_start":
        arrays[name] = arrays[name][::-1]

    with pytest.raises(StoredCircuitDamaged, match="do not fit each other"):
        storage.from_bytes(storage.to_bytes({}, Circuit(**arrays)))


def test_a_circuit_that_was_stored_answers():
    _, circuit = storage.from_bytes(storage.to_bytes({}, pair()))

    assert CircuitReasoner(circuit).domains([0]).tolist() == [True, True, True, False]
