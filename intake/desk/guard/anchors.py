"""Where the links of an HTML answer lead, and what they show. Only those whose words stand in the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from intake.desk.guard.folding import visible

# What is longer or has more links goes out as text alone (intake/mail/outgoing/reply_html.py: MAX_HTML).
MOST, MOST_LINKS = 1 << 18, 2000


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its target as it stands in the HTML, and the words that it is shown by."""

    target: str
    shown: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.texts: list[list[str]] = []
        self.made: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = next((value for name, value in attrs if name == "href" and value), None)
        if tag in ("a", "area") and target is not None:
            self.open, self.texts = [target], []
            self.texts.append([])
            self.made.append((target, self.texts[-1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.open = []

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts[-1].append(data)


def anchors(html: str, text: str) -> Iterator[Anchor]:
    """Yield the links of `html` of which a word stands in `text`, which is what the answer says.

    Links of what the mail quotes are none of the answer's: its HTML is cut to what the text says.
    """
    if not html.strip() or len(html) > MOST or "href" not in html.lower():
        return
    reader = _Reader()
    reader.feed(html)
    reader.close()
    said = _letters(text)
    for target, pieces in reader.made[:MOST_LINKS]:
        if any(_letters(piece) in said for piece in pieces):
            yield Anchor(target, "".join(pieces))


def _letters(text: str) -> str:
    return "".join(char for char in visible(text) if char.isalnum()).casefold()
