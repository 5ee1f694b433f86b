"""Letting out a draft because somebody at the command line says so, and not its agent by mail."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from intake.desk import lifecycle
from intake.desk.commands import execute as commands
from intake.desk.commands import from_mail
from intake.desk.effects import AddEntry, ConfirmDraft, Effect, Record
from intake.desk.facts import Draft
from intake.desk.message import Envelope, Message
from intake.desk.rule_context import RuleContext
from intake.desk.rules import drafts
from intake.desk.rules.agents import agent_reply
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket
from intake.desk.tokens import Purpose, Token
from intake.ports import Unreadable, UserError
from intake.service.deciding import Deciding
from intake.service.token_claims import Claim


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is let out: a draft (an entry) of a ticket, by whom and by what authority.

    `written` is its text where it was written at the command line and no mail became it, else None;
    `anyway` lets it out although a line of it looks like a command.
    """

    ticket: int
    entry: int
    by: str
    authority: str
    anyway: bool = False
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Confirming:
    """Decides what letting a draft out does. `parse` reads a mail."""

    deciding: Deciding
    parse: Callable[[bytes], Message]

    def original(self, asked: Confirmation) -> Message | None:
        """Return the mail that became the draft, None where none did. Raises UserError for one that is gone.

        Not to be called within a transaction: reading a large mail takes a while.
        """
        if asked.written is not None:
            return None
        raw = self.deciding.store.draft_raw(asked.entry)
        if raw is None:
            why = f"The mail behind draft {asked.entry} is kept no longer"
            raise UserError(f"{why}: `intake ticket reply` answers.")
        try:
            return self.parse(raw)
        except Unreadable as err:
            raise UserError(f"The mail behind draft {asked.entry} cannot be read: {err}.") from err

    def decide(self, asked: Confirmation, original: Message | None) -> tuple[Agent, list[Effect]]:
        """Return whose draft it is, and the effects of letting it out; within a transaction.

        Raises UserError with the reason where it cannot be let out.
        """
        ticket = self.deciding.store.ticket(asked.ticket)
        draft = self.deciding.store.draft(asked.entry)
        if ticket is None or draft is None or draft.agent is None:
            raise UserError(
                f"Draft {asked.entry} is of nobody who is an agent now: `intake ticket reply` answers."
            )
        if not draft.waiting:
            raise UserError(f"Draft {asked.entry} was let out before.")
        if original is None:
            effects = self._written(asked, ticket, draft, draft.agent)
        else:
            effects = self._obeyed(asked, ticket, draft.agent, original)
        what = Record(asked.by, asked.authority, f"confirm {asked.entry}", ticket.id)
        return draft.agent, [*effects, what]

    def _obeyed(self, asked: Confirmation, ticket: Ticket, agent: Agent, original: Message) -> list[Effect]:
        """Return what a mail asks for, as if it had proven itself: as its agent's yes by mail would."""
        key, deciding = uuid.uuid4().hex, self.deciding
        yes = Message(key, 0, key, sender=agent.as_address, new_text="yes")
        envelope = Envelope(asked.authority, ticket.mailbox)
        token = Token(Purpose.CONFIRM, ticket.id, asked.entry, deciding.clock())
        stray = from_mail.read(original, token).stray
        if stray and not asked.anyway:
            raise UserError(f"{commands.misplaced(stray)} To let it out as it is, that line too: --anyway.")
        facts = deciding.facts(yes, envelope, Claim(token, original=original))
        assert facts.draft is not None
        # Whoever lets it out here was not asked about a command out of its place, but for --anyway.
        draft = replace(facts.draft, rule=drafts.STRAY if asked.anyway else "")
        case = RuleContext(yes, envelope, replace(facts, draft=draft), deciding.policy)
        effects, problem = drafts.let_out(case, ticket.id, draft, asked.by, asked.authority, agent_reply)
        if problem:
            raise UserError(problem)
        return effects

    def _written(self, asked: Confirmation, ticket: Ticket, draft: Draft, agent: Agent) -> list[Effect]:
        """Return what sends a draft again that no mail became: an answer of the command line, withdrawn."""
        key, policy = f"cli:{uuid.uuid4().hex}", self.deciding.policy
        what = f"draft of {agent.name or agent.address} let out by {asked.by}"
        return [
            ConfirmDraft(ticket.id, draft.entry),
            AddEntry(ticket.id, EntryKind.EVENT, DESK, what),
            *lifecycle.reply(ticket, agent, asked.written or "", key, policy),
        ]
