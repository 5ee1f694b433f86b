"""What a mail to an agent may say beside what every mail may: the ticket's card, and what surrounds the news.

Texts of people pass `shown`: what they sent by mistake does not spread, no token is among them, and none
of it looks as if the desk had said it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake.desk import file_tokens, partners, tokens
from intake.desk.addresses import MAX_ADDRESS
from intake.desk.commands.fitting import fitting
from intake.desk.effects import Mail
from intake.desk.evidence import in_words
from intake.desk.lookup import Line, TicketLine
from intake.desk.message import Attachment
from intake.desk.page import BARE, WHOLE, Talk, TicketPage
from intake.desk.persons import MAX_NOTE
from intake.desk.sensitive.excusing import NOTHING, hidden_but
from intake.desk.sensitive.leaks import unmarked
from intake.desk.talk import SHOWABLE
from intake.desk.text import folded
from intake.desk.text.language_names import SPOKEN
from intake.desk.text.said import Said, counted
from intake.desk.text.states import CATEGORIES
from intake.desk.ticket import PRIORITIES, EntryKind, Ticket
from intake.mail import filenames
from intake.mail.outgoing import compose
from intake.rendering.page_parts import EntryShown, TicketShown
from intake.rendering.sayings import event_in_language, in_language, marks_in_language, subject_in_language
from intake.runtime.previews import media_type

# Of the conversation so much is shown: Gmail cuts a mail of more than 102 KB of HTML off, with the foot.
MOST_TALK = 16_000
MOST_VALUE = 200
# Neither a number of a card nor any other secret is shorter.
SHORTEST_SECRET = 12
# A picture in these is shown by nobody but who opens it.
_DISTRUSTED = ("refuted", "spam")


def values(
    mail: Mail, ticket: Ticket, now: datetime, pictures: "Pictures", language: str
) -> dict[str, object]:
    """Return the values of a mail to an agent, whose `language` it is; `mail.text` is in it already."""
    page = mail.page or BARE
    page = replace(page, lines=tuple(_translated(line, language) for line in page.lines))
    card = _card(mail, ticket, page, language, pictures if mail.talk is not None else NO_PICTURES)
    made = {**_news(mail, ticket, pictures), **_due(mail, ticket, now), **card}
    for name in ("text", "above", "quoted"):
        made[name] = marks_in_language(str(made[name]), language)
    return made


def _translated(line: Line, language: str) -> Line:
    """Return an entry with what the desk wrote in it in a language: events, and to whom a question went."""
    own = line.text if line.kind is EntryKind.EVENT else ""
    if line.kind is EntryKind.NOTE:
        own = partners.heading(line.text)
    return replace(line, text=event_in_language(own, language) + line.text[len(own) :]) if own else line


def _news(mail: Mail, ticket: Ticket, pictures: "Pictures") -> dict[str, object]:
    text = shown(mail.text, ticket.excused).strip("\r\n")
    return {
        "text": text,
        "above": shown(mail.above, ticket.excused).strip(),
        "asked": mail.asked,
        "partner": _line(mail.partner, MAX_ADDRESS),
        "known_outside": mail.known_outside,
        "coded": mail.coded,
        "hidden": hidden_but(mail.text, ticket.excused) != mail.text,
        "unhide": ", ".join(f"#unhide {number}" for number in (mail.page or BARE).doubtful),
        "folded": _folded(mail),
        "quoted": shown(mail.quoted, ticket.excused).strip("\r\n"),
        "attached": [_line(name, excused=ticket.excused) for name in pictures.names],
        "pictures": pictures.placed(text),
        "loose": pictures.loose(text),
        "stranger": mail.stranger,
        "doubt": mail.doubt,
        "to_agent": mail.agent is not None,
        "related": ticket.related,
        "via": _line(mail.via.mailbox, MAX_ADDRESS) if mail.via else "",
        "reply_to": [_line(address, MAX_ADDRESS) for address in mail.reply_to],
        "reply_added": mail.reply_added,
        "nobody": not ticket.requester.mailbox and not ticket.participants,
        "proposed": [_line(address, MAX_ADDRESS) for address in mail.proposed],
    }


def _folded(mail: Mail) -> int:
    """Return how many lines of the news are not shown; below a colleague's note our own is none."""
    count = folded.agents_lines if mail.event == "note" and not mail.stranger else folded.lines
    return count(mail.text, mail.whole)


def _due(mail: Mail, ticket: Ticket, now: datetime) -> dict[str, object]:
    """Return when an answer is due, if that is promised: the nearest of the promises that stand."""
    due = mail.due or min((promise.due for promise in ticket.promises if promise.due), default=None)
    if mail.event == "copy":
        due = None
    unit, count = _distance(due, now)
    return {"due": due, "late": due is not None and due < now, "due_unit": unit, "due_count": count}


def _card(
    mail: Mail, ticket: Ticket, page: TicketPage, language: str, pictures: "Pictures"
) -> dict[str, object]:
    asked = mail.talk
    talk, earlier = _talk(page, language, asked, ticket, pictures)
    talk = [replace(entry, text=marks_in_language(entry.text, language)) for entry in talk]
    about = [_line(note, MAX_NOTE) for note in page.about]
    left = _left(earlier, ticket.id) if asked is not None and asked.whole and earlier else ""
    return {
        "talk": asked is not None,
        "unanswered": asked is not None and asked.unanswered,
        "left": in_language(left, language),
        "title": _line(ticket.subject, excused=ticket.excused) if asked is not None else "",
        "priorities": PRIORITIES[::-1],
        "by": _line(mail.by),
        "whole": mail.event in WHOLE,
        "requester": _person(ticket),
        "doubtful": bool(mail.doubt and mail.author and mail.author.key == ticket.requester.key),
        "proven": in_language(_proven(mail, page), language),
        "about": about,
        "more_about": [("", note) for note in about[1:]],
        "team": _line(ticket.team),
        "category": _line(in_language(CATEGORIES.get(ticket.category, ticket.category), language)),
        "spoken": _line(in_language(SPOKEN.get(ticket.language, ticket.language), language)),
        "tags": [_line(tag) for tag in ticket.tags],
        "fields": [
            (_line(name), _line(value, excused=ticket.excused)) for name, value in ticket.fields.items()
        ],
        "participants": [_line(address) for address in ticket.participants],
        "watchers": [_line(name) for name in page.watchers or (agent.name for agent in ticket.watchers)],
        "entries": talk,
        "earlier": earlier,
        "waiting_drafts": page.drafts,
        "others": [_ticket(other, language) for other in page.others],
        "more": page.more,
        "alike": [_ticket(other, language) for other in page.alike],
        "commands": fitting(ticket, mail.agent.id if mail.agent else None),
    }


def shown(text: str, excused: Collection[str] = NOTHING) -> str:
    """Return a person's text as an agent's mail shows it; `excused` is no secret in its ticket."""
    if len(text) < SHORTEST_SECRET:
        return unmarked(text)
    return unmarked(hidden_but(file_tokens.masked(tokens.masked(text)), excused))


def _line(text: str, most: int = MOST_VALUE, excused: Collection[str] = NOTHING) -> str:
    return compose.clean(shown(text, excused), most)


def _person(ticket: Ticket) -> str:
    name, address = (
        _line(ticket.requester.name, excused=ticket.excused),
        _line(ticket.requester.mailbox, MAX_ADDRESS),
    )
    return f"{name} <{address}>" if name and address else name or address


def _proven(mail: Mail, page: TicketPage) -> str:
    """Return how far the requester is proven; what our server found of the mail at hand is said elsewhere."""
    return "" if mail.doubt in _DISTRUSTED else in_words(page.evidence)


def _talk(
    page: TicketPage, language: str, asked: Talk | None, ticket: Ticket, pictures: "Pictures"
) -> tuple[list[EntryShown], int]:
    """Return the entries that are shown, the newest first, and how many others there are.

    What an agent `asked` for has its bounds already.
    """
    talk: list[EntryShown] = []
    left, room = page.earlier, MOST_TALK
    for line in reversed(page.lines):
        if talk and asked is None and len(line.text) > room:
            left += line.kind is not EntryKind.EVENT
            continue
        room -= len(line.text)
        more = _more(line.folded, ticket.id, asked is not None and asked.whole) if line.folded else ""
        talk.append(_entry(line, in_language(more, language), pictures, ticket.excused))
    return talk, left


def _entry(line: Line, more: str, pictures: "Pictures", excused: Collection[str]) -> EntryShown:
    who = _line(line.author_name or line.author, excused=excused) if line.kind is not EntryKind.EVENT else ""
    # Of a ticket that was merged into this one.
    where = f"#{line.ticket}" if line.ticket else ""
    who = f"{who} ({where})" if who and where else who
    # A machine's report and the mail that it returns are no files of anybody's.
    files = tuple(_line(name, excused=excused) for name in line.files if line.kind is not EntryKind.AUTOMATIC)
    text = shown(line.text, excused).strip("\n")
    text = f"{where}: {text}" if where and line.kind is EntryKind.EVENT else text
    places = pictures.placed(text) if line.kind is EntryKind.CUSTOMER else {}
    return EntryShown(line.kind, who, line.at, text, files, more, places)


def _more(count: int, ticket: int, whole: bool) -> Said:
    """Return how many lines of an entry are not shown, and how they are."""
    if whole:
        return counted(
            count,
            single="{count} more line did not fit into this email",
            several="{count} more lines did not fit into this email",
        )
    return counted(
        count,
        single="{count} more line: #full {number}",
        several="{count} more lines: #full {number}",
        number=ticket,
    )


def _left(count: int, ticket: int) -> Said:
    """Return how many entries did not fit into a mail that was to hold all."""
    return counted(
        count,
        single="{count} earlier entry did not fit into this email. An admin can print it: {command}",
        several="{count} earlier entries did not fit into this email. An admin can print them: {command}",
        command=f"intake ticket show {ticket} --full",
    )


def _ticket(line: TicketLine, language: str) -> TicketShown:
    subject = subject_in_language(line.subject, language)
    return TicketShown(line.id, line.status, compose.clean(shown(subject), 100))


def _distance(due: datetime | None, now: datetime) -> tuple[str, int]:
    """Return how far off a moment is: minutes below one hour and a half, days from two on."""
    minutes = max(0, int((due - now).total_seconds()) // 60) if due else 0
    if minutes < 90:
        return "minutes", minutes
    return ("hours", round(minutes / 60)) if minutes < 48 * 60 else ("days", round(minutes / 1440))


@dataclass(frozen=True, slots=True)
class Pictures:
    """The files of a mail to an agent, with previews, and which of them the page shows.

    `places` are Content-IDs by the name of the file that a picture stands for.
    """

    files: tuple[Attachment, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()

    def loose(self, text: str) -> list[tuple[str, str]]:
        """Return those pictures (name, Content-ID) that stood nowhere in `text`."""
        return [(name, place) for name, place in self.places if f"[image: {name}]" not in text]

    def shown_in(self, html: str) -> list[Attachment]:
        """Return the files; a picture that the page, which an admin may have written, has no place for
        is a file like any other."""
        kept = {place for _, place in self.places if f"cid:{place}" in html}
        return [
            file if file.content_id in kept else replace(file, inline=False, content_id="")
            for file in self.files
        ]

    def placed(self, text: str) -> dict[str, str]:
        """Return those that did."""
        return {name: place for name, place in self.places if f"[image: {name}]" in text}


def pictures(files: Sequence[Attachment], mail: Mail, domain: str, room: int) -> Pictures:
    """Return the files that go to an agent, behind each picture that programs may not show its preview.

    Of previews go as many as there is `room` for, in bytes. Pictures of a customer whom nobody distrusts
    are shown in the page; those of a note are not: a client sends what its quote shows along.
    """
    show = mail.event not in ("note", "partner") and not mail.stranger and mail.doubt not in _DISTRUSTED
    out: list[Attachment] = []
    places: dict[str, str] = {}
    for file in files:
        place = f"picture{len(out) + 1}.{mail.ticket or 0}@{domain}"
        preview = file.preview if 0 < len(file.preview) <= room else b""
        as_it_is = show and not preview and file.media_type.lower() in SHOWABLE and file.name not in places
        out.append(replace(file, inline=as_it_is, content_id=place if as_it_is else ""))
        if as_it_is:
            places[file.name] = place
        if preview:
            room -= len(preview)
            kind = media_type(preview)
            stem = file.name.rpartition(".")[0] or file.name
            name = filenames.safe(f"{stem} (preview){filenames.extension_of(kind)}", kind)
            shows = show and file.name not in places
            out.append(Attachment(name, kind, preview, place if shows else "", inline=True))
            if shows:
                places[file.name] = place
    return Pictures(tuple(out), tuple(file.name for file in files), tuple(places.items()))


NO_PICTURES = Pictures()
