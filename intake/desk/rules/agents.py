"""The rules for email from agents: verified replies are sent, everything else stays private."""

import re
from collections.abc import Sequence
from dataclasses import replace

from intake.desk import budgets, partners
from intake.desk.commands import drafts as keeping
from intake.desk.commands import execute as commands
from intake.desk.commands import from_mail, merged
from intake.desk.commands.from_mail import obeyed
from intake.desk.commands.grammar import ParsedCommand
from intake.desk.draft_effects import ConfirmDraft, Withdraw
from intake.desk.effects import AddEntry, AddParticipant, Assign, Effect, Finish, Outcome
from intake.desk.facts import UNWRITTEN, TicketMatch
from intake.desk.lifecycle import relay
from intake.desk.message import Attachment, Message
from intake.desk.people_effects import ColleagueNews, Happened, Mark, MarkColleagues
from intake.desk.readers import nobody_to_answer, readers, written_to
from intake.desk.rule_context import NULL_SENDER, RuleContext, is_participant
from intake.desk.rules import doubts, meant_drafts
from intake.desk.rules.answers_to_us import (
    answered_too_late,
    asked_again,
    by_a_person,
    discarded,
    for_a_draft,
    for_us,
    not_a_draft,
    too_late,
)
from intake.desk.rules.drafting import drafted, kept
from intake.desk.rules.drafts import COMMANDED, confirmed
from intake.desk.rules.elsewhere import for_others
from intake.desk.rules.partners_agents import noted_beside
from intake.desk.rules.second_factor import by_code
from intake.desk.rules.undoing import undone
from intake.desk.rules.yes_and_no import discards
from intake.desk.sensitive import leaks
from intake.desk.telling_effects import Telling
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, Agent, EntryKind, Ticket
from intake.desk.tokens import Purpose

# The line every notification begins with (composer.DELIMITER), in any language.
_MARKER = re.compile(r"##- .{0,300}? -##")
_AGENTS = (Purpose.AGENT, Purpose.CONFIRM)
# Doubts about what was written wrong; the others are of an email that was right, and is told of at once.
SLIPS = (doubts.Doubt.STRAY, doubts.Doubt.ASIDE)


def agent_reply(case: RuleContext) -> list[Effect] | None:
    """An agent's reply, verified by token and sender, goes to the requester; commands are carried out."""
    facts, agent = case.facts, _proven(case)
    if facts.token is None or facts.by_token is None or agent is None:
        return None
    ticket, message = facts.by_token.ticket, case.message
    if "" in (case.envelope.sender, message.return_path):
        # Auto-replies are sent so (RFC 3834 section 3.3), and not all of them say what they are.
        return drafted(case, facts.by_token, agent, NULL_SENDER)
    if facts.acted and not facts.draft:
        # It may have been sent again, changed where no signature reaches: in blanks, or in other fields.
        why = said(
            "An email of yours with the same Message-ID was processed before; this one differs from it."
        )
        return drafted(case, facts.by_token, agent, why, confirm=True, mistake=False)
    ended = _undone(case, facts.by_token, agent)
    if ended is not None:
        return ended
    asked = from_mail.read(message, facts.token)
    if facts.draft:
        asked = _first(case) if facts.draft.rule == COMMANDED else keeping.sending(asked)
    held = _held(case, facts.by_token, agent, asked)
    if held is not None:
        return held
    answers = doubts.answers(asked)
    done = obeyed(
        case,
        facts.by_token,
        agent,
        asked,
        lambda key, now, who, text, mail: relay(key, now, who, text, mail, case.policy),
    )
    if done.problem or not done.effects:
        nothing = said("There was no new text in your reply, so nothing was sent.")
        # Without a command nothing was mistyped.
        mistake = bool(asked.commands) or not done.problem
        return drafted(case, facts.by_token, agent, done.problem or nothing, mistake=mistake)
    effects = _theirs_again(ticket, agent, done.effects)
    effects = [*effects, *noted_beside(case, agent, ticket.id, effects)]
    if answers and not _heard(ticket, effects, case):
        return drafted(case, facts.by_token, agent, nobody_to_answer(ticket), mistake=False)
    return [*effects, _finish(ticket.id, agent, effects, asked)]


def _undone(case: RuleContext, match: TicketMatch, agent: Agent) -> list[Effect] | None:
    """Return the effects of an `#undo` that means a draft of the agent's which waits for a second person;
    None where there is neither. What stands below it is obeyed in the draft's place."""
    draft = meant_drafts.own(case, match, agent) if case.facts.draft is None else None
    # A reply that could be taken back is older than the draft.
    below = undone(replace(case, facts=replace(case.facts, relayed=None)), draft, agent) if draft else None
    if draft is None or below is None:
        return None
    if not below:
        return discarded(case, match, draft, agent)
    instead = agent_reply(replace(case, message=replace(case.message, new_text=below, pieces=()))) or []
    reason = f"draft discarded by {agent.name or agent.address}"
    over = [ConfirmDraft(match.ticket.id, draft.entry)]
    return [*over, AddEntry(match.ticket.id, EntryKind.EVENT, DESK, reason), *instead] if instead else None


def _taken_back(case: RuleContext, agent: Agent) -> list[Effect] | None:
    """Return the effects of a no to an email that asks nothing, while a reply of the agent's can
    be taken back: it means that reply, as `#undo` does. None for any other."""
    relayed = case.facts.relayed
    if relayed is None or relayed.agent != agent.id or not discards(case.message.new_text):
        return None
    return agent_reply(replace(case, message=replace(case.message, new_text="#undo", pieces=())))


def _first(case: RuleContext) -> ParsedCommand:
    """Return what the draft of a first email asks for: its ticket is open, and its commands were obeyed."""
    token = case.facts.token
    assert token is not None
    return ParsedCommand(text=from_mail.read(case.message, replace(token, purpose=Purpose.COMMAND)).text)


def _held(case: RuleContext, match: TicketMatch, agent: Agent, asked: ParsedCommand) -> list[Effect] | None:
    """Return the effects of a reply that is not to be sent as it is, or not now; None for any other."""
    facts = case.facts
    theirs = merged.words_for_another(match, asked, case.message)
    if theirs:
        return drafted(case, match, agent, theirs, mistake=bool(asked.commands))
    problem = asked.problem or ("" if asked.note else inside(asked.text, case.message, facts.leak))
    if problem:
        mistake = bool(asked.problem)
        return drafted(case, match, agent, problem, confirm=facts.leak == UNWRITTEN, mistake=mistake)
    if too_late(case):
        return answered_too_late(case, match, agent)
    if for_us(case, asked):
        return _taken_back(case, agent) or not_a_draft(case, match, agent)
    for_draft = for_a_draft(case, match, agent, asked, meant_drafts.asked_about(case, match, agent))
    if for_draft:
        return for_draft
    doubtful = doubts.questions(case, match.ticket, agent, asked)
    several = any(each.doubt is doubts.Doubt.SEVERAL for each in doubtful)
    if facts.draft is None and keeping.keeps(asked) and not several:
        return kept(case, match, agent, asked, doubtful)
    if facts.draft is None and not asked.note and _unreadable(case.message):
        why = said("It is encrypted, and the desk cannot read it: please send it again without encryption.")
        return drafted(case, match, agent, why, confirm=True, mistake=False)
    if facts.draft is None and not asked.note and any(map(_unscanned, case.message.attachments)):
        why = said(
            "The virus scanner does not answer, so its files could not be checked. If it still does not when "
            "you say yes, they are sent unchecked."
        )
        return drafted(case, match, agent, why, confirm=True, mistake=False)
    return _asked(case, match, agent, doubtful) if doubtful else None


def _asked(
    case: RuleContext, match: TicketMatch, agent: Agent, doubtful: Sequence[doubts.Question]
) -> list[Effect]:
    """Return the effects of a reply that waits, and of asking its agent about each doubt.

    Where a colleague has answered already, both are notified.
    """
    rule, mistake = doubts.rule(doubtful), all(each.doubt in SLIPS for each in doubtful)
    why = doubts.in_words(doubtful)
    held = drafted(case, match, agent, why, confirm=True, rule=rule, mistake=mistake)
    other = case.facts.overtaken
    if other is None or all(each.doubt is not doubts.Doubt.OVERTAKEN for each in doubtful):
        return held
    # What they do next hangs on it: it is no slip of theirs, and waits for no others.
    *held, end = budgets.those(Telling.PROMPT, held)
    ticket = match.ticket.id
    news = ColleagueNews(ticket, Happened.SECOND, agent.name or agent.address, agent.id, "", (other.by.id,))
    # They read in this mail that the other answered; what follows is news to them.
    return [*held, news, MarkColleagues(ticket, (), (Mark(agent.id, case.facts.now),)), end]


def _theirs_again(ticket: Ticket, agent: Agent, effects: Sequence[Effect]) -> Sequence[Effect]:
    """Return the effects of a better reply in place of one that is taken back: the ticket stays its agent's.

    Taking back restores who had it before, which may be nobody; a first reply makes it its agent's.
    """
    mine = ticket.assignee is not None and ticket.assignee.id == agent.id
    taken_back = any(isinstance(effect, Withdraw) for effect in effects)
    replied = any(isinstance(effect, AddEntry) and effect.kind is EntryKind.REPLY for effect in effects)
    reassigned = any(isinstance(effect, Assign) for effect in effects)
    return (
        [*effects, Assign(ticket.id, agent)]
        if mine and taken_back and replied and not reassigned
        else effects
    )


def _unscanned(file: Attachment) -> bool:
    return file.reading is not None and file.reading.unscanned


def _unreadable(message: Message) -> bool:
    """Whether a customer would get our words about an encrypted email instead of its own."""
    return any(defect.startswith("encrypted: ") for defect in message.defects)


def _heard(ticket: Ticket, effects: Sequence[Effect], case: RuleContext) -> bool:
    """Whether anybody gets a reply: a ticket may have no address but the desk's own."""
    return any(isinstance(effect, AddParticipant) for effect in effects) or bool(readers(ticket, case.policy))


def _finish(ticket: int, agent: Agent, effects: Sequence[Effect], asked: ParsedCommand) -> Finish:
    if partners.of(asked):
        return Finish(Outcome.APPENDED, ticket, "agent_reply", f"{agent.name} asked {partners.of(asked)}")
    if any(isinstance(effect, AddEntry) and effect.from_message for effect in effects):
        return Finish(Outcome.APPENDED, ticket, "agent_reply", f"{agent.name} replied")
    names = ", ".join(f"#{command.name}" for command in asked.commands)
    return Finish(Outcome.COMMAND, ticket, "agent_reply", f"{agent.name} asked: {names}")


def _proven(case: RuleContext) -> Agent | None:
    """Return the agent whose reply this is proven to be, by its token and its sender."""
    agent, token = case.facts.token_agent, case.facts.token
    if token is None or token.purpose is not Purpose.AGENT or agent is None:
        return None
    theirs = case.sender.key == agent.address.lower() and case.message.one_author
    return agent if theirs and case.proven else None


def unproven_agent(case: RuleContext) -> list[Effect] | None:
    """Email that claims to be an agent's but is unverified becomes a private draft; they are notified."""
    facts, hit = case.facts, case.threaded()
    if facts.token is not None and facts.token.purpose in _AGENTS and facts.by_token is not None:
        if is_participant(case.sender, facts.by_token.ticket):
            # A notification forwarded to the customer: their answer is theirs, whatever address it used.
            return None
        who = facts.token_agent or (facts.draft.agent if facts.draft else None)
        why = said(
            "It came from {address}, and we could not verify that it was you.", address=case.sender.mailbox
        )
        # If each yes looks forged, we would ask for ever; an admin can send the draft.
        endless = facts.refuted and facts.token.purpose is Purpose.CONFIRM
        again = None if endless else asked_again(case, facts.by_token, doubted(case) or why)
        return again or _unproven(case, facts.by_token, who, doubted(case) or why, ask=not endless)
    hit = hit or _written_about(case) or _without_token(case) or _written_beside(case)
    if facts.agent is not None and hit is not None and not is_participant(case.sender, hit[0].ticket):
        return _past_the_desk(case, hit[0], facts.agent)
    return None


def _written_about(case: RuleContext) -> tuple[TicketMatch, str] | None:
    """Return the ticket that an email to one of its own people names by number, and how; else None."""
    named = case.named()
    if named is None or case.facts.refuted:
        return None
    return named if written_to(case.message, readers(named[0].ticket, case.policy)) else None


def _without_token(case: RuleContext) -> tuple[TicketMatch, str] | None:
    """Return the ticket that an agent's email names, where no address tells what it answers, and how.

    Our server vouches for them, and so they can be asked about it; it proves nothing.
    """
    named = case.named() if case.policy.replies.bare and case.facts.verified else None
    return None if case.message.forward is not None else named


def _written_beside(case: RuleContext) -> tuple[TicketMatch, str] | None:
    """Return the ticket that an agent's email names, which was written to others and has the desk in copy.

    Whoever these are, colleagues or somebody who was asked, no ticket is theirs.
    """
    named = case.named()
    if named is None or case.facts.refuted or case.message.forward is not None or case.spam:
        return None
    return named if for_others(case, named[0].ticket, commands.read("-")) else None


def _past_the_desk(case: RuleContext, match: TicketMatch, agent: Agent) -> list[Effect]:
    """Return the effects of an agent's email in a ticket that is no reply to a notification.

    Where they wrote to the requester and our server vouches for them, it is the answer, given already.
    """
    facts, ticket, message = case.facts, match.ticket, case.message
    if too_late(case):
        return answered_too_late(case, match, agent)
    have_it = written_to(message, readers(ticket, case.policy))
    if not have_it:
        return _unproven(case, match, agent, said("Only replies to a notification count as yours."))
    asked = commands.read(message.new_text)
    problem = inside(asked.text, message, facts.leak)
    if problem:
        return _unproven(case, match, agent, problem)
    sure = facts.verified and message.one_author and by_a_person(case) and not facts.acted
    if sure and plain_answer(asked):
        written = relay(case.key, ticket, agent, asked.text, message, case.policy, send=False)
        reason = f"{agent.name} wrote to the requester directly"
        return [*written, Finish(Outcome.APPENDED, ticket.id, "agent_reply", reason)]
    names = ", ".join(person.mailbox for person in have_it)
    why: str = said(
        "Only replies to a notification count as yours. {names} got it from you directly, and it will not be "
        "sent there again; once confirmed, it counts as your reply.",
        names=names,
    )
    if sure and (asked.commands or asked.note or asked.problem):
        why = said(
            "{names} got it from you directly, with the command in it, so the command was not carried out. "
            "Once confirmed, it is; the email will not be sent there again.",
            names=names,
        )
    lead = said("Your email about ticket #{number} is kept as a private draft.", number=ticket.id)
    return _unproven(case, match, agent, why, lead=lead)


def plain_answer(asked: ParsedCommand) -> bool:
    """Whether an agent wrote words and no command: what a customer has read cannot be a note any more."""
    return bool(asked.text.strip()) and not (asked.commands or asked.note or asked.problem or asked.stray)


def doubted(case: RuleContext) -> str:
    """Return why an agent's email could not be verified, if a reason is known; else ""."""
    if case.facts.refuted:
        return said("Our own mail server found its sender forged.")
    return case.facts.lacks


def _unproven(
    case: RuleContext, match: TicketMatch, agent: Agent | None, why: str, ask: bool = True, lead: str = ""
) -> list[Effect]:
    """Return the effects of keeping an unverified email. Its agent is asked once, about all that is odd."""
    asked = commands.read(case.message.new_text)
    if agent is not None and for_us(case, asked):
        return not_a_draft(case, match, agent, why)
    doubtful = doubts.questions(case, match.ticket, agent, asked)
    why, rule = joined([why, doubts.in_words(doubtful)], "\n\n"), doubts.rule(doubtful)
    return drafted(case, match, agent, why, confirm=ask and by_a_person(case), rule=rule, lead=lead)


def confirmed_draft(case: RuleContext) -> list[Effect] | None:
    """An agent's yes to their draft sends it, as if it had been verified when it came."""
    return by_code(case, lambda answer: confirmed(answer, agent_reply))


def inside(text: str, message: Message, leak: str) -> str:
    """Return why the rest of a reply must not be sent: it contains a part of our notification.

    This happens with an empty reply, which is all quote, and with clients that quote in
    ways of their own. The address in it would let a customer write as the agent.
    """
    if _MARKER.search(text) or leaks.marked(text) or leaks.held(text.encode("utf-8", "replace")):
        return said(
            "Your own words could not be separated from the quoted notification. "
            "Write them at the very top, or delete the quote."
        )
    named = [attachment.name for attachment in message.attachments if _leaks(attachment)]
    if named:
        return said(
            "A notification was attached to it ({names}), which contains your reply address.",
            names=", ".join(named),
        )
    if leak == UNWRITTEN:
        return said(
            "The email could not be created because of an error in this desk; its admin has been notified. "
            "Once that is fixed, it can be sent unchanged."
        )
    if leak:
        # Found by the last gate, in the bytes that were about to leave.
        return said(
            "A part of our notification, with your reply address, was found in its text or a file. "
            "Remove what is quoted or attached, and send it again."
        )
    return ""


def _leaks(attachment: Attachment) -> bool:
    names = f"{attachment.name}\n{attachment.claimed}".encode("utf-8", "replace")
    return bool(leaks.held(names) or leaks.held(attachment.content))
