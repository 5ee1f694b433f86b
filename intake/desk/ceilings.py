"""Whose mailbox an address is, as far as ceilings on automatic mail count. Pure.

Anybody can type or forge an address, and most providers bring `vic+1@`, `vic+2@` … and `Vic@` to one
person. A ceiling that counted each of them would let a stranger have us write to that person as often
as they like (reliability 2.2-1, T1, T2). This is for counting only: whom we write to, and who may read
a ticket, is decided by the address as it is.
"""

import unicodedata
from functools import lru_cache

# What providers ignore in the local part, and the domains of theirs in which a name is one person's: Gmail
# (https://support.google.com/mail/answer/7436150), Proton, Yandex, Apple.
_PROVIDERS = (
    (".", ("gmail.com", "googlemail.com")),
    (".-_", ("proton.me", "protonmail.com", "protonmail.ch", "pm.me")),
    (".-", ("yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "ya.ru", "narod.ru")),
    ("", ("icloud.com", "me.com", "mac.com")),
)
_IGNORED = {domain: (signs, domains[0]) for signs, domains in _PROVIDERS for domain in domains}
# Punycode of more than this is no label (RFC 1035 section 2.3.4).
_LONGEST_LABEL = 63


@lru_cache(maxsize=4096)
def ceiling_key(address: str) -> str:
    """Return what all spellings of one mailbox are counted under; "" for no address.

    Case, full-width and composed letters, letters that take no room, quotes around the local part, what
    follows a plus, dots and the like where the provider ignores them, a provider's further domains, and the
    two forms of an international domain (A-label and U-label) make no difference. Two mailboxes that share a
    key are counted as one: that is stricter for both, never laxer.
    """
    plain = _folded(address.strip().strip("<>"))
    local, at, domain = plain.rpartition("@")
    if not at:
        return plain
    host = _host(domain)
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = local[1:-1].replace("\\", "")
    # A plus at the very beginning is the name itself.
    local = local[:1] + local[1:].partition("+")[0]
    if host in _IGNORED:
        signs, host = _IGNORED[host]
        local = "".join(char for char in local if char not in signs) or local
    return f"{local}@{host}"


def _folded(text: str) -> str:
    """Return text in one form of its letters, without those that take no room (soft hyphens and the like)."""
    if not text.isascii():
        text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _host(domain: str) -> str:
    """Return a domain with each label as people read it, folded: straße.example is strasse.example."""
    return ".".join(_folded(_label(label)) for label in domain.replace("\u3002", ".").rstrip(".").split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
