"""What proves a mail: no file to show, and kept with the raw mail."""

import pytest

from intake.mail.parse import parse

P7S = b"\x30\x82\x01\x00" + bytes(range(200))
ASC = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n"


def mail(kind: str, disposition: str, content: bytes, around: str = "mixed") -> bytes:
    return (
        "From: a@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/{around}; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        f"--b\r\nContent-Type: {kind}\r\n{disposition}\r\n"
    ).encode() + content + b"\r\n--b--\r\n"  # fmt: skip


def named(name: str) -> str:
    return f'Content-Disposition: attachment; filename="{name}"\r\n'


# Its type, its other fields, its content, the multipart around it.
SIGNATURES = {
    "S/MIME": ("application/pkcs7-signature; name=smime.p7s", named("smime.p7s"), P7S, "signed"),
    "S/MIME of old": ("application/x-pkcs7-signature", named("smime.p7s"), P7S, "signed"),
    "S/MIME without a name": ("application/pkcs7-signature", "", P7S, "signed"),
    "S/MIME by another name": ("application/pkcs7-signature", named("s.bin"), P7S, "signed"),
    "S/MIME after a list": ("application/pkcs7-signature", named("smime.p7s"), P7S, "mixed"),
    "S/MIME after Exchange": ("application/octet-stream", named("smime.p7s"), P7S, "mixed"),
    "in capitals": ("application/octet-stream", named("SMIME.P7S"), P7S, "mixed"),
    "once more": ("application/octet-stream", named("smime(1).p7s"), P7S, "mixed"),
    "OpenPGP": ("application/pgp-signature; name=signature.asc", named("signature.asc"), ASC, "signed"),
    "OpenPGP without a name": ("application/pgp-signature", "", ASC, "signed"),
    "OpenPGP of Thunderbird": ("application/pgp-signature", named("OpenPGP_signature.asc"), ASC, "signed"),
    "OpenPGP after a list": ("application/pgp-signature", named("signature.asc"), ASC, "mixed"),
    "OpenPGP after Exchange": ("application/octet-stream", named("signature.asc"), ASC, "mixed"),
    "OpenPGP, empty": ("application/pgp-signature", named("signature.asc"), b"", "signed"),
    "OpenPGP as a text": ("text/plain", named("signature.asc"), ASC, "mixed"),
}


@pytest.mark.parametrize(("kind", "more", "content", "around"), SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_is_no_file(kind: str, more: str, content: bytes, around: str) -> None:
    message = parse(mail(kind, more, content, around))
    assert ("Hello", ()) == (message.text, message.attachments)
    assert 1 == len(message.signatures)


# What somebody attached to be read.
FILES = {
    "the signature of a release": ("application/pgp-signature", named("wallet-1.2.tar.gz.asc"), ASC),
    "a signed contract": ("application/pkcs7-signature", named("contract.pdf.p7s"), P7S),
    "a contract in its signature": ("application/pkcs7-mime", named("contract.pdf.p7m"), P7S),
    "a key": ("application/pgp-keys", named("OpenPGP_0x1234.asc"), b"-----BEGIN PGP PUBLIC KEY BLOCK-----"),
    "a picture by that name": (
        "application/octet-stream",
        named("smime.p7s"),
        b"\x89PNG\r\n\x1a\n" + bytes(9),
    ),
    "a text by that name": ("text/plain", named("signature.asc"), b"my signature"),
    "one with more in its name": ("application/octet-stream", named("my signature.asc.zip"), b"PK\x03\x04"),
    "a picture of a signature": ("image/png", named("signature.png"), b"\x89PNG\r\n\x1a\n" + bytes(9)),
}


@pytest.mark.parametrize(("kind", "more", "content"), FILES.values(), ids=FILES)
def test_what_is_attached_on_purpose_is_a_file(kind: str, more: str, content: bytes) -> None:
    message = parse(mail(kind, more, content))
    (file,) = message.attachments
    assert content == file.content
    assert () == message.signatures


def test_a_mail_of_a_signature_alone_is_not_refused() -> None:
    raw = b"From: a@x.example\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\n" + P7S
    message = parse(raw)
    assert (1, 0) == (len(message.signatures), len(message.attachments))
    assert not any(one.startswith("refused") for one in message.defects)
