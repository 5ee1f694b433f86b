"""Whether our own mail server vouches for a sender (RFC 8601, aligned as RFC 7489 asks)."""

import ipaddress
import operator
import re
from typing import Any

from intake.desk import server_names
from intake.desk.message import Message
from intake.desk.server_names import ServerName
from intake.mail import auth_results, headers

# A header longer than any server writes is not worth parsing.
MAX_VALUE = 4096
_FORGED = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
# Received: from ... by HOST (RFC 5321 section 4.4).
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9_.-]{1,255})(?=[\s;(]|$)", re.IGNORECASE)
_FROM = re.compile(r"^\s*from\s+([^\s;(]{1,255})", re.IGNORECASE)
# from HELO (NAME [ADDRESS]), as most servers write it; NAME or ADDRESS may be missing.
_PEER = re.compile(
    r"\s*from\s+([^\s;(]{1,255})"
    r"(?:\s+\((?:([A-Za-z0-9_.-]{1,255})(?=[\s)])|\[?((?:IPv6:)?[0-9A-Fa-f:.]{3,60})))?",
    re.IGNORECASE,
)
# What stands for a name that DNS does not know.
_UNKNOWN = "unknown"
_HOST = re.compile(r"[a-z0-9_.-]*")
# Of dmarc; Yahoo once wrote the second.
_PASSES = frozenset(("pass", "success"))
_EXACT_FIRST = operator.attrgetter("pattern")
# By what a sender is known.
_TELLING = frozenset(("dmarc", "dkim", "spf"))
# Names that are only good inside of a network (RFC 6762, RFC 2606, and what providers use).
_PRIVATE = frozenset(("internal", "local", "localdomain", "lan", "intern", "private", "corp", "home"))


def judged(raw: bytes, message: Message, authserv: str) -> bool | None:
    """Return whether our own servers found the From domain of a mail authentic or forged.

    `raw` is the mail as it came, `message` as it was read, `authserv` the names of our servers
    (`intake.desk.server_names`). A field counts only where nobody but they can have written it; see
    `verdict` for what it says. Never raises.
    """
    value = _nameless(raw, authserv)
    if value:
        # It is the last word on the mail, so that none with a name below it is asked.
        return _said(value, "", message) if value in message.authserv else None
    result = verdict(message, authserv)
    if result is None and (together := _together(raw, message, authserv)):
        return _said(*together, message)
    # What was vouched for before a foreign host had the mail says nothing of what that host did.
    return None if result and not at_border(raw, authserv) else result


def heard(raw: bytes, message: Message, authserv: str) -> bool:
    """Whether the word of our own servers on the sender stands on a mail, where it counts, whatever it says.

    That they took a mail from one of their own customers ("auth=pass", as OVH writes) is no such word.
    """
    value = _nameless(raw, authserv)
    if value:
        return value in message.authserv and _of_sender(value, "")
    if together := _together(raw, message, authserv):
        return _of_sender(*together)
    named = _ours(message, authserv)
    if len([name for _, name in named if name == named[0][1]]) != 1 or not at_border(raw, authserv):
        return False
    return _of_sender(*named[0])


def _of_sender(value: str, name: str) -> bool:
    results = auth_results.results(value, name)
    # "none": nothing was there to look at.
    return results == [] or any(str(result.method).lower() in _TELLING for result in results or ())


def vouched(message: Message, authserv: str) -> bool:
    """Return whether the server named `authserv` found the From domain of `message` authentic."""
    return verdict(message, authserv) is True


def verdict(message: Message, authserv: str) -> bool | None:
    """Return whether the servers named `authserv` found the From domain of `message` authentic or forged.

    Only an Authentication-Results of one of the names counts, of several the topmost, and its name
    must occur once: our border strips forged fields, so a second one is a forgery or a
    misconfiguration. False when dmarc failed, whatever stands beside it.
    True for dmarc=pass that names the From domain (header.from), or, where no dmarc is told of, for
    dkim=pass or spf=pass with the From domain or a parent of it; a parent domain speaks for its
    children, never the other way round. None: nothing is known. Never raises.

    A sender chooses their envelope address, HELO name and selectors, and careless servers copy
    them in without quoting: a field that is not well formed to its end, or that tells of dmarc
    twice, vouches for nobody.
    """
    if message.sender is None or not message.one_author:
        return None
    named = _ours(message, authserv)
    if not named:
        return None
    value, name = named[0]
    same = [field for field, other in named if other == name]
    if any(_fails(field) for field, other in named[1:] if other == name or not _by_pattern(other, authserv)):
        # Somebody else's word beside it takes no refusal back.
        return False
    if len(same) != 1:
        return False if _fails(value) else None
    return _said(value, name, message)


def at_border(raw: bytes, authserv: str) -> bool:
    """Whether a field of the servers `authserv` is the last word on a mail: no other host took it since.

    A field further down was written before the mail went through somebody else's hands, and
    says nothing of what they did. Hosts of the same domain, and hosts whose names no DNS
    knows ("localhost", "x.internal"), are the server's own. `raw` is the mail as it came.

    Each server takes forged fields of its own name out (RFC 8601 section 5), and not those that only
    a pattern fits. Such a field must stand above the Received of the host that took the mail in, or
    be of that very host, and no other server's above it.
    """
    names = _servers(authserv)
    others: list[tuple[str, int]] = []
    hops: list[bytes] = []
    for field, value in headers.read(raw, 0, len(raw))[0]:
        if field == "received":
            hops.append(value)
        elif field == "authentication-results":
            text = value.decode("latin-1")
            said, entry = _named(text, names)
            if entry is None:
                others.append((auth_results.name_of(text), len(hops)))
                continue
            if not entry.pattern:
                own = not hops or _own(_host(_BY, hops[-1]), entry)
                return own and not _taken_elsewhere(others, hops, entry)
            inside, last = hops[:-1], hops[-1:]
            if last and _host(_BY, last[0]) != said:
                inside = hops
            ours = [_host(_BY, hop) for hop in hops] + [_host(_FROM, hop) for hop in inside]
            return not others and all(_inside(host, entry) for host in ours)
    return False


def _together(raw: bytes, message: Message, authserv: str) -> tuple[str, str] | None:
    """Return as one the fields of our server where it writes several, as Proton does, and its name, or None.

    They must stand above every Received, where no sender writes, all of them and each well formed.
    """
    named = _ours(message, authserv)
    same = [value for value, name in named if name == named[0][1]]
    if len(same) < 2 or _by_pattern(named[0][1], authserv):
        return None
    names, above = _servers(authserv), 0
    for field, value in headers.read(raw, 0, len(raw))[0]:
        if field == "received":
            break
        if field == "authentication-results" and _named(value.decode("latin-1"), names)[0]:
            above += 1
    if above != len(named) or any(not auth_results.results(value, named[0][1]) for value in same):
        return None
    return ";".join([named[0][1], *(value.partition(";")[2].strip(" ;") for value in same)]), named[0][1]


def _taken_elsewhere(others: list[tuple[str, int]], hops: list[bytes], entry: ServerName) -> bool:
    """Whether a server beside the one that `entry` names, of the same organisation, took a mail in.

    Such a server takes out what has its own name, and leaves what a sender wrote in its neighbour's. It
    shows by its field above: `others` are the names of those, each with how many of `hops` stand above it.
    Hosts that had the mail from one of ours, and the many names of one host of iCloud's, are no such server.
    """
    hosts = {_host(_BY, hop) for hop in hops}
    beside = any(_own(name, entry) and (name in hosts or above < len(hops)) for name, above in others)
    return beside and not all(_handed_on(hop, entry) for hop in hops)


def _handed_on(hop: bytes, entry: ServerName) -> bool:
    """Whether a Received tells of a mail from a host of ours: by its HELO and, where one is told, its name or
    address, which no sender chooses."""
    peer = _PEER.match(hop.decode("latin-1"))
    names = [name.rstrip(".").lower() for name in peer.groups() if name] if peer else []
    return bool(names) and all(name != _UNKNOWN and _inside(name, entry) for name in names)


def _nameless(raw: bytes, authserv: str) -> str:
    """Return the topmost field, where it has no name and only servers of ours can have written it, else "".

    Microsoft 365 writes none. What tells whose it is stands around it: right below it the host that took
    the mail in, which a pattern names, and above it only others of ours, each of which had the mail from
    one of ours. A field further down, whoever wrote it, is never asked.
    """
    names = [name for name in _servers(authserv) if name.pattern]
    if not names:
        return ""
    hops: list[bytes] = []
    top = ""
    for field, value in headers.read(raw, 0, len(raw))[0]:
        if field == "authentication-results" and not top:
            top = value.decode("latin-1").replace("\t", " ")
            if not auth_results.nameless(top):
                return ""
        elif field == "received" and not top:
            hops.append(value)
        elif field == "received":
            inside = [_host(which, hop) for hop in hops for which in (_BY, _FROM)]
            # A host that takes mail in, further up, was given what stands here.
            fits = [name for name in names if not any(map(name.fits, inside[::2]))]
            taken = any(name.fits(host_by(value)) and all(map(name.kin, inside)) for name in fits)
            return top if taken else ""
    return ""


def _servers(authserv: str) -> tuple[ServerName, ...]:
    try:
        return server_names.read(authserv)
    except ValueError:
        # The config refuses such a list; nobody is believed by half of one.
        return ()


def _by_pattern(name: str, authserv: str) -> bool:
    return not any(entry.text == name for entry in _servers(authserv))


def _ours(message: Message, authserv: str) -> list[tuple[str, str]]:
    """Return the fields of our servers, topmost first, each with the name in it."""
    names = _servers(authserv)
    pairs = [(value, _named(value, names)[0]) for value in message.authserv]
    return [(value, name) for value, name in pairs if name]


def _fails(value: str) -> bool:
    return _FORGED.search(auth_results.bare(value) or value) is not None


def _said(value: str, name: str, message: Message) -> bool | None:
    """Return what a field says of the From domain of `message`; `name` is the one in it, "" for none."""
    if message.sender is None or not message.one_author:
        return None
    if len(value) > MAX_VALUE:
        # A hundred signatures that make it long take no refusal back.
        return False if _fails(value) else None
    domain = message.sender.domain
    results = auth_results.results(value, name)
    if results is None:
        return False if _fails(value) else None
    dmarc = [result for result in results if str(result.method).lower() == "dmarc"]
    said = {str(result.result).lower() for result in dmarc}
    if "fail" in said:
        return False
    if not domain or len(dmarc) > 1:
        return None
    if said & _PASSES:
        results = dmarc
    return any(_speaks_for(result, domain) for result in results) or None


def host_by(received: bytes) -> str:
    """Return the host that wrote a Received (RFC 5321 section 4.4), "" where it does not tell."""
    return _host(_BY, received)


def public(host: str) -> bool:
    """Whether the name of a host (lower-cased) says something outside of its own network."""
    labels = host.split(".")
    return len(labels) > 1 and labels[-1] not in _PRIVATE and not labels[-1].isdigit()


def _own(host: str, entry: ServerName) -> bool:
    return not public(host) or entry.kin(host)


def _inside(host: str, entry: ServerName) -> bool:
    """Whether a host may be one behind our border; one named by an address only within a network."""
    try:
        return ipaddress.ip_address(host.strip("[]").removeprefix("ipv6:")).is_private
    except ValueError:
        return _HOST.fullmatch(host) is not None and _own(host, entry)


def _host(which: re.Pattern[str], value: bytes) -> str:
    """Return the host that a Received names behind "by" or "from", "" for none."""
    match = which.search(value.decode("latin-1"))
    return match[1].rstrip(".").lower() if match else ""


def _named(value: str, names: tuple[ServerName, ...]) -> tuple[str, ServerName | None]:
    """Return the name of ours that a field may have, however it writes it, and the entry that it fits."""
    bare = auth_results.bare(value)
    for said in (auth_results.name_of(value), auth_results.name_of(bare if bare is not None else "")):
        entry = next((name for name in sorted(names, key=_EXACT_FIRST) if said and name.fits(said)), None)
        if entry is not None:
            return said, entry
    return "", None


def _speaks_for(result: Any, domain: str) -> bool:
    method = str(getattr(result, "method", "")).lower()
    if str(getattr(result, "result", "")).lower() not in (_PASSES if method == "dmarc" else ("pass",)):
        return False
    pairs = [
        (
            f"{property_.type}.{property_.name}".lower(),
            str(property_.value or "").rpartition("@")[2].rstrip(".").lower(),
        )
        for property_ in getattr(result, "properties", None) or ()
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
        # Yandex and NetEase write the second, as RFC 5451 had it.
        names = ("smtp.mailfrom", "smtp.mail", "smtp.envelope-from")
        return aligned(next((properties[name] for name in names if properties.get(name)), ""), domain)
    return False


def aligned(signer: str, domain: str) -> bool:
    """Whether `signer` speaks for `domain`: it is that domain or a parent, and no top-level one."""
    return "." in signer and (signer == domain or domain.endswith("." + signer))
