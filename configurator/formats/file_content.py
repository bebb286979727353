"""Files as they lie on disk, of a bearable size."""

from pathlib import Path

from configurator.formats.findings import Finding, FormatError


def read_bytes(path: Path, limit: int, refusal: type[FormatError]) -> bytes:
    """The content of a file of at most `limit` bytes; raises `refusal`."""
    try:
        size = path.stat().st_size
        if size > limit:
            raise refusal([Finding(path.name, 0, 0, f"the file has {size:,} bytes, {limit:,} are allowed")])
        return path.read_bytes()
    except OSError as error:
        raise refusal([Finding(path.name, 0, 0, f"the file cannot be read: {error.strerror}")]) from None


def read_text(path: Path, limit: int, refusal: type[FormatError]) -> str:
    """The UTF-8 text of a file of at most `limit` bytes, line ends as \\n; raises `refusal`."""
    try:
        text = read_bytes(path, limit, refusal).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise refusal([Finding(path.name, line, 0, "the file is not UTF-8 text")]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
