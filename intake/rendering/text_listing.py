"""The list of canned responses as agents see it: a table with links that begin a mail; aligned text."""

from dataclasses import dataclass

from intake.desk.listing import ListTable, TextRow, TextTable
from intake.desk.text.said import said
from intake.mail.outgoing import compose
from intake.rendering.listing import GAP, WIDTH, Reader, ShownTable, begin_mail, cell, shown, shown_line, wide
from intake.rendering.page_parts import wrapped

# A name beyond so many cells stands on a line of its own.
MOST_NAME = 24
MOST_PREVIEW = 400
_HEADS = (said("Name"), said("Languages"), said("Text"))
_EVERY, _SEND, _PREVIEW = said("every language"), said("Send it"), said("Preview")


@dataclass(frozen=True, slots=True)
class ShownText:
    """A canned response in a list. `preview` and `send` are links that begin a mail, "" for none."""

    name: str
    languages: str
    text: str
    preview: str = ""
    send: str = ""


@dataclass(frozen=True, slots=True)
class ShownTexts:
    """A list of canned responses in the reader's language; `heads` are Name, Languages, Text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[ShownText, ...]
    below: tuple[str, ...]
    # What the links are called.
    send: str
    preview: str

    @property
    def text(self) -> str:
        """The list as plain text, WIDTH cells wide."""
        return "\n\n".join(part for part in (self.title, _aligned(self), *self.below) if part)


def shown_list(table: ListTable | TextTable, reader: Reader) -> ShownTable | ShownTexts:
    """Return a list, of whatever it is, as its reader sees it."""
    return shown_texts(table, reader) if isinstance(table, TextTable) else shown(table, reader)


def shown_texts(table: TextTable, reader: Reader) -> ShownTexts:
    """Return a list of canned responses as its reader sees it."""
    return ShownTexts(
        f"{reader.says(table.title)} ({table.count})",
        tuple(reader.says(head) for head in _HEADS),
        tuple(_row(row, table, reader) for row in table.rows),
        tuple(reader.says(sentence) for sentence in table.below),
        reader.says(_SEND),
        reader.says(_PREVIEW),
    )


def _row(row: TextRow, table: TextTable, reader: Reader) -> ShownText:
    named = ", ".join(language for language in row.languages if language)
    every = reader.says(_EVERY) if "" in row.languages else ""
    to = reader.address(table.number, table.mailbox)
    about = f"#canned {row.name}?"
    if table.number:
        about = f"[#{table.number}] {compose.bare_subject(shown_line(table.subject, MOST_PREVIEW))}".strip()
    return ShownText(
        row.name,
        ", ".join(part for part in (named, every) if part),
        shown_line(row.preview, MOST_PREVIEW),
        begin_mail(to, about, f"#canned {row.name}?", reader.ends(table.number)),
        # Without a ticket there is nobody to send it to.
        begin_mail(to, about, f"#canned {row.name}", reader.ends(table.number)) if table.number else "",
    )


def _aligned(table: ShownTexts) -> str:
    """Return the rows as text: name and languages in columns, below them how the text begins."""
    name, languages, text = table.heads
    short = [wide(row.name) for row in table.rows if wide(row.name) <= MOST_NAME]
    first = max([wide(name), *short])
    indent = " " * (first + len(GAP))
    out = [f"{cell(name, first)}{GAP}{languages}", f"{indent}{text}", "-" * WIDTH]
    for row in table.rows:
        begins = [row.name, indent] if wide(row.name) > first else [f"{cell(row.name, first)}{GAP}"]
        *above, last = begins
        out += [*above, f"{last}{row.languages}"]
        out += [f"{indent}{line}" for line in wrapped(row.text, WIDTH - len(indent))]
    return "\n".join(line.rstrip() for line in out)
