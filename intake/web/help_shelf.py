"""The help articles that the public may read, by slug and language, and which of them are wanted most."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from intake.desk.knowledge import choice
from intake.desk.knowledge.article import Article, ArticleState
from intake.desk.knowledge.ranking import Hit, Library
from intake.service.shelf import Shelf

if TYPE_CHECKING:
    from intake.app import Desk

# What was cited or helped in this time counts for "frequently needed"; more of them nobody looks through.
LATELY, MOST_WANTED = timedelta(days=90), 6
# In seconds: how often that is counted again. It costs two looks at the database.
COUNTED_EVERY = 60.0
MOST_HITS = 10


@lru_cache(maxsize=2)
def _public(library: Library) -> Mapping[str, Mapping[str, Article]]:
    # Looked through once for each state of the library.
    return {
        slug: public
        for slug, articles in library.slugs.items()
        if (public := {tag: article for tag, article in articles.items() if article.public})
    }


class HelpShelf:
    """Asked by every thread of one process. All of it may raise Temporary."""

    def __init__(self, desk: "Desk", clock: Callable[[], float] | None = None) -> None:
        self._desk, self._clock = desk, clock or monotonic
        self._default = desk.settings.desk.language
        self._shelf: Shelf | None = None
        self._wanted: tuple[str, ...] = ()
        self._counted: float | None = None

    @property
    def library(self) -> Library:
        """The live articles, those for agents among them."""
        if self._shelf is None:
            self._shelf = Shelf(self._desk.store.articles, self._default, lambda: self._clock())
        return self._shelf.library()

    @property
    def articles(self) -> Mapping[str, Mapping[str, Article]]:
        """The public articles, by slug and by language; none where the desk shows none."""
        return _public(self.library) if self._desk.settings.faq.enabled else {}

    def article(self, slug: str, language: str) -> Article | None:
        """Return an article in the language nearest to `language`."""
        there = self.articles.get(slug, {})
        return there.get(choice.choose(there, language, self._default))

    def edition(self, language: str) -> tuple[Article, ...]:
        """Return every article once, each in the language nearest to `language`."""
        return choice.edition(self.articles, language, self._default)

    def search(self, text: str, language: str) -> list[Hit]:
        """Return what answers a question best, best first."""
        return self.library.search(text, language, MOST_HITS)

    def gone(self, slug: str) -> bool:
        """Whether there was a public article of this name that is withdrawn."""
        if not self._desk.settings.faq.enabled or slug in self.articles:
            return False
        history = self._desk.store.articles.history(slug)
        return any(item.public and item.state is not ArticleState.DRAFT for item in history)

    def wanted(self, now: datetime) -> tuple[str, ...]:
        """Return the slugs that agents cited and readers said helped most lately, the first one most.

        Who opens a page leaves no trace, so that is not counted.
        """
        if self._counted is None or self._clock() - self._counted >= COUNTED_EVERY:
            counts = Counter(self._desk.store.articles.cited(now - LATELY))
            for slug, tally in self._desk.store.verdicts.tallies(now - LATELY).items():
                counts[slug] += tally.helped
            self._wanted = tuple(slug for slug, count in counts.most_common() if count > 0)
            self._counted = self._clock()
        return tuple(slug for slug in self._wanted if slug in self.articles)[:MOST_WANTED]
