"""What every reader of mail addresses goes by, and how one is read that a person typed. Pure."""

import re
import unicodedata

# Longest that fits: 256 octets of path less its brackets (RFC 5321 section 4.5.3.1.3).
MAX_ADDRESS = 254
# RFC 5321 section 4.5.3.1.1.
MAX_LOCAL = 64

# Without what would need quotes (RFC 5322 section 3.2.3): nobody types those. Dots may stand anywhere in
# it, as they do in addresses of Japanese telephones.
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def a_labels(domain: str) -> str:
    """Return a domain in lower case and as A-labels. Raises ValueError for one that has no such form."""
    return (domain if domain.isascii() else domain.encode("idna").decode("ascii")).lower()


def typed(text: str) -> str:
    """Return an address that somebody typed as it is used (domain in lower case, as A-labels), "" for none.

    Full-width letters and signs, which an input method for Chinese leaves behind, are
    read as what they stand for.
    """
    local, _, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    try:
        host = a_labels(domain).rstrip(".")
    except ValueError:
        return ""
    labels = host.split(".")
    fits = len(local.encode("utf-8", "replace")) <= MAX_LOCAL and len(local) + 1 + len(host) <= MAX_ADDRESS
    # A last label of digits would be an IP address, to which we do not write.
    named = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return f"{local}@{host}" if fits and named and _LOCAL.fullmatch(local) else ""


def aligned(domain: str, other: str) -> bool:
    """Whether one domain (lower-cased) is the other, or a parent of it."""
    return bool(domain and other) and (
        domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
    )
