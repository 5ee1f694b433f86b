"""Whose a mail is where its From names a list or a web site, and another field its author.

Mailing lists that keep DMARC intact put their own address into From (RFC 7960 section 4.1.3) and name the
author in X-Original-From (Google Groups, Sympa) or in Reply-To (Mailman). Contact forms of web sites
write from an address of the server's and name the visitor in Reply-To.
"""

import re
from collections.abc import Sequence

from intake.desk.message import Address
from intake.mail import addresses, headers
from intake.mail.headers import RawField
from intake.mail.machines import automatic

# Where a list puts the author whose place in From it took.
_ORIGINALS = ("x-original-from", "x-original-sender")
ORIGINALS = frozenset(_ORIGINALS)
_NAMES_LIST = ("list-id", "list-post", "mailing-list")
# Of more than these addresses in Reply-To none is the author's: it is a conversation.
MOST_REPLY_TO = 3
_BRACKETED = re.compile(r"<(?:mailto:)?([^<>?\s]{3,300})[^<>]*>", re.IGNORECASE)
# "list ADDRESS; contact ADDRESS", as Google and Yahoo write it.
_LIST_WORD = re.compile(r"\s*list\s+([^\s;]{3,300})", re.IGNORECASE)
# Accounts that web servers and the software of sites write from.
_SITES = re.compile(
    r"(?:(?:www|www-data|web|website|webserver|webform|apache2?|nginx|httpd|wordpress|wp|joomla|drupal|typo3)"
    r"|(?:.*[-_.])?(?:forms?|formulaire|formular|formulario|formmail|kontaktformular))",
    re.IGNORECASE,
)


def named_author(
    fields: list[RawField], sender: Address | None, reply_to: Sequence[Address], hint: str = ""
) -> tuple[Address | None, str]:
    """Return whom the header names as the author beside From, and why From names no person ("": it may).

    `fields` are the header's, names lower-cased; `hint` is a charset for names without one. Who is named
    is anybody's word, and proves nothing.
    """
    if sender is None:
        return None, ""
    others = [address for address in reply_to[: MOST_REPLY_TO + 1] if address.key != sender.key]
    named = None
    for name in _ORIGINALS:
        value = headers.first(fields, name)
        named = named or (addresses.parse_one(value, hint) if value else None)
    if named is not None and named.key == sender.key:
        named = None
    if named is None and others and len(reply_to) <= MOST_REPLY_TO:
        named = others[0]
    return named, _impersonal(fields, sender) if named else ""


def _impersonal(fields: list[RawField], sender: Address) -> str:
    if sender.key.replace("@", ".") in _lists(fields):
        return "its From is the address of a mailing list"
    if _SITES.fullmatch(sender.mailbox.rpartition("@")[0][:200]) or automatic.of_sender(sender.mailbox):
        return "its From is no person's address"
    return ""


def _lists(fields: list[RawField]) -> set[str]:
    """Return the addresses of the lists that a mail says it came over, as their List-Id has them (RFC 2919):
    lower-cased, with a dot for the @."""
    lists: set[str] = set()
    for name, raw in fields:
        if name not in _NAMES_LIST:
            continue
        value = headers.decode(raw)
        for match in _BRACKETED.finditer(value[:1000]):
            lists.add(match[1])
        if word := _LIST_WORD.match(value):
            lists.add(word[1])
    return {entry.lower().replace("@", ".") for entry in lists}
