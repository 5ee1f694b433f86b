"""Where an author asks for the answers: the Reply-To, as far as it may be followed. Pure.

Identity is From. A Reply-To is anybody's word as long as From is, and a forger would have the answers to
somebody else's ticket sent to themselves. So it is shown to agents, and followed only in a new ticket, for an
author for whom our own server vouches, and within their own domain; that of a public provider is nobody's
own. Nothing automatic ever goes there.
"""

from collections.abc import Callable

from intake.desk.addresses import aligned
from intake.desk.facts import Facts
from intake.desk.message import Address, Message
from intake.desk.public_mail import is_public

# More are a conversation, not a place.
MOST_SHOWN = 3


def elsewhere(message: Message, known: Callable[[str], bool]) -> tuple[Address, ...]:
    """Return where an author asks for answers beside what stands in From; `known` are addresses (lower-cased)
    that get them anyway, or are the desk's."""
    if message.sender is None:
        return ()
    others = {address.key: address for address in message.reply_to if address.mailbox}
    kept = [address for key, address in others.items() if key != message.sender.key and not known(key)]
    return tuple(kept[:MOST_SHOWN])


def followed(message: Message, facts: Facts, known: Callable[[str], bool]) -> Address | None:
    """Return the address that joins a new ticket because its author asks for answers there, or None."""
    places = elsewhere(message, known)
    sure = facts.verified and not facts.refuted and message.one_author and not message.suppress
    if not sure or len(message.reply_to) != 1 or not places or message.sender is None:
        return None
    domain = message.sender.domain
    return places[0] if aligned(places[0].domain, domain) and not is_public(domain) else None
