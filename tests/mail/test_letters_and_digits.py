"""A hash, a key, an address of a wallet are letters and digits, as base64 is: they stay what was written."""

import base64

import pytest
from each_case import each

from intake.mail import transfer
from intake.mail.parse import parse

F = b"From: Ann <a@x.example>\nTo: desk@y.example\nSubject: s\nDate: Tue, 5 May 2026 10:00:00 +0200\n"
HASHES = [
    b"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    b"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
    b"dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
]
TAPROOT = b"bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"
LEGACY = b"1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
CHECKSUMMED = b"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
EXTENDED = (
    b"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7us"
    b"UDFdp6W1EGMcet8"
)

WRITTEN = {
    "two hashes with 0x": b"0x" + HASHES[0] + b"\n0x" + HASHES[1],
    "two public keys": b"02" + HASHES[0] + b"\n03" + HASHES[1],
    "lines of sixty digits": b"\n".join([b"0123456789" * 6] * 3),
    "a hash and thanks": HASHES[0] + b"\nthanks",
    "a hash and thanks with a capital": HASHES[0] + b"\nThanks",
    "a hash in capitals and a word": HASHES[2].upper() + b"\ntxid",
    "three hashes": b"\n".join(HASHES),
    "taproot addresses": TAPROOT + b"\n" + TAPROOT,
    "an address of mixed letters": LEGACY,
    "an address with its checksum in capitals": CHECKSUMMED + b"\n" + CHECKSUMMED,
    "an extended key": EXTENDED,
    "a seed of an app in base32": b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
}
LABELS = [b"", b"; charset=us-ascii", b"; charset=utf-8", b"; charset=iso-8859-1", b"; charset=windows-1251",
          b"; charset=gb2312", b"; charset=iso-2022-jp"]  # fmt: skip


@each("encoding", [b"", b"Content-Transfer-Encoding: 7bit\n"])
@each("label", LABELS)
@each("body", WRITTEN.values(), ids=WRITTEN.keys())
def test_letters_and_digits_are_the_text_they_are(body: bytes, label: bytes, encoding: bytes) -> None:
    raw = F + b"Content-Type: text/plain" + label + b"\n" + encoding + b"\n" + body + b"\n"
    assert body.decode() == parse(raw).text
    assert body.decode() == parse(raw.replace(b"\n", b"\r\n")).text


@each("kind", [b"text/plain", b"text/csv", b"application/octet-stream", b"application/x-list"])
@each("body", WRITTEN.values(), ids=WRITTEN.keys())
def test_an_attached_list_keeps_each_of_its_bytes(body: bytes, kind: bytes) -> None:
    raw = (
        F + b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nsee file\n--B\n"
        b"Content-Type: " + kind + b"; name=list.txt\nContent-Disposition: attachment\n"
        b"Content-Transfer-Encoding: 7bit\n\n" + body + b"\n\n--B--\n"
    )
    message = parse(raw)
    assert ("see file", [body + b"\n"]) == (message.text, [one.content for one in message.attachments])


def encoded(words: str, codec: str) -> bytes:
    return base64.encodebytes(words.encode(codec))


UNLABELLED = [
    ("German", "utf-8", "Vielen Dank für die Hilfe, jetzt läuft alles wieder."),
    ("German in Latin-1", "iso-8859-1", "Vielen Dank für die Hilfe, jetzt läuft alles wieder."),
    ("English", "iso-8859-1", "Hello, please reset my account, it is locked since Monday."),
    ("Polish", "iso-8859-2", "Dzień dobry, nie mogę się zalogować."),
    ("Russian", "koi8-r", "Здравствуйте, не могу войти в кошелёк"),
    ("Chinese", "gb2312", "您好，我的订单还没有收到，请尽快处理。"),
    ("Chinese of Taiwan", "big5", "無法登入，請協助處理"),
    ("Japanese", "shift_jis", "お世話になっております。"),
    ("Japanese of seven bits", "iso-2022-jp", "ログインできません。"),
    ("Korean", "euc-kr", "안녕하세요 로그인이 안 됩니다"),
    ("Thai", "windows-874", "เข้าระบบไม่ได้ ขอบคุณครับ"),
]


@pytest.mark.parametrize(
    ("label", "words"), [row[1:] for row in UNLABELLED], ids=[row[0] for row in UNLABELLED]
)
def test_words_in_base64_without_its_label_are_still_read(label: str, words: str) -> None:
    codec = "cp874" if label == "windows-874" else label
    kind = f"Content-Type: text/plain; charset={label}\n\n".encode()
    assert words == parse(F + kind + encoded(words, codec)).text


FILES = {
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "a PDF": b"%PDF-1.7\n" + bytes(range(256)),
    "a ZIP": b"PK\x03\x04" + bytes(100),
    "a table in words": "name;amount\nMüller;12\n".encode() * 20,
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_file_in_base64_without_its_label_is_still_the_file(content: bytes) -> None:
    body = base64.encodebytes(content)
    assert content == transfer.decode(body, b"") == transfer.decode(body.replace(b"\n", b"\r\n"), b"7bit")


def test_a_picture_in_base64_without_its_label_and_type_is_no_text() -> None:
    content = FILES["a picture"]
    message = parse(F + b"\n" + base64.encodebytes(content))
    assert ("", [content]) == (message.text, [one.content for one in message.attachments])
