# ruff: noqa: E501 (a case stays on the line of its name)
"""What a signature does not cover decides nothing: mail as large providers sign it, and what could be done to it.

The attacker has a mail that Anna signed and sent to the desk or to Eve, and Anna's reply token.
"""

import re
from collections.abc import Callable, Iterator

import dkim
import pytest
from agent_desk import EVE, Domain, StrictDesk
from desk_mail import plain_of

from intake.desk.ticket import EntryKind, Status

STAFF = "staff.desk.example"
ANNA = f"anna@{STAFF}"

# What the providers' signatures list, as read in their mail. Gmail and Proton leave out Content-Type, Microsoft
# To and what leads to the thread, Yahoo Message-ID.
GMAIL = b"to:subject:message-id:date:from:in-reply-to:references:mime-version:from:to:cc:subject:date:message-id:reply-to"
GMAIL_TEXT = b"content-transfer-encoding:" + GMAIL
MICROSOFT = b"From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck"
FASTMAIL = b"cc:cc:content-type:content-type:date:date:from:from:in-reply-to:in-reply-to:message-id:mime-version:references:references:reply-to:subject:subject:to:to"
ICLOUD = b"To:From:Subject:Date:Message-ID:Content-Type:MIME-Version:x-icloud-hme"
PROTON = b"Date:To:From:Subject:Message-ID:In-Reply-To:References:Feedback-ID:From:To:Cc:Date:Subject:Reply-To:Feedback-ID:Message-ID:BIMI-Selector"
POSTFIX = b"Date:From:To:Subject:In-Reply-To:References:From:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding"
YAHOO = b"Date:From:To:Cc:Subject:References:From:Subject:Reply-To"
BARE = b"from:to:subject:date:message-id"


@pytest.fixture(scope="module")
def staff() -> Domain:
    return Domain(STAFF)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, staff) -> Iterator[StrictDesk]:
    desk = StrictDesk(
        tmp_path_factory.mktemp("signed"), "alerts_per_hour = 10000\nautomatic_per_hour = 10000"
    )
    desk.dns[staff.place] = staff.record
    yield desk
    desk.close()


def parts(
    *bodies: str, kind: str = "alternative", boundary: str = "0000000000001b2c3d", above: str = ""
) -> tuple[str, str]:
    """The type of a mail in parts, and its body."""
    inner = "".join(f"--{boundary}\r\n{one}\r\n" for one in bodies)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n', f"{above}{inner}--{boundary}--\r\n"


TEXT = 'Content-Type: text/plain; charset="UTF-8"\r\n\r\n{}\r\n'
HTML = 'Content-Type: text/html; charset="UTF-8"\r\n\r\n<div dir="ltr">{}</div>\r\n'
FILE = (
    'Content-Type: text/plain; charset="US-ASCII"; name="log.txt"\r\n'
    'Content-Disposition: attachment; filename="log.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\nVGhlIGxvZw==\r\n'
)


def plain(text: str) -> tuple[str, str]:
    return 'Content-Type: text/plain; charset="UTF-8"\r\n', f"{text}\r\n"


def both(text: str) -> tuple[str, str]:
    return parts(TEXT.format(text), HTML.format(text))


def with_file(text: str) -> tuple[str, str]:
    kind, body = parts(TEXT.format(text), HTML.format(text), boundary="000000000000aa")
    return parts(f"{kind}\r\n{body}", FILE, kind="mixed", boundary="000000000000bb")


def signed(
    desk: StrictDesk,
    staff: Domain,
    listed: bytes,
    said: tuple[str, str],
    *,
    to: str | None = None,
    cc: str = "",
    more: str = "",
    forms: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
) -> bytes:
    """A mail of Anna's, signed over the fields `listed` as a provider would."""
    head = desk.mail("x", to=to or desk.to()).partition(b"MIME-Version")[0].decode()
    copied = f"Cc: {cc}\r\n" if cc else ""
    raw = f"{head}{copied}{more}MIME-Version: 1.0\r\n{said[0]}\r\n{said[1]}".encode()
    made = dkim.DKIM(raw)
    made.should_not_sign = set()
    return (
        made.sign(
            b"s1",
            STAFF.encode(),
            staff.private,
            include_headers=listed.lower().split(b":"),
            canonicalize=forms,
        )
        + raw
    )


def before(raw: bytes, extra: str) -> bytes:
    return extra.encode() + raw


def changed(raw: bytes, old: str, new: str) -> bytes:
    out, count = re.subn(old.encode(), lambda match: match.expand(new.encode()), raw, count=1)
    assert count == 1, old
    return out


def quoting(desk: StrictDesk, text: str = "Under the sofa.") -> str:
    return f"{text}\r\n\r\nOn Monday the desk wrote:\r\n> ##- Please type -##\r\n> ref:{desk.token()}"


def retyped(raw: bytes, kind: str) -> bytes:
    """The same with another type, which Gmail does not sign."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return (
        changed(head + b"\r\n\r\n", r"Content-Type: [^\r]*\r\n", f"Content-Type: {kind}\r\n" if kind else "")
        + body
    )


def arrives(desk: StrictDesk, raw: bytes) -> tuple[list[bytes], list[str]]:
    """Take a mail in; return what went out in Anna's name, and the drafts it made."""
    desk.clock.later(hours=1)
    desk.deliver()
    desk.sent.clear()
    drafts = len(desk.said(EntryKind.DRAFT))
    desk.take(raw, sender=ANNA)
    relayed = desk.relayed()
    return relayed, desk.said(EntryKind.DRAFT)[drafts:]


def told_of(desk: StrictDesk) -> list[str]:
    """What Anna is told of a mail that was kept: at once or, where a machine may have caused it, an hour later."""
    desk.deliver()
    desk.clock.later(hours=1)
    words = (" ".join(plain_of(raw).split()) for raw in desk.told())
    return [text for text in words if "was kept as a private draft and not sent" in text]


ORDINARY: dict[str, Callable[[StrictDesk, Domain], bytes]] = {
    "Gmail, plain text": lambda d, s: signed(d, s, GMAIL_TEXT, plain("Under the sofa.")),
    "Gmail, plain text that signs no encoding": lambda d, s: signed(d, s, GMAIL, plain("Under the sofa.")),
    "Gmail, plain text, quoted-printable": lambda d, s: signed(d, s, GMAIL_TEXT, ('Content-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n', "Under the so=\r\nfa=2E\r\n")),
    "Gmail, plain text in Chinese": lambda d, s: signed(d, s, GMAIL_TEXT, ('Content-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: base64\r\n', "VW5kZXIgdGhlIHNvZmEuIOWcqOaymeWPkeS4iw==\r\n")),
    "Gmail, with HTML": lambda d, s: signed(d, s, GMAIL, both("Under the sofa.")),
    "Gmail, with a file": lambda d, s: signed(d, s, GMAIL, with_file("Under the sofa.")),
    "Gmail, in the thread": lambda d, s: signed(d, s, GMAIL, both("Under the sofa."), to=d.address, more=f"In-Reply-To: <ref.{d.token()}.ab@desk.example>\r\n"),
    "Gmail, with a copy to a colleague": lambda d, s: signed(d, s, GMAIL, both("Under the sofa."), cc=f"wei@{STAFF}"),
    "Microsoft, quoting": lambda d, s: signed(d, s, MICROSOFT, both(quoting(d)), more="X-MS-Exchange-SenderADCheck: 1\r\n"),
    "Fastmail": lambda d, s: signed(d, s, FASTMAIL, both("Under the sofa.")),
    "Fastmail, words without a sign": lambda d, s: signed(d, s, FASTMAIL, plain("Please look under the sofa again today")),
    "Fastmail, a link": lambda d, s: signed(d, s, FASTMAIL, plain("See https://example.com/?sofa=12&x=abc and https://example.com/?y=E4=")),
    "Fastmail, a link with a number": lambda d, s: signed(d, s, FASTMAIL, plain("The sofa: https://example.com/?id=12")),
    "Fastmail, lines of one word": lambda d, s: signed(d, s, FASTMAIL, plain("Thanks\r\n\r\nsofa\r\nAnna\r\nLumenSupportTeam")),
    "Fastmail, plain text": lambda d, s: signed(d, s, FASTMAIL, plain("Under the sofa.")),
    "iCloud": lambda d, s: signed(d, s, ICLOUD, both("Under the sofa.")),
    "Proton": lambda d, s: signed(d, s, PROTON, parts(TEXT.format("Under the sofa."), HTML.format("Under the sofa."), boundary="b1_x", above="This is a multi-part message in MIME format.\r\n\r\n")),
    "Postfix": lambda d, s: signed(d, s, POSTFIX, with_file("Under the sofa.")),
    "Postfix, flowed": lambda d, s: signed(d, s, POSTFIX, ("Content-Type: text/plain; charset=UTF-8; format=flowed\r\n", "Under the \r\nsofa.\r\n")),
    "a short list": lambda d, s: signed(d, s, BARE, plain("Under the sofa.")),
    "a short list, simple forms": lambda d, s: signed(d, s, BARE, plain("Under the sofa."), forms=(b"simple", b"simple")),
    "Date, To and Received of servers on the way": lambda d, s: before(signed(d, s, GMAIL, both("Under the sofa.")), "Return-Path: <anna@staff.desk.example>\r\nDelivered-To: help@desk.example\r\nReceived: from a by b; x\r\nX-Spam-Score: 0\r\n"),
    "a name for its language": lambda d, s: signed(d, s, GMAIL, both("Under the sofa."), more="Content-Language: en-US\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_mail_of_the_large_providers_goes_out(name, desk, staff):
    relayed, drafts = arrives(desk, ORDINARY[name](desk, staff))
    assert [] == drafts
    (sent,) = relayed
    assert b"sofa" in sent


NOTE = "#note\r\nThey look like a fraud."
PRIVATE = parts(TEXT.format(NOTE), FILE, kind="mixed")

CHANGED: dict[str, Callable[[StrictDesk, Domain], bytes]] = {
    # -- where the token stands
    "a token put into an unsigned Cc": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"Cc: {d.to()}\r\n"),
    "a token in an unsigned To": lambda d, s: changed(signed(d, s, MICROSOFT, both("For Eve alone."), to=EVE), f"To: {EVE}", f"To: {d.to()}"),
    "a To where there was none": lambda d, s: before(changed(signed(d, s, MICROSOFT, both("For Eve alone."), to=EVE), f"To: {EVE}\r\n", ""), f"To: {d.to()}\r\n"),
    "an In-Reply-To that was added": lambda d, s: before(signed(d, s, BARE, plain("For the desk."), to=d.address), f"In-Reply-To: <ref.{d.token()}.ab@desk.example>\r\n"),
    "References that were added": lambda d, s: before(signed(d, s, BARE, plain("For the desk."), to=d.address), f"References: <ref.{d.token()}.ab@desk.example>\r\n"),
    "a token in the name of somebody else's address": lambda d, s: signed(d, s, GMAIL, both("For Eve alone."), to=f"help+{d.token()}@evil.example"),
    "a token in the name of an address in Cc": lambda d, s: signed(d, s, GMAIL, both("For Eve alone."), to=EVE, cc=f"eve+{d.token()}@evil.example"),
    "a token in a mail to somebody else": lambda d, s: signed(d, s, GMAIL, both(quoting(d)), to=EVE),
    "and delivered to us": lambda d, s: before(signed(d, s, GMAIL, both(quoting(d)), to=EVE), f"Delivered-To: {d.to()}\r\n"),
    # -- how the body is read
    "another type": lambda d, s: retyped(signed(d, s, GMAIL, plain(NOTE)), "text/html"),
    "another character set": lambda d, s: retyped(signed(d, s, GMAIL, plain(NOTE)), "text/plain; charset=utf-16"),
    "the seven bits of old": lambda d, s: retyped(signed(d, s, GMAIL, plain("+ACM-note hello")), "text/plain; charset=utf-7"),
    "lines that flow": lambda d, s: retyped(signed(d, s, GMAIL, plain("#note \r\nhello")), "text/plain; charset=utf-8; format=flowed; delsp=yes"),
    "a name, which makes it a file": lambda d, s: retyped(signed(d, s, GMAIL, plain(NOTE)), "text/plain; name=x.txt"),
    "a file by a field that was added": lambda d, s: before(signed(d, s, FASTMAIL, plain(NOTE)), "Content-Disposition: attachment; filename=x.txt\r\n"),
    "no type any more": lambda d, s: retyped(signed(d, s, GMAIL, both(NOTE)), ""),
    "parts called a text": lambda d, s: retyped(signed(d, s, GMAIL, both(NOTE)), "text/plain"),
    "a file called the other form of the text": lambda d, s: retyped(signed(d, s, GMAIL, PRIVATE), 'multipart/alternative; boundary="0000000000001b2c3d"'),
    "a text and its HTML called two texts": lambda d, s: retyped(signed(d, s, GMAIL, both(NOTE)), 'multipart/mixed; boundary="0000000000001b2c3d"'),
    "a report": lambda d, s: retyped(signed(d, s, GMAIL, both(NOTE)), 'multipart/report; report-type=delivery-status; boundary="0000000000001b2c3d"'),
    "mails in a digest": lambda d, s: retyped(signed(d, s, GMAIL, both(NOTE)), 'multipart/digest; boundary="0000000000001b2c3d"'),
    "the boundary of an inner part": lambda d, s: retyped(signed(d, s, GMAIL, with_file(NOTE)), 'multipart/alternative; boundary="000000000000aa"'),
    "a boundary that somebody wrote": lambda d, s: retyped(signed(d, s, GMAIL, plain(f"{NOTE}\r\n--eve\r\n\r\nLook below the stairs\r\n--eve--")), 'multipart/mixed; boundary="eve"'),
    "a boundary in a quote": lambda d, s: retyped(signed(d, s, GMAIL, both(f"{NOTE}\r\n--eve\r\nContent-Type: text/plain\r\n\r\nLook below the stairs\r\n--eve--")), 'multipart/mixed; boundary="eve"'),
    "an encoding that was added": lambda d, s: before(signed(d, s, FASTMAIL, plain("VW5kZXIgdGhlIHNvZmEuVW5kZXIgdGhlIHNvZmEu")), "Content-Transfer-Encoding: base64\r\n"),
    "an encoding of lines that was added": lambda d, s: before(signed(d, s, FASTMAIL, plain("=23note hello")), "Content-Transfer-Encoding: quoted-printable\r\n"),
    "an encoding that was taken away": lambda d, s: changed(signed(d, s, FASTMAIL, ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "I25vdGUKVGhleSBsb29rIGxpa2UgYSBmcmF1ZC4=\r\n")), "Content-Transfer-Encoding: base64\r\n", ""),
    "an encoding of many lines that was taken away": lambda d, s: changed(signed(d, s, FASTMAIL, ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "I25vdGUKVGhl\r\nI25vdGUKVGhl\r\nIHk=\r\n")), "Content-Transfer-Encoding: base64\r\n", ""),
    "lines of an encoding that was taken away": lambda d, s: changed(signed(d, s, FASTMAIL, ("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n", "=23note\r\nfraud\r\n")), "Content-Transfer-Encoding: quoted-printable\r\n", ""),
    "a blank below the header of a part": lambda d, s: changed(signed(d, s, FASTMAIL, both("#note\r\nFrom: Eve\r\nSubject: fraud\r\n\r\nHello")), 'text/plain; charset="UTF-8"\r\n\r\n', 'text/plain; charset="UTF-8"\r\n \r\n'),
    "two types": lambda d, s: before(signed(d, s, FASTMAIL, plain(NOTE)), "Content-Type: text/html\r\n"),
    "two types, signed once": lambda d, s: before(signed(d, s, POSTFIX, plain(NOTE)), "Content-Type: text/html\r\n"),
    # -- which mail it is
    "another subject": lambda d, s: changed(signed(d, s, b"from:to:date:message-id", plain("Under the sofa.")), "Subject: [^\r]*", "Subject: #close"),
    "no Message-ID": lambda d, s: changed(signed(d, s, YAHOO, plain("Under the sofa.")), "Message-ID: [^\r]*\r\n", ""),
    "another Message-ID": lambda d, s: changed(signed(d, s, YAHOO, plain("Under the sofa.")), "Message-ID: <", "Message-ID: <x"),
    # -- what another reader sees
    "a field behind half a line's end": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"X-Note: a\rCc: {d.to()}\r\n"),
    "a field behind an empty line": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"\r\nCc: {d.to()}\r\n"),
    "a line of an old mailbox that is a field": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"From : x\r\nCc: {d.to()}\r\n"),
    "a blank before a colon": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"Cc : {d.to()}\r\n"),
    "a field of another shape of letters": lambda d, s: before(signed(d, s, BARE, plain("For Eve alone."), to=EVE), f"CC: {d.to()}\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_what_was_not_signed_decides_nothing_and_the_mail_is_kept(name, desk, staff):
    raw = CHANGED[name](desk, staff)
    before_ = desk.store.tickets.get(1).status, len(desk.said(EntryKind.NOTE))
    relayed, drafts = arrives(desk, raw)
    assert [] == relayed
    row = desk.store.ledger.list_messages(limit=1)[0]
    assert row.rule in ("unproven_agent", "unproven_note", "new_ticket", "words_for_others")
    if row.rule != "new_ticket":
        assert 1 == len(drafts)
        assert 1 == len(told_of(desk))
    else:
        # To us it is a mail of Anna's that was sent to somebody else: a ticket of its own, and nothing more.
        assert 1 != row.ticket
    assert before_ == (desk.store.tickets.get(1).status, len(desk.said(EntryKind.NOTE)))


def test_of_two_tokens_the_signed_one_counts(desk, staff):
    """A reply to ticket 1, with the token of ticket 2 put into what the provider does not sign."""
    raw = signed(desk, staff, MICROSOFT, both(quoting(desk)), more="X-MS-Exchange-SenderADCheck: 1\r\n")
    raw = changed(raw, re.escape(desk.to()), desk.to(desk.token(2)))
    relayed, drafts = arrives(desk, raw)
    assert (1, []) == (len(relayed), drafts)
    assert [] == desk.said(EntryKind.REPLY, 2)


def test_the_agent_is_told_what_was_not_signed(desk, staff):
    for raw, what in (
        (CHANGED["another type"](desk, staff), "does not cover Content-Type"),
        (CHANGED["a token in an unsigned To"](desk, staff), "does not cover the place where your reply"),
        (CHANGED["another Message-ID"](desk, staff), "does not cover Message-ID"),
    ):
        arrives(desk, raw)
        assert what in told_of(desk)[-1]


@pytest.mark.parametrize(
    ("record", "counts"),
    [
        ("v=DKIM1; k=rsa; h=sha256; p=%s", True),
        ("v=DKIM1; k=rsa; h=sha1:sha256; p=%s", True),
        ("v=DKIM1; k=rsa; s=email; p=%s", True),
        ("v=DKIM1; k=rsa; s=*; t=s; p=%s", True),
        ("v=DKIM1; k=rsa; h=sha1; p=%s", False),
        ("v=DKIM1; k=rsa; h=; p=%s", False),
        ("v=DKIM1; k=ed25519; p=%s", False),
        ("v=DKIM1; k=rsa; s=tlsrpt; p=%s", False),
        ("v=DKIM1; k=rsa; s=other; p=%s", False),
        ("v=DKIM1; k=rsa; t=y:s; p=%s", False),
    ],
)
def test_a_key_counts_for_what_it_is_for(record, counts, desk, staff):
    raw = signed(desk, staff, FASTMAIL, both("Under the sofa."))
    key = staff.record.partition(b"p=")[2].decode()
    desk.dns[staff.place] = (record % key).encode()
    relayed, drafts = arrives(desk, raw)
    desk.dns[staff.place] = staff.record
    assert (counts, not counts) == (bool(relayed), bool(drafts))


def test_a_key_for_one_domain_alone_speaks_for_no_name_below_it(desk, staff):
    made = dkim.DKIM(desk.mail("Under the sofa."))
    desk.dns[staff.place] = staff.record.replace(b"k=rsa", b"t=s; k=rsa")
    identity = f"@mail.{STAFF}".encode()
    relayed, drafts = arrives(
        desk, made.sign(b"s1", STAFF.encode(), staff.private, identity=identity) + made_raw(made)
    )
    desk.dns[staff.place] = staff.record
    assert ([], 1) == (relayed, len(drafts))


def made_raw(made: dkim.DKIM) -> bytes:
    return b"".join(name + b":" + value for name, value in made.headers) + b"\r\n" + made.body


def test_nothing_of_this_closed_the_ticket(desk):
    assert Status.CLOSED is not desk.store.tickets.get(1).status
