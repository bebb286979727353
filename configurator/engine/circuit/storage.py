"""A compiled model as bytes: checked by its content hash, read in milliseconds.

Layout: a magic word, the format's version, the SHA-256 of the content; then, compressed, the content: a JSON document
with the arrays' names, types and lengths in it, and the arrays one after the other.
"""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from struct import Struct
from typing import Any

import numpy as np

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
    except zlib.error as error:
        raise StoredCircuitDamaged("it cannot be decompressed") from error
    if sha256(content).digest() != digest:
        raise StoredCircuitDamaged("its content is not the one that was stored")
    (length,) = _LENGTH.unpack_from(content)
    document = json.loads(content[_LENGTH.size : _LENGTH.size + length])
    arrays = {}
    place = _LENGTH.size + length
    for name, (kind, size) in document.pop("arrays").items():
        stored = np.frombuffer(content, np.dtype(kind), size, place)
        arrays[name] = stored.astype(stored.dtype.newbyteorder("="))  # a copy, so that the content can be let go
        place += stored.nbytes
    if not arrays:
        return document, None
    circuit = Circuit(**arrays)
    _check(circuit)
    return document, circuit


def _header(data: bytes) -> tuple[int, bytes]:
    if len(data) < _HEADER.size:
        raise StoredCircuitDamaged("it is cut short")
    magic, version, digest = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise StoredCircuitDamaged("it does not begin as one")
    return version, digest


def _check(circuit: Circuit) -> None:
    """Refuse a circuit on which machine code would read outside of its arrays."""
    owner = circuit.literals + np.repeat(np.arange(len(circuit.is_or)), np.diff(circuit.child_start))
    sound = (
        len(circuit.child_start) == len(circuit.is_or) + 1 >= 2
        and _counts_up(circuit.child_start, len(circuit.children))
        and _counts_up(circuit.literal_start, circuit.literals)
        and _counts_up(circuit.slot_start, len(circuit.slot_code))
        and bool((circuit.children >= 0).all() and (circuit.children < owner).all())
        and bool((circuit.slot_code >= 0).all() and (circuit.slot_code < 2 * circuit.literals).all())
    )
    if not sound:
        raise StoredCircuitDamaged("its arrays do not fit each other")


def _counts_up(starts: np.ndarray[Any, np.dtype[np.int32]], end: int) -> bool:
    return len(starts) > 0 and starts[0] == 0 and starts[-1] == end and bool((np.diff(starts) >= 0).all())
