"""Whose words a mail holds, where its From names no person: a mailing list, a web site, this desk. Pure.

A list that takes the author's place in From, and a contact form, name the author in another field. That
is anybody's word, like From itself, and it is never proof: nothing acts on it, nothing is answered
automatically by it, and the ticket is that of the person who is named.
"""

import hashlib
import re
from dataclasses import replace

from intake.desk import tokens
from intake.desk.message import NOT_FROM, Address, Message
from intake.desk.policy import Policy
from intake.desk.public_mail import is_public
from intake.desk.rule_context import own_address
from intake.desk.server_names import organisation

# Where a house that sends by a program takes answers: nobody who wrote to us.
_OFFICES = re.compile(
    r"(?:support|help(?:desk)?|info|hello|contact|service|customer-?(?:care|service|support)|care|team|sales|billing"
    r"|accounts?|orders?|feedback|office|news(?:letter)?|marketing|admin|reply|replies|incoming|tickets?"
    r"|jira|git(?:lab)?|ops|noc|alerts?|notifications?|mailer|system|reports?"
    r"|(?:kunden)?service|kontakt|vertrieb|soporte|ventas|suporte|destek)(?:[-_.+].*)?"
)
# Or a key, by which its own program knows the answer.
_KEYED = re.compile(r"\+|[0-9a-f]{12}")
# Nobody's in any house: where a program takes answers to one thing, by its number.
_NUMBERED = re.compile(r"(?:reply|replies|incoming|tickets?|cases?|issues?)[-_.+].*\d.*")


def attributed(message: Message, policy: Policy, null_sender: bool = False) -> Message:
    """Return a mail with the author it names as its sender, and its From in `via`, where From is no person's.

    What a machine wrote stays as it came, or two of them could hand each other's mail on for ever; so
    does a mail that names an address of the desk's as its author. What a program only sent may be a person's,
    who filled in a form: it is theirs, and as nothing is ever answered automatically to who is named
    beside From, no machine is given anything to answer. `null_sender` says that it came without an envelope
    sender: as bounces do.
    """
    sender, author = message.sender, message.named_author
    if sender is None or author is None or message.bounce is not None:
        return message
    ours = own_address(sender.key, policy)
    if message.automatic and (null_sender or not _filled_in(message, sender, author, ours)):
        return message
    if not message.impersonal and not message.automatic and not ours:
        return message
    if own_address(author.key, policy):
        return message
    # It is read by one more field, and so has another identity than the same mail that names somebody else.
    identity = hashlib.sha256(f"{message.fingerprint}\0{author.key}".encode()).hexdigest()
    defects = (*message.defects, NOT_FROM)
    return replace(message, sender=author, via=sender, defects=defects, fingerprint=identity, automatic="")


def _filled_in(message: Message, sender: Address, author: Address, ours: bool) -> bool:
    """Whether what a program sent is of somebody beside it: no answer, and not of its house's office."""
    answered = any(tokens.looks_tokened(address.key) for address in (*message.to, *message.cc))
    if not message.generated or message.thread_ids or answered:
        return False
    local = author.key.rpartition("@")[0][:200]
    if _NUMBERED.fullmatch(local):
        return False
    same = organisation(sender.domain) == organisation(author.domain) and not is_public(sender.domain)
    return ours or not same or not (_OFFICES.fullmatch(local) or _KEYED.search(local))


def as_written(message: Message) -> Message:
    """Return a mail with what stood in its From as the sender: what our mail server looked at."""
    if message.via is None:
        return message
    defects = tuple(defect for defect in message.defects if defect != NOT_FROM)
    return replace(message, sender=message.via, via=None, defects=defects)
