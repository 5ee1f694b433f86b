"""Articles: what is published, what was, and what agents did with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from intake.desk.knowledge.article import Article


class Articles(Protocol):
    """The revisions of articles, each whole. Times are aware, UTC."""

    def revision(self) -> int:
        """Return a number that grows whenever what is live changes: cheap to ask."""

    def live(self) -> tuple[Article, ...]:
        """Return what is published and not withdrawn, the newest of each slug and language, in that order."""

    def history(self, slug: str) -> tuple[Article, ...]:
        """Return every revision of a slug, in all languages and states, the newest first."""

    def drafts(self) -> tuple[Article, ...]:
        """Return the drafts that nothing newer was published after, the newest of each slug and language."""

    def publish(self, articles: Sequence[Article], by: str, now: datetime, authority: str) -> int:
        """Make texts live, all or none, with an act in the audit; return how many changed anything.

        One whose text is live already stays as it is.
        """

    def withdraw(self, slug: str, language: str, by: str, now: datetime, authority: str) -> int:
        """Take an article out of the knowledge base, in one language or ("") in all, with an act in the
        audit; return in how many languages it was live. Its texts are kept."""

    def cited(self, since: datetime) -> Mapping[str, int]:
        """Return how often each slug was cited since `since`."""
