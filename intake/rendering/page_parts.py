"""The parts of a mail to an agent, each as text and as HTML: what its template writes them with.

Every line that is neither the news itself nor about it begins with `leaks.MARK`. So it is known wherever a
mail program quotes it, and never sent to a customer. HTML is escaped here; nothing in it is loaded from
anywhere.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from markupsafe import Markup

from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import STATES, EntryKind

# A text is readable in 80 columns, also where it is quoted once.
WIDTH = 74
# A label that is longer takes no other row further to the right.
MAX_LABEL = 22
NOTHING = Markup()
HTML_MARK = f'<span class="m">{MARK}</span> '
# In text that is escaped.
_LINK = re.compile(r"https?://[^\s<]+")
# As the words `card_kinds` are in order.
KINDS = (
    EntryKind.CUSTOMER,
    EntryKind.REPLY,
    EntryKind.NOTE,
    EntryKind.DRAFT,
    EntryKind.AUTOMATIC,
    EntryKind.EVENT,
)


@dataclass(frozen=True, slots=True)
class PageBlock:
    """One part: `text` as it stands in plain text, `html` as it stands in the page, `title` above that."""

    kind: str
    text: str
    html: Markup = NOTHING
    title: str = ""
    chips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry of the conversation, fit to be shown; `files` are names."""

    kind: EntryKind
    who: str
    at: datetime
    text: str
    files: tuple[str, ...] = ()
    # What is not shown of it, and how it is seen; "" for nothing.
    more: str = ""
    # The Content-IDs of pictures that stand in its text, by file name.
    pictures: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def below(self) -> tuple[str, ...]:
        """What stands below its text."""
        return tuple(f"[{each}]" for each in (*self.files, self.more) if each)


@dataclass(frozen=True, slots=True)
class TicketShown:
    """Another ticket; `state` is one of `ticket.STATES`."""

    number: int
    state: str
    subject: str


class PageWriting:
    """Functions of templates that write the parts of an agent's mail into `parts`."""

    def __init__(self, parts: list[Any], moment: Callable[[datetime], str]) -> None:
        self._parts, self._moment = parts, moment

    def names(self) -> dict[str, Any]:
        """Return the functions under the names that templates know them by."""
        return {
            "delimit": self._delimit,
            "headline": self._headline,
            "warn": lambda text: self._paragraph("warning", text),
            "wrote": lambda text: self._paragraph("wrote", text),
            "card": self._card,
            "words": self._words,
            "inside": self._inside,
            "link_inside": self._link_inside,
            "gallery": self._gallery,
            "conversation": self._conversation,
            "tickets": self._tickets,
            "by_state": lambda words: dict(zip(STATES, words.strip().split("|"), strict=True)),
            "commands_of": self._commands,
            "reference_of": self._reference,
        }

    def _delimit(self, line: str, words: str) -> str:
        return self._add("delimiter", "\n".join(filter(None, (line, words.strip()))))

    def _headline(self, text: str, *more: str) -> str:
        chips = tuple(chip.strip() for chip in more if chip.strip())
        title = " ".join(text.split())
        return self._add("headline", " · ".join((title, *chips)), title=title, chips=chips)

    def _paragraph(self, kind: str, text: str) -> str:
        return self._add(kind, " ".join(text.split())) if text.strip() else ""

    def _card(self, title: str, rows: Sequence[tuple[str, str] | None]) -> str:
        """Write what is known of the ticket; rows without a value are left out."""
        there = (row for row in rows if row is not None)
        kept = [(label.strip(), " ".join(value.split())) for label, value in there if value.strip()]
        labels = [width(label) for label, _ in kept]
        column = max([label for label in labels if label <= MAX_LABEL], default=0) + 2
        title = " ".join(title.split())
        lines = [title]
        for (label, value), wide in zip(kept, labels, strict=True):
            first, *others = wrapped(value, WIDTH - column)
            lines.append(f"{label}{' ' * max(2, column - wide)}{first}")
            lines += [" " * column + other for other in others]
        html = "".join(
            f'<div class="c">{HTML_MARK}<span class="l">{escape(label)}</span> {escape(value)}</div>\n'
            for label, value in kept
        )
        return self._add("card", barred(lines), html, title)

    def _words(self, text: str, pictures: Mapping[str, str]) -> str:
        """Write the news itself: the one part a reply may quote. `pictures`: Content-IDs by file name."""
        return self._add("words", text, _pictured(in_html(text), pictures))

    def _inside(self, text: str) -> str:
        """Write text that no customer may read."""
        text = text.strip("\r\n")
        return self._add("inside", barred(text.split("\n")), in_html(text, HTML_MARK)) if text.strip() else ""

    def _link_inside(self, text: str) -> str:
        """Write a line of the desk's own that no customer may read; its link can be followed."""
        html = _LINK.sub(lambda link: f'<a href="{link[0]}">{link[0]}</a>', in_html(text, HTML_MARK))
        return self._add("inside", barred(wrapped(text, WIDTH)), html)

    def _gallery(self, said: str, pictures: Sequence[tuple[str, str]]) -> str:
        """Name the files; show those of them that are pictures and stood in no text (name, Content-ID)."""
        said = " ".join(said.split())
        shown = "".join(_picture(name, place, "t") for name, place in pictures)
        return self._add("files", barred(wrapped(said, WIDTH)), in_html(said, HTML_MARK) + shown)

    def _conversation(
        self, title: str, entries: Sequence[EntryShown], kinds: str, more: str, unfolded: bool = False
    ) -> str:
        if not entries and not more.strip():
            return ""
        words = dict(zip(KINDS, kinds.split("|"), strict=True))
        lines, html = [title.strip()], []
        for entry in entries:
            head, said = self._head(entry, words[entry.kind])
            lines += ["", head, *(f"  {line}" for line in said)]
            html.append(self._entry(entry, words[entry.kind]))
        if more.strip():
            lines += ["", more.strip()]
            html.append(f'<p class="r">{HTML_MARK}{escape(more.strip())}</p>')
        kind = "unfolded" if unfolded else "folded"
        return self._add(kind, barred(lines), "\n".join(html), f"{title.strip()} ({len(entries)})")

    def _head(self, entry: EntryShown, kind: str) -> tuple[str, list[str]]:
        named = (entry.who, self._moment(entry.at), kind if entry.kind is not EntryKind.CUSTOMER else "")
        text = [line for part in entry.text.split("\n") for line in wrapped(part, WIDTH - 2)]
        return " · ".join(filter(None, named)), [*text, *entry.below]

    def _entry(self, entry: EntryShown, kind: str) -> str:
        tag = f' <span class="k">{escape(kind)}</span>' if entry.kind is not EntryKind.CUSTOMER else ""
        who = f"<b>{escape(entry.who)}</b> " if entry.who else ""
        head = f'<p class="h p">{HTML_MARK}{who}{escape(self._moment(entry.at))}{tag}</p>'
        said = "\n".join((entry.text, *entry.below))
        html = _pictured(in_html(said, HTML_MARK), entry.pictures)
        return f'<div class="e {entry.kind.value}">{head}{html}</div>'

    def _tickets(
        self, title: str, tickets: Sequence[TicketShown], states: Mapping[str, str], more: str
    ) -> str:
        if not tickets and not more.strip():
            return ""
        wide = max((len(str(ticket.number)) for ticket in tickets), default=0) + 3
        column = max((width(states[ticket.state]) for ticket in tickets), default=0) + 2
        lines, html = [title.strip()], []
        for ticket in tickets:
            state = states[ticket.state]
            number = f"#{ticket.number}".ljust(wide)
            lines.append(f"{number}{state}{' ' * (column - width(state))}{ticket.subject}")
            html.append(
                f'<div class="r">{HTML_MARK}<b>#{ticket.number}</b> '
                f'<span class="k">{escape(state)}</span> {escape(ticket.subject)}</div>\n'
            )
        if more.strip():
            lines.append(more.strip())
            html.append(f'<div class="r">{HTML_MARK}{escape(more.strip())}</div>')
        return self._add("tickets", barred(lines), "".join(html), title.strip())

    def _commands(self, lead: str, commands: Iterable[str]) -> str:
        """Write commands: each is "#name argument|what it does"."""
        rows = [(command, does) for command, _, does in (row.strip().partition("|") for row in commands)]
        if not rows:
            return ""
        column = max(width(command) for command, _ in rows) + 2
        lines = [lead.strip()]
        lines += [f"{command}{' ' * (column - width(command))}{does}" for command, does in rows]
        html = "".join(
            f'<div class="r">{HTML_MARK}<code>{escape(command)}</code> {escape(does)}</div>\n'
            for command, does in rows
        )
        return self._add("commands", barred(lines), html, lead.strip())

    def _reference(self, reference: str) -> str:
        return self._add("reference", reference) if reference else ""

    def _add(self, kind: str, text: str, html: str = "", title: str = "", chips: tuple[str, ...] = ()) -> str:
        # Whoever made `html` here has escaped what is not their own.
        self._parts.append(PageBlock(kind, text, Markup(html), title, chips))
        return ""


def barred(lines: Iterable[str]) -> str:
    """Return lines with the mark before each."""
    return "\n".join(f"{MARK} {line}".rstrip() for line in lines)


def in_html(text: str, before: str = "") -> str:
    """Return text as HTML, line by line. Blanks in a row stay.

    With `before`, the bar, each is a block of its own: a line that is broken goes on beside the bar.
    """
    # Word, which Outlook shows mail with, knows no `white-space`.
    escaped = escape(text.strip("\n")).replace("  ", "&nbsp; ")
    if not before:
        return escaped.replace("\n", "<br>\n")
    return "\n".join(f'<div class="p">{before}{line}</div>' for line in escaped.split("\n"))


def _pictured(html: str, pictures: Mapping[str, str]) -> str:
    """Return HTML with pictures (Content-IDs by file name) where their names stand."""
    for name, place in pictures.items():
        html = html.replace(escape(f"[image: {name}]"), _picture(name, place, "w"))
    return html


def _picture(name: str, place: str, kind: str) -> str:
    # The text that stands for it is how a reply's text names it, too.
    return (
        f'<img class="{kind}" src="cid:{escape(place)}" alt="[image: {escape(name)}]" style="max-width:100%">'
    )


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def wrapped(line: str, columns: int) -> list[str]:
    """Return a line broken at blanks, or between letters that need none, so that it fits `columns`.

    A longer word, such as an address of a page, stays whole. There is always one line.
    """
    if len(line) * 2 <= columns or (len(line) <= columns and line.isascii()):
        return [line]
    indent = line[: len(line) - len(line.lstrip(" "))][: columns // 2]
    lines, current, used = [], indent, len(indent)
    for word in line.split():
        room = columns - used - (current != indent)
        if width(word) > room and any(unicodedata.east_asian_width(char) in "WF" for char in word):
            current += " " if current != indent else ""
            for char in word:
                if width(current) + width(char) > columns:
                    lines.append(current)
                    current = indent
                current += char
            used = width(current)
            continue
        if width(word) > room and current != indent:
            lines.append(current)
            current = indent
        current += word if current == indent else f" {word}"
        used = width(current)
    return [*lines, current]
