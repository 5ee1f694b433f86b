"""Every mail in every language, with the smallest and the fullest ticket."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from each_case import each
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, some_settings
from page_samples import CANARIES, full_page

from intake.desk.business_time import office
from intake.desk.effects import STATUS_EVENTS, Mail, MailKind
from intake.desk.links import Links
from intake.desk.mails import INCIDENT, MALWARE, OVERSIZE, REPORTING
from intake.desk.message import Address, Attachment
from intake.desk.sensitive.leaks import MARK
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Agent, Status, Ticket
from intake.desk.triage.asking import QUESTIONS
from intake.mail.formats.html import from_html
from intake.rendering.composer import DELIMITER, Composer
from intake.rendering.page_parts import HTML_MARK, width
from intake.rendering.templates import Renderer

FILES = (Attachment("a.png", "image/png", b"x"), Attachment("b.bin", "", bytes(19 << 20)))
LETTER: dict[str, Any] = {
    "number": 7,
    "subject": "",
    "name": "",
    "desk": "Example Wallet",
    "due": None,
    "progress": "",
    "asks_about_theft": False,
}
SHIPPED = Path(__file__).resolve().parents[2] / "templates" / "mail"


def events(kind: MailKind) -> tuple[str, ...]:
    several = {
        MailKind.STATUS: STATUS_EVENTS,
        MailKind.ALERT: ("", "brake"),
        MailKind.NOTICE: ("", "note"),
        MailKind.WARNING: ("", MALWARE),
    }
    return several.get(kind, ("",))


WRITTEN = [(kind, event) for kind in MailKind for event in events(kind)]
CASES = [(kind, event, language) for kind, event in WRITTEN for language in LANGUAGES]


def smallest(language: str) -> Ticket:
    return Ticket(1, "", Status.NEW, Address("a@b.example"), language, "gone", "", NOW, NOW)


def fullest(language: str) -> Ticket:
    return a_ticket(
        language=language,
        subject="Everything at once",
        status=Status.CLOSED,
        closed_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1),
        priority="high",
        related=7,
        participants=("boss@customer.example",),
        message_ids=tuple(f"m{n}@x.example" for n in range(30)),
    )


def compose(
    kind: MailKind, ticket: Ticket, templates: Path | None = None, small: bool = False, **changes: Any
) -> Message | None:
    """Return the mail as the standard library reads it."""
    settings = some_settings(
        name=changes.pop("desk", "Example Wallet"),
        language=ticket.language,
        signature="" if small else "Example Wallet\nhttps://wallet.example",
        templates=templates,
    )
    values: dict[str, Any] = (
        {}
        if small
        else {
            "agent": ANNA,
            "author": LIN,
            "text": "A text.",
            "stranger": True,
            "due": NOW + timedelta(hours=3),
            "attachments": FILES,
        }
    )
    mail = Mail(kind, ticket.id, ticket.requester, "key", **{**values, **changes})
    links = Links() if small else Links("https://help.example", KEY)
    out = Composer(settings, a_policy(), (KEY,), links=links).compose(mail, ticket, NOW)
    return message_from_bytes(out.raw) if out else None


def part_of(message: Message, subtype: str) -> str:
    found = [one for one in message.walk() if one.get_content_type() == f"text/{subtype}"]
    content = found[0].get_payload(decode=True) if found else b""
    assert isinstance(content, bytes)
    return content.decode()


def write(kind: MailKind, ticket: Ticket, *args: Any, **changes: Any) -> tuple[str, str] | None:
    """Return (subject, text) as a reader sees them."""
    message = compose(kind, ticket, *args, **changes)
    if message is None:
        return None
    return str(make_header(decode_header(message["Subject"]))), part_of(message, "plain")


@each(("kind", "event", "language"), CASES)
def test_it_is_rendered_for_the_smallest_ticket(kind: MailKind, event: str, language: str) -> None:
    message = compose(kind, smallest(language), small=True, event=event)

    assert message is not None
    subject, text = str(make_header(decode_header(message["Subject"]))), part_of(message, "plain")
    assert "[#1]" in subject
    assert language == message["Content-Language"]
    for word in ("None", "{{", "{%", " ,", "\r\n\r\n\r\n"):
        assert word not in subject + text
    # Where values stand in columns, there are blanks between them.
    assert "  " not in "".join(line for line in text.split("\r\n") if not line.startswith(MARK))


@each(("kind", "event", "language"), CASES)
def test_it_is_rendered_for_the_fullest_ticket(kind: MailKind, event: str, language: str) -> None:
    said = write(kind, fullest(language), event=event)

    assert said is not None
    subject, text = said
    if event == "brake":
        assert "[#12]" in subject
    elif kind in (MailKind.NOTICE, MailKind.ALERT, MailKind.ANSWER):
        assert subject.startswith("[#12]")
    elif kind is MailKind.SURVEY:
        # It asks about the conversation and is no part of it.
        assert subject.endswith("[#12] Everything at once")
    elif kind is MailKind.WARNING:
        # It is to be noticed.
        assert subject.endswith("[#12]")
    elif kind is MailKind.PARTNER:
        # They wrote nothing before.
        assert "Everything at once" == subject
    else:
        # Gmail keeps a conversation together only under the very subject it began with.
        assert "Re: Everything at once" == subject
    assert "None" not in text
    if kind in (MailKind.NOTICE, MailKind.ALERT, MailKind.ANSWER):
        assert text.startswith(DELIMITER)
        assert event == "brake" or "Anna" in text
    else:
        assert "boss@customer.example" not in text
        assert ANNA.address not in text


@pytest.mark.parametrize(("kind", "event"), WRITTEN)
def test_no_two_languages_say_the_same(kind: MailKind, event: str) -> None:
    said = {write(kind, smallest(language), small=True, event=event) for language in LANGUAGES}

    # A relay of nothing but files is one sentence, and each language has its own.
    assert len(LANGUAGES) == len(said)


def without_blanks(text: str) -> str:
    """What two texts must have in common: no blanks, no marks, and nothing that only parts two things."""
    return "".join(char for char in text if not char.isspace() and char not in f"{MARK}·•|-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_say_the_same(language: str) -> None:
    for kind, event in WRITTEN:
        message = compose(kind, fullest(language), event=event)
        assert message is not None
        page = "".join(part_of(message, "html").split())
        if kind.to_agent:
            # What stands in columns in the one has tags between them in the other.
            page = without_blanks(from_html(part_of(message, "html")))
        for line in part_of(message, "plain").splitlines():
            if kind.to_agent:
                assert without_blanks(line) in page, (kind, line)
            elif "://" not in line and line.strip() not in ("", "--"):
                shown = (
                    "".join(line.split()).replace("'", "&#39;").replace("&", "&amp;").replace("&amp;#", "&#")
                )
                # A face and a word stand where the text has a number and a word.
                assert shown in page or shown.partition("=")[2] in page, (kind, line)
        for link in [line for line in part_of(message, "plain").split() if "://help.example" in line]:
            assert f'href="{link}"' in part_of(message, "html")


@each("language", LANGUAGES)
@each(("kind", "event"), [("notice", "answer"), ("notice", "note"), ("alert", "assigned")])
def test_a_full_page_says_the_same_in_text_and_html(kind: str, event: str, language: str) -> None:
    words = "A <b>line</b> & more\n\n  indented\nthe end"
    ticket = replace(fullest(language), tags=(CANARIES["tag"],), fields={"x": CANARIES["field"]})
    message = compose(MailKind(kind), ticket, event=event, page=full_page(), text=words, by="Wei")
    assert message is not None
    page, text = part_of(message, "html"), part_of(message, "plain")
    first = "A &lt;b&gt;line&lt;/b&gt; &amp; more"
    # What no customer may read has a bar before each line, and a broken line goes on beside it.
    assert f"{first}<br>" in page or f'<div class="p">{HTML_MARK}{first}</div>' in page
    shown = without_blanks(from_html(page))
    assert [] == [line for line in text.splitlines() if without_blanks(line) not in shown]
    # Gmail cuts off what is longer than 102 KB.
    assert len(page.encode()) < 20_000
    # Every line but the news itself and what is said of it has the mark, and no line is too long for mutt.
    assert all(canary in text for canary in CANARIES.values())
    marked = [line for line in text.splitlines() if line.startswith(MARK)]
    assert [] == [line for line in text.splitlines() if "CANARY" in line and line not in marked]
    # An address of a page is never broken; it stands alone on its line.
    links = [line for line in marked if line.startswith(f"{MARK} https://") and len(line.split()) == 2]
    assert [] == [line for line in marked if width(line) > 79 and line not in links]


def test_a_long_conversation_is_cut_before_a_mail_program_does_it() -> None:
    page = full_page()
    long = replace(page, lines=tuple(replace(page.lines[0], text="很长的一行。" * 330) for _ in range(20)))
    message = compose(MailKind.NOTICE, fullest("zh-Hans"), page=long)
    assert message is not None
    html = part_of(message, "html")
    assert 40_000 < len(html.encode()) < 100_000
    assert "更早的记录还有19条" in html
    assert "ref:" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_is_small_and_loads_nothing(language: str) -> None:
    for kind, event in WRITTEN:
        message = compose(kind, fullest(language), event=event)
        assert message is not None
        page = part_of(message, "html")
        assert len(page.encode()) < (10_000 if kind.to_agent else 4096)
        for word in ("<script", "url(", "@import", "<link", "http:", "https:", "<form", "<iframe", "//"):
            assert word not in page.replace("https://help.example", "").replace(
                "https://wallet.example", ""
            ), (kind, word)
        assert page.count("<img") == page.count('src="cid:') == page.count("src=")
        assert f'lang="{language}"' in page
        # Letters in the reader's own colour: dark ones on a dark page cannot be read.
        assert "<body style=" not in page or " color:#" not in page.partition("<body")[2].partition(">")[0]


def test_an_acknowledgement_of_an_unproven_sender_is_text_alone() -> None:
    message = compose(MailKind.ACKNOWLEDGEMENT, a_ticket(), quote_subject=False, attachments=())

    assert message is not None
    assert "text/plain" == message.get_content_type()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_gave_a_secret_away_reads_that_before_all_else(language: str) -> None:
    words = Renderer()
    plain = words.mail("acknowledgement", language, **LETTER, event="").text.split("\n\n")
    warned = words.mail("acknowledgement", language, **LETTER, event="secret").text.split("\n\n")

    assert len(plain) + 1 == len(warned)
    assert [*plain[:2], *plain[2:]] == [*warned[:2], *warned[3:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_acknowledgement_asks_about_theft_where_the_desk_does(language: str) -> None:
    words = Renderer()
    plain = words.mail("acknowledgement", language, **LETTER, event="").text.split("\n\n")
    asks = words.mail("acknowledgement", language, **LETTER | {"asks_about_theft": True}, event="")

    assert QUESTIONS[language] == words.sentence("acknowledgement_urgent", language)
    assert [QUESTIONS[language]] == [part for part in asks.text.split("\n\n") if part not in plain]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_desk_warns_of_stands_before_the_words_of_others(language: str) -> None:
    bare = compose(MailKind.NOTICE, smallest(language), small=True, author=LIN, text="Hi")
    warned = compose(MailKind.NOTICE, smallest(language), small=True, author=LIN, text="Hi", stranger=True)
    assert bare is not None
    assert warned is not None
    before, after = (part_of(one, "plain").split("\r\n\r\n") for one in (bare, warned))

    at = next(i for i, one in enumerate(before) if LIN.mailbox in one)
    assert "Hi" == before[at + 1]
    assert len(before) + 1 == len(after)
    assert before[at : at + 2] == after[at + 1 : at + 3]


IN_NEPAL = replace(ANNA, shift=office(ZoneInfo("Asia/Kathmandu")))
ROW = f"{MARK} Reply due  "
PROMISED = {
    "on the desk's clock": ({}, ("New ticket · due in 3 h", f"{ROW}Sunday, November 22, 3:00 PM (UTC)")),
    "on the clock of the agent's shift": (
        {"agent": IN_NEPAL},
        ("New ticket · due in 3 h", f"{ROW}Sunday, November 22, 8:45 PM (UTC+5:45)"),
    ),
    "when the time is over": (
        {"due": NOW - timedelta(hours=3)},
        ("New ticket · overdue", f"{ROW}Sunday, November 22, 9:00 AM (UTC)"),
    ),
}


@pytest.mark.parametrize(("changes", "expected"), PROMISED.values(), ids=PROMISED)
def test_an_agent_is_told_until_when_an_answer_is_promised(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    said = write(MailKind.NOTICE, a_ticket(), event="new", **changes)

    assert said is not None
    # In what it is, and on the card, above the words of others.
    first, card = said[1].split("\r\n\r\n")[1:4:2]
    assert expected == (first, next(row for row in card.split("\r\n") if "Reply due" in row))


@pytest.mark.parametrize("changes", [{"due": None}, {"event": "copy"}], ids=["nothing promised", "a copy"])
def test_an_agent_is_told_of_no_promise_where_there_is_none(changes: dict[str, Any]) -> None:
    said = write(MailKind.NOTICE, a_ticket(first_response_due=NOW), **changes)

    assert said is not None
    assert "due in" not in said[1]
    assert "Reply due" not in said[1]


@pytest.mark.parametrize("event", ["", "confirm"])
def test_an_agent_gets_the_words_back_that_were_not_sent(event: str) -> None:
    kept = compose(MailKind.ALERT, smallest("en"), small=True, event=event, quoted="My answer", text="Why.")
    told = compose(MailKind.ALERT, smallest("en"), small=True, event="", text="Why.")
    assert kept is not None
    assert told is not None

    assert f"{MARK} Why.\r\n\r\nYour draft:\r\n\r\nMy answer\r\n" in part_of(kept, "plain")
    assert "kept" not in part_of(told, "plain")


@pytest.mark.parametrize(("event", "said"), [("help", False), ("list", True)])
def test_the_list_of_commands_does_not_say_how_to_get_it(event: str, said: bool) -> None:
    answer = compose(MailKind.ANSWER, smallest("en"), small=True, event=event, text="#note", agent=ANNA)
    assert answer is not None

    assert said is ("#help sends you all commands." in part_of(answer, "plain"))


def test_every_mail_is_there_in_every_language() -> None:
    names = {path.name.removesuffix(".j2") for path in SHIPPED.glob("*.j2")}
    kinds = {kind.value for kind in MailKind if kind is not MailKind.STATUS}

    assert kinds | set(STATUS_EVENTS) | {OVERSIZE, MALWARE, INCIDENT, REPORTING} == names - {
        "letter.txt",
        "letter.html",
        "page",
        "page.html",
    }
    assert set(LANGUAGES) == {path.parent.name for path in SHIPPED.glob("*/words.j2")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_word(language: str) -> None:
    for status in Status:
        assert write(MailKind.NOTICE, a_ticket(language=language, status=status)) is not None
    spam = a_ticket(language=language, status=Status.CLOSED, spam=True)
    assert write(MailKind.NOTICE, spam) != write(MailKind.NOTICE, replace(spam, spam=False))


def test_a_closed_ticket_is_told_of_as_resolved() -> None:
    assert write(MailKind.STATUS, a_ticket(), event="closed") == write(
        MailKind.STATUS, a_ticket(), event="resolved"
    )


SYNTAX = (
    "{{ 7*7 }}",
    "{% raw %}",
    "{# gone #}",
    "${7*7}",
    "%s %(x)s",
    "{0}",
    "{{ self }}",
    "#{7*7}",
    "{% endblock %}",
    "{{ self.secrets() }}",
    "{% extends mail %}",
    "{{ ''.__class__ }}",
)


@each("syntax", SYNTAX)
@each("kind", [MailKind.RELAY, MailKind.NOTICE, MailKind.ALERT])
def test_what_users_write_is_never_a_template(kind: MailKind, syntax: str) -> None:
    person = Address("a@b.example", syntax)
    ticket = a_ticket(subject=syntax, requester=person, assignee=Agent(1, syntax, ANNA.address))
    files = (Attachment(syntax, "image/png", FILES[1].content),)
    said = write(kind, ticket, text=syntax, author=person, attachments=files)

    assert said is not None
    subject, text = said
    assert syntax in subject
    assert syntax in text
    assert "49" not in subject + text


@each("syntax", [*SYNTAX, "<b>x</b>", "<a href='https://evil.example'>x</a>", '"><script>'])
@each("kind", [MailKind.RELAY, MailKind.ACKNOWLEDGEMENT, MailKind.STATUS, MailKind.SURVEY])
def test_what_users_write_is_words_in_html_too(kind: MailKind, syntax: str) -> None:
    person = Address("a@b.example", syntax)
    message = compose(
        kind, a_ticket(subject=syntax, requester=person), desk=syntax, text=syntax, event="reopened"
    )

    assert message is not None
    page = part_of(message, "html")
    escaped = str(page)
    for mark in ("<b>x", "<a href='", "<script"):
        assert mark not in escaped
    assert "49" not in page
    assert syntax.split("<")[0].split('"')[0].split("'")[0] in page


def test_an_override_stands_for_a_whole_mail(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "assigned.txt.j2").write_text(
        "{% set hello = 'Moin' %}{% block subject %}Own subject [#{{ number }}]{% endblock %}"
        "{% block body %}{{ hello }}, {{ event }}.{% endblock %}"
    )

    said = write(MailKind.STATUS, a_ticket(), tmp_path, event="assigned")
    german = write(MailKind.STATUS, a_ticket(language="de"), tmp_path, event="assigned")

    assert ("Own subject [#12]", "Moin, assigned.\r\n") == said
    assert german is not None
    assert "kümmert sich" in german[1]


def test_an_override_changes_one_sentence_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "en"
    folder.mkdir(parents=True)
    (folder / "words.j2").write_text(
        '{% extends "default/mail/en/words.j2" %}\n'
        "{% block acknowledgement_more %}{{ super() }}\n\nOur hours are\n9 to 5.{% endblock %}\n"
    )

    shipped = compose(MailKind.ACKNOWLEDGEMENT, a_ticket())
    own = compose(MailKind.ACKNOWLEDGEMENT, a_ticket(), tmp_path)
    german = compose(MailKind.ACKNOWLEDGEMENT, a_ticket(language="de"), tmp_path)

    assert shipped is not None
    assert own is not None
    assert german is not None
    more = "simply reply to this email.\r\n"
    expected = part_of(shipped, "plain").replace(more, f"{more}\r\nOur hours are 9 to 5.\r\n")
    assert expected == part_of(own, "plain")
    assert ">Our hours are 9 to 5.</p>" in part_of(own, "html")
    assert "Our hours" not in part_of(german, "plain")


def test_an_override_changes_a_mail_in_all_languages(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "relay.j2").write_text(
        '{% extends "default/mail/relay.j2" %}{% block subject %}{{ super() }} [#{{ number }}]{% endblock %}'
    )

    for language in LANGUAGES:
        said = write(MailKind.RELAY, a_ticket(language=language), tmp_path)
        assert said is not None
        assert "Re: My coins are late [#12]" == said[0]


def test_an_override_changes_the_look(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "letter.html.j2").write_text(
        '{% extends "default/mail/letter.html.j2" %}{% block head %}<h1>{{ desk }}!</h1>{% endblock %}'
    )
    message = compose(MailKind.RELAY, a_ticket(), tmp_path, desk="A & B")

    assert message is not None
    assert "<h1>A &amp; B!</h1>" in part_of(message, "html")


def test_an_override_can_add_a_language(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "nl"
    folder.mkdir(parents=True)
    (folder / "relay.txt.j2").write_text(
        "{% block subject %}Antw: {{ subject }}{% endblock %}{% block body %}{{ text }} Groet{% endblock %}"
    )

    assert ("Antw: My coins are late", "A text. Groet\r\n") == write(
        MailKind.RELAY, a_ticket(language="nl"), tmp_path, attachments=()
    )
    # What the admin has not translated goes out in a language that is there.
    assert write(MailKind.NOTICE, a_ticket(language="nl"), tmp_path) is not None


def test_an_override_changes_one_word_of_a_page_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "words.de.html.j2").write_text('{% set wrong_title = "Hoppla" %}\n')
    (tmp_path / "web" / "words.nl.html.j2").write_text('{% set wrong_title = "Oeps" %}\n')
    (tmp_path / "web" / "base.html.j2").write_text(
        '{% import "web/words." ~ lang ~ ".html.j2" as t %}<h1>{{ t.wrong_title }}</h1>{{ t.home }}'
    )

    def page(lang: str) -> str:
        return Renderer(tmp_path).page("base", lang=lang)

    assert "<h1>Hoppla</h1>Zum Formular" == page("de")
    assert "<h1>Un problème est survenu</h1>Aller au formulaire" == page("fr")
    # What an own language does not say is said in English.
    assert "<h1>Oeps</h1>Go to the form" == page("nl")


def test_a_mistake_in_own_words_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "words.de.html.j2").write_text('{% set title = "x" %}\n{% set lead = %}\n')
    (tmp_path / "web" / "base.html.j2").write_text('{% import "web/words.de.html.j2" as t %}{{ t.title }}')
    renderer = Renderer(tmp_path)
    assert Renderer().words("de") == renderer.words("de"), "the shipped words stand behind it"
    (told,) = renderer.mistakes.known
    assert ("web/words.de.html.j2", 2) == (told.path, told.line)
