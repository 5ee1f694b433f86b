"""Articles, in memory."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from intake.desk.draft_effects import Withdraw
from intake.desk.knowledge.acts import published, withdrawn
from intake.desk.knowledge.article import Article, ArticleState, read
from intake.desk.knowledge.effects import Cite, DraftArticle, KnowledgeEffect
from intake.testing.memory.rows import StoredArticle
from intake.testing.memory.state import MemoryPart, State
from intake.testing.memory.upkeep import recorded


class MemoryArticles(MemoryPart):
    """Reading, publishing and withdrawing articles."""

    def revision(self) -> int:
        """Return a number that grows whenever what is live changes."""
        return self._now.articles_moved

    def live(self) -> tuple[Article, ...]:
        """Return what is published and not withdrawn, the newest of each slug and language, in that order."""
        newest = _newest(self._now, lambda item: item.state is not ArticleState.DRAFT)
        return tuple(item for item in newest if item.state is ArticleState.LIVE)

    def history(self, slug: str) -> tuple[Article, ...]:
        """Return every revision of a slug, in all languages and states, the newest first."""
        return tuple(row.article for row in self._now.articles.newest() if row.article.slug == slug)

    def drafts(self) -> tuple[Article, ...]:
        """Return the drafts that nothing newer was published after, the newest of each slug and language."""
        newest = _newest(self._now, lambda item: True)
        return tuple(item for item in newest if item.state is ArticleState.DRAFT)

    def publish(self, articles: Sequence[Article], by: str, now: datetime, authority: str) -> int:
        """Make texts live, all or none, with an act in the audit; return how many changed anything."""
        with self._memory.transaction() as state:
            state.articles_moved += 1
            live = {(item.slug, item.language): item.sha256 for item in self.live()}
            changed = [item for item in articles if live.get((item.slug, item.language)) != item.sha256]
            made = [_add(state, item, ArticleState.LIVE, by, now) for item in changed]
            if made:
                recorded(state, now, by, published(made), authority)
        return len(changed)

    def withdraw(self, slug: str, language: str, by: str, now: datetime, authority: str) -> int:
        """Take an article out of the knowledge base; return in how many languages it was live."""
        with self._memory.transaction() as state:
            state.articles_moved += 1
            items = [item for item in self.live() if item.slug == slug and language in ("", item.language)]
            gone = {(item.slug, item.language) for item in items}
            for row in state.articles:
                item = row.article
                if (item.slug, item.language) in gone and item.state is ArticleState.LIVE:
                    state.articles.change(row.id, article=replace(item, state=ArticleState.WITHDRAWN))
            if items:
                recorded(state, now, by, withdrawn(items), authority)
        return len(items)

    def cited(self, since: datetime) -> Mapping[str, int]:
        """Return how often each slug was cited since `since`."""
        counts = Counter(cite.slug for cite, at in self._now.citations if at >= since)
        return dict(sorted(counts.items()))


def looked(state: State, slugs: frozenset[str]) -> dict[str, Any]:
    """Return the live articles of these slugs ("": all), and all slugs, as values of a LookupResult."""
    if not slugs:
        return {}
    newest = _newest(state, lambda item: item.state is not ArticleState.DRAFT)
    live = [item for item in newest if item.state is ArticleState.LIVE]
    return {
        "articles": tuple(item for item in live if "" in slugs or item.slug in slugs),
        "slugs": tuple(sorted({item.slug for item in live})),
    }


def write(state: State, effect: KnowledgeEffect, now: datetime) -> None:
    """Apply what an agent did with articles by mail."""
    match effect:
        case Cite():
            state.citations.append((effect, now))
        case DraftArticle():
            item = read(effect.slug, effect.language, effect.text).article
            _add(state, item, ArticleState.DRAFT, effect.by, now)


def forget(state: State, effect: Withdraw) -> None:
    """Forget what was cited in an answer that is taken back: no customer got it."""
    entry = state.entries.get(effect.entry)
    if entry is not None:
        state.citations = [
            (cite, at)
            for cite, at in state.citations
            if (cite.ticket, cite.agent, at) != (effect.ticket, entry.agent, entry.created_at)
        ]


def _newest(state: State, among: Callable[[Article], bool]) -> list[Article]:
    newest = {
        (row.article.slug, row.article.language): row.article for row in state.articles if among(row.article)
    }
    return [newest[place] for place in sorted(newest)]


def _add(state: State, item: Article, as_: ArticleState, by: str, now: datetime) -> Article:
    before = [
        row.article.revision
        for row in state.articles
        if (row.article.slug, row.article.language) == (item.slug, item.language)
    ]
    made = replace(item, revision=max(before, default=0) + 1, state=as_, by=by, published_at=now)
    return state.articles.add(lambda number: StoredArticle(number, made)).article
