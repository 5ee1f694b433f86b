"""Whether our own mail server vouches for a sender (RFC 8601, aligned as RFC 7489 asks)."""

from typing import Any

import authres

from intake.desk.message import Message

# A header longer than any server writes is not worth parsing.
MAX_VALUE = 4096


def vouched(message: Message, authserv: str) -> bool:
    """Return whether the server named `authserv` found the From domain of `message` authentic.

    Only an Authentication-Results of that name counts, and the name must occur once: our border
    strips forged fields, so a second one is a forgery or a misconfiguration. True for dmarc=pass,
    and, unless dmarc failed, for dkim=pass or spf=pass with the From domain or a parent of it; a parent
    domain speaks for its children, never the other way round. Never raises.
    """
    wanted = authserv.strip().rstrip(".").lower()
    if not wanted or message.sender is None or not message.one_author:
        return False
    ours = [value for value in message.authserv if _id(value) == wanted]
    if len(ours) != 1 or len(ours[0]) > MAX_VALUE:
        return False
    domain = message.sender.domain
    results = _results(ours[0])
    if any(str(one.method).lower() == "dmarc" and str(one.result).lower() == "fail" for one in results):
        return False
    return bool(domain) and any(_speaks_for(one, domain) for one in results)


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
        return _aligned(found.get("header.d") or found.get("header.i", ""), domain)
    if method == "spf":
        return _aligned(found.get("smtp.mailfrom") or found.get("smtp.envelope-from", ""), domain)
    return False


def _aligned(signer: str, domain: str) -> bool:
    return "." in signer and (signer == domain or domain.endswith("." + signer))
