"""A mail's own signature is passed on to nobody; a picture pasted into a mail reaches who reads it."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from pump import Clock, PumpedDesk

from intake.desk import tokens
from intake.desk.effects import MailKind
from intake.desk.tokens import Purpose

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SHOWN = f'<img alt="shot" src="data:image/png;base64,{base64.b64encode(PNG).decode()}">'
WHO = "Subject: Re: docomo\r\nDate: Thu, 1 Jan 2026 08:05:00 +0000\r\nMessage-ID: <a1@staff.desk.example>\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PumpedDesk]:
    made = PumpedDesk(tmp_path / "one", "desk.example", Clock())
    made.write("lin@customer.example", "My coins are late")
    made.deliver()
    made.sent.clear()
    made.clock.later(minutes=5)
    yield made
    made.close()


def replied(desk: PumpedDesk, body: bytes) -> Any:
    """Anna answers #1 with a mail of these fields and this body; what Lin gets of it."""
    token = tokens.make(desk.desk.keys[0], Purpose.AGENT, 1, 1, tokens.lifetime(desk.clock.now, 9))
    head = f"From: Anna <{desk.agent}>\r\nTo: {tokens.address(desk.address, token)}\r\n{WHO}"
    desk.take(head.encode() + body, sender=desk.agent)
    desk.deliver()
    (answer,) = [one for one in desk.sent if one.kind is MailKind.RELAY]
    return message_from_bytes(answer.raw)


def files(mail: Any) -> list[str]:
    return [part.get_filename() for part in mail.walk() if part.get_filename()]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the mail")
@pytest.mark.parametrize("how", [[], ["-nodetach"]], ids=["detached", "around the mail"])
def test_an_agents_smime_signature_goes_to_nobody(desk: PumpedDesk, tmp_path: Path, how: list[str]) -> None:
    for line in (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=anna",
        "openssl smime -sign -signer c.pem -inkey k.pem -in said.txt -out mail.txt " + " ".join(how),
    ):
        (tmp_path / "said.txt").write_bytes(b"Content-Type: text/plain\r\n\r\nPress the second button.\r\n")
        subprocess.run(line.split(), cwd=tmp_path, check=True, capture_output=True)
    signed = (tmp_path / "mail.txt").read_bytes()
    assert b"smime.p7" in signed

    mail = replied(desk, signed)

    assert [] == files(mail)
    assert b"Press the second button." in mail.as_bytes()
    # The ticket shows no file either; the mail as it came still has it.
    assert [] == [file for entry in desk.store.tickets.entries(1) for file in entry.files]
    newest = desk.store.ledger.list_messages(limit=1)[0]
    assert b"smime.p7" in (desk.store.ledger.raw(newest.id) or b"")


@pytest.mark.parametrize("kind", ["application/pgp-signature", "application/octet-stream"])
def test_an_agents_openpgp_signature_goes_to_nobody(desk: PumpedDesk, kind: str) -> None:
    body = (
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=b\r\n'
        "\r\n--b\r\nContent-Type: text/plain\r\n\r\nPress the second button.\r\n--b\r\n"
        f"Content-Type: {kind}; name=signature.asc\r\n"
        "Content-Disposition: attachment; filename=signature.asc\r\n"
        "\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----\r\n--b--\r\n"
    )
    mail = replied(desk, body.encode())
    assert [] == files(mail)
    assert "PGP" not in mail.as_string()


def test_a_picture_pasted_into_an_answer_reaches_the_customer_in_its_place(desk: PumpedDesk) -> None:
    page = f"<p>Press this one:</p><p>{SHOWN}</p><p>Then wait.</p>"
    mail = replied(desk, f"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n{page}\r\n".encode())
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert PNG == picture.get_payload(decode=True)
    (html,) = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    assert f"cid:{picture['Content-ID'].strip('<>')}".encode() in html.get_payload(decode=True)


def test_a_customers_picture_is_a_file_of_the_ticket_and_named_to_agents(desk: PumpedDesk) -> None:
    raw = (
        f"From: lin@customer.example\r\nTo: {desk.reply_address(1)}\r\nSubject: Re: My coins are late\r\n"
        "Message-ID: <l2@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
        f"<p>This is the error:</p>{SHOWN}<p>What now?</p>\r\n"
    )
    desk.take(raw.encode(), sender="lin@customer.example")
    desk.deliver()

    entry = desk.store.tickets.entries(1)[-1]
    assert [("image.png", "image/png", len(PNG))] == [(f.name, f.media_type, f.size) for f in entry.files]
    (notice,) = [one.raw for one in desk.sent if one.kind is MailKind.NOTICE]
    mail = message_from_bytes(notice)
    assert ["image.png"] == files(mail)
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    assert b"[image: image.png]" in text.get_payload(decode=True)
