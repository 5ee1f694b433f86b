"""[oauth NAME], and what logs in by it: each slip is told with its cure; no password beside a token."""

from pathlib import Path

import pytest
from config_files import config_text

from intake.config.settings import ConfigError, load

CLIENT = "provider = microsoft\nflow = client\ntenant = example.com\nclient_id = 1\nclient_secret = s"
IMAP = "type = imap\nhost = outlook.office365.com\nuser = help@example.com\nauth = oauth:work"
SMTP = "host = smtp.office365.com\nuser = help@example.com\nauth = oauth:work"


def read(folder: Path, account: str = CLIENT, mailbox: str = IMAP, smtp: str = SMTP):  # type: ignore[no-untyped-def]
    path = folder / "intake.ini"
    path.write_text(
        config_text(mailbox=mailbox, smtp=smtp, more=f"[oauth work]\n{account}"), encoding="utf-8"
    )
    return load(path)


def test_a_mailbox_and_smtp_log_in_by_an_account_without_a_password(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert "work" == settings.smtp.auth == settings.mailboxes["support"].auth
    assert ("microsoft", "client", "s") == (
        settings.oauth["work"].provider,
        settings.oauth["work"].flow,
        settings.oauth["work"].client_secret,
    )
    assert "client_secret" not in repr(settings)


def test_a_secret_may_stand_in_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    account = CLIENT.replace("client_secret = s", "client_secret_file = secret")
    assert "from a file" == read(tmp_path, account).oauth["work"].client_secret


WRONG = {
    "no such account": (
        {"mailbox": IMAP.replace("work", "home")},
        "[mailbox support] auth",
        "no [oauth home]",
    ),
    "another word": ({"smtp": SMTP.replace("oauth:work", "xoauth2")}, "[smtp] auth", "not a way to log in"),
    "a password beside it": (
        {"mailbox": f"{IMAP}\npassword = p"},
        "[mailbox support] password",
        "stands beside",
    ),
    "one in smtp": ({"smtp": f"{SMTP}\npassword = p"}, "[smtp] password", "not even when the token fails"),
    "no password either": (
        {"mailbox": IMAP.replace("auth = oauth:work", "")},
        "[mailbox support] password",
        "is missing",
    ),
    "no user": ({"smtp": SMTP.replace("user = help@example.com\n", "")}, "[smtp] user", "is missing"),
    "in the clear": (
        {"mailbox": f"{IMAP}\nsecurity = none"},
        "[mailbox support] security",
        "never sent unenc",
    ),
    "not ascii": ({"smtp": SMTP.replace("help@", "hülfe@")}, "[smtp] user", "outside ASCII"),
    "no client": ({"account": CLIENT.replace("client_id = 1\n", "")}, "[oauth work] client_id", "is missing"),
    "a tenant that leads elsewhere": (
        {"account": CLIENT.replace("example.com", "../evil")},
        "[oauth work] tenant",
        "'../evil' is not a tenant",
    ),
    "a tenant with a question in it": (
        {"account": CLIENT.replace("example.com", "common?x=y")},
        "[oauth work] tenant",
        "is not a tenant",
    ),
    "no tenant": ({"account": CLIENT.replace("example.com", "common")}, "[oauth work] tenant", "Directory"),
    "neither secret nor certificate": (
        {"account": CLIENT.replace("client_secret = s", "")},
        "[oauth work] client_secret",
        "either client_secret or certificate",
    ),
    "both": ({"account": f"{CLIENT}\ncertificate = c.pem"}, "[oauth work] client_secret", "remove the other"),
    "a device at google": (
        {"account": "provider = google\nclient_id = 1"},
        "[oauth work] flow",
        "no access to mail by flow = device",
    ),
    "a service account at microsoft": (
        {"account": "provider = microsoft\nflow = service\nkey_file = k\nuser = help@example.com"},
        "[oauth work] flow",
        "Set flow = client",
    ),
    "a service account without its mailbox": (
        {"account": "provider = google\nflow = service\nkey_file = k"},
        "[oauth work] user",
        "is missing for flow = service",
    ),
    "a service account of another mailbox": (
        {"account": "provider = google\nflow = service\nkey_file = k\nuser = other@example.com"},
        "[smtp] user",
        "is for other@example.com",
    ),
    "custom without addresses": (
        {"account": "provider = custom\nclient_id = 1"},
        "[oauth work] token_url",
        "is missing for provider = custom",
    ),
    "a server in the clear": (
        {"account": f"{CLIENT}\ntoken_url = http://login.example.com/token"},
        "[oauth work] token_url",
        "Begin it with https",
    ),
    "no provider": ({"account": "client_id = 1"}, "[oauth work] provider", "is missing"),
    "a day that is none": (
        {"account": f"{CLIENT}\nsecret_expires = soon"},
        "[oauth work] secret_expires",
        "date",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_slip_is_told_with_its_cure(name: str, tmp_path: Path) -> None:
    keys, place, words = WRONG[name]
    with pytest.raises(ConfigError) as failure:
        read(tmp_path, **keys)
    told = [f"[{one.section}] {one.key}: {one.what}. {one.cure}" for one in failure.value.problems]
    assert [] != [line for line in told if line.startswith(place) and words in line], told
    assert all(one.cure for one in failure.value.problems)
    assert [] == [line for line in told if told.count(line) > 1]


def test_a_server_on_this_machine_may_be_asked_in_the_clear(tmp_path: Path) -> None:
    account = f"{CLIENT}\ntoken_url = http://127.0.0.1:8080/token"
    assert read(tmp_path, account).oauth["work"].token_url.startswith("http://127.0.0.1")
