"""Each mail of ours is known in a quote, in every language, however a program wraps it; and what is written
into it is found."""

from datetime import UTC, datetime
from textwrap import wrap

from each_case import each

from intake.desk.text.language import LANGUAGES
from intake.mail.formats.html import from_html
from intake.mail.quotes import answers
from intake.mail.quotes.known_words import Known
from intake.rendering.templates import Renderer

LINK = "https://help.lumen.example/t/aiaabcdefghijklmnopqrstuvwxyz234567abcdefghijklmn"
VALUES = {
    "number": 7, "subject": "My coins", "name": "Lin", "desk": "Lumen", "event": "", "left_out": [],
    "first": False, "asks_about_theft": True, "progress": LINK, "late": False,
    "due": datetime(2026, 11, 30, 12, tzinfo=UTC), "closed": datetime(2026, 11, 1, tzinfo=UTC),
    "signature": "Lumen\nMain Street 1",
    "scores": {score: f"{LINK[:40]}?score={score}" for score in (5, 4, 3, 2, 1)},
    "text": "Dear Lin,\n\nplease try:\n\n- one\n- two\n\n1. First\n2. Second\n\nSee https://wallet.example/a/12.",
    "text_html": "<p>Dear Lin,</p><p>please try:</p><ul><li>one</li><li>two</li></ul><ol><li>First</li>"
    "<li>Second</li></ol><p>See <a href='https://wallet.example/a/12'>https://wallet.example/a/12</a>.</p>",
}  # fmt: skip
MAILS = (
    "acknowledgement",
    "assigned",
    "waiting",
    "closing",
    "delayed",
    "resolved",
    "reopened",
    "survey",
    "thanks",
    "relay",
)
WRITTEN = "Zebra 4711"


def quotes(name: str, language: str) -> tuple[Known, dict[str, str]]:
    """A mail of ours, and ways in which it is quoted."""
    mail = Renderer().mail(name, language, html=True, **VALUES)
    page = from_html(mail.html)
    width = 38 if language.startswith("zh") or language in ("ja", "ko") else 72
    broken = [piece for line in mail.text.split("\n") for piece in wrap(line, width) or [""]]
    ways = {
        "as text": mail.text,
        "as HTML": page,
        "marked and broken": "\n".join(f"> {line}" for line in broken),
        "without empty lines": "\n".join(line for line in page.split("\n") if line.strip()),
    }
    return Known([mail.text, page]), ways


def own(quote: str, there: Known) -> str:
    return "\n".join(part.text for part in answers.parts(quote, there) if part.new)


@each("language", LANGUAGES)
@each("name", MAILS)
def test_a_quote_of_our_own_mail_holds_nothing_new(name: str, language: str) -> None:
    there, ways = quotes(name, language)
    assert {} == {way: found for way, quote in ways.items() if (found := own(quote, there))}


@each("language", LANGUAGES)
@each("name", MAILS)
def test_what_is_written_between_two_lines_is_found(name: str, language: str) -> None:
    there, ways = quotes(name, language)
    missed = []
    for way, quote in ways.items():
        lines = quote.split("\n")
        end = next((at for at, line in enumerate(lines) if line.strip("> ") == "--"), len(lines))
        _, *others = [at for at, line in enumerate(lines[:end]) if line.strip("> ")]
        for at in others[::3]:
            changed = "\n".join([*lines[:at], WRITTEN, *lines[at:]])
            if WRITTEN not in own(changed, there).split("\n"):
                missed.append((way, lines[at]))
    assert [] == missed
