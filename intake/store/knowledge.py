"""Articles: every published revision whole, and citations of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import peewee
from peewee import fn

from intake.desk.knowledge import article as reading
from intake.desk.knowledge.acts import published, withdrawn
from intake.desk.knowledge.article import ArticleState, digest
from intake.desk.knowledge.effects import Cite, DraftArticle, KnowledgeEffect
from intake.store.audit import record_audit
from intake.store.base import StorePart
from intake.store.connection import ROWS_AT_ONCE, Connection
from intake.store.schema.knowledge import Article, Citation
from intake.store.schema.tables import Meta

# The name of the number in `meta` that grows with what is live.
_COUNTER = "articles"
_ERASED = "[erased]"
_DRAFT, _LIVE, _WITHDRAWN = (state.value for state in ArticleState)


def looked(db: Connection, slugs: frozenset[str]) -> dict[str, Any]:
    """Return the live articles of these slugs ("": all), and all slugs, as values of a LookupResult."""
    if not slugs:
        return {}
    # They are asked of the database alone, which a set of messages does not wait for.
    db.alone()
    newest = _newest(Article.state != _DRAFT).where(Article.state == _LIVE)
    rows = db.rows(newest if "" in slugs else newest.where(Article.slug.in_(sorted(slugs))))
    names = db.rows(Article.select(Article.slug).where(Article.state == _LIVE).distinct().tuples())
    return {
        "articles": tuple(_article(row) for row in rows),
        "slugs": tuple(sorted(slug for (slug,) in names)),
    }


class SqlArticles(StorePart):
    """Reading, publishing and withdrawing articles."""

    def revision(self) -> int:
        """Return a number that grows whenever what is live changes: cheap to ask."""
        row = self.db.first(Meta.select(Meta.value).where(Meta.name == _COUNTER).tuples())
        return int(row[0]) if row else 0

    def live(self) -> tuple[reading.Article, ...]:
        """Return what is published and not withdrawn, the newest of each slug and language, in that order."""
        rows = self.db.rows(_newest(Article.state != _DRAFT).where(Article.state == _LIVE))
        return tuple(_article(row) for row in rows)

    def history(self, slug: str) -> tuple[reading.Article, ...]:
        """Return every revision of a slug, in all languages and states, the newest first."""
        rows = self.db.rows(Article.select().where(Article.slug == slug).order_by(Article.id.desc()))
        return tuple(_article(row) for row in rows)

    def drafts(self) -> tuple[reading.Article, ...]:
        """Return the drafts that nothing newer was published after, the newest of each slug and language."""
        return tuple(_article(row) for row in self.db.rows(_newest().where(Article.state == _DRAFT)))

    def publish(self, articles: Sequence[reading.Article], by: str, now: datetime, authority: str) -> int:
        """Make texts live, all or none, with an act in the audit; return how many changed anything.

        One whose text is live already stays as it is.
        """
        with self.transaction():
            # Whoever else publishes waits here.
            _moved(self.db)
            live = {(item.slug, item.language): item for item in self.live()}
            changed = [
                item
                for item in articles
                if (item.slug, item.language) not in live
                or live[item.slug, item.language].sha256 != item.sha256
            ]
            made = [_insert(self.db, item, _LIVE, by, None, now) for item in changed]
            if made:
                record_audit(self.db, by, published(made), now, authority)
        return len(changed)

    def withdraw(self, slug: str, language: str, by: str, now: datetime, authority: str) -> int:
        """Take an article out of the knowledge base, in one language or ("") in all, with an act in the
        audit; return in how many languages it was live. Its texts are kept."""
        with self.transaction():
            _moved(self.db)
            items = [item for item in self.live() if item.slug == slug and language in ("", item.language)]
            for item in items:
                place = (Article.slug == slug) & (Article.language == item.language)
                self.db.run(Article.update(state=_WITHDRAWN).where(place & (Article.state == _LIVE)))
            if items:
                record_audit(self.db, by, withdrawn(items), now, authority)
        return len(items)

    def cited(self, since: datetime) -> Mapping[str, int]:
        """Return how often each slug was cited since `since`."""
        query = Citation.select(Citation.slug, fn.COUNT(Citation.id)).where(Citation.at >= since)
        return dict(self.db.rows(query.group_by(Citation.slug).order_by(Citation.slug).tuples()))


def _newest(among: Any = None) -> Any:
    """Return a query for the newest revisions of each slug and language, `among` some of them."""
    inner = Article.select(fn.MAX(Article.id)).group_by(Article.slug, Article.language)
    newest = inner if among is None else inner.where(among)
    return Article.select().where(Article.id.in_(newest)).order_by(Article.slug, Article.language)


def write(db: Connection, effect: KnowledgeEffect, now: datetime) -> None:
    """Apply what an agent did with articles by mail."""
    match effect:
        case Cite():
            values = {"slug": effect.slug, "language": effect.language, "revision": effect.revision}
            db.writes.insert(Citation, ticket=effect.ticket, **values, agent=effect.agent, at=now)
        case DraftArticle():
            db.alone()
            item = reading.read(effect.slug, effect.language, effect.text).article
            _insert(db, item, _DRAFT, effect.by, effect.agent, now)


def forget(db: Connection, tickets: Iterable[int], address: str) -> None:
    """Erase the texts of articles that were made of these tickets, in all languages; that they were there
    stays, so that their page says so. Who is called by `address` ("": nobody) is taken out of the others
    elsewhere (`intake.store.upkeep.traces`), and every process reads them again."""
    if address:
        _moved(db)
    for some in peewee.chunked(tickets, ROWS_AT_ONCE):
        query = Article.select(Article.slug).where(Article.made_of.in_(list(some))).distinct()
        slugs = [slug for (slug,) in db.rows(query.tuples())]
        if slugs:
            values = {"text": "", "title": _ERASED, "sha256": digest(""), "state": _WITHDRAWN}
            db.run(Article.update(**values, made_of=None).where(Article.slug.in_(slugs)))
            _moved(db)


def _moved(db: Connection) -> None:
    """Count that what is live changes; others who would change it wait until this transaction ends."""
    db.run(Meta.insert(name=_COUNTER, value="0").on_conflict_ignore().as_rowcount())
    more = (Meta.value.cast("INTEGER") + 1).cast("TEXT")
    db.run(Meta.update(value=more).where(Meta.name == _COUNTER))


def _insert(
    db: Connection, item: reading.Article, state: str, by: str, agent: int | None, now: datetime
) -> reading.Article:
    place = (Article.slug == item.slug) & (Article.language == item.language)
    row = db.first(Article.select(fn.MAX(Article.revision)).where(place).tuples())
    revision = (row[0] or 0) + 1
    db.run(
        Article.insert(
            slug=item.slug,
            language=item.language,
            revision=revision,
            sha256=item.sha256,
            title=item.title,
            text=item.text,
            state=state,
            kind=item.kind.value,
            source=str(item.source or ""),
            review_by=item.review_by.isoformat() if item.review_by else "",
            agent=agent,
            author=by,
            made_of=item.ticket,
            published_at=now,
        )
    )
    return replace(item, revision=revision)


def _article(row: Any) -> reading.Article:
    """Return a revision as its text says, read again: what a newer intake finds wrong with it stays out of
    it, and the rest counts."""
    item = reading.read(row.slug, row.language, row.text).article
    return replace(
        item,
        revision=row.revision,
        state=ArticleState(row.state),
        by=row.author,
        published_at=row.published_at,
        sha256=row.sha256,
        ticket=row.made_of,
    )
