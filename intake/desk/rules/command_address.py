"""The rule for email to the desk's command address."""

from intake.desk import budgets
from intake.desk.addresses import form_of
from intake.desk.commands import execute as commands
from intake.desk.commands import from_mail
from intake.desk.commands.grammar import ParsedCommand, begins, tidy
from intake.desk.effects import Effect, Finish, OpenTicket, Outcome
from intake.desk.facts import UNWRITTEN
from intake.desk.lifecycle import relay
from intake.desk.message import Address
from intake.desk.rule_context import NULL_SENDER, RuleContext
from intake.desk.rules.agents import doubted
from intake.desk.rules.drafts import COMMANDED
from intake.desk.sensitive import leaks
from intake.desk.text.said import said
from intake.desk.ticket import Agent
from intake.desk.tokens import Purpose

RULE = COMMANDED


def command_mail(case: RuleContext) -> list[Effect] | None:
    """Email to the command address is carried out for a verified agent; others are notified why not."""
    facts = case.facts
    token = facts.token if facts.token and facts.token.purpose is Purpose.COMMAND else None
    agent = (facts.token_agent if token else None) or facts.agent
    if agent is None or not (token or (_addressed(case) and _meant(case))):
        # A stranger who found the address is a requester like any other.
        return None
    why = _unproven(case, agent)
    if token is None:
        why = said("It was not sent to your personal command address. A reply to this email goes there.")
    if why or token is None:
        text = said("An email to the command address was not carried out. {why}", why=why)
        return [*_told(case, agent, text), _end(why)]
    asked = from_mail.read(case.message, token)
    if asked.problem:
        return [*_told(case, agent, asked.problem, asked.text), _end(asked.problem)]
    why = _for_colleagues(case, agent, asked)
    if why:
        return [*_told(case, agent, why, asked.text), _end(why)]
    done = from_mail.obeyed_by_desk(
        case,
        agent,
        asked,
        lambda key, ticket, who, text, mail: relay(key, ticket, who, text, mail, case.policy),
    )
    problem = done.problem or _leaking(asked.text, done.effects, case)
    if problem:
        # The first mail to a customer was not sent, though nothing in it was mistyped.
        return [*_told(case, agent, problem, asked.text, mistake=bool(done.problem)), _end(problem)]
    opens = any(isinstance(command, OpenTicket) for command in done.effects)
    reason = f"{agent.name} asked: {', '.join(str(command) for command in asked.commands)}"
    end = Finish(Outcome.TICKETED if opens else Outcome.COMMAND, None, RULE, reason)
    return [*done.effects, end]


def _for_colleagues(case: RuleContext, agent: Agent, asked: ParsedCommand) -> str:
    """Return why the first email to a customer may hold what they are not to read; "" for no reason."""
    to = [Address(command.argument) for command in asked.commands if command.name == "new"]
    if not to:
        return ""
    if asked.stray:
        return commands.misplaced(asked.stray)
    from intake.desk.commands.asides import Circle, aside, why_not_new

    line = aside(asked.text, Circle(case.facts.agents, tuple(case.policy.teams), agent, to))
    return why_not_new(line) if line else ""


def _unproven(case: RuleContext, agent: Agent) -> str:
    """Return why the email could not be verified as the agent's, "" if it was."""
    if case.sender.key != agent.address.lower() or not case.message.one_author:
        return said(
            "It came from {address}, and we could not verify that it was you.", address=case.sender.mailbox
        )
    if not case.proven:
        return doubted(case) or said("By the server it came from, we could not verify that it was you.")
    if case.facts.acted:
        return said("An email of yours with the same Message-ID was processed before. Write a new one.")
    if "" in (case.envelope.sender, case.message.return_path):
        return NULL_SENDER
    return ""


def _leaking(text: str, effects: tuple[Effect, ...], case: RuleContext) -> str:
    """Return why a text must not go to a customer: an email of ours to agents is quoted in it."""
    opens = any(isinstance(effect, OpenTicket) for effect in effects)
    if opens and case.facts.leak == UNWRITTEN:
        return said(
            "Your email could not be created because of an error in this desk; its admin has been notified."
        )
    files = any(leaks.held(effect.content) for effect in case.message.attachments) if opens else False
    if opens and (case.facts.leak or files or leaks.held(text.encode("utf-8", "replace"))):
        return said("Your text contains your reply address. Remove what is quoted and send it again.")
    return ""


def _told(case: RuleContext, agent: Agent, why: str, text: str = "", mistake: bool = True) -> list[Effect]:
    when = budgets.telling(case.facts, case.policy, not _unproven(case, agent), mistake)
    return budgets.those(when, from_mail.refused(case, agent, why, text))


def _end(why: str) -> Finish:
    return Finish(Outcome.COMMAND, None, RULE, f"not obeyed: {why}")


def _meant(case: RuleContext) -> bool:
    """Whether an email to the command address, without a token for commands, can be meant for it.

    Where the address is that of a mailbox too, agents answer and forward to it as well: there the token
    tells what an email is for, and without one it is meant as a command only when it begins with one.
    """
    if all(case.policy.command_address != box.address.lower() for box in case.policy.mailboxes.values()):
        return True
    if case.facts.token is not None or case.threaded() is not None or case.message.forward is not None:
        return False
    text = case.message.new_text
    return any(begins(tidy(line)) for line in (case.message.subject, *text.strip().splitlines()[:1]))


def _addressed(case: RuleContext) -> bool:
    """Whether the email was sent to the command address, with or without something after a plus."""
    reached = (
        *case.envelope.recipients,
        *case.message.delivered_to,
        *(address.mailbox for address in (*case.message.to, *case.message.cc)),
    )
    ours = case.policy.command_address
    return bool(ours) and any(form_of(address.lower(), ours) for address in reached)
