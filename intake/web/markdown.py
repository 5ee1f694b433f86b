"""Markdown of help articles as HTML that does nothing but be read. Pure.

Agents write articles, and agents' accounts are stolen too: no HTML passes, no picture, and no link but to
another article or, over https, to a host that the admin allows.
"""

import re
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# Takes the reference behind a link to another article; returns the address of its page, "" for none.
Resolve = Callable[[str], str]

# "deposit-missing.md", "deposit-missing.zh-Hans.md" or "deposit-missing", as editors of files link them.
_ARTICLE = re.compile(r"(?:\./)?(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[A-Za-z-]{2,12})?(?:\.md)?(?:#.*)?")
_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a", "br", "hr",
}  # fmt: skip
# A page has one heading of the first rank, its title.
_RANKS = {"h1": "h2", "h5": "h4", "h6": "h4"}
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def rendered(text: str, resolve: Resolve, hosts: Collection[str]) -> Markup:
    """Return Markdown as HTML. A link that leads nowhere it may becomes its text.

    `resolve` knows the other articles, `hosts` (small letters) where links may lead to over https.
    """
    tokens = _PARSER.parse(text)
    for token in tokens:
        token.tag = _RANKS.get(token.tag, token.tag)
        if token.children:
            token.children = _linked(token.children, resolve, hosts)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
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
    for token in _PARSER.parseInline(text):
        for child in token.children or ():
            words.append(" " if child.type in ("softbreak", "hardbreak") else child.content)
    return " ".join("".join(words).split())


def target(link: str, resolve: Resolve, hosts: Collection[str]) -> str:
    """Return where a link of an article leads: a page of ours, an allowed address, "" for nowhere."""
    match = _ARTICLE.fullmatch(link)
    if match is not None:
        return resolve(match["slug"])
    try:
        parts = urlsplit(link)
        # A port is another server, and a name before the host deceives about the host.
        plain_host = parts.netloc.lower() == (parts.hostname or "")
    except ValueError:
        return ""
    allowed = parts.scheme == "https" and plain_host and parts.hostname in hosts
    return link if allowed and "\\" not in link else ""


def _linked(children: list[Token], resolve: Resolve, hosts: Collection[str]) -> list[Token]:
    kept, dropped = [], []
    for child in children:
        if child.type == "link_open":
            address = target(str(child.attrs.get("href", "")), resolve, hosts)
            dropped.append(not address)
            if not address:
                continue
            child.attrs = {"href": address}
        elif child.type == "link_close" and dropped.pop():
            continue
        kept.append(child)
    return kept
