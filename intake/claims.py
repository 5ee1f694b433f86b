"""What a mail claims to be by the token it carries, found out before the transaction that decides on it.

An agent's reply carries its token in the address it goes to; hosts that take plus parts away leave
it in References and in the quoted notification.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.desk import tokens
from intake.desk.confirming import confirms
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.tokens import Purpose, Token
from intake.ports import Store, Temporary, Unreadable

# Who holds one of these acts for an agent.
ACTING = (Purpose.AGENT, Purpose.CONFIRM, Purpose.COMMAND)

Authenticated = Callable[[bytes, Message, str, datetime], str]
"""Say by what the sender of a mail is authenticated, "" by nothing: the raw mail, as read, the name of
our receiving server ("" for none), the time. May raise ports.Temporary where it has to ask somebody."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail's valid token, and by what its sender is authenticated ("": by nothing, or nobody asked).

    `original` is, where the token confirms a draft, the mail that became it.
    """

    token: Token | None = None
    proof: str = ""
    original: Message | None = None

    def obeyed(self, message: Message) -> Message:
        """Return whose commands are obeyed: the draft's, where its agent says yes, else the mail's own."""
        return self.original if self.original and confirms(message.new_text) else message


class NotNow(Exception):
    """What a message claims cannot be found out yet; others can be decided on."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Finds out what mails claim. `keys` read tokens, newest first; `parse` reads a mail."""

    store: Store
    policy: Policy
    keys: Sequence[bytes]
    parse: Callable[[bytes], Message]
    authenticated: Authenticated

    def of(self, message: Message, raw: bytes, envelope: Envelope, now: datetime, patient: bool) -> Claim:
        """Return what a mail claims by its token, and what proves it.

        Not to be called within a transaction, for others may have to be asked. When they do not
        answer it raises NotNow, or, not `patient`, lets nothing prove it: then the mail becomes
        a draft, which its agent can confirm.
        """
        token = token_of(self.keys, message, envelope, now)
        if token is None:
            token = carried(self.keys, message, now)
            if token is not None and not self._agent(message):
                # Whoever else writes such words, a customer for one, says nothing by them.
                return Claim()
        if token is None or token.purpose not in ACTING:
            return Claim(token)
        original = self._kept(token.person) if token.purpose is Purpose.CONFIRM else None
        # A yes needs no proof but the address it goes to; what is written in its place does.
        said_yes = token.purpose is Purpose.CONFIRM and confirms(message.new_text)
        if said_yes or not self._agent(message) or self.policy.agent_authority == "token":
            return Claim(token, original=original)
        authserv = self.policy.mailbox(envelope.mailbox).trusted_authserv
        try:
            return Claim(token, self.authenticated(raw, message, authserv, now), original)
        except Temporary as err:
            if patient:
                raise NotNow(str(err)) from err
            return Claim(token, original=original)

    def _agent(self, message: Message) -> bool:
        """Whether From names an agent, truly or not."""
        agents = {one.address.lower() for one in self.store.agents()}
        return message.sender is not None and message.sender.key in agents

    def _kept(self, entry: int) -> Message | None:
        """Return the mail that became a draft, None when it can be read no longer."""
        raw = self.store.draft_raw(entry)
        try:
            return self.parse(raw) if raw is not None else None
        except Unreadable:
            return None
        except RuntimeError as err:
            raise NotNow("the draft could not be read for the moment") from err


def token_of(keys: Sequence[bytes], message: Message, envelope: Envelope, now: datetime) -> Token | None:
    """Return the valid token in the addresses a mail goes to, None when there is none.

    One that lets a mail act for an agent must stand in what its author wrote: a mail of his
    that somebody sends to another address must not act for him there.
    """
    written = [one.mailbox for one in (*message.to, *message.cc)]
    found = tokens.in_addresses(keys, (*envelope.recipients, *message.delivered_to, *written), now)
    if found is not None and found.purpose in ACTING:
        return tokens.in_addresses(keys, written, now)
    return found


def carried(keys: Sequence[bytes], message: Message, now: datetime) -> Token | None:
    """Return the token that an agent's mail brings back beside its addresses, None when it brings none."""
    # What is passed on quotes a notification too, and is no reply to it.
    text = "" if message.forward else message.text
    found = tokens.in_ids(keys, message.thread_ids, now) or tokens.in_text(keys, text, now)
    return found if found is not None and found.purpose in ACTING else None
