"""Checkpoints: how long the record is and its root, in the form of C2SP (tlog-checkpoint, signed-note).

Standard witnesses read and cosign it: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

# Whether a public key (32 bytes) made a signature (64 bytes) under a text.
Valid = Callable[[bytes, bytes, bytes], bool]
# A signature of Ed25519 (signed-note, "Signature types").
_ED25519 = b"\x01"
_SIGNED = re.compile(r"^\u2014 (?P<name>\S+) (?P<value>[A-Za-z0-9+/=]+)$")
_QUOTED = re.compile(r"^(?:> ?)+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NOTE = re.compile(
    r"^(?P<text>(?P<origin>\S[^\n]{0,300})\n(?P<size>[0-9]{1,19})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"(?:[^\n]+\n)*?)\n(?P<signatures>(?:\u2014 [^\n]+(?:\n|\Z))+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That the record called `origin` has `size` rows and this root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature under a note: whose, by which key (4 bytes), and its bytes."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A checkpoint with the text that was signed and the signatures under it."""

    checkpoint: Checkpoint
    text: str
    signatures: tuple[Signature, ...]


def key_id(name: str, public: bytes) -> bytes:
    """Return by what a signature names its key: 4 bytes, of the name and the 32 bytes of the public key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Return a public key as those who check notes take it (signed-note, "Verifier keys")."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def note(checkpoint: Checkpoint, public: bytes, signature: bytes) -> str:
    """Return the signed note; the key has the name of the record."""
    name = checkpoint.origin
    value = base64.b64encode(key_id(name, public) + signature).decode()
    return f"{checkpoint.text()}\n\u2014 {name} {value}\n"


def notes_in(text: str) -> list[Note]:
    """Return the notes in a text, such as a mail that carries some; what is none is passed over."""
    lines = (_QUOTED.sub("", line).strip() for line in text.splitlines())
    notes = (_note(match) for match in _NOTE.finditer("\n".join(lines) + "\n"))
    return [made for made in notes if made is not None]


def _note(match: re.Match[str]) -> Note | None:
    if not _SIZE.fullmatch(match["size"]):
        return None
    root = base64.b64decode(match["root"])
    if len(root) != 32:
        return None
    signatures = tuple(
        signature for line in match["signatures"].splitlines() if (signature := _signature(line)) is not None
    )
    checkpoint = Checkpoint(match["origin"], int(match["size"]), root)
    return Note(checkpoint, match["text"], signatures) if signatures else None


def _signature(line: str) -> Signature | None:
    match = _SIGNED.fullmatch(line)
    if match is None:
        return None
    try:
        octets = base64.b64decode(match["value"], validate=True)
    except binascii.Error:
        return None
    return Signature(match["name"], octets[:4], octets[4:]) if len(octets) > 4 else None
