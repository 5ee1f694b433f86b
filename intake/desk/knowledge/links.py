"""Links in an article: only to other articles, and by https to hosts that the desk allows. Pure."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from intake.desk.guard.domains import below, wire_host
from intake.desk.knowledge.article import named

# [text](target "title"), with a ! before it a picture; <https://…>; [name]: target; and what stands bare.
_INLINE = re.compile(r"(!?)\[[^\]\n]{0,500}\]\(\s*<?([^)\s>]{0,2000})>?[^)\n]{0,200}\)")
_DEFINED = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:\s*<?(\S{1,2000}?)>?(?:\s|$)", re.MULTILINE)
_BARE = re.compile(
    r"(?<![\w(/\"'<:])((?:[a-z][a-z0-9+.-]{1,20}:)?//[^\s<>()\"'，。；、）】]{1,2000})", re.IGNORECASE
)
_ANGLED = re.compile(r"<([a-z][a-z0-9+.-]{1,20}:[^\s<>]{1,2000})>", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>-])")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, as it is written, and the line (from 1) it stands in; a `picture` is shown."""

    target: str
    line: int
    picture: bool = False


def targets(markdown: str) -> Iterator[Target]:
    """Yield where the links of a text lead."""

    def line(at: int) -> int:
        return markdown.count("\n", 0, at) + 1

    made = [Target(each[2], line(each.start()), each[1] == "!") for each in _INLINE.finditer(markdown)]
    for pattern in (_DEFINED, _ANGLED, _BARE):
        made += [Target(each[1], line(each.start(1))) for each in pattern.finditer(markdown)]
    # What is defined stands bare as well.
    yield from dict.fromkeys(made)


def wrong(target: str, hosts: frozenset[str], slugs: Collection[str]) -> str:
    """Return what is wrong with where a link leads, "" for nothing.

    `hosts` may be linked to by https, with all below them; `slugs` are the other articles.
    """
    if target.startswith("#"):
        return ""
    if target.startswith(("//", "\\", "/\\")):
        return f"the link {target[:80]} names no https"
    try:
        parts = urlsplit(target)
        host = wire_host(parts.hostname or "")
    except ValueError:
        return f"the link {target[:80]} cannot be read"
    if parts.scheme:
        if parts.scheme.lower() != "https":
            return f"the link {target[:80]} is not https"
        if "@" in parts.netloc or not below(host, hosts):
            return f"the link {target[:80]} leads to a host that [faq] links does not name"
        return ""
    file = named(parts.path.removeprefix("./"), "")
    return "" if (file[0] if file else parts.path) in slugs else f"the link {target[:80]} leads to no article"


def plain(markdown: str) -> str:
    """Return a paragraph of Markdown as it stands in a mail: without signs, links behind their words."""

    def link(match: re.Match[str]) -> str:
        words = match[0][match[0].index("[") + 1 : match[0].index("](")]
        target = match[2]
        return f"{words} ({target})" if "://" in target and words != target else words

    text = _INLINE.sub(link, markdown)
    text = _ANGLED.sub(lambda match: match[1], text)
    return _ESCAPED.sub(lambda match: match[1], _EMPHASIS.sub(lambda match: match[2], text))
