"""Sending a draft because an admin at the command line confirms it, not its agent by email."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from intake.desk import lifecycle
from intake.desk.draft_effects import ConfirmDraft
from intake.desk.effects import AddEntry, Effect, Record
from intake.desk.facts import Collision, Draft
from intake.desk.guard.policy import Need
from intake.desk.message import MOST_THREAD_IDS, Envelope, Message
from intake.desk.rule_context import RuleContext
from intake.desk.rules import doubts, drafts
from intake.desk.rules.agents import agent_reply
from intake.desk.rules.doubts import Doubt
from intake.desk.rules.second_answers import told_sent
from intake.desk.rules.second_person import another
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket
from intake.desk.tokens import Purpose, Token
from intake.ports import Unreadable, UserError
from intake.service.deciding import Deciding
from intake.service.token_claims import Claim


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is sent: a draft (an entry) of a ticket, by whom and by what authority.

    `written` is its text where it was written at the command line and has no email, else None;
    `anyway` sends it although it may hold what no customer is to read (see `doubts`), or the guard asks
    about it.
    """

    ticket: int
    entry: int
    by: str
    authority: str
    anyway: bool = False
    written: str | None = None

    def worth(self, agent: Agent, author: str = "", agents: Iterable[Agent] = ()) -> Need:
        """Return what the guard need not ask again: `anyway` is a yes, and that of another person is two.

        `author` is the address that wrote the draft (lower-cased). `agents` are the desk's: who types as one
        of them is that one, and the same person as by mail.
        """
        if not self.anyway:
            return Need.NOTHING
        typed = self.by.casefold()
        who = next((each for each in agents if typed in _names(each)), Agent(0, self.by, self.by))
        same = typed in _names(agent) or not another(who, agent, author)
        return Need.CONFIRM if same else Need.TWO

    def by_author(self, agent: Agent) -> bool:
        """Whether who sends it is the draft's own agent, by the name or the login that they gave."""
        return self.by.casefold() in _names(agent)


def _names(agent: Agent) -> set[str]:
    """Return what an agent is called at the command line: by name, address or login."""
    address = agent.address.casefold()
    return {agent.name.casefold(), address, address.partition("@")[0]} - {""}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose draft was sent, and the address that wrote it; `noted`: its words are an internal note, and no
    customer gets them."""

    agent: Agent
    noted: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True)
class Confirming:
    """Decides what sending a draft does. `parse` reads an email."""

    deciding: Deciding
    parse: Callable[[bytes], Message]

    def original(self, asked: Confirmation) -> Message | None:
        """Return the email that became the draft, None where none did. Raises UserError for one that is gone.

        Not to be called within a transaction: reading a large email takes a while.
        """
        if asked.written is not None:
            return None
        raw = self.deciding.store.ledger.draft_raw(asked.entry)
        if raw is None:
            why = f"The original email of draft {asked.entry} is no longer available"
            raise UserError(f"{why}. Use `intake ticket reply`.")
        try:
            return self.parse(raw)
        except Unreadable as err:
            raise UserError(f"The original email of draft {asked.entry} cannot be read: {err}.") from err

    def decide(self, asked: Confirmation, original: Message | None) -> tuple[Confirmed, list[Effect]]:
        """Return what is sent, and the effects of sending it; within a transaction.

        Raises UserError with the reason where it cannot be sent.
        """
        ticket = self.deciding.store.tickets.get(asked.ticket)
        draft = self.deciding.store.tickets.draft(asked.entry)
        if ticket is None or draft is None or draft.agent is None:
            raise UserError(
                f"The author is no longer an agent (draft {asked.entry}). Use `intake ticket reply`."
            )
        if not draft.waiting:
            raise UserError(f"Draft {asked.entry} was already sent or discarded.")
        if original is None:
            effects = self._written(asked, ticket, draft, draft.agent)
        else:
            effects = self._obeyed(asked, ticket, draft.agent, original)
        record = Record(asked.by, asked.authority, f"confirm {asked.entry}", ticket.id)
        noted = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.NOTE for effect in effects)
        news: list[Effect] = []
        if not noted and not asked.by_author(draft.agent):
            news = told_sent(ticket.id, draft, draft.agent, asked.by, f"confirmed:{uuid.uuid4().hex}")
        return Confirmed(draft.agent, noted, draft.author.lower()), [*effects, *news, record]

    def _obeyed(self, asked: Confirmation, ticket: Ticket, agent: Agent, original: Message) -> list[Effect]:
        """Return the effects of an agent's email, as if it had been verified by the agent's yes."""
        key, deciding = uuid.uuid4().hex, self.deciding
        yes = Message(key, 0, key, sender=agent.as_address, new_text="yes")
        envelope = Envelope(asked.authority, ticket.mailbox)
        token = Token(Purpose.CONFIRM, ticket.id, asked.entry, deciding.clock())
        facts = deciding.facts(yes, envelope, Claim(token, original=original))
        assert facts.draft is not None
        if Doubt.SEVERAL in doubts.answered(facts.draft) and not asked.anyway:
            why = "It was written to several tickets, or above quotes of several."
            raise UserError(f"{why} To send it in #{ticket.id} alone: --anyway.")
        # An admin has read none of our mails: what colleagues answered since the agent wrote counts.
        meanwhile = deciding.store.tickets.overtaken(
            ticket.id, agent, original.thread_ids[:MOST_THREAD_IDS], deciding.clock()
        )
        # What its agent was asked by mail nobody has answered: only --anyway does.
        draft = replace(facts.draft, rule=doubts.confirmed_by_admin(facts.draft.rule, asked.anyway))
        case = RuleContext(
            yes,
            envelope,
            replace(facts, draft=draft, overtaken=None if asked.anyway else meanwhile),
            deciding.policy,
        )
        effects, problem, doubtful = drafts.let_out(
            case, ticket.id, draft, asked.by, asked.authority, agent_reply
        )
        if problem and doubtful:
            raise UserError(f"{problem} To send it unchanged all the same: --anyway.")
        if problem:
            raise UserError(problem)
        return effects

    def _written(self, asked: Confirmation, ticket: Ticket, draft: Draft, agent: Agent) -> list[Effect]:
        """Return the effects of sending a draft without an email: a withdrawn reply of the command line."""
        meanwhile = doubts.overtaken(self._since(ticket, draft.entry, agent))
        if meanwhile and not asked.anyway:
            raise UserError(f"{meanwhile} To send it all the same: --anyway.")
        key, policy = f"cli:{uuid.uuid4().hex}", self.deciding.policy
        text = f"draft of {agent.name or agent.address} sent by {asked.by}"
        return [
            ConfirmDraft(ticket.id, draft.entry),
            AddEntry(ticket.id, EntryKind.EVENT, DESK, text),
            *lifecycle.reply(ticket, agent, asked.written or "", key, policy),
        ]

    def _since(self, ticket: Ticket, entry: int, agent: Agent) -> Collision | None:
        """Return the newest answer of another agent after an entry of the ticket, None for none."""
        agents = {each.address.lower(): each for each in self.deciding.store.agents.by_id().values()}
        for row in reversed(self.deciding.store.tickets.entries(ticket.id)):
            by = agents.get(row.author.lower())
            if row.id > entry and row.kind is EntryKind.REPLY and by is not None and by.id != agent.id:
                return Collision(by, row.created_at, row.text)
        return None
