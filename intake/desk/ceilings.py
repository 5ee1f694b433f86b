"""Whose mailbox an address is, as far as ceilings on automatic mail count. Pure.

Anybody can type or forge an address, and most providers bring `vic+1@`, `vic+2@` … and `Vic@` to one
person. A ceiling that counted each of them would let a stranger have us write to that person as often
as they like (reliability 2.2-1, T1, T2). This is for counting only: whom we write to, and who may read
a ticket, is decided by the address as it is.
"""

import unicodedata
from functools import lru_cache

# Providers that ignore dots in the local part, by the domain they stand for: Gmail's two names
# (https://support.google.com/mail/answer/7436150) are one.
_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
# Punycode of more than this is no label (RFC 1035 section 2.3.4).
_LONGEST_LABEL = 63


@lru_cache(maxsize=4096)
def ceiling_key(address: str) -> str:
    """Return what all spellings of one mailbox are counted under; "" for no address.

    Case, full-width and composed letters, quotes around the local part, what follows a plus, dots
    where the provider ignores them, and the two forms of an international domain (A-label and
    U-label) make no difference. Two mailboxes that share a key are counted as one: that is stricter
    for both, never laxer.
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
    if host in _WITHOUT_DOTS:
        host = _WITHOUT_DOTS[host]
        local = local.replace(".", "") or local
    return f"{local}@{host}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _host(domain: str) -> str:
    """Return a domain with each label as people read it, folded: straße.example is strasse.example."""
    return ".".join(_folded(_label(one)) for one in domain.replace("\u3002", ".").rstrip(".").split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
