"""What an agent writes in reply to any email of a ticket, and means for a draft that waits in it: a bare yes
or no while a second person is asked, and the `#undo` of the draft's own agent. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from intake.desk import waiting
from intake.desk.coded import coded
from intake.desk.commands import merged
from intake.desk.draft_effects import SECOND
from intake.desk.effects import Mail, MailKind
from intake.desk.facts import Draft, TicketMatch
from intake.desk.guard.policy import Need
from intake.desk.rule_context import RuleContext
from intake.desk.rules.answers_to_us import MAX_SHOWN, by_another
from intake.desk.rules.second_person import another, others
from intake.desk.sensitive.scan import excerpt
from intake.desk.text.said import joined, said
from intake.desk.ticket import Agent
from intake.desk.unsent import WaitingDraft


def own(case: RuleContext, match: TicketMatch, agent: Agent) -> Draft | None:
    """Return the agent's newest draft in a ticket that waits for a second person, where they have no later
    reply that can be taken back; None for none. What was looked up may be nothing."""
    ticket, relayed = merged.home(match).id, case.facts.relayed
    later = relayed.entry if relayed is not None and relayed.agent == agent.id else 0
    entries = [
        draft.entry
        for draft in case.facts.looked.drafts
        if draft.ticket == ticket and draft.guard is Need.TWO and draft.entry > later
    ]
    return Draft(max(entries), agent, agent.address, True, guard=Need.TWO) if entries else None


def asked_about(case: RuleContext, match: TicketMatch, agent: Agent) -> Sequence[Mail]:
    """Return the mails that ask an agent about each draft of others in a ticket that waits for a second
    person, after a bare yes or no of theirs; [] where none does."""
    ticket, agents = merged.home(match).id, {each.id: each for each in case.facts.agents}
    return [
        _question(case, draft, agent, agents[draft.agent])
        for draft in case.facts.looked.theirs
        if draft.ticket == ticket and draft.agent in agents and another(agent, agents[draft.agent])
    ]


def _question(case: RuleContext, draft: WaitingDraft, agent: Agent, author: Agent) -> Mail:
    why = said(
        "You wrote only a yes or a no while a draft of {by} waits in ticket #{ticket} for the yes of another "
        "agent, so nothing was sent or done. If it was for the customer, send it again in a full sentence.",
        by=author.name or author.address,
        ticket=draft.ticket,
    )
    asks = agent in others(case.facts, author)
    text = by_another(author, waiting.still(draft.entry)) if asks else waiting.still(draft.entry)
    mail = Mail(
        MailKind.ALERT,
        draft.ticket,
        agent.as_address,
        f"draft:{draft.entry}:{case.key}",
        agent=agent,
        text=joined([why, text], "\n\n"),
    )
    shown = excerpt(draft.text.strip(), MAX_SHOWN)
    return coded(replace(mail, event=SECOND, draft=draft.entry, quoted=shown), draft.guard) if asks else mail
