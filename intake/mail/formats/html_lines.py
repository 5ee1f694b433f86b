"""The page on which HTML is written out as lines of text."""

import re

# Noncharacters, which no text holds (Unicode 23.7) and str.strip leaves alone.
CUT = "\ufdd0"
"""Mark, alone on a line: from here on a client put the mail it quotes."""
ATTRIBUTION = "\ufdd1"
"""Mark at a line's start: a client wrote this line to introduce a quote."""
SIGNATURE = "\ufdd2"
"""Mark at a line's start: it stands in what a client wrapped as its author's signature."""

# Deeper quotes and lists are written at this depth.
MAX_DEPTH = 20
# Text stops here; a mail says what it has to say in less.
MAX_TEXT = 1 << 20

_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdd2]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f]{2,}|[\ufeff\u00ad\u2060\u200b]")
USUAL = b"\t\n\r" + bytes(range(0x20, 0x7F))
"""The bytes of a text that Lines.text need not look through for what is never shown."""
_SCHEMES = ("http://", "https://", "ftp://")


class Lines:
    """Collects pieces into lines. Nothing here nests: depths are counted, not stacked."""

    def __init__(self, marked: bool) -> None:
        self.marked = marked
        self._lines: list[str] = []
        self._line: list[str] = []
        self._blank_due = False
        self._depth = 0
        self._open = 0
        self._indents: list[int] = []
        self.pre = 0
        self._signature = ""
        self._signature_depth = 0
        self._numbers: list[int] = []
        self._prefix = ""
        self.space = False
        self._cell_due = False
        self._link: str | None = None
        self._link_text: list[str] = []
        self._size = 0

    def text(self, text: str, usual: bool = False) -> None:
        """Add characters; white space is folded unless preformatted. `usual`: all are USUAL."""
        if self._size > MAX_TEXT:
            return
        self._size += len(text)
        if not self.pre and not text.strip(" \t\r\n"):
            self.space = self.space or bool(text)
            return
        if not usual:
            if not text.isascii():
                text = _CONTROL.sub("", _INVISIBLE.sub("", text))
            elif not text.isprintable():
                text = _CONTROL.sub("", text)
        if self.pre:
            first, *others = text.replace("\r", "").split("\n")
            self._append(first)
            for other in others:
                self._end_line()
                self._append(other)
            return
        if not text:
            return
        if text.isascii():
            # What is left of white space in it is what is folded.
            folded = text if text.isprintable() and "  " not in text else " ".join(text.split())
            before, after = text[0].isspace(), text[-1].isspace()
        else:
            folded = _BLANKS.sub(" ", text)
            before, after = folded[0] == " ", folded[-1] == " "
        self.space = self.space or before
        folded = folded.strip(" ")
        if folded:
            self._append(folded)
            self.space = after

    def _append(self, piece: str) -> None:
        if not piece:
            return
        if self._line:
            if self._cell_due:
                self._line.append(" | ")
            elif self.space:
                self._line.append(" ")
        else:
            self._line.append(self._prefix)
            self._prefix = ""
        self.space = self._cell_due = False
        self._line.append(piece)
        if self._link is not None and len(self._link_text) < 100:
            self._link_text.append(piece)

    def line_break(self) -> None:
        """End the line, keeping an empty one."""
        self._end_line()

    def block(self, spaced: bool = False) -> None:
        """Begin a new line if one is begun; `spaced`: with an empty line before it."""
        if self._line:
            self._end_line()
        self.space = self._cell_due = False
        if spaced and self._lines and self._lines[-1].strip("> "):
            self._blank_due = True

    def _end_line(self) -> None:
        line = "".join(self._line)
        self._line.clear()
        self.space = self._cell_due = False
        if line and self._blank_due:
            self._put("")
        if line:
            self._blank_due = False
        self._put(line)

    def _put(self, line: str) -> None:
        quote = ">" * self._depth
        line = f"{quote} {line}".rstrip() if quote else line.rstrip()
        self._lines.append(f"{SIGNATURE}{line}" if self._signature and line else line)

    def cell(self) -> None:
        """Begin a table cell on the line of the one before it."""
        self._cell_due = bool(self._line)

    def quote(self, change: int, indent: bool = False) -> None:
        """Go deeper into quotes, or out of the innermost; `indent`: into one that only looks indented."""
        if change > 0:
            self._open += 1
            if indent and len(self._indents) < MAX_DEPTH:
                self._indents.append(self._open)
                return
        elif self._open:
            self._open -= 1
            if self._indents and self._indents[-1] > self._open:
                self._indents.pop()
                return
        self._depth = min(max(self._depth + change, 0), MAX_DEPTH)

    def preformatted(self, change: int) -> None:
        """Enter or leave text whose white space counts."""
        self.pre = max(self.pre + change, 0)

    def list(self, ordered: bool) -> None:
        """Begin a list."""
        if len(self._numbers) < MAX_DEPTH:
            self._numbers.append(1 if ordered else 0)

    def end_list(self) -> None:
        """End the innermost list."""
        if self._numbers:
            self._numbers.pop()

    def item(self) -> None:
        """Begin a list item: its sign stands before whatever text comes next."""
        number = self._numbers[-1] if self._numbers else 0
        if number:
            self._numbers[-1] += 1
        indent = "  " * (len(self._numbers) - 1)
        self._prefix = f"{indent}{number}. " if number else f"{indent}- "

    def link(self, target: str) -> None:
        """Begin a link."""
        self.end_link()
        if not (target.isascii() and target.isprintable() and " " not in target):
            target = _CONTROL.sub("", _BLANKS.sub("", target))
        self._link = target if target.lower().startswith(_SCHEMES) else None
        self._link_text.clear()

    def end_link(self) -> None:
        """End a link: its target follows its text when the text does not say it already."""
        if self._link is None:
            return
        target, self._link = self._link, None
        shown = "".join(self._link_text).strip()
        if shown and (" " in shown or _bare(shown) != _bare(target)):
            self.text(f" ({target})")

    def mark(self, mark: str) -> None:
        """Mark the place, if this page is a marked one."""
        if not self.marked:
            return
        self.block()
        if mark == ATTRIBUTION:
            self._prefix = mark
        else:
            self._put(mark)

    def begin_signature(self, tag: str) -> None:
        """Mark each line as a signature's until the end of this tag, which begins here."""
        if not self._signature:
            self.block()
            self._signature, self._signature_depth = tag, 1

    def inside_signature(self, tag: str) -> None:
        """Count the tags of a signature's name, to know where it ends."""
        if self._signature and tag.lstrip("/") == self._signature:
            self._signature_depth += -1 if tag[0] == "/" else 1
            if not self._signature_depth:
                self.block()
                self._signature = ""

    def finish(self) -> str:
        """Return the text: no blank lines at its ends, at most two in a row inside."""
        self.end_link()
        self.block()
        kept: list[str] = []
        empty = 0
        for line in self._lines:
            empty = 0 if line.strip("> ") else empty + 1
            if empty <= 2:
                kept.append(line)
        return "\n".join(kept).strip("\n")


def _bare(link: str) -> str:
    """Return a link without what people leave out when they write it."""
    link = link.lower().removeprefix("http://").removeprefix("https://").removeprefix("www.")
    return link.rstrip("/")
