"""Signed mail, as dkimpy verifies it against the record that we print."""

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, some_settings

from intake.commands.dkim import _public
from intake.desk.effects import Mail, MailKind
from intake.desk.message import Address, Attachment
from intake.mail.outgoing.dkim_signing import record, signer
from intake.rendering.composer import Composer

NO_PASS = serialization.NoEncryption()


def pem(key, form=serialization.PrivateFormat.TraditionalOpenSSL) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, form, NO_PASS)


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def private(rsa_key) -> bytes:
    return pem(rsa_key)


def verified(raw: bytes, private: bytes, asked: list[str] | None = None) -> bool:
    text = record(_public(private)).encode()

    def dns(name, timeout=5):
        if asked is not None:
            asked.append(name.decode())
        return text

    try:
        return bool(dkim.DKIM(raw).verify(dnsfunc=dns))
    except dkim.ValidationError:
        return False


def sent(private: bytes, kind: MailKind = MailKind.RELAY, domains=("desk.example",), **changes):
    values = {
        "agent": ANNA,
        "author": LIN,
        "text": "A text.\n\n  with   spaces \n",
        "event": "reopened",
        **changes,
    }
    mail = Mail(kind, 12, LIN, "key", **values)
    settings = some_settings(name="Example Wallet 钱包")
    composer = Composer(settings, a_policy(), (KEY,), sign=signer(private, "intake", domains))
    out = composer.compose(mail, a_ticket(), NOW)
    assert out is not None
    return out


@pytest.mark.parametrize("kind", list(MailKind))
def test_every_mail_is_signed_those_from_the_null_sender_too(kind: MailKind, private: bytes) -> None:
    asked: list[str] = []
    out = sent(private, kind, attachments=(Attachment("截图.png", "image/png", bytes(9999)),))

    assert verified(out.raw, private, asked)
    assert ["intake._domainkey.desk.example."] == asked
    assert b"c=relaxed/relaxed" in out.raw.replace(b" ", b"").partition(b"From:")[0]
    assert (out.mail_from == "") == kind.at_most_once


TAMPERED = {
    "another text": (b"A text.", b"B text."),
    "another subject": (b"Re: My coins", b"Re: Your coins"),
    "another sender": (b"\r\nFrom: ", b"\r\nFrom: boss@evil.example\r\nX-From: "),
    "a subject in front of ours": (b"DKIM-Signature:", b"Subject: Pay at once\r\nDKIM-Signature:"),
    "a from behind ours": (b"MIME-Version", b"From: boss@evil.example\r\nMIME-Version"),
    "another reply address": (b"\r\nReply-To: ", b"\r\nReply-To: evil@evil.example\r\nX-Reply: "),
    "a cc that was not there": (b"MIME-Version", b"Cc: eve@evil.example\r\nMIME-Version"),
    "another kind of content": (b"Content-Type: multipart", b"Content-Type: text"),
}


@pytest.mark.parametrize(("old", "new"), TAMPERED.values(), ids=TAMPERED.keys())
def test_what_was_changed_on_the_way_is_not_ours(old: bytes, new: bytes, private: bytes) -> None:
    raw = sent(private).raw
    assert old in raw
    assert not verified(raw.replace(old, new, 1), private)


def test_what_relays_do_to_headers_and_line_ends_harms_nothing(private: bytes) -> None:
    raw = sent(private).raw
    head, _, body = raw.partition(b"\r\n\r\n")
    folded = head.replace(b"Subject: Re: My", b"Subject:   Re:\r\n My")
    assert folded != head
    assert verified(b"Received: from a by b\r\n" + folded + b"\r\n\r\n" + body + b"\r\n\r\n", private)


@pytest.mark.parametrize(
    ("domains", "name"),
    [
        (("desk.example",), "intake._domainkey.desk.example."),
        (("EXAMPLE", "other.example"), "intake._domainkey.example."),
        (("example", "desk.example"), "intake._domainkey.desk.example."),
    ],
)
def test_the_nearest_domain_signs(domains: tuple[str, ...], name: str, private: bytes) -> None:
    asked: list[str] = []
    assert verified(sent(private, domains=domains).raw, private, asked)
    assert [name] == asked


@pytest.mark.parametrize("domains", [("evil.example",), ("k.example",), ("sub.desk.example",)])
def test_mail_of_another_domain_is_left_as_it_is(domains: tuple[str, ...], private: bytes) -> None:
    assert b"DKIM-Signature" not in sent(private, domains=domains).raw


def test_keys_of_both_forms_will_do(rsa_key) -> None:
    other = pem(rsa_key, serialization.PrivateFormat.PKCS8)
    assert verified(sent(other).raw, other)


@pytest.mark.parametrize("key", [b"", b"no key", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_what_is_no_key_is_refused_at_once(key: bytes) -> None:
    with pytest.raises(ValueError, match="no RSA key"):
        signer(key, "intake", ("desk.example",))


def test_a_name_in_the_header_beyond_ascii_is_signed(private: bytes) -> None:
    out = sent(private, author=Address("jürgen@münchen.example", "Jürgen"))
    assert verified(out.raw, private)
