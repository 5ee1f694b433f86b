"""Help articles for everybody: `/help/LANGUAGE/`, search, each article, and whether it helped.

A GET reads and nothing else: scanners and robots fetch every link, and count for nothing. One slug is good
in all languages, so no switch of ours leads nowhere.
"""

import logging
from time import monotonic

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from intake.desk.knowledge.article import Article
from intake.desk.knowledge.verdicts import Reason
from intake.desk.text.language import nearest
from intake.ports import Temporary
from intake.web import text
from intake.web.help_shelf import HelpShelf
from intake.web.help_view import HelpView
from intake.web.languages import LANGUAGES
from intake.web.limits import DAY, source_of
from intake.web.origin import is_foreign
from intake.web.searching import MOST_CHARACTERS, Searches
from intake.web.shared import RETRY_SECONDS, Shared

log = logging.getLogger("intake.web")

_TAGS = tuple(LANGUAGES)
# What a reader can say of an article: that it helped, or why not.
HELPED = "yes"


class HelpPages:
    """The views of the help articles."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk, self._pages = shared, shared.desk, shared.pages
        self._shelf: HelpShelf = shared.shelf
        self._view = HelpView(shared)
        self._searches = Searches()

    def entry(self) -> AnyResponse:
        """GET /help/: the page in the reader's language."""
        return redirect(url_for("help", language=self._pages.language()), 302)

    def home(self, language: str) -> AnyResponse:
        """GET /help/LANGUAGE/: the search, what is needed most, and all articles by topic."""
        tag = nearest(language, _TAGS)
        if not tag or not self._shelf.articles:
            return self._missing(tag)
        if tag != language:
            return redirect(url_for("help", language=tag), 301)
        topic = request.args.get("topic")
        return self._view.home(tag, text.one_line(topic) if topic is not None else None)

    def search(self, language: str) -> AnyResponse:
        """GET /help/LANGUAGE/search?q=…: what fits the words. Nothing of them is kept."""
        tag = nearest(language, _TAGS)
        if not tag or not self._shelf.articles:
            return self._missing(tag)
        wait = self._searches.wait(source_of(self._shared.ip), monotonic())
        if wait:
            response = self._view.problem(tag, 429, "often")
            response.headers["Retry-After"] = str(wait)
            return response
        asked = text.one_line(request.args.get("q", "")[:MOST_CHARACTERS])
        return self._view.results(tag, asked, self._shelf.search(asked, tag) if asked else [])

    def article(self, language: str, slug: str) -> AnyResponse:
        """GET /help/LANGUAGE/SLUG: an article, in the nearest language there is; 410 once it is withdrawn."""
        tag = nearest(language, _TAGS)
        shown = self._shelf.article(slug, tag) if tag else None
        if shown is None:
            return self._missing(tag, slug)
        if tag != language:
            return redirect(url_for("help_article", language=tag, slug=slug), 301)
        said = request.args.get("said", "")
        return self._view.article(tag, shown, said if said in (HELPED, *Reason) else "")

    def judge(self, language: str, slug: str) -> AnyResponse:
        """POST /help/LANGUAGE/SLUG: whether it helped. Once a day from one network; more changes nothing."""
        tag = nearest(language, _TAGS)
        read = self._shelf.article(slug, tag) if tag else None
        if read is None:
            return self._missing(tag, slug)
        fields = self._shared.body(0).fields
        said = fields.get("said", "")
        opened = self._shared.signer.read_form(fields.get("token", ""), self._desk.service.clock())
        if is_foreign(self._shared.brands.hosts):
            return self._view.article(tag, read, status=403)
        if opened is None or opened.key != self._view.form_key(slug) or said not in (HELPED, *Reason):
            return self._view.article(tag, read, status=400)
        try:
            wait = self._judged(read, None if said == HELPED else Reason(said))
        except Temporary as err:
            log.warning("a verdict on an article could not be stored for now: %s", type(err).__name__)
            return self._later(self._view.article(tag, read, status=503), RETRY_SECONDS)
        if wait:
            return self._later(self._view.article(tag, read, status=429), wait)
        return redirect(url_for("help_article", language=tag, slug=slug, said=said), 303)

    def feed(self, language: str) -> AnyResponse:
        """GET /help/LANGUAGE/feed.xml: what was published last."""
        tag = nearest(language, _TAGS)
        if not tag or not self._shelf.articles:
            return self._missing(tag)
        from intake.web import help_feeds

        newest = help_feeds.newest(self._shelf.edition(tag))
        title = f"{self._shared.brands.here.name} · {self._pages.word('help_title', tag)}"
        return help_feeds.atom(title, tag, newest, self._view.address, self._desk.service.clock())

    def sitemap(self) -> AnyResponse:
        """GET /help/sitemap.xml: every article in every language it is there in."""
        if not self._shelf.articles:
            return self._missing("")
        from intake.web import help_feeds

        return help_feeds.sitemap(self._shelf.articles, self._view.address)

    def _judged(self, read: Article, reason: Reason | None) -> int:
        """Keep a verdict; return the seconds to wait where there are too many posts from this network."""
        limits, now = self._shared.limits, self._desk.service.clock()
        once = limits.verdict(self._shared.ip, read.slug, now)
        with self._desk.store.transaction():
            if limits.wait(once):
                return 0
            wait = limits.hit({**limits.post(self._shared.ip), **once})
            if not wait:
                self._desk.store.verdicts.record(read.slug, read.language, read.revision, reason, now)
            return wait

    def _missing(self, tag: str, slug: str = "") -> Response:
        if slug and self._shelf.gone(slug):
            return self._view.problem(tag or self._pages.language(), 410, "gone")
        return self._pages.problem(404)

    def _later(self, response: Response, wait: int) -> Response:
        response.headers["Retry-After"] = str(min(wait, DAY))
        return response
