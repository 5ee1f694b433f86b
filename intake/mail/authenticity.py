"""Whether our own mail server vouches for a sender (RFC 8601, aligned as RFC 7489 asks)."""

import re
from typing import Any

import authres

from intake.desk.message import Message
from intake.mail import headers

# A header longer than any server writes is not worth parsing.
MAX_VALUE = 4096
# Received: from ... by HOST (RFC 5321 section 4.4).
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9_.-]{1,255})(?=[\s;(]|$)", re.IGNORECASE)
# Names that are only good inside of a network (RFC 6762, RFC 2606, and what providers use).
_PRIVATE = frozenset(("internal", "local", "localdomain", "lan", "intern", "private", "corp", "home"))


def vouched(message: Message, authserv: str) -> bool:
    """Return whether the server named `authserv` found the From domain of `message` authentic."""
    return verdict(message, authserv) is True


def verdict(message: Message, authserv: str) -> bool | None:
    """Return whether the server named `authserv` found the From domain of `message` authentic or forged.

    Only an Authentication-Results of that name counts, and the name must occur once: our border
    strips forged fields, so a second one is a forgery or a misconfiguration. False when dmarc failed.
    True for dmarc=pass, and for dkim=pass or spf=pass with the From domain or a parent of it; a parent
    domain speaks for its children, never the other way round. None: nothing is known. Never raises.
    """
    wanted = authserv.strip().rstrip(".").lower()
    if not wanted or message.sender is None or not message.one_author:
        return None
    ours = [value for value in message.authserv if _id(value) == wanted]
    if len(ours) != 1 or len(ours[0]) > MAX_VALUE:
        return None
    domain = message.sender.domain
    results = _results(ours[0])
    if any(str(one.method).lower() == "dmarc" and str(one.result).lower() == "fail" for one in results):
        return False
    return (bool(domain) and any(_speaks_for(one, domain) for one in results)) or None


def at_border(raw: bytes, authserv: str) -> bool:
    """Whether the field of the server `authserv` is the last word on a mail: no other host took it since.

    A field further down was written before the mail went through somebody else's hands, and
    says nothing of what they did. Hosts of the same domain, and hosts whose names no DNS
    knows ("localhost", "x.internal"), are the server's own. `raw` is the mail as it came.
    """
    wanted = authserv.strip().rstrip(".").lower()
    hops: list[bytes] = []
    for name, value in headers.read(raw, 0, len(raw))[0]:
        if name == "received":
            hops.append(value)
        elif name == "authentication-results" and _id(headers.decode(value)) == wanted:
            return not hops or _own_hop(hops[-1], wanted)
    return False


def _own_hop(value: bytes, authserv: str) -> bool:
    by = _BY.search(value.decode("latin-1"))
    host = by[1].rstrip(".").lower() if by else ""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _PRIVATE or labels[-1].isdigit():
        return True
    return labels[-2:] == authserv.split(".")[-2:]


def _id(value: str) -> str:
    """Return the authserv-id of a field value, without version and comments."""
    word = value.partition(";")[0].partition("(")[0].split()
    return word[0].strip('"').rstrip(".").lower() if word else ""


def _results(value: str) -> list[Any]:
    try:
        return list(authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results)
    except (authres.AuthResError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        # What cannot be read vouches for nobody.
        return []


def _speaks_for(result: Any, domain: str) -> bool:
    if str(getattr(result, "result", "")).lower() != "pass":
        return False
    method = str(getattr(result, "method", "")).lower()
    found = {
        f"{one.type}.{one.name}".lower(): str(one.value or "").rpartition("@")[2].rstrip(".").lower()
        for one in getattr(result, "properties", None) or ()
    }
    if method == "dmarc":
        # Without header.from the result is about the From we see, which is the only one.
        return found.get("header.from", domain) == domain
    if method == "dkim":
        return aligned(found.get("header.d") or found.get("header.i", ""), domain)
    if method == "spf":
        return aligned(found.get("smtp.mailfrom") or found.get("smtp.envelope-from", ""), domain)
    return False


def aligned(signer: str, domain: str) -> bool:
    """Whether `signer` speaks for `domain`: it is that domain or a parent, and no top-level one."""
    return "." in signer and (signer == domain or domain.endswith("." + signer))
