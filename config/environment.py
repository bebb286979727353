"""What the environment says: the home directory, the mode and the secret. Read once, at start."""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_LENGTH = 64


def home_directory() -> Path:
    """The directory of database, secret and state; made when it is not there."""
    home = Path(os.environ.get("LINEWRIGHT_HOME") or BASE_DIR / "var").expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def stored_secret(home: Path) -> str:
    """The secret of this home directory, generated at the first start and readable by its owner only."""
    path = home / "secret_key"
    secret = _read_secret(path)
    if secret:
        return secret
    # Several processes may start at once: each writes its own file, and the first link wins for all.
    draft = home / f"secret_key.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_LENGTH))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read_secret(path)


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
