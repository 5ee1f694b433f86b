"""Help articles for programs: a feed (RFC 4287) and a sitemap (sitemaps.org), written by hand."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from flask import Response

from intake.desk.knowledge.article import Article
from intake.web import markdown

# Returns the whole address of an article (language, slug), or of the first page of a language.
Address = Callable[..., str]

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
MOST_NEWS = 30
# What the protocol takes in one file. Each address counts, those of the languages too.
MOST_ADDRESSES = 50_000
# XML 1.0 cannot hold these, not even escaped.
_CONTROLS = dict.fromkeys(number for number in range(32) if chr(number) not in "\t\n\r")


def newest(articles: Iterable[Article]) -> list[Article]:
    """Return what was published last, the newest first."""
    begun = datetime.min.replace(tzinfo=UTC)
    return sorted(articles, key=lambda item: (item.published_at or begun, item.slug), reverse=True)[
        :MOST_NEWS
    ]


def atom(title: str, tag: str, articles: Iterable[Article], address: Address, now: datetime) -> Response:
    """Return the feed of a language; each entry is its short answer."""
    entries = [(item, address(tag, item.slug)) for item in articles]
    updated = max((item.published_at for item, _ in entries if item.published_at), default=now)
    home = address(tag)
    lines = [
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(tag)}>',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(home)}</id>",
        f"<link href={quoteattr(home)}/>",
        f"<updated>{_time(updated)}</updated>",
        f"<author><name>{_text(title)}</name></author>",
    ]
    for item, link in entries:
        lines += [
            f"<entry xml:lang={quoteattr(item.language)}>",
            f"<title>{_text(item.title)}</title>",
            f"<id>{_text(link)}</id>",
            f"<link href={quoteattr(link)}/>",
            f"<updated>{_time(item.published_at or now)}</updated>",
            f"<summary>{_text(markdown.plain(item.short))}</summary>",
            "</entry>",
        ]
    body = _HEAD + "\n".join([*lines, "</feed>"]) + "\n"
    return Response(body, content_type="application/atom+xml; charset=utf-8")


def sitemap(articles: Mapping[str, Mapping[str, Article]], address: Address) -> Response:
    """Return every article in each of its languages, and beside each the others."""
    lines = [
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    ]
    count = 0
    for slug, editions in articles.items():
        places = {tag: address(tag, slug) for tag in editions}
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(tag)} href={quoteattr(link)}/>'
            for tag, link in places.items()
        )
        for tag, link in places.items():
            moment = editions[tag].published_at
            changed = f"<lastmod>{_time(moment)}</lastmod>" if moment else ""
            count += 1
            if count <= MOST_ADDRESSES:
                lines.append(f"<url><loc>{_text(link)}</loc>{changed}{others}</url>")
    body = _HEAD + "\n".join([*lines, "</urlset>"]) + "\n"
    return Response(body, content_type="application/xml; charset=utf-8")


def _text(value: str) -> str:
    return escape(value.translate(_CONTROLS))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
