"""Blocked senders: what a block covers, and whom nobody may block. Pure.

A block is an address in lower case, or a domain with @ in front, its subdomains included. It concerns
what claims to come from there: From can be forged. So whom the desk knows is not blocked by a slip.
"""

from collections.abc import Iterable
from datetime import timedelta

from intake.desk.addresses import typed
from intake.desk.message import Message
from intake.desk.policy import Policy
from intake.desk.public_mail import is_public
from intake.desk.rule_context import own_address
from intake.desk.ticket import Agent

# The rules that keep a mail in quarantine by a person's will, and not for a fault.
BLOCKED, HELD = "blocked", "held"
KEPT = (BLOCKED, HELD)
# So far back it is looked for words that anybody may have written in a sender's name.
LATELY = timedelta(days=30)
# A domain of more labels than this is looked up by its last ones.
MOST_LABELS = 8
# Names of a registry's below which others have their domains: co.uk, com.br, or.jp.
_REGISTRY = frozenset(
    [
        "ac",
        "co",
        "com",
        "edu",
        "gob",
        "gov",
        "gouv",
        "go",
        "id",
        "in",
        "ltd",
        "me",
        "mil",
        "ne",
        "net",
        "nhs",
        "nom",
        "or",
        "org",
        "plc",
        "sch",
    ]
)


def key_of(text: str) -> str:
    """Return what somebody typed as the key of a block, "" for neither an address nor a domain."""
    bare = text.strip().strip("<>'\".,; ").removeprefix("mailto:")
    local, at, domain = bare.rpartition("@")
    if at and local not in ("", "*"):
        return typed(bare).lower()
    # What makes a domain of an address: letters before it.
    whole = typed(f"x@{domain.removeprefix('*.').strip('.')}")
    return whole.lower().removeprefix("x") if whole else ""


def covers(key: str, address: str) -> bool:
    """Whether a block of `key` concerns an address (lower-cased)."""
    return key in keys_of(address)


def keys_of(address: str) -> tuple[str, ...]:
    """Return every block that would concern an address (lower-cased), "" for nobody: the narrowest first."""
    domain = address.rpartition("@")[2]
    if not domain or domain == address:
        return ()
    labels = domain.split(".")[-MOST_LABELS:]
    return (address, *(f"@{'.'.join(labels[at:])}" for at in range(max(1, len(labels) - 1))))


def claimed(message: Message) -> tuple[str, ...]:
    """Return the blocks that concern a mail: of its author, and of what stands in its From."""
    people = (message.sender, message.via)
    return tuple(dict.fromkeys(key for person in people if person for key in keys_of(person.key)))


def never(key: str, policy: Policy, agents: Iterable[Agent]) -> str:
    """Return who of the desk a block of `key` would concern, or why nobody may make it; "" for a block that
    may be made."""
    if key.startswith("@"):
        domain = key[1:]
        if is_public(domain):
            return "public"
        labels = domain.split(".")
        if len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _REGISTRY:
            return "registry"
    ours = [*policy.own_addresses] if not own_address(key, policy) else [key]
    team = [agent.address.lower() for agent in agents]
    for kind, addresses in (("own", ours), ("agent", team), ("staff", sorted(policy.staff))):
        if any(covers(key, address) for address in addresses):
            return kind
    return ""
