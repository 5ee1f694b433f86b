"""The pages of help articles, made out of articles: what stands on them, and where their links lead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup

from intake.config.to_faq import hosts_of
from intake.desk.knowledge.article import Article
from intake.desk.knowledge.ranking import Hit, Library
from intake.desk.knowledge.verdicts import Reason
from intake.web import form, markdown
from intake.web.languages import LANGUAGES
from intake.web.shared import Shared

# The topics that the pages have words for, in the order of the page; others follow by their names.
TOPICS = ("transaction", "account", "technical", "security", "enquiry")
# Of a topic so many titles stand on the first page.
MOST_OF_TOPIC = 20
MOST_QUOTED = 240
# Pieces of articles that are kept as HTML.
MOST_KEPT = 2048


@dataclass(frozen=True, slots=True)
class Line:
    """An article in a list: its title, its language and that one's name where it is not the page's."""

    title: str
    address: str
    language: str
    other: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """The articles of one category. `more`: there are others, at `address`."""

    name: str
    title: str
    address: str
    lines: tuple[Line, ...]
    more: int = 0


class HelpView:
    """Renders the pages."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk, self._pages = shared, shared.desk, shared.pages
        self._hosts = hosts_of(shared.desk.settings)
        # Markdown of the longest article takes half a second, and anybody may ask for it again and again.
        self._rendered = lru_cache(maxsize=MOST_KEPT)(self._render)

    def form_key(self, slug: str) -> str:
        """Return what the form below an article is signed with: it is good for that article."""
        return f"help {slug}"

    def home(self, tag: str, topic: str | None) -> Response:
        """Return the first page, or that of one topic with all its articles."""
        shelf = self._shared.shelf
        topics = self._topics(tag, shelf.edition(tag), topic)
        if topic is not None and not topics:
            return self._pages.problem(404)
        wanted = [] if topic is not None else shelf.wanted(self._desk.service.clock())
        articles = [item for slug in wanted if (item := shelf.article(slug, tag))]
        response = self._pages.page(
            "help",
            200,
            tag,
            language_links={other: url_for("help", language=other, topic=topic) for other in LANGUAGES},
            title=topics[0].title if topic is not None else "",
            topics=topics,
            wanted=[self._line(tag, item) for item in articles],
            alternates=self._alternates(LANGUAGES) if topic is None else {},
            canonical=self.address(tag) if topic is None else "",
            asked=None,
            hits=(),
            **self._common(tag),
        )
        return self._public(response) if topic is None else response

    def results(self, tag: str, asked: str, hits: Sequence[Hit]) -> Response:
        """Return what a search found. Search engines are kept out of it."""
        return self._pages.page(
            "help",
            200,
            tag,
            language_links={other: url_for("help_search", language=other, q=asked) for other in LANGUAGES},
            title="",
            topics=(),
            wanted=(),
            alternates={},
            canonical="",
            asked=asked,
            hits=[self._line(tag, hit.article, quoted=True) for hit in hits],
            **self._common(tag),
        )

    def article(self, tag: str, item: Article, said: str = "", status: int = 200) -> Response:
        """Return the page of an article; `said` is what its reader said of it just now.

        With another status than 200 its form was not taken, and stands there again.
        """
        slug, shelf = item.slug, self._shared.shelf
        see = [other for name in item.see if (other := shelf.article(name, tag))]
        response = self._pages.page(
            "help_article",
            status,
            tag,
            language_links={other: url_for("help_article", language=other, slug=slug) for other in LANGUAGES},
            title=item.title,
            summary=markdown.plain(item.short)[:MOST_QUOTED],
            written=item.language,
            other="" if item.language == tag else LANGUAGES.get(item.language, item.language),
            short=self._html(item.short, tag),
            body=self._html(item.body, tag),
            see=[self._line(tag, other) for other in see],
            said=said,
            sorry=said in tuple(Reason),
            refused=status != 200,
            reasons=tuple(Reason),
            token=self._shared.signer.form(self.form_key(slug), self._desk.service.clock()),
            action=url_for("help_article", language=tag, slug=slug),
            alternates=self._alternates(shelf.articles.get(slug, {}), slug),
            canonical=self.address(item.language, slug),
            **{**self._common(tag), "write": url_for("form", lang=tag, article=slug)},
        )
        return self._public(response) if status == 200 else response

    def problem(self, tag: str, status: int, kind: str) -> Response:
        """Return a page that says why there is none, with the way to the others."""
        there = bool(self._shared.shelf.articles)
        return self._pages.page(
            "problem",
            status,
            tag,
            kind=kind,
            home=url_for("form", lang=tag),
            help=url_for("help", language=tag) if there else "",
        )

    def address(self, tag: str, slug: str = "") -> str:
        """Return the whole address of an article, or ("") of the first page, in one language."""
        links = self._desk.links.at(self._shared.mailbox)
        base = links.base or self._desk.settings.web.base_url or request.url_root
        page = url_for("help_article", language=tag, slug=slug) if slug else url_for("help", language=tag)
        return base.rstrip("/") + page.removeprefix(request.script_root)

    def _common(self, tag: str) -> dict[str, Any]:
        return {
            "home": url_for("help", language=tag),
            "feed": url_for("help_feed", language=tag),
            "search": url_for("help_search", language=tag),
            "write": url_for("form", lang=tag),
        }

    def _alternates(self, tags: Collection[str], slug: str = "") -> dict[str, str]:
        """Return the addresses by language for search engines, the desk's own for all other readers."""
        addresses = {tag: self.address(tag, slug) for tag in LANGUAGES if tag in tags}
        default = self._desk.settings.desk.language
        return {**addresses, "x-default": addresses[default]} if default in addresses else addresses

    def _topics(self, tag: str, articles: Sequence[Article], only: str | None) -> tuple[Topic, ...]:
        names = {item.category for item in articles}
        ordered = [name for name in TOPICS if name in names]
        ordered += sorted(name for name in names if name and name not in TOPICS)
        ordered += [""] if "" in names else []
        return tuple(
            self._topic(tag, name, [item for item in articles if item.category == name], only is not None)
            for name in ordered
            if only is None or name == only
        )

    def _topic(self, tag: str, name: str, articles: Sequence[Article], whole: bool) -> Topic:
        lines = tuple(self._line(tag, item) for item in sorted(articles, key=lambda item: item.title))
        shown = lines if whole else lines[:MOST_OF_TOPIC]
        address = url_for("help", language=tag, topic=name)
        return Topic(name, self._topic_title(tag, name), address, shown, len(lines) - len(shown))

    def _topic_title(self, tag: str, name: str) -> str:
        """Return how a topic is called: by the form's own words for it, else by ours."""
        worded = dict(self._desk.settings.form.categories).get(name)
        if worded:
            return form.said(worded, tag)
        if name in TOPICS:
            return self._pages.word(f"help_{name}", tag)
        return name[:1].upper() + name[1:] if name else self._pages.word("help_other", tag)

    def _line(self, tag: str, item: Article, quoted: bool = False) -> Line:
        words = markdown.plain(item.short) if quoted else ""
        short = words if len(words) <= MOST_QUOTED else words[: MOST_QUOTED - 1] + "…"
        other = "" if item.language == tag else LANGUAGES.get(item.language, item.language)
        address = url_for("help_article", language=tag, slug=item.slug)
        return Line(item.title, address, item.language, other, short)

    def _html(self, source: str, tag: str) -> Markup:
        # Which links lead somewhere depends on what is live, and their form on the brand and its host.
        return self._rendered(source, tag, url_for("help", language=tag), self._shared.shelf.library)

    def _render(self, source: str, tag: str, home: str, library: Library) -> Markup:
        public = self._shared.shelf.articles
        pages = {slug: url_for("help_article", language=tag, slug=slug) for slug in public}
        return markdown.rendered(source, pages, self._hosts)

    def _public(self, response: Response) -> Response:
        # Everything else of the desk is kept out of search engines.
        response.headers["X-Robots-Tag"] = "all"
        return response
