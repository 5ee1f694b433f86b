"""What agents do with articles by mail, as effects. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cite:
    """An agent gives the customer of a ticket an article: what was shown, and the label that suggesting
    learns from. `revision` is the one whose text was sent, in `language`."""

    ticket: int
    slug: str
    language: str
    revision: int
    agent: int | None


@dataclass(frozen=True, slots=True)
class DraftArticle:
    """Keep the text of an article's file as a draft, which nobody sees until an editor publishes it.

    `agent` is the id of its author, None at the keyboard; `by` their name.
    """

    slug: str
    language: str
    text: str
    by: str
    agent: int | None = None


KnowledgeEffect = Cite | DraftArticle
