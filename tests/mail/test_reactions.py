# ruff: noqa: E501 (a form stays on the line of its name)
"""Emoji reactions of Gmail, of RFC 9078 and of Outlook, and what people write beside and about them."""

import pytest

from intake.desk.message import Message
from intake.mail.anonymise.copy import anonymise
from intake.mail.formats import reaction
from intake.mail.parse import parse

ANSWERS = "In-Reply-To: <a1@desk.example>\nReferences: <q1@x.example> <a1@desk.example>\n"
MICROSOFT = "Thread-Index: AdpzS1\nX-MS-Has-Attach:\nX-MS-Reactions: allow\n"
URL = "<https://www.google.com/gmail/about/?utm_source=gmail-in-product&utm_campaign=emojireactionemail#app>"
QUOTE = "On Tue, 5 Mar 2024 at 10:15, Support <support@desk.example> wrote:\n\n> Please restart the application.\n> Ann\n"
HEADER = (
    "________________________________\nFrom: Support <support@desk.example>\nSent: Tuesday, March 5, 2024 10:15 AM\n"
    "To: Mia Example <mia@example.net>\nSubject: Re: Login\n\nPlease restart the application.\n"
)
SUPPRESSED = "it is an emoji reaction"


def raw_of(body: str, more: str = ANSWERS, kind: str = "text/plain; charset=utf-8") -> bytes:
    return (
        f"From: Mia Example <mia@example.net>\nTo: support@desk.example\nSubject: Re: Login\n{more}"
        f"Message-ID: <r1@example.net>\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{body}"
    ).encode()


def mail(body: str, more: str = ANSWERS, kind: str = "text/plain; charset=utf-8") -> Message:
    return parse(raw_of(body, more, kind))


def gmail(emoji: str, sentence: str, **more: str) -> Message:
    return parse(gmail_raw(emoji, sentence, **more))


def gmail_raw(emoji: str, sentence: str, *, json: str = "", more: str = "", disposition: str = "") -> bytes:
    """A reaction as Gmail sends it: words, the reaction, and HTML."""
    json = json or f'{{\n  "emoji": "{emoji}",\n  "version": 1\n}}'
    text = f"{emoji}\n\n{sentence}\n{URL}\n{more}\n{QUOTE}"
    page = (
        f'<div><p style=3D"font-size:50px">{emoji}</p><p>{sentence}</p></div><br>{more}'
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Support wrote:</div>'
        '<blockquote class="gmail_quote">Please restart the application.</blockquote></div>'
    )
    return raw_of(
        f"--B\nContent-Type: text/plain; charset=UTF-8\n\n{text}\n"
        f"--B\nContent-Type: text/vnd.google.email-reaction+json; charset=UTF-8\n{disposition}\n{json}\n"
        f"--B\nContent-Type: text/html; charset=UTF-8\n\n{page}\n--B--\n",
        kind="multipart/alternative; boundary=B",
    )


GMAIL = [
    ("💖", "Mia reacted via Gmail"), ("👍", "Mia reagierte über Gmail"), ("🎉", "Mia a réagi via Gmail"),
    ("😮", "Mia reaccionó a través de Gmail"), ("👍🏽", "Mia 已通过 Gmail 做出回应"), ("❤️", "Mia님이 Gmail을 통해 반응함"),
    ("👩‍👩‍👧", "Mia ส่งรีแอ็กชันผ่าน Gmail"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "Mia Example with a very long name that fills the whole of a line\nreacted via Gmail"),
    ("1️⃣", "Mia reacted via Gmail"), ("ℹ️", "Mia отреагировала в Gmail"),
]  # fmt: skip


@pytest.mark.parametrize(("emoji", "sentence"), GMAIL)
def test_gmails_reaction_is_its_emoji_in_any_language(emoji: str, sentence: str) -> None:
    found = gmail(emoji, sentence)
    assert (emoji, "", SUPPRESSED, None) == (found.reaction, found.automatic, found.suppress, found.bounce)
    # Nothing of it is a file, and its words are kept.
    assert () == found.attachments
    assert sentence.split("\n")[0] in found.text


def test_a_reaction_that_is_the_whole_mail_or_has_no_words_is_read() -> None:
    json = '{"version":1,"emoji":"👍"}'
    alone = mail(json, kind="text/vnd.google.email-reaction+json; charset=utf-8")
    assert ("👍", "👍", ()) == (alone.reaction, alone.text, alone.attachments)
    encoded = "eyJ2ZXJzaW9uIjoxLCJlbW9qaSI6IvCfkY0ifQ=="
    kind = "text/vnd.google.email-reaction+json; charset=utf-8\nContent-Transfer-Encoding: base64"
    assert "👍" == mail(encoded, kind=kind).reaction
    parts = f"--B\nContent-Type: text/vnd.google.email-reaction+json\n\n{json}\n--B--\n"
    assert "👍" == mail(parts, kind="multipart/mixed; boundary=B").reaction


RFC_9078 = {
    "a text that is a reaction": mail("👍\n", f"{ANSWERS}Content-Disposition: reaction\n"),
    "two signs": mail("👍 🎉\n", f"{ANSWERS}Content-Disposition: Reaction\n"),
    "a part that is one": mail(
        "--B\nContent-Type: text/plain; charset=utf-8\nContent-Disposition: reaction\n\n👍\n--B--\n",
        kind="multipart/mixed; boundary=B",
    ),
}


@pytest.mark.parametrize("found", RFC_9078.values(), ids=RFC_9078.keys())
def test_a_reaction_by_the_standard_is_one(found: Message) -> None:
    assert found.reaction in ("👍", "👍 🎉")
    assert SUPPRESSED == found.suppress


OUTLOOK = [
    ("👍", "[like] Mia Example reacted to your message:"), ("❤️", "[heart]  Mia Example reacted to your message:"),
    ("🎉", "[celebrate] Example, Mia reacted to your message"), ("😆", "[laugh] Mia hat auf Ihre Nachricht reagiert:"),
    ("😮", "[surprised] Mia Example a réagi à votre message :"), ("😢", "[sad] Mia ha reaccionado a su mensaje:"),
    ("an emoji", "[0] Mia Example reacted to your message:"), ("an emoji", "Mia Example reacted to your message:"),
    ("👍", "👍 Mia Example reacted to your message:"), ("👍", "Mia Example reacted to your message: 👍"),
    ("👍", "[like] Mia отреагировал(-а) на ваше сообщение:"), ("👍", "[like] Mia Example 已对你的邮件做出了反应:"),
    ("👍", "[like] Mia Exampleさんがあなたのメッセージにリアクションしました"), ("👍", "[like] Mia reagiu à sua mensagem:"),
]  # fmt: skip


@pytest.mark.parametrize(("sign", "sentence"), OUTLOOK)
def test_outlooks_reaction_is_its_sentence_and_nothing_else(sign: str, sentence: str) -> None:
    found = mail(f"{sentence}\n{HEADER}", ANSWERS + MICROSOFT)
    assert (sign, "", SUPPRESSED) == (found.reaction, found.automatic, found.suppress)


@pytest.mark.parametrize("more", [ANSWERS, MICROSOFT], ids=["answers", "by Outlook"])
def test_outlooks_picture_and_one_thing_more_are_enough(more: str) -> None:
    assert "👍" == mail("[like] Mia Example reacted to your message:\n", more).reaction
    assert "" == mail("[like] Mia Example reacted to your message:\n", "").reaction


def test_outlooks_reaction_is_read_from_its_html() -> None:
    page = (
        '<html><body><table><tr><td><img alt="like" src="" style="height:25px"> </td><td><span>Mia Example</span> '
        '<span>reacted to your message:</span></td></tr></table><div id="divRplyFwdMsg"><hr>From: Support</div>'
        "Please restart.</body></html>"
    )
    found = mail(page, ANSWERS + MICROSOFT, "text/html; charset=utf-8")
    assert found.reaction in ("👍", "an emoji")


def test_a_field_that_says_so_needs_no_picture() -> None:
    said = "X-Example-Reaction: like\n"
    assert "an emoji" == mail("Mia Example reacted to your message\n", said).reaction
    assert "👍" == mail("👍\n", said).reaction
    assert "" == mail("My wallet is empty since Monday.\n", said).reaction


PEOPLE = {
    "thanks with an emoji": mail("Thank you 👍\n"),
    "an emoji that nobody calls a reaction": mail("👍\n"),
    "words beside Gmail's": gmail("👍", "Mia reacted via Gmail", more="\nBut my wallet is still locked.\n"),
    "a question beside Gmail's": gmail("👍", "Is it safe to answer via Gmail?"),
    "words called a reaction": mail("It is locked.\n", f"{ANSWERS}Content-Disposition: reaction\n"),
    "words beside a reaction by the standard": mail(
        "--B\nContent-Type: text/plain; charset=utf-8\nContent-Disposition: reaction\n\n👍\n"
        "--B\nContent-Type: text/plain\n\nBut the other one is locked.\n--B--\n",
        kind="multipart/mixed; boundary=B",
    ),
    "a form that is none": gmail("👍", "Mia reacted via Gmail", json='{"version": 1}'),
    "a form that is no JSON": gmail("👍", "Mia reacted via Gmail", json="{"),
    "words in its form": gmail("👍", "Mia reacted via Gmail", json='{"emoji": "call me", "version": 1}'),
    "the reaction as a file": gmail(
        "👍", "Mia reacted via Gmail", disposition="Content-Disposition: attachment; filename=r.json\n"
    ),
    "Outlook's sentence with words": mail(f"[like] Mia reacted to your message: but it is locked\n{HEADER}", ANSWERS + MICROSOFT),
    "words below Outlook's sentence": mail(f"[like] Mia reacted to your message:\nIt is locked.\n{HEADER}", ANSWERS + MICROSOFT),
    "who reports on another": mail("[like] Bob Smith reacted to your message:\n", ANSWERS + MICROSOFT),
    "who asks about one": mail("Your desk reacted to your message: what is that?\n", ANSWERS + MICROSOFT),
    "the sentence without a sign, from no Outlook": mail("Mia reacted to your message:\n"),
    "the sentence in a mail that answers none": mail("Mia reacted to your message:\n", MICROSOFT),
    "who may react to it": mail("It is locked.\n", ANSWERS + MICROSOFT),
}  # fmt: skip


@pytest.mark.parametrize("found", PEOPLE.values(), ids=PEOPLE.keys())
def test_what_a_person_wrote_is_no_reaction(found: Message) -> None:
    assert ("", "") == (found.reaction, found.automatic)
    assert found.new_text


def test_a_file_beside_a_reaction_is_somebodys_mail() -> None:
    raw = (
        "--B\nContent-Type: text/plain; charset=utf-8\nContent-Disposition: reaction\n\n👍\n"
        "--B\nContent-Type: image/png\nContent-Disposition: attachment; filename=shot.png\n\nx\n--B--\n"
    )
    found = mail(raw, kind="multipart/mixed; boundary=B")
    assert ("", ["shot.png"]) == (found.reaction, [file.name for file in found.attachments])


@pytest.mark.parametrize("text", ["", "ok", "5", ":-)", "👍 ok", "👍" * 41, "\u202e👍", "👍\x1b[31m", "好"])
def test_no_other_text_is_a_sign(text: str) -> None:
    assert "" == reaction.emojis(text)


def test_the_same_words_without_what_calls_them_a_reaction_are_another_mail() -> None:
    body = f"Mia Example reacted to your message:\n{HEADER}"
    assert mail(body, ANSWERS + MICROSOFT).fingerprint != mail(body, ANSWERS).fingerprint


COPIED = {
    "of Gmail": gmail_raw("💖", "Mia reacted via Gmail"),
    "by the standard": raw_of("👍\n", f"{ANSWERS}Content-Disposition: reaction\n"),
    "of Outlook": raw_of(f"[like] Mia Example reacted to your message:\n{HEADER}", ANSWERS + MICROSOFT),
}


@pytest.mark.parametrize("raw", COPIED.values(), ids=COPIED.keys())
def test_a_copy_without_names_and_words_is_a_reaction_too(raw: bytes) -> None:
    copy = anonymise(raw, b"a key of this run only, and secret")
    assert parse(raw).reaction
    assert bool(parse(raw).reaction) == bool(parse(copy).reaction)
    assert b"Example" not in copy
