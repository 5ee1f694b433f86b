"""docs/providers.md: what it promises of each provider is a profile that the desk is tried against."""

import re
from pathlib import Path

import pytest

from intake.channels.imap_answers import CODES
from intake.config import settings as config
from intake.config.mailboxes import ImapMailbox
from intake.testing.providers import PROVIDERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
SETTINGS = dict(re.findall(r"^### ([^\n]+)\n\n```ini\n(.+?)```", PAGE, re.MULTILINE | re.DOTALL))
OAUTH = "\n[oauth work]\nprovider = google\nflow = browser\nclient_id = x\nclient_secret = y\n"


def test_each_row_has_a_profile_and_each_profile_a_row_and_settings() -> None:
    table = PAGE.partition("| provider |")[2].partition("\n\n")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
    titles = [provider.title for provider in PROVIDERS]
    assert (titles, titles) == (rows, list(SETTINGS))


@pytest.mark.parametrize("provider", PROVIDERS, ids=[provider.name for provider in PROVIDERS])
def test_a_limit_is_one_that_the_provider_states_or_says_that_it_is_none(provider) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {provider.title} |")]
    limits = row.rstrip(" |").rpartition(" | ")[2].split("; ")
    stated = [limit for limit in limits if re.search(r"\d", limit) and "not stated" not in limit]
    assert [] == [limit for limit in limits if "told of" in limit and "not stated" not in limit]
    assert bool(stated) == bool(provider.limits), stated
    assert not any("github.com" in page for page in provider.limits), "a thread is no word of the provider"


@pytest.mark.parametrize("provider", PROVIDERS, ids=[provider.name for provider in PROVIDERS])
def test_the_settings_are_a_valid_config_for_its_host(tmp_path: Path, provider) -> None:
    file = tmp_path / "config.ini"
    head = "[desk]\nname = Test\naddress = support@example.com\n[smtp]\nhost = localhost\n"
    file.write_text(head + SETTINGS[provider.title] + OAUTH, encoding="utf-8")
    section = config.load(file).mailbox("support", ImapMailbox)
    assert (provider.host, 993, "tls") == (section.host, section.port, section.security)
    assert bool(section.auth) or not provider.token, "no password opens it"
    assert provider.sources, "where a rule is from is written down"


def test_each_response_code_of_the_page_is_known_and_what_passes_is_said_to() -> None:
    for cells in re.findall(r"^\| (`\[.+?) \| .+? \| (.*?) \|$", PAGE, re.MULTILINE):
        for code in re.findall(r"`\[([A-Z]+)\]`", cells[0]):
            if code not in ("NONEXISTENT", "ALERT"):
                assert CODES[code].passes == cells[1].startswith("by itself"), code
