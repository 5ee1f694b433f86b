"""A copy that is safe to share: nothing of what a mail says is in it, and it is read in the same way."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from each_case import each

from intake.desk.message import Message
from intake.mail import bodies, headers, structure
from intake.mail.anonymise.copy import anonymise
from intake.mail.charsets import decode as charsets
from intake.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
MAILS = sorted(CORPUS.glob("**/*.eml"))
NAMES = [str(path.relative_to(CORPUS).with_suffix("")) for path in MAILS]
KEY = b"a key of this run only, and secret"

# Every word of four letters, and every number of four digits, that is the same in any copy. Nobody's words:
# names of fields, types, charsets, zones and tags; what clients, servers and answering machines write.
ALLOWED = frozenset(
    re.findall(
        r"\w+",
        """
        0100 0800 18030 2022 2312 8859 abwesenheitsnotiz action address addresses after alternative
        appendonsend application arrival ascii attach attachment attr auto automatic autoreply base betreff
        blockquote body boundary charset class code content could daemon date delayed delivered delivery
        diagnostic disposition divrplyfwdmsg does encoding envoyé error exist failed failure filename
        final flowed following format forwarded found from full generated gesendet gmail head host href
        html https image iphone list mailbox mailer mailto march message mime mixed monday multipart
        name need notice notification objet octet original outlook path permanent plain postmaster
        precedence printable quote quoted recipient recipients references rejected related remote
        replied reply report reporting resend response return returned said schrieb sender sent shift
        smtp status stream style subject submitted suppress text thing thread topic transfer tuesday
        type undeliverable undelivered unknown unsubscribe unzustellbar user vacation version wasn width
        wrote écrit 原始邮件 发送时间
        0000 0900 accepted attendee begin bounce bouncedrecipients bouncesubtype bouncetype calendar
        commonheaders début destination diagnosticcode dtend dtstamp dtstart emailaddress empfänger
        general headers mail messageid method notificationtype partstat prodid request réexpédié summary
        invitation nicht office this 自动回复 自動応答
        transient value vcalendar vevent дата кого кому пересылаемое сообщение тема 転送メッセージ
        """,
    )
)
WORD = re.compile(r"[^\W\d_]{4,}|\d{4,}")


def said(raw: bytes, deep: int = 0) -> Iterator[str]:
    """Everything that can be read anywhere in a mail, decoded; mails within it too."""
    tree = structure.scan(raw)
    hint = bodies.charset_hint(tree)
    for name, value in tree.fields:
        yield name
        yield headers.decode(value, hint)
        yield value.decode("latin-1") if b"=?" not in value else ""
    for leaf in tree.leaves:
        part = bodies.part(leaf, hint)
        charset = bodies.charset_of(part)
        text = part.text is not None and not part.media_type.startswith("message/")
        yield charsets.decode(part.content, charset, hint) if text else part.content.decode("latin-1")
        yield part.name
        yield from (headers.decode(value, hint) for _, value in leaf.fields)
        if part.media_type.startswith("message/") and deep < 3:
            yield from said(part.content, deep + 1)


def words(raw: bytes) -> set[str]:
    return {word.casefold() for text in said(raw) for word in WORD.findall(text)}


def form(message: Message) -> dict[str, Any]:
    """What must be the same of a mail and its copy."""
    bounce = message.bounce
    return {
        "files": [(one.media_type, len(one.content), one.inline) for one in message.attachments],
        "cids": [bool(one.content_id) for one in message.attachments],
        "automatic": bool(message.automatic),
        "reaction": bool(message.reaction),
        "suppress": bool(message.suppress),
        "bounce": bounce and (bounce.kind, len(bounce.recipients), bounce.status),
        "lines": message.text.count("\n"),
        "new lines": message.new_text.count("\n"),
        "html": bool(message.html),
        "people": (len(message.to), len(message.cc), len(message.reply_to), message.sender is None),
        "ids": (bool(message.message_id), len(message.in_reply_to), len(message.references)),
        "date": message.date is None,
        "defects": message.defects,
    }


@each("path", MAILS, ids=NAMES)
def test_no_word_and_no_number_of_a_mail_is_in_its_copy(path: Path) -> None:
    raw = path.read_bytes()
    assert set() == (words(raw) & words(anonymise(raw, KEY))) - ALLOWED


@each("path", MAILS, ids=NAMES)
def test_a_copy_is_read_as_the_mail_was(path: Path) -> None:
    raw = path.read_bytes()
    for one in (raw, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        assert form(parse(one)) == form(parse(anonymise(one, KEY)))


@each("path", MAILS, ids=NAMES)
def test_a_copy_has_the_form_of_the_mail_byte_for_byte(path: Path) -> None:
    raw = path.read_bytes()
    copy = anonymise(raw, KEY)

    def shape(data: bytes) -> list[bytes]:
        names = re.findall(rb"(?m)^(?:[!-9;-~]{1,60}:|[ \t]*>+|--[^ \r\n]+|[ \t]*\r?$)", data)
        return [one for one in names if not one.startswith(b"http")]

    assert raw.count(b"\n") == copy.count(b"\n")
    assert raw.count(b"\r\n") == copy.count(b"\r\n")
    assert [len(line) for line in raw.split(b"\n")] == [len(line) for line in copy.split(b"\n")]
    kept = (b"content-type", b"content-transfer-encoding", b"mime-version", b"auto-submitted", b"precedence")
    top, other = headers.read(raw, 0, len(raw))[0], headers.read(copy, 0, len(copy))[0]
    assert [name for name, _ in top] == [name for name, _ in other]
    for (name, value), (_, now) in zip(top, other, strict=True):
        if name.encode() in kept and b"name=" not in value:
            assert value == now
    assert len(shape(raw)) == len(shape(copy))


def mail(body: str = "", subject: str = "Hello", charset: str = "utf-8", **fields: str) -> bytes:
    made = EmailMessage()
    made["From"] = "Wang Xiaoming <wang@customer.example>"
    made["To"] = "help@desk.example"
    made["Subject"] = subject
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(body, charset=charset)
    return made.as_bytes()


def test_the_same_word_has_the_same_stand_in_whatever_its_case_and_wherever_it_stands() -> None:
    raw = mail("Printers break, PRINTERS, ask wang@customer.example.", "printers")
    found = parse(anonymise(raw, KEY))
    first, _, second, _, address = re.sub(r"[,.]( |$)", r"\1", found.new_text).split()
    assert (first.lower(), second) == (found.subject, found.subject.upper())
    assert first == first.capitalize()
    assert found.sender is not None
    assert address == found.sender.mailbox


def test_ids_that_were_the_same_still_are() -> None:
    raw = mail(
        Message_ID="<a1b2@x.example>",
        In_Reply_To="<zz-9@y.example>",
        References="<q@x.example> <zz-9@y.example>",
    )
    found = parse(anonymise(raw, KEY))
    assert found.in_reply_to[0] == found.references[1]
    assert found.message_id not in ("", "a1b2@x.example")
    assert found.message_id.rpartition("@")[2] == found.references[0].rpartition("@")[2]


def test_another_run_has_other_stand_ins() -> None:
    raw = mail("Printers break.")
    assert anonymise(raw, KEY) == anonymise(raw, KEY)
    assert anonymise(raw, KEY) != anonymise(raw, b"another key")


@each(
    ("charset", "text"),
    [
        ("gb18030", "您好，打印机坏了，请帮忙看一下。"),
        ("big5", "您好，印表機壞了，請幫忙看一下。"),
        ("shift_jis", "プリンターが動きません。助けてください。"),
        ("iso-2022-jp", "プリンターが動きません。助けてください。"),
        ("euc-kr", "프린터가 작동하지 않습니다."),
        ("koi8-r", "Принтер не работает, помогите пожалуйста."),
        ("iso-8859-1", "Der Drucker läßt sich nicht öffnen."),
        ("windows-1254", "Yazıcı çalışmıyor, lütfen yardım edin."),
    ],
)
@each("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_copy_is_in_the_charset_and_encoding_of_the_mail(charset: str, text: str, encoding: str) -> None:
    data = text.encode(charset)
    part = EmailMessage()
    part.set_content(data, "text", "plain", cte="base64" if encoding == "8bit" else encoding)
    body = data if encoding == "8bit" else part.as_bytes().partition(b"\n\n")[2]
    raw = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n"
    raw += b"Content-Type: text/plain; charset=%s\n" % charset.encode()
    raw += b"Content-Transfer-Encoding: %s\n\n%s" % (encoding.encode(), body)
    copy = anonymise(raw, KEY)
    content = copy.partition(b"\n\n")[2]
    if encoding != "8bit":
        content = message_from_bytes(copy).get_payload(decode=True)  # type: ignore[assignment]
    now = content.decode(charset).strip()
    assert len(text) == len(now)
    assert set() == {text[at : at + 4] for at in range(len(text) - 3)} & {
        now[at : at + 4] for at in range(len(now) - 3)
    }
    assert [char for char in text if not char.isalnum()] == [char for char in now if not char.isalnum()]


def test_what_no_charset_reads_keeps_the_classes_of_its_bytes() -> None:
    header = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n"
    raw = header + b"caf\xe9 \xc3\xa9t\xe9 \xff secret word\n"
    before, after = raw.partition(b"\n\n")[2], anonymise(raw, KEY).partition(b"\n\n")[2]
    assert [byte > 127 for byte in before] == [byte > 127 for byte in after]
    assert b"secret" not in after


def test_files_keep_their_type_and_their_ending_and_nothing_else() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "a@b.example", "x"
    made.set_content("see")
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"wallet seed phrase" * 9
    made.add_attachment(png, "image", "png", filename="my passport.png")
    made.add_attachment("name,balance\nwang,123456\n", "csv", filename="客户清单.csv")
    raw = made.as_bytes()
    one, other = parse(anonymise(raw, KEY)).attachments
    assert ("image/png", len(png), ".png") == (one.media_type, len(one.content), one.name[-4:])
    assert b"seed" not in one.content
    assert "passport" not in one.name
    assert (".csv", 1) == (other.name[-4:], other.content.count(b"\n") - 1)
    assert not re.search("客户|清单", other.name)
    assert not re.search(rb"wang|123456|balance", other.content)


def test_words_that_readers_go_by_stay() -> None:
    raw = mail(
        "Neat.\n\nOn Mon, Mar 4, 2024 at 10:15 AM Support <help@desk.example> wrote:\n> Ours.\n\n"
        "Sent from my iPhone\n"
    )
    copy = parse(anonymise(raw, KEY))
    assert re.search(r"^On Mon, Mar \d, 20\d\d at \d\d:\d\d AM \w+ <\S+> wrote:$", copy.text, re.MULTILINE)
    assert re.fullmatch(r"\w{4}\.", copy.new_text)
    assert "Sent from my iPhone" in copy.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\0\xff",
        b"From:",
        b"a" * 5000,
        b"Content-Type: multipart/x; boundary=b\n\n--b\n--b\n--b--\n",
        b"=?utf-8?b?",
    ],
)
def test_nothing_is_too_broken_to_be_copied(raw: bytes) -> None:
    assert len(raw) == len(anonymise(raw, KEY))
