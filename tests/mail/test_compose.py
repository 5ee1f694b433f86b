"""Outgoing mail as its readers see it: the standard library reads back what we made."""

import email
import email.policy
import os
import time
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import pytest
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, some_settings

from intake.desk import tokens
from intake.desk.effects import Mail, MailKind, Outgoing
from intake.desk.message import Address, Attachment
from intake.desk.policy import MailboxPolicy
from intake.desk.ticket import Ticket
from intake.desk.tokens import Purpose
from intake.mail.outgoing import compose
from intake.rendering.composer import DELIMITER, Composer
from intake.rendering.enclosing import MAX_FILES

SIGNATURE = "Example Wallet, answers from people"


def composer(keys: tuple[bytes, ...] = (KEY,), **desk: Any) -> Composer:
    settings = some_settings(**{"signature": SIGNATURE, **desk})
    return Composer(settings, a_policy(), keys, unique=lambda: "0123456789abcdef0123456789abcdef")


def made(mail: Mail, ticket: Ticket | None = None, **desk: Any) -> Outgoing:
    out = composer(**desk).compose(mail, ticket or a_ticket(), NOW)
    assert out is not None
    return out


def parsed(out: Outgoing) -> Message:
    return email.message_from_bytes(out.raw)


def shown(message: Message, name: str) -> str:
    return str(make_header(decode_header(message[name]))).replace("\r\n", "").replace("\n", "")


def body(message: Message) -> str:
    part = message
    while part.is_multipart():
        first = part.get_payload(0)
        assert isinstance(first, Message)
        part = first
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8").replace("\r\n", "\n")


def a_mail(kind: MailKind, **changes: Any) -> Mail:
    agents = (MailKind.NOTICE, MailKind.ALERT, MailKind.ANSWER)
    to = Address(ANNA.address, ANNA.name) if kind in agents else LIN
    values: dict[str, Any] = {
        "text": "Please help me",
        "author": LIN if kind is MailKind.NOTICE else Address(ANNA.address, ANNA.name),
        "agent": ANNA,
        "event": "closed" if kind is MailKind.STATUS else "",
    }
    return Mail(kind, 12, dedupe="key", **{"to": to, **values, **changes})


# -- who, whence, how it is answered ---------------------------------------------------

EXPECTED: dict[MailKind, dict[str, Any]] = {
    MailKind.ACKNOWLEDGEMENT: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.CUSTOMER,
        "bounce": False,
        "auto": "auto-replied",
        "subject": "Re: My coins are gone",
    },
    MailKind.WARNING: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.CUSTOMER,
        "bounce": False,
        "auto": "auto-replied",
        "subject": "Your recovery phrase or private key is exposed [#12]",
    },
    MailKind.STATUS: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.CUSTOMER,
        "bounce": False,
        "auto": "auto-generated",
        "subject": "Re: My coins are gone",
    },
    MailKind.SURVEY: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.SURVEY,
        "bounce": False,
        "auto": "auto-generated",
        "subject": "How would you rate our support? [#12] My coins are gone",
    },
    MailKind.RELAY: {
        "from": '"Anna (Example Wallet)" <support@desk.example>',
        "purpose": Purpose.CUSTOMER,
        "bounce": True,
        "auto": None,
        "subject": "Re: My coins are gone",
    },
    MailKind.PARTNER: {
        "from": '"Anna (Example Wallet)" <support@desk.example>',
        "purpose": Purpose.PARTNER,
        "bounce": False,
        "auto": None,
        "subject": "My coins are gone",
    },
    MailKind.NOTICE: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.AGENT,
        "bounce": True,
        "auto": "auto-generated",
        "subject": "[#12] My coins are gone",
    },
    MailKind.ALERT: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.AGENT,
        "bounce": True,
        "auto": "auto-generated",
        "subject": "[#12] My coins are gone",
    },
    MailKind.ANSWER: {
        "from": '"Example Wallet" <support@desk.example>',
        "purpose": Purpose.AGENT,
        "bounce": True,
        "auto": "auto-replied",
        "subject": "[#12] My coins are gone",
    },
}


@pytest.mark.parametrize("kind", list(MailKind))
def test_what_each_kind_of_mail_says_of_itself(kind: MailKind) -> None:
    expected, out = EXPECTED[kind], made(a_mail(kind))
    message = parsed(out)

    assert expected["from"] == message["From"]
    assert expected["subject"] == shown(message, "Subject")
    assert expected["auto"] == message["Auto-Submitted"]
    assert ("All" if expected["auto"] else None) == message["X-Auto-Response-Suppress"]
    token = tokens.in_addresses([KEY], [message["Reply-To"].partition("<")[2].strip(">")], NOW)
    assert token is not None
    person = {Purpose.AGENT: ANNA.id, Purpose.SURVEY: int(NOW.timestamp())}.get(expected["purpose"], 0)
    assert (expected["purpose"], 12, person) == (token.purpose, token.ticket, token.person)
    days = 30 if expected["purpose"] is Purpose.SURVEY else 180
    assert days <= (token.expires - NOW).days <= days + 1
    bounce = tokens.in_addresses([KEY], [out.mail_from], NOW)
    assert expected["bounce"] == (bounce is not None and bounce.purpose is Purpose.BOUNCE)
    # What a partner's server returns comes back to the conversation with them.
    assert expected["bounce"] or (out.mail_from == "") == (expected["purpose"] is not Purpose.PARTNER)
    assert "Sun, 22 Nov 2026 12:00:00 +0000" == message["Date"]
    assert f"<{out.message_id}>" == message["Message-ID"]
    unique = "0123456789abcdef0123456789abcdef"
    if expected["purpose"] in (Purpose.AGENT, Purpose.PARTNER):
        # Hosts that take plus parts away leave this one.
        carried = tokens.in_ids([KEY], [out.message_id], NOW)
        assert carried == token
        assert out.message_id.endswith(f".{unique[:16]}@desk.example")
    else:
        assert f"{unique}@desk.example" == out.message_id
    assert "en" == message["Content-Language"]
    assert "1.0" == message["MIME-Version"]
    assert [None, None, None] == [message[name] for name in ("Precedence", "List-Id", "Bcc")]
    assert len(message.keys()) == len(set(message.keys()))


def test_a_desk_with_an_international_domain_writes_it_in_a_labels() -> None:
    policy = a_policy(mailboxes={"support": MailboxPolicy("support", "support@bücher.example")})
    settings = some_settings(signature=SIGNATURE)
    out = Composer(settings, policy, (KEY,)).compose(a_mail(MailKind.RELAY), a_ticket(), NOW)

    assert out is not None
    assert out.raw.isascii()
    assert out.mail_from.endswith("@xn--bcher-kva.example")
    assert f"<{out.message_id}>" == parsed(out)["Message-ID"]
    assert out.message_id.endswith("@xn--bcher-kva.example")


def test_customers_get_the_thread_of_the_ticket() -> None:
    message = parsed(made(a_mail(MailKind.RELAY)))

    assert "<a1@desk.example>" == message["In-Reply-To"]
    assert ["<q1@customer.example>", "<a1@desk.example>"] == message["References"].split()


def test_a_long_thread_keeps_the_first_and_the_newest() -> None:
    ids = tuple(f"m{number}@x.example" for number in range(50))

    references = parsed(made(a_mail(MailKind.RELAY), a_ticket(message_ids=ids)))["References"].split()

    assert ["<m0@x.example>", *(f"<m{number}@x.example>" for number in range(31, 50))] == references


def test_a_ticket_without_message_ids_has_no_references() -> None:
    message = parsed(made(a_mail(MailKind.RELAY), a_ticket(message_ids=())))

    assert (None, None) == (message["In-Reply-To"], message["References"])


def test_agents_get_one_root_a_ticket_that_a_new_key_does_not_change() -> None:
    def root(number: int, *keys: bytes) -> str:
        out = composer(keys).compose(a_mail(MailKind.NOTICE), a_ticket(id=number), NOW)
        assert out is not None
        message = parsed(out)
        assert message["In-Reply-To"] == message["References"]
        return str(message["References"])

    assert root(12, KEY) == root(12, b"new" * 11, KEY)
    assert len({root(12, KEY), root(13, KEY), root(12, b"other" * 7)}) == 3


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("My coins", "My coins"),
        ("Re: RE: re: My coins", "My coins"),
        ("回复：回复: 我的币", "我的币"),
        ("AW: SV: Antw: My coins", "My coins"),
        ("Re[2]: My coins", "My coins"),
        ("Re: [#12] My coins [#12]", "My coins"),
        ("[#99999] Re: My coins", "My coins"),
        ("Regarding: re-entry", "Regarding: re-entry"),
        ("x Re: y", "x Re: y"),
        ("Re:", ""),
        ("", ""),
        ("re" * 50_000, ""),
    ],
)
def test_a_subject_loses_its_prefixes_and_numbers(subject: str, bare: str) -> None:
    found = compose.bare_subject(subject)

    assert found == (bare or found)
    assert len(found) <= compose.MAX_SUBJECT


def test_the_number_stands_once_in_the_subject_of_an_answer() -> None:
    message = parsed(made(a_mail(MailKind.RELAY), a_ticket(subject="Re: Re: My coins [#7]")))

    assert "Re: My coins" == shown(message, "Subject")


# -- what must not be said -------------------------------------------------------------


def test_an_unverified_sender_gets_none_of_his_own_words_back() -> None:
    mail = a_mail(MailKind.ACKNOWLEDGEMENT, quote_subject=False, to=Address(LIN.mailbox, "BUY NOW"))
    out = made(mail, a_ticket(subject="CHEAP PILLS http://evil.example"))
    message = parsed(out)

    assert "We have received your message [#12]" == shown(message, "Subject")
    for word in (b"CHEAP", b"evil", b"BUY"):
        assert word not in out.raw
    # Bytes out per byte in: an acknowledgement must not be worth forging a sender for.
    assert len(out.raw) < 1200


def test_the_acknowledgement_warns_of_who_asks_for_a_recovery_phrase() -> None:
    assert "never ask for your recovery phrase" in body(parsed(made(a_mail(MailKind.ACKNOWLEDGEMENT))))
    chinese = made(a_mail(MailKind.ACKNOWLEDGEMENT), a_ticket(language="zh-Hans"))
    assert "助记词" in body(parsed(chinese))


def test_an_answer_carries_nothing_of_the_inside() -> None:
    out = made(a_mail(MailKind.RELAY), a_ticket(participants=("boss@customer.example",), related=7))
    message = parsed(out)

    assert "Please help me\n\n-- \nExample Wallet, answers from people\n" == body(message)
    assert ANNA.address.encode() not in out.raw
    assert b"boss@customer.example" not in out.raw
    assert "support+" not in body(message)


def test_an_answer_of_files_alone_is_still_an_answer() -> None:
    files = (Attachment("how-to.pdf", "application/pdf", b"%PDF"),)

    message = parsed(made(a_mail(MailKind.RELAY, text="", attachments=files), signature=""))

    assert "Please see the attached file.\n" == body(message)


def test_a_notice_says_who_wrote_and_how_to_answer() -> None:
    mail = a_mail(MailKind.NOTICE, stranger=True, text="First line\n\nSecond <b>line</b> & more")
    text = body(parsed(made(mail, a_ticket(related=9))))

    assert text.startswith(f"{DELIMITER}\n")
    for words in (
        "Lin <lin@customer.example> wrote:",
        "this sender is not part of this ticket",
        "may be related to #9",
        "First line\n\nSecond <b>line</b> & more\n",
        "Your reply to this email is sent to the customer",
        "#note",
        "assigned to Anna",
        "pending",
    ):
        assert words in text


def test_mail_to_agents_is_in_the_language_of_the_desk() -> None:
    chinese = a_ticket(language="zh-Hans")

    assert "en" == parsed(made(a_mail(MailKind.NOTICE), chinese))["Content-Language"]
    assert "zh-Hans" == parsed(made(a_mail(MailKind.NOTICE), language="zh-Hans"))["Content-Language"]
    assert "zh-Hans" == parsed(made(a_mail(MailKind.RELAY), chinese))["Content-Language"]
    assert "en" == parsed(made(a_mail(MailKind.RELAY), a_ticket(language="../../etc")))["Content-Language"]


def test_what_the_desk_does_not_tell_makes_no_mail() -> None:
    quiet = composer(status_mails=("resolved", "reopened"))

    assert quiet.compose(a_mail(MailKind.STATUS, event="assigned"), a_ticket(), NOW) is None
    assert quiet.compose(a_mail(MailKind.STATUS, event="closed"), a_ticket(), NOW) is not None


# -- headers nobody can break out of ---------------------------------------------------

BREAKS = (
    *("\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
    *("\x1b[31m", "\x9b", "\x7f", "\ud800", "\u202e", "\u200b", "\t"),
)
SHAPES = (
    "a{0}Bcc: evil@x.example",
    "{0}Bcc: evil@x.example",
    "a{0} folded{0}{0}body",
    "=?utf-8?q?a=0d=0aBcc:=20evil@x.example?=",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQHguZXhhbXBsZQ==?={0}",
    '"{0}" <evil@x.example>, ',
    "é{0}Bcc: evil@x.example",
    "a" * 300 + "{0}Bcc: evil@x.example",
    "我" * 120 + "{0}Bcc: evil@x.example",
)
FIELDS = ("subject", "name", "desk", "agent", "file")
INJECTIONS = [(field, shape.format(one)) for one in BREAKS for shape in SHAPES for field in FIELDS]


def _poisoned(field: str, text: str) -> Outgoing:
    mail = a_mail(
        MailKind.RELAY,
        to=Address(LIN.mailbox, text if field == "name" else "Lin"),
        agent=ANNA if field != "agent" else type(ANNA)(1, text, ANNA.address),
        attachments=(Attachment(text if field == "file" else "a.png", "image/png", b"png"),),
    )
    desk = {"name": text} if field == "desk" else {}
    return made(mail, a_ticket(subject=text if field == "subject" else "Coins"), **desk)


def test_five_hundred_attempts_add_no_header() -> None:
    assert len(INJECTIONS) >= 500
    plain = parsed(_poisoned("none", ""))
    files = plain.get_payload(1)
    assert isinstance(files, Message)
    for field, text in INJECTIONS:
        out = _poisoned(field, text)
        message = parsed(out)
        part = message.get_payload(1)
        assert isinstance(part, Message)
        assert plain.keys() == message.keys(), (field, text)
        assert files.keys() == part.keys(), (field, text)
        assert len(message.get_payload()) == 2, (field, text)
        for name in ("From", "To", "Subject", "Reply-To"):
            value = shown(message, name)
            assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in value), value
        assert max(map(len, out.raw.split(b"\r\n"))) <= 998
        assert b"\n" not in out.raw.replace(b"\r\n", b"")
        assert b"\r" not in out.raw.replace(b"\r\n", b"")
        assert out.raw.isascii()


@pytest.mark.parametrize(
    "one",
    [
        "a@b>\r\nBcc: evil@x.example",
        "a b@c",
        "<a@b>",
        "é@b",
        "x" * 500 + "@b",
        "",
        "a@b\x00",
    ],
)
def test_a_strangers_message_id_is_left_out_when_it_is_none(one: str) -> None:
    message = parsed(made(a_mail(MailKind.RELAY), a_ticket(message_ids=("q1@x.example", one))))

    assert ["<q1@x.example>"] == message["References"].split()


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("héllo wörld " * 20, 250),
        ("我的币不见了" * 40, 250),
        ("👩‍🚀" * 80, 250),
        ("word " * 49, 250),
        ("x" * 240, 250),
    ],
)
def test_every_alphabet_comes_back_and_no_line_is_too_long(text: str, limit: int) -> None:
    header = compose.unstructured("Subject", text, limit)

    assert compose.clean(text, limit) == shown(email.message_from_string(header + "\r\n\r\n"), "Subject")
    assert max(map(len, header.split("\r\n"))) <= 76


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Lin", "lin@customer.example"),
        ("", "lin@customer.example"),
        ('Lin "the \\ cat" (x) <a@b>, Co.', "lin@customer.example"),
        ("林", "lin@customer.example"),
        ("=?utf-8?q?evil?=", "lin@customer.example"),
        ("Lin, evil@x.example", '"odd local"@customer.example'),
        ("林" * 90, f"{'l' * 60}@{'d' * 60}.example"),
    ],
)
def test_an_address_header_names_one_mailbox(name: str, address: str) -> None:
    header = compose.mailbox_header("To", name, address)
    read = email.message_from_bytes(header.encode() + b"\r\n\r\n", policy=email.policy.default)["To"]

    # The standard library puts a space between two encoded-words where RFC 2047 section 6.2 has none.
    names = [one.display_name.replace("林 ", "林") for one in read.addresses]
    assert [(name, address)] == list(zip(names, [one.addr_spec for one in read.addresses], strict=True))


def test_an_international_domain_is_written_in_a_labels() -> None:
    assert "To: lin@xn--bcher-kva.example" == compose.mailbox_header("To", "", "lin@bücher.example")


def test_what_is_no_address_is_not_written() -> None:
    assert "To: undisclosed-recipients:;" == compose.mailbox_header("To", "x", "a@b>\r\nBcc: c@d")


# -- bodies and files ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain\nlines", "7bit"),
        (".\n..\nFrom me", "7bit"),
        ("héllo " * 300, "quoted-printable"),
        ("x" * 5000, "quoted-printable"),
        ("我的币不见了。\n" * 50, "base64"),
        ("a\u2028b\rc\r\nd", "7bit"),
    ],
)
def test_a_body_arrives_as_it_was_written(text: str, encoding: str) -> None:
    headers, content = compose.text_part(text)
    part = email.message_from_bytes("\r\n".join([*headers, "", ""]).encode() + content)

    assert encoding == part["Content-Transfer-Encoding"]
    assert text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n") == body(part)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_a_body_loses_control_characters() -> None:
    assert b"a[31mbc\td" == compose.text_part("a\x1b[31mb\x00\x9bc\td")[1]


def test_files_keep_their_bytes_names_and_places() -> None:
    files = (
        Attachment("screen shot.png", "image/png", bytes(range(256)) * 40, "img1@mail", inline=True),
        Attachment("截图“一”.jpg", "image/jpeg", b"jpeg"),
        Attachment("page.html", "text/html", b"<script>", inline=True),
        Attachment("original", "message/rfc822", b"Subject: x\r\n\r\n--=_0123456789abcdef0123456789abcdef--"),
        Attachment("", "image/svg+xml", b"<svg/>", "svg\r\nX: y"),
    )
    # A stranger's: nothing of it is shown in the page.
    message = parsed(made(a_mail(MailKind.NOTICE, attachments=files, stranger=True)))
    parts = message.get_payload()[1:]

    assert [one.content for one in files] == [part.get_payload(decode=True) for part in parts]
    assert [
        ("image/png", "attachment", "screen shot.png", None),
        ("image/jpeg", "attachment", "截图“一”.jpg", None),
        ("application/octet-stream", "attachment", "page.html", None),
        ("application/octet-stream", "attachment", "original.eml", None),
        ("application/octet-stream", "attachment", "attachment", None),
    ] == [
        (part.get_content_type(), part.get_content_disposition(), part.get_filename(), part["Content-ID"])
        for part in parts
    ]


def test_a_long_file_name_is_cut_and_keeps_its_ending() -> None:
    headers, _ = compose.file_part(Attachment("截" * 200 + ".png", "image/png", b"x"))
    name = email.message_from_string("\r\n".join([*headers, "", ""])).get_filename()

    assert name is not None
    assert len(name.encode()) <= compose.MAX_FILENAME
    assert name.startswith("截截")
    assert name.endswith(".png")


def test_files_that_fit_into_no_mail_are_named_instead() -> None:
    files = (
        Attachment("film.mp4", "video/mp4", bytes(MAX_FILES + 1)),
        Attachment("a.png", "image/png", b"x"),
    )
    message = parsed(made(a_mail(MailKind.NOTICE, attachments=files)))

    assert 2 == len(message.get_payload())
    assert "film.mp4" in body(message)


def test_the_same_mail_is_made_of_the_same_values() -> None:
    assert made(a_mail(MailKind.NOTICE)) == made(a_mail(MailKind.NOTICE))


def test_identifiers_differ_by_default() -> None:
    settings = some_settings(signature=SIGNATURE)
    outs = [
        Composer(settings, a_policy(), (KEY,)).compose(a_mail(MailKind.RELAY), a_ticket(), NOW) for _ in "ab"
    ]

    assert 2 == len({out.message_id for out in outs if out})


def test_making_a_mail_is_quick() -> None:
    """Half a thousand acknowledgements a second and a hundred notices with a picture, on a slow machine."""
    picture = Attachment("a.png", "image/png", os.urandom(200_000))
    for mail, allowed in (
        (a_mail(MailKind.ACKNOWLEDGEMENT), 0.0015),
        (a_mail(MailKind.NOTICE, attachments=(picture,)), 0.004),
    ):
        maker, best = composer(), 1.0
        for _ in range(20):
            start = time.process_time()
            maker.compose(mail, a_ticket(), NOW)
            best = min(best, time.process_time() - start)
        assert best < allowed
