"""`--raw` shows a mail as it came, with what nobody should have mailed hidden however it is encoded."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from canaries import PHRASE, SECRETS, leaks
from command_line import Run

from intake.commands.messages import RAW_SHOWN


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_secret_is_hidden_in_the_raw_mail_and_in_what_is_owed_for_it(
    encoding: str, intake: Run, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lin@customer.example", "help@desk.example", f"é {PHRASE}"
    mail.set_content(f"Whatever I type, the wallet answers no to: {SECRETS}\n", cte=encoding)
    mail.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{PHRASE}.txt")
    (tmp_path / "one.eml").write_bytes(mail.as_bytes())
    intake("ingest", str(tmp_path / "one.eml"))

    said = intake("message", "show", "1", "--raw").stdout
    assert "[hidden: seed phrase" in said
    assert [] == leaks(said)
    assert [] == leaks(intake("outbox", "show", "1", "--raw").stdout)


def test_a_secret_where_the_raw_mail_is_cut_is_hidden_first(intake: Run, tmp_path: Path) -> None:
    head = b"From: lin@customer.example\r\nSubject: Long\r\n\r\n"
    above = (b"x" * 60 + b"\r\n") * (RAW_SHOWN // 62 - 2)
    raw = head + above + b"\r\n" * ((RAW_SHOWN - len(head + above) - 40) // 2) + PHRASE.encode() + b"\r\n"
    (tmp_path / "one.eml").write_bytes(raw)
    intake("ingest", str(tmp_path / "one.eml"))

    assert "legal winner" not in intake("message", "show", "1", "--raw").stdout


def test_a_redaction_takes_a_secret_out_of_the_names_of_files(
    intake: Run, tmp_path: Path, config: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lin@customer.example", "help@desk.example", "A file"
    mail.set_content("It is attached.")
    mail.add_attachment(b"x", maintype="image", subtype="png", filename=f"{PHRASE}.png")
    (tmp_path / "one.eml").write_bytes(mail.as_bytes())
    intake("ingest", str(tmp_path / "one.eml"))
    (tmp_path / "one.eml").unlink()

    intake("ticket", "redact", "1")

    data = config.parent / "data"
    held = [path for path in data.rglob("*") if path.is_file() and b"sausage" in path.read_bytes()]
    assert [] == held
    assert "[redacted: seed phrase].png" in intake("ticket", "files", "1").stdout
