"""The other side of the pipelines: clients that note what they were told, and desks made ready."""

import contextlib
import re
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage
from pathlib import Path

from faults import rig
from faults.rig import Child, Truth, letter
from webserving import body_of

from intake.testing import SinkServer

LARGE = 1_100_000
THREE = (letter("ann"), letter("bob", LARGE), letter("cyd"))
LISTENERS = {
    "lmtp": "type = lmtp\nport = 0\naccept = support@desk.example",
    "smtp": "type = smtp\nport = 0\naccept = support@desk.example",
}


def with_file(name: str) -> bytes:
    """A mail with a file too large for the database."""
    made = EmailMessage()
    made["From"], made["To"] = f"{name}@customer.example", "support@desk.example"
    made["Subject"], made["Message-ID"] = "a file", f"<{name}@customer.example>"
    made.set_content("See the file.")
    made.add_attachment(b"y" * LARGE, maintype="application", subtype="octet-stream", filename="a.bin")
    return made.as_bytes().replace(b"\n", b"\r\n")


def template_of(tmp_path: Path, sink: SinkServer, kind: str = "type = ingest", *raws: bytes) -> Path:
    """A prepared desk that has received `raws`."""
    folder = rig.prepare(tmp_path / "template", sink.port, kind)
    desk = rig.desk_in(folder)
    rig.give(desk, *raws)
    desk.store.close()
    return folder


def deliver_to(child: Child, kind: str, truth: Truth, seconds: float = 30.0) -> None:
    """Send the three mails once; note which the listener took. It must refuse none for good."""
    for raw in THREE:
        truth.give(raw)
    client_of = smtplib.LMTP if kind == "lmtp" else smtplib.SMTP
    port = child.port(seconds)
    with (
        contextlib.suppress(OSError, smtplib.SMTPServerDisconnected),
        client_of("127.0.0.1", port, timeout=20) as client,
    ):
        for raw in THREE:
            try:
                refused = client.sendmail("a@customer.example", ["support@desk.example"], raw)
            except smtplib.SMTPResponseException as err:
                if not 400 <= err.smtp_code < 500:
                    raise AssertionError(f"refused for good: {err}") from err
            except smtplib.SMTPRecipientsRefused as err:
                raise AssertionError(f"refused: {err}") from err
            else:
                # LMTP: smtplib tells what became of each recipient only by raising or not.
                if refused:
                    raise AssertionError(f"refused: {refused}")
                truth.accept(raw)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def post_to(port: int, page: dict[str, bytes], file: bytes = b"") -> bool:
    """Fill in the form, or post once more what is in `page`; return whether it said that it was sent."""
    url = f"http://127.0.0.1:{port}/"
    if not page:
        with urllib.request.urlopen(url, timeout=20) as answer:
            token = re.search(rb'name="token" value="([^"]+)"', answer.read())
        assert token is not None
        fields = {"token": token[1].decode(), "name": "Lin", "email": "lin@customer.example"}
        fields |= {"subject": "help", "message": "My coins are late."}
        page["body"] = body_of(fields, file) if file else urllib.parse.urlencode(fields).encode()
    kind = "multipart/form-data; boundary=b" if file else "application/x-www-form-urlencoded"
    try:
        asked = urllib.request.Request(url, page["body"], {"Content-Type": kind})
        urllib.request.build_opener(_Stay).open(asked, timeout=20)
    except urllib.error.HTTPError as err:
        if err.code not in (303, 503):
            raise AssertionError(f"the form answered {err.code}") from err
        return err.code == 303
    raise AssertionError("the form came back")
