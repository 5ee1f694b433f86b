"""The names of our own mail servers, as `trusted_authserv` lists them. Pure.

A name is that at the beginning of Authentication-Results (RFC 8601, authserv-id). Providers with many
servers write many names: a `*` in the first label stands for any letters, digits, dots and dashes.
"""

from dataclasses import dataclass
from functools import lru_cache

# More than any provider needs: each mail is compared with all of them.
MAX_NAMES = 20
# What ends a name in the field, or cannot stand in it without quotes.
_ENDS = frozenset(' ;="()\\')
# Second labels that belong to nobody, below a country's: anybody can have a name under "co.uk".
_SHARED = frozenset(("ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org"))
# Servers of Microsoft 365 hand mail to each other under both names.
_ALIASES = {"office365.com": "outlook.com"}


class BadName(ValueError):
    """A name is not valid: the arguments are what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class ServerName:
    """One entry, lower-cased. `pattern` says whether it stands for many servers."""

    text: str

    @property
    def pattern(self) -> bool:
        return "*" in self.text

    def fits(self, host: str) -> bool:
        """Whether the entry names `host` (lower-cased, no dot at its end)."""
        before, star, after = self.text.partition("*")
        if not star:
            return host == self.text
        inside = host[len(before) : len(host) - len(after)]
        # Without a domain behind it, anybody's host could begin so.
        bounded = bool(after) or "." not in inside
        return bool(inside) and bounded and host.startswith(before) and host.endswith(after)

    def kin(self, host: str) -> bool:
        """Whether `host` is of the same organisation, by its domain."""
        return organisation(host) == organisation(self.text)


@lru_cache(maxsize=64)
def read(text: str) -> tuple[ServerName, ...]:
    """Return the names in a list with commas or line ends between them. Raises BadName, a ValueError."""
    words = dict.fromkeys(
        word.strip().rstrip(".").lower() for word in text.replace("\n", ",").split(",") if word.strip()
    )
    if len(words) > MAX_NAMES:
        raise BadName(f"more than {MAX_NAMES} names", "Write a pattern, like *.mx.example.com")
    return tuple(_name(word) for word in words)


def organisation(host: str) -> str:
    """Return the domain that somebody registered, as far as a name tells: "mx.a.example" is "a.example"."""
    labels = host.split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    domain = ".".join(labels[-3:] if shared else labels[-2:])
    return _ALIASES.get(domain, domain)


def _name(word: str) -> ServerName:
    if not word.isascii() or not word.isprintable() or _ENDS & set(word):
        cure = "Write it like mx.example.com, and a comma between two names"
        raise BadName(f"{word!r} is not a valid server name", cure)
    if not any(sign.isalpha() for sign in word):
        raise BadName(f"{word!r} is not a server name", "Write it like mx.example.com")
    first, _, rest = word.partition(".")
    if "*" not in word:
        return ServerName(word)
    bare = len(first.replace("*", ""))
    labels = rest.split(".") if rest else []
    nobodys = len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SHARED
    if word.count("*") > 1 or "*" in rest or (len(labels) < 2 if rest else bare < 2) or nobodys:
        # Anybody could give their server such a name.
        cure = "Write one * in its first part, before your provider's domain, like *.mx.example.com"
        raise BadName(f"{word!r} stands for servers of others, too", cure)
    return ServerName(word)
