"""With everything logged that can be, on the whole road, nothing that somebody wrote is in the log."""

import json
import urllib.error
import urllib.request
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest
from canaries import SECRETS, leaks
from running import RunningDesk, read, soon, write_config

from intake.testing import imap_append
from intake.testing.tools import free_port

LIN, ANNA = "lin@customer.example", "anna@staff.example"
WORDS = (
    "canary-subject",
    "canary-body",
    "canary-name",
    "canary-file",
    "canary-answer",
    "canary-form",
    "canary-odd",
)


def question() -> bytes:
    mail = EmailMessage()
    mail["From"] = f"canary-name <{LIN}>"
    mail["To"] = "support@desk.example"
    mail["Subject"] = f"canary-subject {SECRETS}"
    mail["Message-ID"] = "<q1@customer.example>"
    mail.set_content(f"canary-body {SECRETS}\n")
    mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="canary-file.bin")
    # What libraries complain of: fields that are broken, a charset that is none.
    odd = b'Reply-To: "canary-odd <<>>\r\nCc: canary-odd@@x, =?x-none?Q?canary-odd?=\r\nDate: canary-odd\r\n'
    return odd + mail.as_bytes().replace(b"utf-8", b"x-canary-odd")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_nothing_that_was_written_is_logged_at_debug(where, tmp_path, dovecot, sink, user, request):
    store = "sqlite:///intake.db" if where == "sqlite" else request.getfixturevalue("postgres_url")
    port = free_port()
    config = write_config(
        tmp_path,
        imap=(dovecot.host, dovecot.port),
        user=user,
        password=dovecot.password,
        sink=(sink.host, sink.port),
        desk="log_level = debug",
        store=store.replace("%", "%%"),
    )
    config.write_text(config.read_text().replace("enabled = no", f"port = {port}"))
    desk = RunningDesk(config)
    assert 0 == desk.intake("agent", "add", ANNA, "--name", "Anna", "--team", "support").returncode
    with desk:
        imap_append(dovecot, user, question())
        told = read(soon(lambda: sink.to(ANNA), 60)[0].raw)
        answer = EmailMessage()
        answer["From"] = ANNA
        answer["To"] = told["Reply-To"]
        answer["Subject"] = "Re: canary-subject"
        answer.set_content("canary-answer\n")
        imap_append(dovecot, user, answer.as_bytes())
        soon(lambda: len(sink.to(LIN)) >= 2, 60)
        form = soon(lambda: page(f"http://127.0.0.1:{port}/"), 30)
        token = form.partition('name="token" value="')[2].partition('"')[0]
        fields = {"token": token, "name": "canary-name", "email": "eve@other.example",
                  "subject": "canary-form", "message": f"canary-form {SECRETS}"}  # fmt: skip
        page(f"http://127.0.0.1:{port}/", urlencode(fields).encode())
        soon(lambda: len(json.loads(desk.intake("message", "list", "--json").stdout)) >= 2, 30)
        assert 0 == desk.stop()
    said = desk.log.read_text()
    assert "intake." in said
    assert [] == [line for line in said.splitlines() if leaks(line) or any(word in line for word in WORDS)]
    assert dovecot.password not in said


def page(url: str, data: bytes | None = None) -> str:
    """Return what the form answers, "" while it does not."""
    try:
        with urllib.request.urlopen(url, data, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as err:
        return err.read().decode()
    except OSError:
        return ""
