"""`intake secret test` says what it found, and what it did not read."""

from email.message import EmailMessage
from pathlib import Path

from canaries import PHRASE
from click.testing import CliRunner

from intake.cli import main


def said(file: Path) -> str:
    return CliRunner().invoke(main, ["secret", "test", str(file)]).output


def test_what_was_not_read_is_named_beside_what_was_found(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "lin@customer.example", "Help"
    mail.set_content("See the files.")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(3_000), "image", "png", filename="shot.png")
    mail.add_attachment(PHRASE.encode(), "text", "plain", filename="words.txt")
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    (tmp_path / "shot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(3_000))
    (tmp_path / "words.txt").write_text(PHRASE)

    assert [
        "seed phrase, 12 words, in a file (certain)",
        "Not read here, but by a running desk where it can: shot.png.",
    ] == said(tmp_path / "mail.eml").splitlines()
    assert "Not read here, but by a running desk where it can: shot.png." in said(tmp_path / "shot.png")
    assert ["seed phrase, 12 words, in the text (certain)"] == said(tmp_path / "words.txt").splitlines()
