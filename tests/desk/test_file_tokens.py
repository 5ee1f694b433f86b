"""Tokens in links to files: what they say, and that nothing else is one."""

from datetime import UTC, datetime

import pytest
from each_case import each

from intake.desk import file_tokens, tokens
from intake.desk.sensitive import leaks

KEY, OTHER = b"k" * 32, b"o" * 32
AT = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
SHA = "ab" * 32
TOKEN = file_tokens.make(KEY, 12, 3, SHA, AT)


def test_a_token_says_ticket_agent_file_and_expiry() -> None:
    token = file_tokens.read([OTHER, KEY], TOKEN)
    assert file_tokens.FileToken(12, 3, "ab" * 11, AT) == token
    assert file_tokens.TOKEN_LENGTH == len(TOKEN)


@each("place", range(file_tokens.TOKEN_LENGTH))
def test_no_letter_of_it_can_be_another(place: int) -> None:
    other = "b" if TOKEN[place] != "b" else "c"
    assert file_tokens.read([KEY], TOKEN[:place] + other + TOKEN[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 64,
        TOKEN[:-1],
        TOKEN + "a",
        TOKEN.upper(),
        "é" * 64,
        tokens.make(KEY, tokens.Purpose.AGENT, 12, 3, AT),
    ],
)
def test_what_is_none_is_none(text: str) -> None:
    assert file_tokens.read([KEY], text) is None


def test_of_another_key_it_is_none_and_it_is_no_reply_address() -> None:
    assert file_tokens.read([OTHER], TOKEN) is None
    assert tokens.read([KEY], TOKEN[:44], AT) is None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (f"https://help.example/file/{TOKEN}", ()),
        (f"https://help.example/file/{TOKEN[:30]}\r\n> {TOKEN[30:]}", ()),
        (f"https://help.example/file/{TOKEN[:30]}=\r\n{TOKEN[30:]}", ()),
        (f"https%3A%2F%2Fhelp.example%2Ffile%2F{TOKEN}", ()),
        (f"it is {TOKEN.upper()} here", (KEY,)),
    ],
)
def test_a_link_counts_as_ours_wherever_it_is_quoted(text: str, keys: tuple[bytes, ...]) -> None:
    assert leaks.TOKEN == leaks.held(text.encode(), keys)


@pytest.mark.parametrize(
    "text", ["https://help.example/file/manual.pdf", "BAAA" * 5000, f"it is {TOKEN} here"]
)
def test_what_only_looks_like_one_does_not(text: str) -> None:
    assert "" == leaks.held(text.encode(), (OTHER,))


def test_what_somebody_quotes_of_a_link_leads_nobody_to_the_file() -> None:
    for link in (f"https://help.example/file/{TOKEN}", f"see HTTPS://HELP.EXAMPLE/FILE/{TOKEN.upper()}."):
        shown = file_tokens.masked(link)
        assert TOKEN not in shown.lower()
        assert shown.lower().startswith(link.lower()[:20])
    other = "https://help.example/file/manual.pdf"
    assert other == file_tokens.masked(other)
