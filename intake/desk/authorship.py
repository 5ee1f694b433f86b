"""Whose words a mail holds, where its From names no person: a mailing list, a web site, this desk. Pure.

A list that takes the author's place in From, and a contact form, name the author in another field. That
is anybody's word, like From itself, and it is never proof: nothing acts on it, nothing is answered
automatically by it, and the ticket is that of the person who is named.
"""

import hashlib
from dataclasses import replace

from intake.desk.message import NOT_FROM, Message
from intake.desk.policy import Policy
from intake.desk.rule_context import own_address


def attributed(message: Message, policy: Policy) -> Message:
    """Return a mail with the author it names as its sender, and its From in `via`, where From is no person's.

    What a machine wrote stays as it came, or two of them could hand each other's mail on for ever; so
    does a mail that names an address of the desk's as its author.
    """
    sender, author = message.sender, message.named_author
    if sender is None or author is None or message.automatic or message.bounce is not None:
        return message
    if not message.impersonal and not own_address(sender.key, policy):
        return message
    if own_address(author.key, policy):
        return message
    # It is read by one more field, and so has another identity than the same mail that names somebody else.
    identity = hashlib.sha256(f"{message.fingerprint}\0{author.key}".encode()).hexdigest()
    defects = (*message.defects, NOT_FROM)
    return replace(message, sender=author, via=sender, defects=defects, fingerprint=identity)


def as_written(message: Message) -> Message:
    """Return a mail with what stood in its From as the sender: what our mail server looked at."""
    if message.via is None:
        return message
    defects = tuple(defect for defect in message.defects if defect != NOT_FROM)
    return replace(message, sender=message.via, via=None, defects=defects)
