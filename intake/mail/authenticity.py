"""Whether our own mail server vouches for a sender (RFC 8601, aligned as RFC 7489 asks)."""

import re
from typing import Any

import authres

from intake.desk.message import Message
from intake.mail import headers

# A header longer than any server writes is not worth parsing.
MAX_VALUE = 4096
# What servers write between the semicolons (RFC 8601 section 2.2), comments taken out: a method and its
# result, then "ptype.property=value" and, beyond the standard, "action=none" and the like.
_VALUE = r'(?:"(?:[^"\\]|\\.)*"|[^\s;"()\\])+'
_RESULT = re.compile(
    rf"\s*[A-Za-z][A-Za-z0-9-]*(?:\s*/\s*[0-9]+)?\s*=\s*[A-Za-z][A-Za-z0-9-]*"
    rf"(?:\s+[A-Za-z][A-Za-z0-9.-]*\s*=\s*{_VALUE})*\s*"
)
_FORGED = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
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
    strips forged fields, so a second one is a forgery or a misconfiguration. False when dmarc failed,
    whatever stands beside it.
    True for dmarc=pass that names the From domain (header.from), or, where no dmarc is told of, for
    dkim=pass or spf=pass with the From domain or a parent of it; a parent domain speaks for its
    children, never the other way round. None: nothing is known. Never raises.

    A sender chooses their envelope address, HELO name and selectors, and careless servers copy
    them in without quoting: a field that is not well formed to its end, or that tells of dmarc
    twice, vouches for nobody.
    """
    wanted = authserv.strip().rstrip(".").lower()
    if not wanted or message.sender is None or not message.one_author:
        return None
    ours = [value for value in message.authserv if _names(value, wanted)]
    if len(ours) != 1 or len(ours[0]) > MAX_VALUE:
        # Somebody else's word beside it, or a hundred signatures that make it long, take no refusal back.
        return False if any(_FORGED.search(_bare(field) or field) for field in ours) else None
    domain = message.sender.domain
    results = _results(ours[0], wanted)
    if results is None:
        return False if _FORGED.search(_bare(ours[0]) or ours[0]) else None
    dmarc = [result for result in results if str(result.method).lower() == "dmarc"]
    said = {str(result.result).lower() for result in dmarc}
    if "fail" in said:
        return False
    if not domain or len(dmarc) > 1:
        return None
    if "pass" in said:
        results = dmarc
    return any(_speaks_for(result, domain) for result in results) or None


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
        elif name == "authentication-results" and _names(value.decode("latin-1"), wanted):
            return not hops or _own_hop(hops[-1], wanted)
    return False


def _own_hop(value: bytes, authserv: str) -> bool:
    by = _BY.search(value.decode("latin-1"))
    host = by[1].rstrip(".").lower() if by else ""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _PRIVATE or labels[-1].isdigit():
        return True
    return labels[-2:] == authserv.split(".")[-2:]


def _names(value: str, wanted: str) -> bool:
    """Whether a field may be that of the server `wanted`, however it writes its name."""
    bare = _bare(value)
    return wanted in (_id(value), _id(bare if bare is not None else ""))


def _id(value: str) -> str:
    """Return the authserv-id of a field value, without version and comments."""
    word = value.partition(";")[0].partition("(")[0].split()
    return word[0].strip('"').rstrip(".").lower() if word else ""


def _bare(value: str) -> str | None:
    """Return a field value without its comments; None when quotes or comments do not end as they must.

    So too for what no server writes, controls and letters beyond ASCII, and for a comment with
    half a quote in it, which somebody's quoted local part may have left there.
    """
    if not value.replace("\t", " ").isprintable() or not value.isascii():
        return None
    out: list[str] = []
    depth, quoted, marks, at = 0, False, 0, 0
    while at < len(value):
        sign = value[at]
        pair = sign == "\\" and (quoted or depth > 0)
        if pair:
            sign = value[at : at + 2]
            if len(sign) < 2:
                return None
        elif sign == '"' and depth:
            marks += 1
        elif sign == '"':
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and not quoted:
            depth -= 1
            if depth < 0 or (not depth and marks % 2):
                return None
            sign = " "
        at += 2 if pair else 1
        if not depth:
            out.append(sign)
    return None if depth or quoted else "".join(out)


def _results(value: str, wanted: str) -> list[Any] | None:
    """Return the results of a field of the server `wanted`; None when it is not wholly well formed."""
    bare = _bare(value)
    if bare is None:
        return None
    name, *pieces = _pieces(bare)
    id_, _, version = name.strip().partition(" ")
    if id_.strip('"').rstrip(".").lower() != wanted or version.strip() not in ("", "1"):
        return None
    pieces = pieces[:-1] if pieces and not pieces[-1].strip() else pieces
    if [piece.strip().lower() for piece in pieces] == ["none"]:
        return []
    if not pieces or not all(_RESULT.fullmatch(piece) for piece in pieces):
        return None
    try:
        text = f"Authentication-Results: {wanted};{';'.join(pieces)}"
        results = list(authres.AuthenticationResultsHeader.parse(text).results)
    except (authres.AuthResError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return None
    return results if len(results) == len(pieces) else None


def _pieces(bare: str) -> list[str]:
    """Return what stands between the semicolons that are not quoted."""
    pieces: list[str] = []
    quoted, start, at = False, 0, 0
    while at < len(bare):
        if bare[at] == "\\" and quoted:
            at += 1
        elif bare[at] == '"':
            quoted = not quoted
        elif bare[at] == ";" and not quoted:
            pieces.append(bare[start:at])
            start = at + 1
        at += 1
    return [*pieces, bare[start:]]


def _speaks_for(result: Any, domain: str) -> bool:
    if str(getattr(result, "result", "")).lower() != "pass":
        return False
    method = str(getattr(result, "method", "")).lower()
    pairs = [
        (f"{prop.type}.{prop.name}".lower(), str(prop.value or "").rpartition("@")[2].rstrip(".").lower())
        for prop in getattr(result, "properties", None) or ()
    ]
    properties = dict(pairs)
    if len(properties) < len(pairs):
        # A property twice: one of them is somebody's own.
        return False
    if method == "dmarc":
        # Without header.from it may be about another From than the one we read.
        return properties.get("header.from") == domain
    if method == "dkim":
        return aligned(properties.get("header.d") or properties.get("header.i", ""), domain)
    if method == "spf":
        return aligned(properties.get("smtp.mailfrom") or properties.get("smtp.envelope-from", ""), domain)
    return False


def aligned(signer: str, domain: str) -> bool:
    """Whether `signer` speaks for `domain`: it is that domain or a parent, and no top-level one."""
    return "." in signer and (signer == domain or domain.endswith("." + signer))
