"""A compiled model as bytes: checked by its content hash, read in milliseconds.

Layout: a magic word, the format's version, the SHA-256 of the content; then, compressed, the content: a JSON document
with the arrays' names, types and lengths in it, and the arrays one after the other.
"""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from struct import Struct, error
from typing import Any

import numpy as np
from numpy.typing import NDArray

from configurator.engine.circuit.circuit import Circuit
from configurator.engine.errors import StoredCircuitDamaged, StoredCircuitOutdated

MAGIC = b"LWCM"
VERSION = 1
"""Goes up with every change of the layout or of what the document means."""

_HEADER = Struct("<4sI32s")
_LENGTH = Struct("<Q")


def to_bytes(document: Mapping[str, object], circuit: Circuit | None) -> bytes:
    """The document and the circuit, where there is one, as bytes; equal content gives equal bytes."""
    arrays = {} if circuit is None else {name: getattr(circuit, name) for name in Circuit.__dataclass_fields__}
    listed = {name: [array.dtype.newbyteorder("<").str, len(array)] for name, array in arrays.items()}
    text = json.dumps({**document, "arrays": listed}, ensure_ascii=False, separators=(",", ":")).encode()
    parts = [_LENGTH.pack(len(text)), text]
    parts += [array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in arrays.values()]
    content = b"".join(parts)
    return _HEADER.pack(MAGIC, VERSION, sha256(content).digest()) + zlib.compress(content, 6)


def content_hash(data: bytes) -> str:
    """The SHA-256, in hexadecimal digits, of what stored bytes say; they themselves are not looked at further."""
    return _header(data)[1].hex()


def from_bytes(data: bytes) -> tuple[dict[str, Any], Circuit | None]:
    """The document and the circuit that were stored; raises StoredCircuitDamaged or StoredCircuitOutdated."""
    version, digest = _header(data)
    if version != VERSION:
        raise StoredCircuitOutdated(f"format {version}, this is format {VERSION}")
    try:
        content = zlib.decompress(data[_HEADER.size :])
    except zlib.error as found:
        raise StoredCircuitDamaged("it cannot be decompressed") from found
    if sha256(content).digest() != digest:
        raise StoredCircuitDamaged("its content is not the one that was stored")
    try:
        document, arrays = _parts(content)
        circuit = Circuit(**arrays) if arrays else None
    except (ValueError, TypeError, KeyError, AttributeError, error) as found:
        raise StoredCircuitDamaged("its content does not say what it should") from found
    if circuit is not None:
        _check(circuit)
    return document, circuit


def _parts(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The document and the arrays that stand in the content."""
    (length,) = _LENGTH.unpack_from(content)
    place = _LENGTH.size + length
    document = json.loads(content[_LENGTH.size : place])
    arrays = {}
    for name, (kind, size) in document.pop("arrays").items():
        stored = np.frombuffer(content, np.dtype(kind), size, place)
        arrays[name] = stored.astype(stored.dtype.newbyteorder("="))  # a copy, so that the content can be let go
        place += stored.nbytes
    return document, arrays


def _header(data: bytes) -> tuple[int, bytes]:
    if len(data) < _HEADER.size:
        raise StoredCircuitDamaged("it is cut short")
    magic, version, digest = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise StoredCircuitDamaged("it does not begin as one")
    return version, digest


def _check(circuit: Circuit) -> None:
    """Refuse a circuit on which machine code would read outside of its arrays."""
    sound = (
        len(circuit.child_start) == len(circuit.is_or) + 1 >= 2
        and _counts_up(circuit.child_start, len(circuit.children))
        and _counts_up(circuit.literal_start, circuit.literals)
        and _counts_up(circuit.slot_start, len(circuit.slot_code))
        and _children_stand_before_parents(circuit)
        and bool((circuit.slot_code >= 0).all() and (circuit.slot_code < 2 * circuit.literals).all())
    )
    if not sound:
        raise StoredCircuitDamaged("its arrays do not fit each other")


def _children_stand_before_parents(circuit: Circuit) -> bool:
    parents = circuit.literals + np.repeat(np.arange(len(circuit.is_or)), np.diff(circuit.child_start))
    return bool((circuit.children >= 0).all() and (circuit.children < parents).all())


def _counts_up(starts: NDArray[np.int32], end: int) -> bool:
    return len(starts) > 0 and starts[0] == 0 and starts[-1] == end and bool((np.diff(starts) >= 0).all())
