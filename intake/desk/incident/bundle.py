"""What stands in an evidence bundle, and in which form: the same evidence gives the same bytes. Pure.

No name that a stranger chose is the name of a file in it, and nothing in it is rendered: bytes and text.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

README, MANIFEST, TIMELINE = "README.txt", "manifest.json", "timeline.jsonl"
SUMS, SIGNATURE, PEM = "SHA256SUMS", "SHA256SUMS.sig", "public.pem"
COVER, CUSTODY = "cover/cover.json", "cover/custody.jsonl"
COVER_SUMS, COVER_SIGNATURE = "cover/SHA256SUMS", "cover/SHA256SUMS.sig"
# What is in no list of sums: the lists, what signs them, and the key.
UNLISTED = (SUMS, SIGNATURE, PEM, COVER_SUMS, COVER_SIGNATURE)
# The head of an Ed25519 public key as SubjectPublicKeyInfo (RFC 8410 section 4).
_SPKI = bytes.fromhex("302a300506032b6570032100")

TEXT = f"""Evidence from ticket #{{number}}.

messages/   what was received, byte for byte as it came
files/      files of the ticket, each under its SHA-256
sent/       what was sent to the requester and others, byte for byte
{MANIFEST}  size, SHA-256, ids and times of all of these; times are UTC
{TIMELINE}  the history of the ticket, one JSON object a line
cover/      for whom this was made, and who did what with the ticket and its evidence

Check it with sha256sum and openssl (3.0 or later), in the folder that it was unpacked in:

    sha256sum --check --strict {SUMS}
    openssl pkeyutl -verify -pubin -inkey {PEM} -rawin -in {SUMS} -sigfile {SIGNATURE}
    cd cover
    sha256sum --check --strict SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey ../{PEM} -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig

All lines must say OK, and both signatures must be verified. {PEM} is part of the bundle: that it is the
desk's own key is shown by comparing the "key" in cover.json with what `intake audit key` prints at the desk,
or with the key in a checkpoint that somebody else keeps.

Two bundles of the same ticket in the same state differ in cover/ only.
"""


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as JSON, one a line."""
    return "".join(f"{_json(row)}\n" for row in rows).encode()


def document(value: Any) -> bytes:
    """Return one value as JSON that people can read."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def sums(digests: Mapping[str, str]) -> bytes:
    """Return a list of SHA-256 digests (hex) by the paths of files, as sha256sum checks it."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items())).encode()


def sums_in(text: bytes) -> dict[str, str]:
    """Return the digests by path in such a list. Raises ValueError for what is none."""
    digests: dict[str, str] = {}
    for line in text.decode("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        if len(digest) != 64 or not path or path in digests:
            raise ValueError("it is no list of SHA-256 sums")
        digests[path] = digest
    return digests


def pem(public: bytes) -> bytes:
    """Return an Ed25519 public key (32 bytes) as openssl reads it."""
    text = base64.b64encode(_SPKI + public).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n".encode()


def public_in(text: bytes) -> bytes:
    """Return the 32 bytes of such a key. Raises ValueError for what is none."""
    rows = text.decode("ascii").split("\n")
    octets = base64.b64decode("".join(row for row in rows if not row.startswith("-----")), validate=True)
    if not octets.startswith(_SPKI) or len(octets) != len(_SPKI) + 32:
        raise ValueError("it is no Ed25519 public key")
    return octets[len(_SPKI) :]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
