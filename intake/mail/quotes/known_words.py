"""What the desk sent and has of a conversation, as words that a quote is compared with."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from urllib.parse import unquote

from intake.mail import bodies, structure
from intake.mail.formats.html import from_html

# So many characters of it, the newest first.
MAX_KNOWN = 64 * 1024
# So many are looked through for one mail, the newest first: milliseconds, and in a hostile one less than a
# second.
MOST_SEARCHED = 4 * 1024 * 1024
# A line that begins or ends with so many of the words is one of ours that was written into.
_TOUCHES = 3
# A link of which so much is the same is the same: gateways wrap links into their own, and lines break them.
_LINK = 16

_HAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Chinese, Japanese and Korean lines are broken anywhere; a sign such as a thumb up can be an answer.
_WORD = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+|[\u2600-\u27bf\U0001f300-\U0001faff]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\[\]\"]{1,2000}", re.IGNORECASE)
_EMBEDDED = re.compile(r"[<\[](?:cid|mailto|tel|image):[^<>\[\]]{0,400}[>\]]", re.IGNORECASE)
_NUMBER = re.compile(r"^[ \t>]{0,40}\(?(?:\d{1,3}|[a-z])[.)][ \t]{1,8}", re.MULTILINE)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")


class Known:
    """Texts to compare with, by their words: without case, marks, links and pictures."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts` are the newest last."""
        self._texts: list[str] = []
        self._searched = 0
        room = MAX_KNOWN
        for text in reversed(texts):
            self._texts.append(text[: max(0, room)])
            room -= len(text)

    @cached_property
    def _words(self) -> tuple[str, ...]:
        # A bar, which is no word, stands where a text begins and ends. Once more without the numbers of
        # its lists, which programs leave out.
        plain = _row(map(words_of, self._texts))
        bare = _row(words_of(_NUMBER.sub("", text)) for text in self._texts)
        return (plain,) if plain == bare else (plain, bare)

    @cached_property
    def _threes(self) -> frozenset[tuple[str, ...]]:
        threes: set[tuple[str, ...]] = set()
        for row in self._words:
            words = row.split()
            threes.update(zip(words, words[1:], words[2:], strict=False))
        return frozenset(threes)

    @property
    def tired(self) -> bool:
        """Whether so much was searched that no more should be: in a hostile mail it takes long."""
        return self._searched > MOST_SEARCHED

    @cached_property
    def _lines(self) -> frozenset[tuple[str, ...]]:
        return frozenset(words_of(line) for text in self._texts for line in _NUMBER.sub("", text).split("\n"))

    @cached_property
    def _links(self) -> frozenset[str]:
        return frozenset(_bare(url) for text in self._texts for url in links_of(text))

    def holds(self, words: Sequence[str]) -> bool:
        """Whether these words stand in it one behind the other."""
        if not self._threes.issuperset(zip(words, words[1:], words[2:], strict=False)):
            return False
        wanted = f" {' '.join(words)} "
        for row in self._words:
            at = row.find(wanted)
            self._searched += at + 1 or len(row)
            if at >= 0:
                return True
        return False

    def line(self, words: Sequence[str]) -> bool:
        """Whether these words are a line of it, without its number."""
        return tuple(words) in self._lines

    def touches(self, words: Sequence[str]) -> bool:
        """Whether these words begin or end with some of it."""
        return self.holds(words[:_TOUCHES]) or self.holds(words[-_TOUCHES:])

    def most(self, words: Sequence[str]) -> bool:
        """Whether more than half of these words, the first or the last ones, stand in it together."""
        half = len(words) // 2 + 1
        return self.holds(words[:half]) or self.holds(words[-half:])

    def link(self, url: str) -> bool:
        """Whether a link, or a piece of one, stands in it, be it wrapped into another."""
        whole = _bare(unquote(url))
        least = len(whole) >= _LINK // 2
        return any(link[:_LINK] in whole or (least and link.startswith(whole)) for link in self._links)

    def goes_on(self, url: str, rest: str) -> bool:
        """Whether a link that a line broke off goes on with `rest`."""
        whole = _bare(url + rest)
        return any(whole in link for link in self._links)


def known(mails: Iterable[bytes], texts: Sequence[str]) -> Known:
    """Return what mails of ours (finished, as they left) and `texts` say; the newest of each last."""
    sent: list[str] = []
    for raw in mails:
        # Who wrote them, when and what is new in them is known: that is most of what reading a mail costs.
        tree = structure.scan(raw)
        body = bodies.read(tree.leaves, bodies.charset_hint(tree))
        text = "\n\n".join(part for part in (body.text, *body.notes) if part)
        sent += [text, *([from_html(body.html)] if body.html else [])]
    return Known([*texts, *sent])


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared."""
    if "[" in text or "<" in text:
        text = _EMBEDDED.sub(" ", text)
    if "://" in text or "www." in text:
        text = _URL.sub(" ", text)
    return tuple(_WORD.findall(text.casefold()))


def links_of(text: str) -> list[str]:
    """Return the links in a text."""
    return _URL.findall(text) if "://" in text or "www." in text else []


def _row(texts: Iterable[Sequence[str]]) -> str:
    return f" | {' | '.join(map(' '.join, texts))} | "


def _bare(url: str) -> str:
    """Return a link without what stands before its host, and without marks behind it."""
    return _SCHEME.sub("", url.casefold()).rstrip(".,;:!?)>'\"/")
