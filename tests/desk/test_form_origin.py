"""What a form asked for beside its message: who may say it, and what the rules make of it."""

import json
from dataclasses import replace

import pytest
from factories import a_message, a_policy, an_envelope, some_facts

from intake.desk import form_origin
from intake.desk.effects import Finish, Mail, MailKind, OpenTicket
from intake.desk.message import Attachment
from intake.desk.policy import MailboxPolicy
from intake.desk.rules.table import decide

PART = form_origin.part("transfer", {"wallet": "0xabc", "app": "4.12"})
assert PART is not None
SHOT = Attachment("shot.png", "image/png", b"png")


def by(channel: str, *files: Attachment, text: str = "It says no.\n> quoted\n-- \nAda"):
    message = a_message(attachments=files, text=text, new_text="It says no.")
    return form_origin.read(message, replace(an_envelope(), channel=channel))


@pytest.mark.parametrize("channel", form_origin.CHANNELS)
def test_the_part_is_read_and_taken_off(channel: str) -> None:
    read = by(channel, PART, SHOT)

    assert ("transfer", {"wallet": "0xabc", "app": "4.12"}) == (read.category, read.fields)
    assert (SHOT,) == read.attachments
    assert read.text == read.new_text


@pytest.mark.parametrize("channel", ["imap", "lmtp", "smtp", "maildir", "ingest", "", "Form"])
def test_a_strangers_mail_says_nothing_by_it(channel: str) -> None:
    read = by(channel, PART, SHOT)

    assert ("", {}, (PART, SHOT)) == (read.category, read.fields, read.attachments)


@pytest.mark.parametrize("channel", ["form", "api", "imap"])
@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        # The desk's own labels behind the text are in English, whoever fills the form in.
        ("Aidez-moi\n\nWallet address: 0xabc\nThe version of your app: 4.12", "fr", "fr"),
        ("I cannot open my wallet since the update\n\nPortefeuille: 0xabc", "fr", "en"),
        ("12345\n\nWallet address: 0xabc", "", ""),
    ],
)
def test_the_language_that_was_chosen_counts(channel: str, text: str, language: str, expected: str) -> None:
    part = form_origin.part("transfer", {"wallet": "0xabc"}, language)
    assert part is not None
    message = a_message(attachments=(part,), text=text, subject="0", language="xx")

    read = form_origin.read(message, replace(an_envelope(), channel=channel))

    assert (expected if channel != "imap" else "xx") == read.language


def test_the_language_that_was_chosen_goes_before_that_of_the_desk() -> None:
    # Nobody writes mails in Finnish.
    message = a_message(language="fi", chosen_language="ja")

    (opened,) = [one for one in decided("form", message=message) if isinstance(one, OpenTicket)]
    assert "ja" == opened.language


FAKED = {
    "behind another file": (SHOT, PART),
    "another name": (replace(PART, name="other.json"), SHOT),
    "another type": (replace(PART, media_type="application/json"), SHOT),
}


@pytest.mark.parametrize("case", FAKED)
def test_a_file_that_somebody_uploads_says_nothing(case: str) -> None:
    read = by("form", *FAKED[case])

    assert ("", {}, FAKED[case]) == (read.category, read.fields, read.attachments)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{", b"null", b'{"fields": []}', b'{"category": 1}', b'{"fields": {"a": 1}}',
        b"[" * 50_000, b'{"category": "' + b"x" * 70_000 + b'"}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_part_that_is_not_ours_is_nothing(content: bytes) -> None:
    read = by("form", replace(PART, content=content))

    assert ("", {}) == (read.category, dict(read.fields))


def test_a_part_is_bounded() -> None:
    many = {f"f{number}": "x" * 900 for number in range(65)}
    content = json.dumps({"category": "c" * 300, "fields": many}).encode()
    read = by("form", replace(PART, content=content))

    assert (100, 64) == (len(read.category), len(read.fields))
    assert form_origin.part("", {}) is None


def decided(channel: str, quote: str = "verified", authserv: str = "", message=None, **facts):
    policy = a_policy(quote_subject=quote)
    if authserv:
        boxes = {"support": MailboxPolicy("support", "support@desk.example", trusted_authserv=authserv)}
        policy = replace(policy, mailboxes=boxes)
    envelope = replace(an_envelope(), channel=channel, mailbox="support")
    return decide(message or a_message(), envelope, replace(some_facts(), **facts), policy)


def acknowledgements(effects) -> list[Mail]:
    return [one for one in effects if isinstance(one, Mail) and one.kind is MailKind.ACKNOWLEDGEMENT]


def test_fields_and_category_become_the_tickets() -> None:
    message = a_message(category="transfer", fields={"wallet": "0xabc"})
    effects = decided("form", message=message)

    (opened,) = [one for one in effects if isinstance(one, OpenTicket)]
    assert ("transfer", "0xabc") == (opened.category, opened.fields["wallet"])


@pytest.mark.parametrize("channel", form_origin.CHANNELS)
@pytest.mark.parametrize("quote", ["verified", "always", "never"])
def test_an_unconfirmed_address_gets_none_of_the_typed_words(channel: str, quote: str) -> None:
    [mail] = acknowledgements(decided(channel, quote, verified=True))

    assert not mail.quote_subject


@pytest.mark.parametrize(
    ("channel", "authserv", "verified", "today", "expected"),
    [
        ("form", "", False, 0, 1),
        ("form", "", False, 1, 0),
        ("api", "", False, 1, 0),
        # T1: where our server says whom it vouches for, and does not vouch for this one.
        ("imap", "mx.desk.example", False, 0, 1),
        ("imap", "mx.desk.example", False, 1, 0),
        ("imap", "mx.desk.example", True, 1, 1),
        ("imap", "", False, 1, 1),
    ],
)
def test_an_unconfirmed_address_gets_one_mail_a_day(
    channel: str, authserv: str, verified: bool, today: int, expected: int
) -> None:
    effects = decided(channel, authserv=authserv, verified=verified, automatic_last_day=today)

    assert expected == len(acknowledgements(effects))
    if not expected:
        (end,) = [one for one in effects if isinstance(one, Finish)]
        assert "today's acknowledgement was already sent" in end.reason
