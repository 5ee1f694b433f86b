"""What a mail program called a mail, as tags: the labels of Gmail's export. Pure."""

import re
import unicodedata

from intake.mail import headers, structure

GMAIL = "x-gmail-labels"
THREAD = "x-gm-thrid"
TOP_BYTES = 2**18
MAX_TAG = 40
MOST_TAGS = 20
# What Gmail itself puts a mail into (the names of its export), which says nothing about what it is about.
_PLACES = frozenset(
    (
        "inbox",
        "sent",
        "unread",
        "opened",
        "important",
        "starred",
        "archived",
        "snoozed",
        "scheduled",
        "chat",
        "spam",
        "trash",
        "draft",
        "drafts",
    )
)
_CATEGORY = re.compile(r"(?i)^category ")
_BLANKS = re.compile(r"[\s/]+")


def read(head: bytes) -> tuple[frozenset[str], tuple[str, ...], str]:
    """Return the places (lower-cased) and the tags that a mail's header names, and its conversation."""
    labels, thread = "", ""
    for name, value in structure.head(head)[0]:
        if name == GMAIL and not labels:
            labels = headers.decode(value)
        elif name == THREAD and not thread:
            thread = headers.decode(value).strip()
    names = [name.strip().strip('"') for name in labels.split(",")]
    places = frozenset(name.lower() for name in names if name.lower() in _PLACES)
    tags = (_tag(name) for name in names if name.lower() not in _PLACES and not _CATEGORY.match(name))
    return places, tuple(dict.fromkeys(tag for tag in tags if tag))[:MOST_TAGS], thread


def _tag(name: str) -> str:
    """Return a label as the desk writes tags: in one word, without upper case."""
    return _BLANKS.sub("-", unicodedata.normalize("NFKC", name).casefold().strip("#+- "))[:MAX_TAG]
