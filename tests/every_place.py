"""One seed phrase in every kind of place that a mail has: what `service/test_every_output.py` walks."""

from collections.abc import Callable, Mapping
from email.message import EmailMessage

from canaries import PHRASE
from office_files import docx, packed, pdf, xlsx
from screens import ENGLISH, drawn

WORDS = PHRASE.split()
LISTED = f"<p>Hello.</p><ol>{''.join(f'<li>{word}</li>' for word in WORDS)}</ol>"
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260501T080000Z\r\n"
    f"SUMMARY:{PHRASE}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CARD = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lin\r\nNOTE:{PHRASE}\r\nEND:VCARD\r\n"
Part = Callable[[EmailMessage], None]


def _page(html: str, text: str = "") -> Part:
    def put(mail: EmailMessage) -> None:
        if text:
            mail.set_content(text)
            mail.add_alternative(html, subtype="html")
        else:
            mail.set_content(html, subtype="html")

    return put


def _file(name: str, content: bytes, media_type: str = "application/octet-stream") -> Part:
    main, _, sub = media_type.partition("/")

    def put(mail: EmailMessage) -> None:
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)

    return put


def _within(subject: str, text: str, file: str = "") -> Part:
    def put(mail: EmailMessage) -> None:
        inner = EmailMessage()
        inner["From"], inner["Subject"] = "Eve <eve@elsewhere.example>", subject
        inner.set_content(text)
        if file:
            inner.add_attachment(b"x", maintype="application", subtype="x-note", filename=file)
        mail.add_attachment(inner)

    return put


def _header(field: str, value: str) -> Part:
    def put(mail: EmailMessage) -> None:
        del mail[field]
        mail[field] = value

    return put


def _body(text: str) -> Part:
    return lambda mail: mail.set_content(text)


# Where it may stand; what is read of a mail is of one of these kinds.
PLACES: Mapping[str, Part] = {
    "subject": _header("Subject", f"Help {PHRASE}"),
    "body": _body(f"My words are {PHRASE}.\n"),
    "a quote": _body(f"See below.\n\nOn Monday, Eve <eve@elsewhere.example> wrote:\n> {PHRASE}\n"),
    "a signature": _body(f"See below.\n\n-- \nLin\n{PHRASE}\n"),
    "HTML alone": _page(LISTED),
    "HTML beside a text": _page(LISTED, "Hello.\n"),
    "the text of a link": _page(f'<p>Hello <a href="https://x.example/{"+".join(WORDS)}">there</a></p>'),
    "the sender's name": _header("From", f'"{PHRASE}" <lin@customer.example>'),
    "another's name": _header("Cc", f'"{PHRASE}" <eve@elsewhere.example>'),
    "a field of the header": _header("X-Wallet", PHRASE),
    "a file's name": _file(f"{PHRASE}.bin", b"\0\1\2\3" * 64),
    "a text file": _file("words.txt", PHRASE.encode(), "text/plain"),
    "a sheet of values": _file("words.csv", ",".join(WORDS).encode(), "text/csv"),
    "a web page": _file("words.html", LISTED.encode(), "text/html"),
    "a text document": _file("words.docx", docx(*WORDS, split=True)),
    "a spreadsheet": _file("words.xlsx", xlsx([WORDS[:4], WORDS[4:8], WORDS[8:]])),
    "a zip": _file("words.zip", packed({"words.txt": PHRASE})),
    "a name in a zip": _file("words.zip", packed({f"{PHRASE}.txt": "x"})),
    "a PDF": _file("words.pdf", pdf([PHRASE]), "application/pdf"),
    "a screenshot": _file(
        "words.png", drawn(WORDS, "list", True, ENGLISH, (720, "PNG")).content, "image/png"
    ),
    "the subject of a mail within": _within(PHRASE, "Hello.\n"),
    "the text of a mail within": _within("Hello", f"{PHRASE}\n"),
    "a file's name in a mail within": _within("Hello", "Hello.\n", f"{PHRASE}.bin"),
    "an appointment": _file("date.ics", EVENT.encode(), "text/calendar"),
    "a business card": _file("lin.vcf", CARD.encode(), "text/vcard"),
}


def mail_with(place: str, number: int, to: str) -> bytes:
    """Return a mail of Lin's with the phrase in one place, and nothing else of note."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Lin <lin@customer.example>", to
    mail["Subject"], mail["Message-ID"] = f"Help {number}", f"<place{number}@customer.example>"
    mail.set_content(f"See below, {number}.\n")
    PLACES[place](mail)
    return mail.as_bytes()
