"""Signed mail is read, encrypted mail is kept and says so."""

import base64

import pytest

from intake.mail.formats import encrypted
from intake.mail.parse import parse

SIGNED = bytes.fromhex("06092a864886f70d010702")
ENVELOPED = bytes.fromhex("06092a864886f70d010703")
DATA = bytes.fromhex("06092a864886f70d010701")
INNER = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"


def tlv(tag: int, *values: bytes) -> bytes:
    value = b"".join(values)
    size = len(value)
    length = bytes((size,)) if size < 128 else bytes((0x82, size >> 8, size & 255))
    return bytes((tag,)) + length + value


def endless(tag: int, *values: bytes) -> bytes:
    return bytes((tag, 0x80)) + b"".join(values) + b"\0\0"


def signed(content: bytes) -> bytes:
    body = tlv(0x30, b"\x02\x01\x01", tlv(0x31), tlv(0x30, DATA, tlv(0xA0, tlv(0x04, content))))
    return tlv(0x30, SIGNED, tlv(0xA0, body))


def streamed(content: bytes) -> bytes:
    pieces = [tlv(0x04, content[at : at + 20]) for at in range(0, len(content), 20)]
    inner = endless(0x30, DATA, endless(0xA0, endless(0x24, *pieces)))
    return endless(0x30, SIGNED, endless(0xA0, endless(0x30, b"\x02\x01\x01", tlv(0x31), inner)))


def mail(data: bytes, kind: str = "signed-data") -> bytes:
    return (
        b"From: a@x.example\r\nSubject: s\r\nContent-Transfer-Encoding: base64\r\n"
        + f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n\r\n".encode()
        + base64.encodebytes(data)
    )


@pytest.mark.parametrize(
    "wrap", [signed, streamed], ids=["definite lengths", "in pieces, as OpenSSL streams"]
)
def test_what_an_smime_signature_holds_is_read_and_the_signature_kept(wrap):
    assert ("signed", INNER) == encrypted.cms(wrap(INNER))
    message = parse(mail(wrap(INNER)))
    assert "Grüße" == message.text
    assert ["smime.p7m"] == [one.name for one in message.signatures]
    assert () == message.attachments


def test_files_inside_a_signature_are_files():
    inner = b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nhi\r\n--i\r\n"
    inner += b"Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1\r\n--i--\r\n"
    message = parse(mail(signed(inner)))
    assert "hi" == message.text
    assert ["a.pdf"] == [one.name for one in message.attachments]


def test_signatures_around_signatures_end():
    raw = INNER
    for _ in range(6):
        raw = mail(signed(raw))
    assert "Grüße" not in parse(raw).text


ENCRYPTED = [
    ("S/MIME", mail(tlv(0x30, ENVELOPED, tlv(0xA0, b"\0" * 30)), "enveloped-data"), "smime.p7m"),
    ("S/MIME", mail(b"\0noise", "enveloped-data"), "smime.p7m"),
    (
        "OpenPGP",
        b"From: a@x.example\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n"
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
        b"Content-Type: application/octet-stream; name=encrypted.asc\n\nxx\n--b--\n",
        "encrypted.asc",
    ),
    (
        "OpenPGP",
        b"From: a@x.example\n\n-----BEGIN PGP MESSAGE-----\n\nwcBM\n-----END PGP MESSAGE-----\n",
        "encrypted.asc",
    ),
]


@pytest.mark.parametrize(
    ("how", "raw", "name"), ENCRYPTED, ids=["S/MIME", "S/MIME by its label", "PGP/MIME", "PGP in the text"]
)
def test_encrypted_mail_is_kept_and_says_so(how, raw, name):
    message = parse(raw)
    assert f"encrypted: {how}" in message.defects
    assert encrypted.note(how) in message.text
    assert encrypted.note(how) in message.new_text
    assert name in [one.name for one in message.attachments]


def test_clear_signed_text_is_read_without_its_armour():
    raw = (
        b"From: a@x.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n- -- \n- -dash\n"
        b"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    )
    message = parse(raw)
    assert ["Hello", "-- ", "-dash"] == message.text.split("\n")
    (signature,) = message.signatures
    assert () == message.attachments
    assert ("signature.asc", "application/pgp-signature") == (signature.name, signature.media_type)
    assert b"iQEz" in signature.content


@pytest.mark.parametrize("wrap", [signed, streamed], ids=["definite", "in pieces"])
def test_no_damage_to_a_signature_raises(wrap):
    whole = wrap(INNER)
    for at in range(len(whole)):
        damaged = [whole[:at], *(whole[:at] + bytes((byte,)) + whole[at + 1 :] for byte in (0, 0x80, 0xFF))]
        assert {encrypted.cms(one)[0] for one in damaged} <= {"", "signed", "encrypted"}


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN PGP ", "-----BEGIN PGP SIGNED MESSAGE-----\n\nhi", "a\r\nb"]
)
def test_what_is_no_armour_stays(text):
    assert (text, "", "") == encrypted.armour(text)
