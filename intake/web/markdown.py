"""Markdown of help articles as HTML that does nothing but be read. Pure.

Agents write articles, and agents' accounts are stolen too: no HTML passes, no picture, and no link but to
another article or, over https, to a host that the admin allows.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup

from intake.desk.knowledge import links
from intake.desk.knowledge.article import named

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br", "hr",
}  # fmt: skip
# A page has one heading of the first rank, its title.
_RANKS = {"h1": "h2", "h5": "h4", "h6": "h4"}


@cache
def _parser() -> "MarkdownIt":
    """Loaded with the first article: a desk without any has no use for it (3 MB in each process of pages)."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def rendered(text: str, pages: Mapping[str, str], hosts: frozenset[str]) -> Markup:
    """Return Markdown as HTML. A link that leads nowhere it may becomes its text.

    `pages` are the addresses of the other articles by slug; `hosts` (small letters), and all below them,
    may be linked to over https.
    """
    import nh3

    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        token.tag = _RANKS.get(token.tag, token.tag)
        if token.children:
            token.children = _linked(token.children, pages, hosts)
    html = parser.renderer.render(tokens, parser.options, {})
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https"},
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned)


def plain(text: str) -> str:
    """Return the words of a paragraph of Markdown, in one line."""
    words = []
    for token in _parser().parseInline(text):
        for child in token.children or ():
            words.append(" " if child.type in ("softbreak", "hardbreak") else child.content)
    return " ".join("".join(words).split())


def target(link: str, pages: Mapping[str, str], hosts: frozenset[str]) -> str:
    """Return where a link of an article leads: a page of ours, an allowed address, "" for nowhere."""
    if links.wrong(link, hosts, pages):
        return ""
    parts = urlsplit(link)
    if parts.scheme:
        # Browsers read a backslash as the end of a host.
        return "" if set(parts.netloc) & set("\\%") else link
    file = named(parts.path.removeprefix("./"), "")
    return pages.get(file[0] if file else parts.path, "")


def _linked(children: list["Token"], pages: Mapping[str, str], hosts: frozenset[str]) -> list["Token"]:
    kept, dropped = [], []
    for child in children:
        if child.type == "link_open":
            address = target(str(child.attrs.get("href", "")), pages, hosts)
            dropped.append(not address)
            if not address:
                continue
            child.attrs = {"href": address}
        elif child.type == "link_close" and dropped.pop():
            continue
        kept.append(child)
    return kept
