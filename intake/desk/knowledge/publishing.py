"""What publishing a folder would change, and what is out of date. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intake.desk.knowledge.article import Article, ArticleState, Change
from intake.desk.knowledge.checking import outdated


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing changes: `new` articles and `changed` ones; `gone` are live and have no file."""

    new: tuple[Article, ...]
    changed: tuple[Article, ...]
    gone: tuple[Article, ...]
    same: int

    @property
    def articles(self) -> tuple[Article, ...]:
        """What is to be published."""
        return (*self.new, *self.changed)


def changes(live: Iterable[Article], wanted: Sequence[Article]) -> Changes:
    """Return what publishing `wanted` changes of what is live."""
    there = {(item.slug, item.language): item for item in live}
    new, changed = [], []
    for item in sorted(wanted, key=lambda item: (item.slug, item.language)):
        before = there.pop((item.slug, item.language), None)
        if before is None:
            new.append(item)
        elif before.sha256 != item.sha256:
            changed.append(item)
    same = len(wanted) - len(new) - len(changed)
    return Changes(tuple(new), tuple(changed), tuple(there.values()), same)


@dataclass(frozen=True, slots=True)
class StaleRow:
    """A live article that people should look at. `why` is major or minor, as the text changed that it was
    translated from, or review; `source` is what its head says once it is translated again."""

    slug: str
    language: str
    title: str
    why: str
    source: str
    review_by: date | None


def stale(live: Sequence[Article], history: Mapping[str, Sequence[Article]], today: date) -> list[StaleRow]:
    """Return the live articles that are out of date; `history` has all revisions of a slug, newest first."""
    current = {(item.slug, item.language): item for item in live}
    rows: list[StaleRow] = []
    for item in live:
        source = current.get((item.slug, item.source.language)) if item.source else None
        if source is not None and outdated(item, source):
            why = significance(item, history.get(item.slug, ()))
            rows.append(_row(item, why.value, source.as_source))
        if item.review_by is not None and item.review_by < today:
            rows.append(_row(item, "review", ""))
    return rows


def significance(item: Article, history: Iterable[Article]) -> Change:
    """Return how much the text that an article was translated from changed since: major where any revision
    since was, or where it is not known which one was translated."""
    source = item.source
    for revision in history:
        if source is None or revision.language != source.language or revision.state is ArticleState.DRAFT:
            continue
        if revision.sha256.startswith(source.digest):
            return Change.MINOR
        if revision.change is Change.MAJOR:
            return Change.MAJOR
    return Change.MAJOR


def _row(item: Article, why: str, source: str) -> StaleRow:
    return StaleRow(item.slug, item.language, item.title, why, source, item.review_by)
