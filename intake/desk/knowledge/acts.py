"""What the audit says was done with articles. Pure."""

from collections.abc import Sequence

from intake.desk.knowledge.article import DIGITS, Article

# A line of the audit names so many; the tables have them all.
_MOST = 20


def published(articles: Sequence[Article]) -> str:
    """Return that articles were published, with their revisions and how their digests begin."""
    return f"published articles {_named(articles)}"


def withdrawn(articles: Sequence[Article]) -> str:
    """Return that articles were withdrawn."""
    return f"withdrew articles {_named(articles)}"


def _named(articles: Sequence[Article]) -> str:
    names = [
        f"{item.slug}.{item.language} {item.revision} ({item.sha256[:DIGITS]})" for item in articles[:_MOST]
    ]
    rest = len(articles) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")
