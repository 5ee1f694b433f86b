"""What a mail claims to be by the token it carries, found out before the transaction that decides on it.

An agent's reply carries its token in the address it goes to; hosts that take plus parts away leave
it in References and in the quoted notification.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from intake.desk import form_origin, tokens
from intake.desk.authorship import as_written
from intake.desk.guard.policy import Need
from intake.desk.message import Address, Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rule_context import NOBODY, is_participant, own_address
from intake.desk.rules.undoing import alone
from intake.desk.rules.yes_and_no import confirms
from intake.desk.text.said import said
from intake.desk.tokens import ACTING, SHOWN, Purpose, Token
from intake.ports import Store, Temporary, Underway, Unreadable

TOKEN_UNSIGNED = said(
    "The signature of your email does not cover the place where your reply address is: anybody could have "
    "put it there. Keep the quoted notification in your reply, which is always signed."
)

_OF_TICKETS = (Purpose.AGENT, Purpose.CONFIRM)
# So many questions are answered by one mail.
MOST_QUESTIONS = 10
_ADDRESSED = (Purpose.AGENT, Purpose.CUSTOMER, Purpose.PARTNER)


@dataclass(frozen=True, slots=True)
class Proof:
    """By what the sender of a mail is authenticated ("": by nothing), and how far that reaches.

    `covers` are the header fields that a signature covers, lower-cased; None where our own server
    vouches for the mail as it came. `lacks` says why a signature that is valid proves nothing.
    """

    by: str = ""
    covers: frozenset[str] | None = None
    lacks: str = ""


Authenticated = Callable[[bytes, Message, str, datetime], Proof]
"""Say by what the sender of a mail is authenticated: the raw mail, as read, the name of our
receiving server ("" for none), the time. May raise ports.Temporary where it has to ask somebody."""

Vouched = Callable[[bytes, Message, str], bool | None]
"""Say whether our server found a sender authentic (True) or forged (False); None: it does not say."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail's valid token, and by what its sender is authenticated ("": by nothing, or nobody asked).

    `lacks` says what a signature did not cover, `original` is, where the token confirms a draft, the
    mail that became it. `vouched` is what our own server found of the sender: authentic (True) or forged.
    """

    token: Token | None = None
    proof: str = ""
    original: Message | None = None
    lacks: str = ""
    vouched: bool | None = None

    def obeyed(self, message: Message) -> Message:
        """Return whose commands are obeyed: the draft's, where its agent says yes, else the mail's own."""
        return self.original if self.original and confirms(message.new_text) else message


class NotNow(Exception):
    """What a message claims cannot be found out yet; others can be decided on.

    `token` is what it carries; `underway`: somebody is being asked at this moment.
    """

    def __init__(self, why: str, token: Token | None = None, underway: Underway | None = None) -> None:
        super().__init__(why)
        self.token, self.underway = token, underway


@dataclass(frozen=True, slots=True)
class Claims:
    """Finds out what mails claim. `keys` read tokens, newest first; `parse` reads a mail."""

    store: Store
    policy: Policy
    keys: Sequence[bytes]
    parse: Callable[[bytes], Message]
    authenticated: Authenticated
    vouched: Vouched

    def of(self, message: Message, raw: bytes, envelope: Envelope, now: datetime, patient: bool) -> Claim:
        """Return what a mail claims by its token, what proves it, and what our server says of it.

        Not to be called within a transaction, for others may have to be asked. When they do not
        answer it raises NotNow, or, not `patient`, lets nothing prove it: then the mail becomes
        a draft, which its agent can confirm. While they are being asked it raises NotNow in any case.
        """
        authserv = self.policy.mailbox(envelope.mailbox).trusted_authserv
        vouched = self.vouched(raw, as_written(message), authserv) if authserv else None
        if message.via is not None:
            # Our server looked at From alone: who is named beside it is anybody's word.
            vouched = False if vouched is False else None
        return replace(self._of(message, raw, envelope, now, patient), vouched=vouched)

    def _of(self, message: Message, raw: bytes, envelope: Envelope, now: datetime, patient: bool) -> Claim:
        token = self._addressed(message, envelope, now)
        if envelope.channel in form_origin.CHANNELS:
            # Who fills in a form has only typed an address, and never acts for an agent.
            return Claim(None if token is not None and token.purpose in (*ACTING, Purpose.PARTNER) else token)
        if token is None:
            token = self._brought(message, now)
        if token is not None and token.purpose in ACTING:
            token = self._of_partner(token, message) or token
        if token is None or token.purpose not in ACTING:
            return Claim(token)
        original = self._original(token)
        # A yes needs no proof but the address it goes to; what is written in its place does.
        said_yes = token.purpose is Purpose.CONFIRM and confirms(message.new_text)
        said_yes = said_yes and not self._for_two(token)
        if said_yes or not self._agent(message):
            return Claim(token, original=original)
        if self.policy.agent_authority == "token":
            token = self._of_draft(token, message, now)
            return Claim(token, original=original or self._original(token))
        authserv = self.policy.mailbox(envelope.mailbox).trusted_authserv
        try:
            proof = self.authenticated(raw, message, authserv, now)
        except Underway as err:
            raise NotNow(str(err), token, err) from err
        except Temporary as err:
            if patient:
                raise NotNow(str(err), token) from err
            return Claim(token, original=original)
        if not proof.by or proof.covers is None:
            return Claim(token, proof.by, original, lacks=proof.lacks)
        signed = self._signed(message, proof.covers, now)
        if signed is None:
            return Claim(token, original=original, lacks=TOKEN_UNSIGNED)
        signed = self._of_draft(inside(signed) if token.note else signed, message, now)
        return Claim(signed, proof.by, self._original(signed))

    def _addressed(self, message: Message, envelope: Envelope, now: datetime) -> Token | None:
        """Return the valid token in the addresses a mail goes to, None when there is none.

        What also goes to a partner's conversation is no customer's, whatever other address it names, but
        where a customer wrote it to their own. An agent's commands are obeyed, and their words are a note.
        """
        asked = self._asked(_everywhere(message, envelope), now)
        token = token_of(self.keys, message, envelope, now, self.policy)
        if token is not None and token.purpose is Purpose.AGENT:
            token = self._one_ticket(replace(token, several=_addressed_tickets(message, self.policy)))
        if asked is None or token is None:
            return asked or token
        if token.purpose in ACTING:
            return inside(token) if self._agent(message) else asked
        ticket = self.store.tickets.get(token.ticket)
        sure = message.one_author and message.via is None
        theirs = ticket is not None and is_participant(message.sender or NOBODY, ticket)
        return token if sure and theirs else asked

    def _asked(self, addresses: Sequence[str], now: datetime) -> Token | None:
        """Return the valid token of the first question to whose address a mail went, with the others that it
        went to; None where it went to none."""
        whole = self.policy.replies.domain
        each = (
            tokens.in_addresses(self.keys, (address,), now, Purpose.PARTNER, whole)
            for address in dict.fromkeys(addresses)
        )
        there = [*islice(filter(None, each), MOST_QUESTIONS)]
        if not there:
            return None
        questions = dict.fromkeys((token.ticket, token.person) for token in there)
        return replace(there[0], others=tuple(questions)[1:])

    def _of_draft(self, token: Token, message: Message, now: datetime) -> Token:
        """Return the token of the one draft of an agent's that waits in a ticket, where they answer `#undo`
        alone to an alert, which names none, and no reply can be taken back; else the token as it is.

        One that another person's yes may send at any time it means in answer to any mail of the ticket.
        """
        if token.purpose is not Purpose.AGENT or not alone(message):
            return token
        match = self.store.tickets.match(token.ticket)
        if match is None or self.store.tickets.relayed(match.ticket.id, token.person) is not None:
            return token
        waiting = [
            draft
            for draft in self.store.tickets.unsent(token.person, now)
            if draft.ticket in (token.ticket, match.ticket.id)
        ]
        if len(waiting) != 1 or not (token.about or waiting[0].guard is Need.TWO):
            return token
        return replace(token, purpose=Purpose.CONFIRM, person=waiting[0].entry, about=False, note=False)

    def _of_partner(self, token: Token, message: Message) -> Token | None:
        """Return the token of the question that somebody outside was asked in this ticket, who now writes to
        an agent's address in it: a colleague's reply showed it to them. None for anybody else."""
        if message.sender is None or self._agent(message):
            return None
        entry = self.store.tickets.question_to(token.ticket, message.sender)
        return replace(token, purpose=Purpose.PARTNER, person=entry, note=False) if entry else None

    def _brought(self, message: Message, now: datetime) -> Token | None:
        """Return the token that a mail brings back beside its addresses, None where it brings none."""
        asked = tokens.in_ids(self.keys, message.thread_ids, now, Purpose.PARTNER)
        token = self._carried(message, now)
        if self._agent(message):
            token = token or (asked if message.forward is None else None)
        elif asked is not None:
            token = asked
        elif token is not None and not self._as_addressed(token):
            # Whoever else writes such words, a customer for one, says nothing by them.
            token = None
        return token or (shown_in(self.keys, message, now) if self.policy.replies.bare else None)

    def _signed(self, message: Message, covers: frozenset[str], now: datetime) -> Token | None:
        """Return the token of an agent in what a signature covers, None when there is none."""
        to, cc = (field if name in covers else () for name, field in (("to", message.to), ("cc", message.cc)))
        token = _first(self.keys, _own(to, cc, self.policy), now, self.policy.replies.domain)
        if token is not None and token.purpose is Purpose.AGENT:
            token = self._one_ticket(replace(token, several=_addressed_tickets(message, self.policy)))
        if token is None and self._ours(message, covers):
            ids = [
                *(message.in_reply_to if "in-reply-to" in covers else ()),
                *(reversed(message.references) if "references" in covers else ()),
            ]
            token = self._carried(message, now, ids)
        return token if token is not None and token.purpose in ACTING else None

    def _carried(self, message: Message, now: datetime, ids: Sequence[str] | None = None) -> Token | None:
        """Return what `carried` does; numbers of tickets that are one by now are none of several."""
        token = carried(self.keys, message, now, ids)
        return None if token is None else self._one_ticket(token)

    def _one_ticket(self, token: Token) -> Token:
        """Return a token without its several tickets, where they have been merged into one."""
        if len(token.several) < 2:
            return replace(token, several=())
        matches = (self.store.tickets.match(number) for number in token.several)
        ends = sorted({match.ticket.id for match in matches if match is not None})
        return replace(token, several=tuple(ends) if len(ends) > 1 else ())

    def _ours(self, message: Message, covers: frozenset[str]) -> bool:
        """Whether a mail was written to this desk, as far as its signature says to whom."""
        if "to" not in covers:
            return True
        written = (*message.to, *(message.cc if "cc" in covers else ()))
        return any(own_address(address.key, self.policy) for address in written)

    def _agent(self, message: Message) -> bool:
        """Whether From names an agent, truly or not."""
        agents = {agent.address.lower() for agent in self.store.agents.enabled()}
        return message.sender is not None and message.sender.key in agents

    def _as_addressed(self, token: Token) -> bool:
        """Whether a token beside the addresses counts as if it stood in one, whoever wrote.

        Where no address carries any it does: an agent's other address must not make a customer's words of
        what may be a note. A command of somebody else's is none, though, and must not be lost by it.
        """
        return self.policy.replies.bare and token.purpose is not Purpose.COMMAND

    def _for_two(self, token: Token) -> bool:
        """Whether a draft's yes must be another agent's: they have to prove who they are."""
        draft = self.store.tickets.draft(token.person)
        return draft is not None and draft.guard is Need.TWO

    def _original(self, token: Token) -> Message | None:
        """Return the mail that a token confirms, None where it confirms none."""
        return self._kept(token.person) if token.purpose is Purpose.CONFIRM else None

    def _kept(self, entry: int) -> Message | None:
        """Return the mail that became a draft, None when it can be read no longer."""
        raw = self.store.ledger.draft_raw(entry)
        try:
            return self.parse(raw) if raw is not None else None
        except Unreadable:
            return None
        except RuntimeError as err:
            raise NotNow("the draft could not be read for the moment") from err


def token_of(
    keys: Sequence[bytes], message: Message, envelope: Envelope, now: datetime, policy: Policy
) -> Token | None:
    """Return the valid token of an agent or a customer in the addresses a mail goes to, None for none.

    One that lets a mail act for an agent must stand in what its author wrote, and in an address of the
    desk's: an email of theirs that is sent on to another address must not act for them there.
    """
    whole = policy.replies.domain
    token = _first(keys, _everywhere(message, envelope), now, whole)
    if token is not None and token.purpose in ACTING:
        return _first(keys, _own(message.to, message.cc, policy), now, whole)
    return token


def inside(token: Token) -> Token:
    """Return an agent's token with which their words are a note."""
    return replace(token, note=True) if token.purpose is Purpose.AGENT else token


def _first(keys: Sequence[bytes], addresses: Sequence[str], now: datetime, whole: str) -> Token | None:
    """Return the first valid token in these addresses that is no partner's, None for none."""
    each = (tokens.in_addresses(keys, (address,), now, whole=whole) for address in addresses)
    return next((token for token in each if token is not None and token.purpose is not Purpose.PARTNER), None)


def _everywhere(message: Message, envelope: Envelope) -> list[str]:
    written = [address.mailbox for address in (*message.to, *message.cc)]
    return [*envelope.recipients, *message.delivered_to, *written]


def _addressed_tickets(message: Message, policy: Policy) -> tuple[int, ...]:
    """Return the tickets to whose addresses an agent's mail was written, by the form of these addresses.

    A customer's address is one to a ticket as well, from a mail that the agent had in copy.
    """
    claims = (tokens.claimed_in(place) for place in _own(message.to, message.cc, policy))
    return tuple(sorted({claim[1] for claim in claims if claim is not None and claim[0] in _ADDRESSED}))


def _own(to: Sequence[Address], cc: Sequence[Address], policy: Policy) -> list[str]:
    """Return those addresses that are the desk's; others are named by whoever has them, tokens and all."""
    return [address.mailbox for address in (*to, *cc) if own_address(address.key, policy)]


def carried(
    keys: Sequence[bytes], message: Message, now: datetime, ids: Sequence[str] | None = None
) -> Token | None:
    """Return the token that an agent's mail brings back beside its addresses, None when it brings none.

    `ids` are the Message-IDs that count, all that it names where they are None. The nearest quote counts
    before others; tokens of several tickets are named by it.
    """
    # What is passed on quotes a notification too, and is no reply to it.
    text = "" if message.forward else message.text
    named = message.thread_ids if ids is None else ids
    threaded = list(tokens.each_in_ids(keys, named, now))
    written = [token for token in tokens.each_in_text(keys, text, now) if token.purpose in ACTING]
    token = next(iter((*threaded, *written)), None)
    if token is None or token.purpose not in ACTING:
        return None
    about = (each.ticket for each in (*threaded, *written) if each.purpose in _OF_TICKETS)
    numbers = tuple(sorted(set(about)))
    several = numbers if len(numbers) > 1 else ()
    return replace(token, beside=True, quoted=not threaded, several=several)


def shown_in(keys: Sequence[bytes], message: Message, now: datetime) -> Token | None:
    """Return the token of a customer's mail of ours that a mail answers or quotes, None without one."""
    text = "" if message.forward else message.text
    scores = tokens.in_ids(keys, message.thread_ids, now, Purpose.SCORE)
    return scores or tokens.in_text(keys, text, now, SHOWN)
