"""Whether nothing but a mailing list or a group stands between a person's mail and an automatic answer.

A group in front of a desk (Google Groups, Mailman) marks all that it hands on as a list's. Where an admin
says so, its authors are acknowledged: those of a conversation, never those of a mailing, and never the list.
"""

import re
from typing import Any

from intake.desk.message import Address
from intake.mail.machines import automatic
from intake.mail.parts import Fields

# What a list says of itself (RFC 2919, RFC 2369, Google Groups), without those that a mailing has as well.
_SIGNS = frozenset({"list-id", "list-post", "mailing-list", "x-mailing-list", "x-ml-name"})
_ADDRESS = re.compile(r"[^\s<>@;,:\"]{1,64}@[^\s<>@;,:\"?]{1,255}")
_LIST_ID = re.compile(r"<([^<>]{1,255})>")


def author_behind(fields: Fields, suppress: str, author: Address | None, **mail: Any) -> str:
    """Return who wrote a mail (an address, lower-cased) where only a list speaks against an automatic answer;
    "" for any other.

    `fields` and `mail` are as `automatic.classify` has them, `suppress` is what it said. `author` is who is
    named beside From: where a group put itself there, they are the one who wrote. Of a mail that others
    than a list have taken over nobody knows who would be answered.
    """
    named = {name for name, _ in fields}
    listed = [value for name, value in fields if name in automatic.PRECEDENCES and _is_list(value)]
    if not suppress or not (listed or named & _SIGNS):
        return ""
    # Who may leave a list but not write to it got a mailing.
    posts = [value for name, value in fields if name == "list-post"]
    if any(_is_closed(value) for value in posts) or ("list-unsubscribe" in named and not posts):
        return ""
    if _is_the_list(mail["sender"], fields):
        if author is None or _is_the_list(author.mailbox, fields):
            return ""
        mail["sender"] = author.mailbox
    elif author is not None and author.key != mail["sender"].lower():
        return ""
    others = tuple(field for field in fields if field[0] not in automatic.LISTS and not _marks(field))
    return mail["sender"].lower() if automatic.classify(others, **mail) == ("", "") else ""


def _marks(field: tuple[str, str]) -> bool:
    return field[0] in automatic.PRECEDENCES and _is_list(field[1])


def _is_list(value: str) -> bool:
    return value.strip().lower() == "list"


def _is_closed(value: str) -> bool:
    # RFC 2369 section 3.4: nobody may post.
    return value.strip().lower().partition(" ")[0] == "no"


def _is_the_list(sender: str, fields: Fields) -> bool:
    """Whether a mail is written from an address of the list: all its readers would get the answer."""
    address = sender.lower()
    for name, value in fields:
        if name in ("list-post", "mailing-list", "x-mailing-list", "list-owner", "list-help"):
            if address in _ADDRESS.findall(value[:2000].lower()):
                return True
        elif name == "list-id":
            text = value[:2000].lower()
            ids = [name.strip() for name in _LIST_ID.findall(text)] or [text.strip()]
            if address.replace("@", ".") in ids:
                return True
    return False
