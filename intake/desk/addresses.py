"""What every reader of mail addresses goes by, and how one is read that a person typed. Pure."""

import re
import unicodedata
from email.utils import parseaddr

# Longest that fits: 256 octets of path less its brackets (RFC 5321 section 4.5.3.1.3).
MAX_ADDRESS = 254
# RFC 5321 section 4.5.3.1.1.
MAX_LOCAL = 64

# Without what would need quotes (RFC 5322 section 3.2.3), but for dots: they may stand anywhere in it, as
# they do in addresses of Japanese telephones.
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+")
# What may stand between quotes: anything that is no control.
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f])+"')
_PAIR = re.compile(r"\\(.)")
# The From of a mail of ours, which may be folded.
_FROM = re.compile(rb"(?im)^From:((?:[^\r\n]|\r\n[ \t])*)")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def a_labels(domain: str) -> str:
    """Return a domain in lower case and as A-labels. Raises ValueError for one that has no such form."""
    return (domain if domain.isascii() else domain.encode("idna").decode("ascii")).lower()


def plain_local(local: str) -> str:
    """Return a local part as we keep it and compare it, "" for none.

    Quotes that only dots in odd places would need, or nothing at all, are taken off; of others no more is
    escaped than must be: `"a..b."@x` and `a..b.@x` are one mailbox (RFC 5321 section 4.1.2).
    """
    if not _QUOTED.fullmatch(local):
        return local if _LOCAL.fullmatch(local) else ""
    bare = _PAIR.sub(r"\1", local[1:-1])
    return bare if _LOCAL.fullmatch(bare) else '"' + re.sub(r'(["\\])', r"\\\1", bare) + '"'


def wire_local(local: str) -> str:
    """Return a local part, as we keep it, as it is written in a header and told to a server.

    Dots at its ends or next to each other need quotes there (RFC 5322 section 3.4.1).
    """
    if local[:1] != '"' and (".." in local or local[:1] == "." or local[-1:] == "."):
        return f'"{local}"'
    return local


def as_kept(address: str) -> str:
    """Return an address that somebody wrote, which may be none, in the form that ours are compared in."""
    local, at, domain = address.strip().rpartition("@")
    return f"{plain_local(local) or local}{at}{domain}".lower()


def typed(text: str) -> str:
    """Return an address that somebody typed as it is used (domain in lower case, as A-labels), "" for none.

    Full-width letters and signs, which an input method for Chinese leaves behind, are
    read as what they stand for.
    """
    written, _, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    local = plain_local(written)
    try:
        host = a_labels(domain).rstrip(".")
    except ValueError:
        return ""
    labels = host.split(".")
    fits = len(local.encode("utf-8", "replace")) <= MAX_LOCAL and len(local) + 1 + len(host) <= MAX_ADDRESS
    # A last label of digits would be an IP address, to which we do not write.
    named = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return f"{local}@{host}" if local and fits and named else ""


def aligned(domain: str, other: str) -> bool:
    """Whether one domain (lower-cased) is the other, or a parent of it."""
    return bool(domain and other) and (
        domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
    )


def form_of(key: str, address: str) -> bool:
    """Whether an address (lower-cased) is `address`, or that with more behind a plus."""
    local, _, domain = key.rpartition("@")
    name, _, host = address.rpartition("@")
    return domain == host and (local == name or local.startswith(f"{name}+"))


def sent_from(raw: bytes) -> str:
    """Return the address (lower-cased) in the From of a finished mail of ours, "" without one."""
    line = _FROM.search(raw.partition(b"\r\n\r\n")[0])
    return as_kept(parseaddr(line[1].decode("utf-8", "replace").replace("\r\n", ""))[1]) if line else ""
