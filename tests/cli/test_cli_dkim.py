"""`intake dkim`: from a new key to mail that verifies against the printed record."""

import re
from pathlib import Path

import dkim
import pytest


def the_value(printed: str) -> bytes:
    found = re.search(r"in one piece:\n(v=DKIM1.*)", printed)
    assert found is not None
    return found[1].encode()


@pytest.fixture
def signed(intake, config: Path, tmp_path: Path) -> str:
    """A desk with a key; what was printed when it was made."""
    printed = intake("dkim", "create").stdout
    config.write_text(config.read_text() + f"\n[dkim]\nkey_file = {tmp_path / 'data' / 'dkim.key'}\n")
    return str(printed)


def test_mail_verifies_against_the_record_that_was_printed(intake, mail, signed: str) -> None:
    intake("ingest", str(mail()))
    raw = intake("outbox", "show", "1", "--bytes").stdout_bytes
    assert dkim.DKIM(raw).verify(dnsfunc=lambda name, timeout=5: the_value(signed))
    assert the_value(signed) == the_value(intake("dkim", "show").stdout)


def test_the_record_fits_a_zone_file(signed: str) -> None:
    line = next(one for one in signed.splitlines() if " IN TXT " in one)
    strings = re.findall(r'"([^"]*)"', line)
    assert line.startswith("intake._domainkey.desk.example. IN TXT ( ")
    assert the_value(signed).decode() == "".join(strings)
    assert max(map(len, strings)) <= 255


@pytest.mark.usefixtures("signed")
def test_the_key_is_private_and_not_replaced_unasked(intake, tmp_path: Path) -> None:
    key = tmp_path / "data" / "dkim.key"
    before = key.read_bytes()
    assert 0o600 == key.stat().st_mode & 0o777
    assert "already exists" in intake("dkim", "create", code=1).output
    assert before == key.read_bytes()
    intake("dkim", "create", "--force")
    assert before != key.read_bytes()


def test_what_is_missing_is_said(intake, config: Path, tmp_path: Path) -> None:
    for command in ("show", "check"):
        assert "`intake dkim create` creates a key" in intake("dkim", command, code=1).output
    text = config.read_text()
    config.write_text(text + "\n[dkim]\nkey_file = gone.key\n")
    assert f"{tmp_path / 'gone.key'} cannot be read" in intake("ticket", "list", code=1).output
    (tmp_path / "bad.key").write_text("nothing")
    config.write_text(text + "\n[dkim]\nkey_file = bad.key\n")
    assert "no RSA key in PEM" in intake("ticket", "list", code=1).output


@pytest.mark.usefixtures("signed")
def test_the_check_says_why_receivers_cannot_verify(
    intake, monkeypatch: pytest.MonkeyPatch, signed: str
) -> None:
    monkeypatch.setattr(dkim, "get_txt", lambda name, timeout=5: None)
    said = intake("dkim", "check", code=1).output
    assert "intake._domainkey.desk.example: there is no record, or it is for another key" in said
    assert "error" not in said
    monkeypatch.setattr(dkim, "get_txt", lambda name, timeout=5: the_value(signed))
    assert "receivers can verify it" in intake("dkim", "check").output
