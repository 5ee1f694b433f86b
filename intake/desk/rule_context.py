"""What a rule looks at, and the effects that several rules share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from intake.desk import form_origin, phishing, reply_to
from intake.desk.addresses import form_of
from intake.desk.delivery_effects import MarkAddress
from intake.desk.effects import AddEntry, Effect, Mail, MailKind
from intake.desk.evidence import Evidence
from intake.desk.facts import Facts, LanguagePreference, TicketMatch
from intake.desk.mails import to_each
from intake.desk.message import Address, Envelope, Message, Piece
from intake.desk.message_finds import exposing, of_forward, of_message
from intake.desk.policy import MailboxPolicy, Policy
from intake.desk.sensitive.finds import Find
from intake.desk.text.language import language_for
from intake.desk.text.said import said
from intake.desk.text.shown import with_quotes
from intake.desk.ticket import Agent, EntryKind, Status, Ticket
from intake.desk.tokens import ACTING, SHOWN, Purpose
from intake.desk.triage.engine import TriageInput, TriageResult, letter, triage

NOBODY = Address("")
# Whose words a message holds: our server found it forged, or they are unverified.
REFUTED, UNPROVEN = "refuted", "unproven"
# What a notice warns of besides: our own mail server marked the message as spam.
MARKED = "spam"
QUOTED = "the reference in the quoted text"
NULL_SENDER = said("It had an empty envelope sender, as auto-replies do.")
# At most this many people besides the desk are named to agents; an email to hundreds is not a conversation.
MOST_PROPOSED = 10


@dataclass(frozen=True, slots=True)
class RuleContext:
    """All that a rule may look at."""

    message: Message
    envelope: Envelope
    facts: Facts
    policy: Policy

    @property
    def mailbox(self) -> MailboxPolicy:
        return self.policy.mailbox(self.envelope.mailbox)

    @property
    def sender(self) -> Address:
        return self.message.sender or NOBODY

    @property
    def requester(self) -> Address:
        """Whose a new ticket is: the sender's, or nobody's where it would be answered from that address."""
        ours = self.mailbox.address.lower()
        if form_of(self.sender.key, ours) or self.policy.replies.owns(self.sender.key):
            return Address("", self.sender.name or self.sender.mailbox)
        return self.sender

    @property
    def unconfirmed(self) -> bool:
        """Whether the sender is unverified: typed into a form, or not vouched for by our server.

        Where no server of ours vouches for anybody, no sender of email counts as unconfirmed.
        """
        if self.envelope.channel in form_origin.CHANNELS:
            return True
        return bool(self.mailbox.trusted_authserv) and not self.facts.verified

    @property
    def key(self) -> str:
        """The beginning of the dedupe keys of emails caused by this message."""
        return f"msg:{self.message.fingerprint}"

    @property
    def proven(self) -> bool:
        """Whether the sender is authenticated as far as this desk asks it of agents, beside their token.

        Nothing acts on an email that our own server found forged, whatever else it carries.
        """
        if self.facts.refuted:
            return False
        return bool(self.facts.proof) or self.policy.agent_authority == "token"

    @property
    def doubt(self) -> str:
        """Why the words may be another's than the sender's: REFUTED, UNPROVEN, or "" for their own.

        A reply token that was made for customers is as good as the word of our server: only who
        got our email has it.
        """
        if self.facts.refuted:
            return REFUTED
        return "" if self._for_customers or self.facts.verified else UNPROVEN

    @property
    def evidence(self) -> Evidence:
        """By what the sender is known to be the author, as far as anything tells."""
        typed = self.envelope.channel in form_origin.CHANNELS
        if self.facts.refuted:
            return Evidence.REFUTED
        if typed and self._for_customers:
            return Evidence.LINK
        if typed:
            return Evidence.API if self.envelope.channel == form_origin.API else Evidence.FORM
        if self.facts.verified:
            answers = self._for_customers and takes_part(self.sender, self.facts.by_token)
            return Evidence.ROUND_TRIP if answers else Evidence.SERVER
        return Evidence.REPLY if self._for_customers else Evidence.NOTHING

    @property
    def answers(self) -> bool:
        """Whether it is an answer, by a reply token that was made for customers, to what is no spam.

        Only who got our email has it, and nobody can guess it: what comes by it is never kept silently.
        """
        match = self.facts.by_token
        return self._for_customers and match is not None and not match.ticket.spam

    @property
    def _for_customers(self) -> bool:
        token = self.facts.token
        return token is not None and token.purpose not in (*ACTING, *SHOWN, Purpose.PARTNER)

    @property
    def apart(self) -> bool:
        """Whether it belongs to a conversation with somebody outside: it leads to no customer's."""
        token = self.facts.token
        return token is not None and token.purpose is Purpose.PARTNER

    @property
    def spam(self) -> str:
        """The field by which our own server marked the message as spam, "" where that is not asked.

        It is not asked in a mailbox with `spam = normal`, nor of an agent whose mail is proven.
        """
        ours = self.facts.agent is not None and (self.facts.verified or bool(self.facts.proof))
        return self.message.spam if self.mailbox.quiet_spam and not ours else ""

    @property
    def caution(self) -> str:
        """What the agents who read the message are warned of: REFUTED, MARKED, UNPROVEN or ""."""
        return MARKED if self.spam and self.doubt != REFUTED else self.doubt

    def found(self) -> tuple[TicketMatch, str] | None:
        """Return the ticket this message belongs to and how that is known, or None.

        In this order: a valid reply token; a Message-ID we sent; a stored Message-ID
        of the ticket; what only names it from a participant for whom our server vouches. An email
        that it found forged belongs where its token says, and nowhere else.
        """
        facts = self.facts
        if self.apart:
            return None
        if facts.refuted:
            by_token = None if facts.token is not None and facts.token.shown else facts.by_token
            return (by_token, "reply token") if by_token is not None else None
        threaded, named = self.threaded(), self.named()
        if threaded is not None:
            return threaded
        if named is not None and facts.verified and is_participant(self.sender, named[0].ticket):
            return named[0], f"{named[1]}, from a participant"
        return None

    def threaded(self) -> tuple[TicketMatch, str] | None:
        """Return the ticket that a reply token or a Message-ID leads to, whoever wrote, or None.

        What stands in the text of a mail of ours (tokens.SHOWN) leads only its own people there.
        """
        facts, quoted = self.facts, self._quoted
        if self.apart:
            return None
        theirs = quoted if quoted is not None and is_participant(self.sender, quoted.ticket) else None
        for match, how in (
            (facts.by_token if quoted is None else None, "reply token"),
            (facts.by_sent_id, "a Message-ID we sent"),
            (facts.by_stored_id, "a Message-ID in the ticket"),
            (theirs, QUOTED),
        ):
            if match is not None:
                return match, how
        return None

    @property
    def _quoted(self) -> TicketMatch | None:
        token = self.facts.token
        return self.facts.by_token if token is not None and token.shown else None

    def named(self) -> tuple[TicketMatch, str] | None:
        """Return the ticket that a message names in a way that anybody could, and by what, or None."""
        if self.apart:
            return None
        if self._quoted is not None:
            return self._quoted, QUOTED
        if self.facts.by_number is not None:
            return self.facts.by_number, "the number in the subject"
        if self.facts.by_thread_index is not None:
            return self.facts.by_thread_index, "the conversation of Outlook's Thread-Index"
        return None

    @property
    def shown(self) -> str:
        """What people are shown of a customer's message: what is new in it, for them and for the desk.

        A quote is mere repetition only where it is of a conversation that the desk has. So a mail that
        leads to no ticket shows its quotes; one that does shows those of people who are not in the
        ticket, such as a vendor's mail that was forwarded into it, and those that hold none of our words.
        """
        text = with_quotes(self.message.new_text, self.message.pieces, self._unseen)
        return phishing.shown(self.message, text, self.policy)

    def _unseen(self, quote: Piece) -> bool:
        """Whether the desk has not seen what is quoted, as far as its words and its introduction tell."""
        threaded = self.threaded()
        belongs = threaded or self.named()
        ticket = belongs[0].ticket if belongs else None
        if ticket is None or not (threaded or is_participant(self.sender, ticket)):
            return True
        if quote.strange is not None:
            return quote.strange
        forward = self.message.forward
        author = quote.author or (forward.sender.key if forward else "")
        agents = {agent.address.lower() for agent in self.facts.agents}
        known = author == self.sender.key or author in agents or is_participant(Address(author), ticket)
        return bool(author) and not known and not own_address(author, self.policy)

    def tell(self, match: TicketMatch) -> tuple[Agent, ...]:
        """Return the agents to notify of news in a ticket: its own, else its team, else the mailbox's."""
        return match.agents or match.team or self.facts.team

    def of_team(self, team: str) -> tuple[Agent, ...]:
        """Return whom to notify of a ticket of `team`: its agents, those of no team, else the mailbox's."""
        if not team or team == self.mailbox.team:
            return self.facts.team
        return (
            tuple(agent for agent in self.facts.agents if team in agent.teams or not agent.teams)
            or self.facts.team
        )

    @property
    def finds(self) -> tuple[Find, ...]:
        """The secrets in what is new of the message, and in its files as far as they were read."""
        hit = self.found()
        before = hit[0].ticket.subject if hit else ""
        return (*of_message(self.message, self.shown, before), *self.facts.finds)

    def triaged(self, seen: TriageInput | None = None) -> TriageResult:
        """Return what the triage rules make of the message, or of what stands in it."""
        source = seen or letter(self.message, self.envelope, self.facts.verified)
        forward = self.message.forward if seen is not None else None
        finds = (*of_forward(forward, forward.text), *self.facts.finds) if forward else self.finds
        source = replace(source, exposed=exposing(finds))
        made = triage(self.policy.triage, source)
        if made.handling and (seen is not None or self.exempt):
            made = replace(made, handling={}, held_for="", spared=True)
        return made

    @property
    def exempt(self) -> bool:
        """Whether no rule and no block keeps, closes or silences it: an agent's, a lead's, the desk's own."""
        acting = self.facts.agent or self.facts.token_agent
        known = self.sender.key in self.policy.staff or own_address(self.sender.key, self.policy)
        return acting is not None or known

    @property
    def let_in(self) -> str:
        """The rule that has this automatic mail taken for a person's, "" for none."""
        if not any(rule.machine for rule in self.policy.triage.rules):
            return ""
        return self.triaged().handling.get("machine", "")


def language(case: RuleContext, shown: str, reads: LanguagePreference) -> str:
    """Return the language of a ticket that is opened: `shown` by its text, else what its person reads."""
    fallbacks = (case.message.chosen_language, case.mailbox.language, case.policy.language)
    return language_for(shown, reads.told, reads.last, fallbacks, case.policy.languages)


def is_participant(sender: Address, ticket: Ticket) -> bool:
    """Whether `sender` is the requester or a participant whom an agent added."""
    people = {ticket.requester.key, *(p.lower() for p in ticket.participants)}
    return bool(sender.mailbox) and sender.key in people


def takes_part(sender: Address | None, match: TicketMatch | None) -> bool:
    """Whether a mail's sender has part in a ticket, if there are both."""
    return sender is not None and match is not None and is_participant(sender, match.ticket)


def too_old(ticket: Ticket, case: RuleContext) -> bool:
    """Whether a closed ticket has been closed for longer than the desk reopens."""
    if ticket.status is not Status.CLOSED or ticket.closed_at is None:
        return False
    return case.facts.now - ticket.closed_at > timedelta(days=case.policy.reopen_days)


def alive(case: RuleContext) -> list[Effect]:
    """Return the effect that forgets an old bounce: somebody has just written from there."""
    if not case.facts.failed or case.envelope.channel in form_origin.CHANNELS or case.message.suppress:
        return []
    if case.facts.refuted:
        return []
    return [MarkAddress(case.sender.mailbox)]


def entry(
    case: RuleContext,
    ticket: int | None,
    kind: EntryKind,
    agent: Agent | None = None,
    text: str | None = None,
) -> AddEntry:
    """Return the entry that this message becomes in a ticket."""
    message = case.message
    if text is None:
        # Of what an agent or a machine wrote, quotes are neither sent on nor read.
        text = case.shown if kind is EntryKind.CUSTOMER else message.new_text
    return AddEntry(
        ticket,
        kind,
        case.sender,
        text,
        message.text,
        agent.id if agent else None,
        from_message=True,
        unproven=kind is EntryKind.CUSTOMER and case.unconfirmed and bool(case.doubt),
        evidence=case.evidence if kind is EntryKind.CUSTOMER else Evidence.UNKNOWN,
    )


def notices(
    case: RuleContext,
    agents: Sequence[Agent],
    ticket: int | None,
    stranger: bool,
    event: str = "answer",
    doubt: str = "",
) -> list[Effect]:
    """Return the notices of this message to agents; its own sender gets none, if they stand in From.

    `event` is what changed: new, answer or reopened; `doubt` why the words may be another's.
    """
    message = case.message
    author = case.sender.key if message.via is None else ""
    readers = [agent for agent in agents if agent.address.lower() != author]
    if not readers:
        return []
    notice = Mail(
        MailKind.NOTICE,
        ticket,
        NOBODY,
        f"notice:{case.key}",
        author=case.sender,
        text=case.shown,
        whole=message.text,
        attachments=message.attachments,
        stranger=stranger,
        doubt=doubt,
        event=event,
        proposed=proposed(case, agents),
        via=message.via,
        reply_to=tuple(place.mailbox for place in _asked_for(case)),
        reply_added=ticket is None and followed(case) is not None,
    )
    return to_each(readers, notice)


def proposed(case: RuleContext, agents: Sequence[Agent]) -> tuple[str, ...]:
    """Return the other recipients who are not in the ticket: an agent adds them, no header does."""
    others = {
        address.key: address.mailbox for address in (*case.message.to, *case.message.cc) if address.mailbox
    }
    there = known(case, agents)
    return tuple(mailbox for key, mailbox in others.items() if not there(key))[:MOST_PROPOSED]


def known(case: RuleContext, agents: Sequence[Agent]) -> Callable[[str], bool]:
    """Return what says of an address (lower-cased) that it is the desk's, of `agents` or in the ticket."""
    hit = case.found()
    there = hit[0].ticket if hit else None
    keys = {case.sender.key, *(agent.address.lower() for agent in agents)}
    if there is not None:
        keys |= {there.requester.key, *(address.lower() for address in there.participants)}
    return lambda key: key in keys or own_address(key, case.policy)


def _asked_for(case: RuleContext) -> tuple[Address, ...]:
    return reply_to.elsewhere(case.message, known(case, case.facts.agents))


def followed(case: RuleContext) -> Address | None:
    """Return who joins the new ticket because its author asks for answers there, see `reply_to`."""
    return reply_to.followed(case.message, case.facts, known(case, case.facts.agents))


def own_address(key: str, policy: Policy) -> bool:
    """Whether an address (lower-cased) is the desk's, with or without something after a plus."""
    return policy.owns(key)
