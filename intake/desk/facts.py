"""What the store knew when a message was decided on. Facts are gathered, never computed, here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from intake.desk.factor import Standing
from intake.desk.guard.policy import Need
from intake.desk.lookup import LookupResult
from intake.desk.message import Message, PieceKind
from intake.desk.people import Load
from intake.desk.sensitive.finds import Find
from intake.desk.ticket import Agent, Ticket
from intake.desk.tokens import Purpose, Token
from intake.desk.undo import Relayed

# After a hard bounce an address gets no automatic mail for so long.
FAILED_DAYS = 30
# What stands in `Facts.leak` of an answer of which no mail could be made.
UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class SentMail:
    """An outbox row a message is about: a reply's or bounce's Message-ID that we gave out."""

    outbox_id: int
    ticket_id: int
    kind: str
    recipient: str


@dataclass(frozen=True, slots=True)
class TicketMatch:
    """A ticket, who is to be told of news in it, and its team.

    `agents` are its assignee, or where it has none those who answered, and its watchers; `involved` are all
    of these, for whom notes are.
    `team` are the enabled agents of the ticket's own team, which may be another than the mailbox's.
    `named` is the ticket that a token, an id or a number leads to, where that was merged into this one.
    """

    ticket: Ticket
    agents: tuple[Agent, ...] = ()
    team: tuple[Agent, ...] = ()
    named: Ticket | None = None
    involved: tuple[Agent, ...] = ()


# Of whom an agent writes to, so many addresses are looked at; and who was asked in a ticket that has been
# closed for longer is no partner any more.
MOST_WRITTEN_TO, ASKED_LATELY = 20, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AskedPartner:
    """Who was asked about a ticket from outside it: the ticket as it is now, the entry of the question, the
    `address` it went to, and the agent who asked (None when they are gone).

    `among`: nothing in the message names the question; it goes to who was asked in these tickets (numbers,
    of the newest question first), of which this is the first. Else empty. `also` are the questions in other
    tickets that the message answers too, by their tokens.
    """

    match: TicketMatch
    entry: int
    address: str
    agent: Agent | None = None
    among: tuple[int, ...] = ()
    also: tuple["AskedPartner", ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was kept because nothing proved its author, and may be confirmed.

    `agent` is the enabled agent it is kept for, `author` the address that wrote it, `message` the
    mail it was (None when that is gone). `waiting`: nobody has confirmed it yet. `rule` is the rule
    that kept it, which tells what its agent was asked, `guard` what its yes is worth to the guard, and `seen`
    what was asked about ("" where that is not known).
    """

    entry: int
    agent: Agent | None
    author: str
    waiting: bool
    message: Message | None = None
    rule: str = ""
    guard: Need = Need.NOTHING
    seen: str = ""

    def answering(self, sender: Agent | None) -> Agent | None:
        """Return who answers the question about it: its agent, or who else writes where others are asked.

        What was answered since the mail that they reply to, they have not seen.
        """
        return sender if self.guard is Need.TWO and sender is not None and sender.enabled else self.agent


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """What we sent one address automatically in the last hour and day, `acknowledged` of it in the day;
    `failed`: why mail to it fails, or ""."""

    last_hour: int = 0
    last_day: int = 0
    acknowledged: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Collision:
    """The answer of another agent that went out since the mail which this message replies to."""

    by: Agent
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Twin:
    """A mail of the last hour with this one's Message-ID and author: its number in the ledger, the ticket
    it opened or went to, what it said there, and whether that ticket was acknowledged."""

    message: int
    found: TicketMatch
    text: str
    acknowledged: bool = False


def may_be_copy(message: Message, *threads: int | None) -> bool:
    """Whether it is asked if a mail has a twin: of an answer, which one of `threads` finds, only where a list
    may have brought it."""
    return bool(message.suppress) or not any(threads)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What an answer may quote: `mails` of ours as they left, `texts` that customers and agents wrote to
    each other in the ticket; the newest of each last."""

    mails: tuple[bytes, ...] = field(default=(), repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class LanguagePreference:
    """The language somebody reads: as an agent said (`told`), and that of their last ticket; "" unknown."""

    told: str = ""
    last: str = ""


def may_hold_answers(message: Message, token: Token | None) -> bool:
    """Whether answers are to be looked for within the quotes of a message.

    Not in an agent's, for what they quote is never sent on; nor in a survey's, whose first line is a score.
    """
    customers = token is None or token.purpose in (Purpose.CUSTOMER, Purpose.BOUNCE, Purpose.QUOTED)
    return customers and any(piece.kind is PieceKind.QUOTE for piece in message.pieces)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `decide` may know beside the message and the policy.

    There is one ticket per way of finding it; the rules choose among them.
    `agent` is the enabled agent whose registered address the From header names,
    `token_agent` the enabled agent the reply token was made for, `team` the
    enabled agents of the mailbox's team (all of them when it names no team), `agents` all enabled ones.
    `automatic_…` are automatic mails owed or sent: to this sender in the last hour and
    day (`acknowledged_last_day`: the acknowledgements among them), to their domain and by
    the whole desk in the last hour, and in the ticket the message belongs to in the last
    ten minutes and day.
    `alerts_desk_hour` are all alerts of the last hour, `alerts_ticket_hour` those in that ticket, or in
    the one a delivery report or a partner's answer is about, `alerts_address_hour` those to this sender,
    `partner_notices_hour` mails to agents that told of partners' answers in it.
    `tickets_…_hour` are messages that opened tickets, or would have but for a flood;
    `answers_address_hour` those that were answers. `quick_returns` and `same_text` are the
    sender's latest messages of a day: how many came within seconds of an automatic email to them,
    and how many say the same as this one, itself included. Counts of messages end at 1,000.
    `flood_address` and `flood_domain` are the ticket that takes the sender's, or their domain's, flood;
    `told_at` is when agents were last alerted of the ticket that is concerned. `successor` is the
    newest ticket of this sender that was opened after the closed one the message belongs to, in its place.
    `braked_at` is when the breaker was pulled. `own` is the outbox row whose Message-ID this mail has,
    `unsettled` the same where nobody knew whether it was taken. `verified` says that our own
    receiving server vouches for the From domain (RFC 8601, DMARC-aligned), `refuted` that it found it
    forged.
    """

    now: datetime
    token: Token | None = None
    by_token: TicketMatch | None = None
    by_sent_id: TicketMatch | None = None
    by_stored_id: TicketMatch | None = None
    by_number: TicketMatch | None = None
    by_thread_index: TicketMatch | None = None
    sent: SentMail | None = None
    sent_ticket: TicketMatch | None = None
    duplicate_of: int | None = None
    duplicate_ticket: int | None = None
    agent: Agent | None = None
    token_agent: Agent | None = None
    team: tuple[Agent, ...] = ()
    agents: tuple[Agent, ...] = ()
    verified: bool = False
    refuted: bool = False
    automatic_last_hour: int = 0
    automatic_last_day: int = 0
    acknowledged_last_day: int = 0
    automatic_desk_hour: int = 0
    automatic_domain_hour: int = 0
    automatic_ticket_minutes: int = 0
    automatic_ticket_day: int = 0
    alerts_desk_hour: int = 0
    alerts_ticket_hour: int = 0
    alerts_address_hour: int = 0
    partner_notices_hour: int = 0
    tickets_address_hour: int = 0
    tickets_domain_hour: int = 0
    answers_address_hour: int = 0
    quick_returns: int = 0
    same_text: int = 0
    flood_address: TicketMatch | None = None
    flood_domain: TicketMatch | None = None
    told_at: datetime | None = None
    braked_at: datetime | None = None
    unsettled: int | None = None
    own: int | None = None
    successor: TicketMatch | None = None
    # Why mail to the sender failed within FAILED_DAYS, "" when it did not.
    failed: str = ""
    # The same of whoever wrote the mail that this one forwards.
    original: AddressHistory = AddressHistory()
    # The block that concerns who it claims to be from (`blocking`), "" for none.
    blocked: str = ""
    # What of ours stood in the answer when it was finished (`leaks.held`), or UNWRITTEN where it could
    # not be finished: it must not go out.
    leak: str = ""
    # By what the sender of an agent's mail is authenticated, "" by nothing.
    proof: str = ""
    # A mail that may be this one by another way.
    twin: Twin | None = None
    # Whether an agent's mail under the same Message-ID has been obeyed before.
    acted: bool = False
    # Why the signature of an agent's mail, though valid, proves nothing; "" where that is not so.
    lacks: str = ""
    # The draft that this message confirms, and the second factor of whose yes it would be, if they have one.
    draft: Draft | None = None
    factor: Standing | None = None
    # The newest answer of the token's agent in its ticket, where all of it can still be withdrawn.
    relayed: Relayed | None = None
    # An answer in the token's ticket that its agent cannot have seen when they wrote.
    overtaken: Collision | None = None
    # What the commands of an agent's mail ask for.
    looked: LookupResult = field(default_factory=LookupResult)
    # What each agent has to do, by id; gathered where a team's tickets are handed out.
    loads: Mapping[int, Load] = field(default_factory=dict, hash=False)
    # What the sender reads, and the author of the forwarded mail; asked only of who may open a ticket.
    reads: LanguagePreference = LanguagePreference()
    original_reads: LanguagePreference = LanguagePreference()
    # What a customer's answer with a quote may quote.
    correspondence: Correspondence = Correspondence()
    # The question that a message answers by its token, of Purpose.PARTNER; or to whose address an agent
    # writes, where nothing leads to a ticket.
    partner: AskedPartner | None = None
    # Secrets in the message's files, as far as they were read before the decision.
    finds: tuple[Find, ...] = ()
    # Warnings of an exposed secret that the sender was owed within a day.
    warned_last_day: int = 0
    # What customers wrote in the ticket, and texts that the admin let out; asked only where an agent's words
    # hold what the guard may ask about.
    heard: tuple[str, ...] = field(default=(), repr=False)
    approved: tuple[str, ...] = field(default=(), repr=False)
    # What the guard need not ask any more, of what is done at the keyboard.
    released: Need = Need.NOTHING
    # The tickets that are changed by what no message asked for.
    others: tuple[Ticket, ...] = ()

    def tickets(self) -> list[TicketMatch]:
        """Return every ticket that was found, by whatever way."""
        ways = (
            self.by_token,
            self.by_sent_id,
            self.by_stored_id,
            self.by_number,
            self.by_thread_index,
            self.sent_ticket,
        )
        twin = self.twin.found if self.twin else None
        asked = self.partner.match if self.partner else None
        every = (*ways, self.flood_address, self.flood_domain, twin, asked)
        return [match for match in every if match is not None]

    def known(self) -> dict[int, Ticket]:
        """Return every ticket that may be changed by a decision on these facts, by number, as it stands."""
        also = (question.match for question in (self.partner.also if self.partner else ()))
        matches = [*self.tickets(), *([self.successor] if self.successor else []), *also]
        named = [match.named for match in matches if match.named is not None]
        looked = (*self.looked.tickets.values(), *self.looked.ends.values())
        tickets = (*looked, *named, *self.others, *(match.ticket for match in matches))
        return {match.id: match for match in tickets}
