"""Keys of the API: made once, shown once, kept as a hash. Pure but for chance."""

import hashlib
import secrets

# Leaked keys are found by their beginning, by people and by scanners of public code.
PREFIX = "intake_"
CREATE, READ = "create", "read"
SCOPES = (CREATE, READ)


def make() -> str:
    """Return a new key with 256 bits of chance."""
    return PREFIX + secrets.token_urlsafe(32)


def hashed(key: str) -> str:
    """Return what is kept of a key. It cannot be guessed, so a fast hash without salt is enough."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
