"""What would become of a mail from somebody whom the desk does not know: for trying triage rules. Pure."""

from dataclasses import dataclass
from datetime import datetime

from intake.desk.effects import Finish
from intake.desk.facts import Facts
from intake.desk.message import Envelope, Message
from intake.desk.policy import Policy
from intake.desk.rule_context import RuleContext
from intake.desk.rules.table import decided
from intake.desk.triage.engine import RuleTrace, TriageResult, examine, letter


@dataclass(frozen=True, slots=True)
class Trial:
    """How each triage rule fares with a mail, what they make of it together, and its end."""

    steps: tuple[RuleTrace, ...]
    result: TriageResult
    end: Finish


def tried(message: Message, envelope: Envelope, policy: Policy, now: datetime, vouched: bool | None) -> Trial:
    """Return what would become of a mail whose sender has no ticket and is no agent; `now` is aware.

    `vouched` is what our receiving server says of the sender, None for nothing.
    """
    facts = Facts(now, verified=vouched is True, refuted=vouched is False)
    case = RuleContext(message, envelope, facts, policy)
    (end,) = [effect for effect in decided(case) if isinstance(effect, Finish)]
    return Trial(
        tuple(examine(policy.triage, letter(message, envelope, facts.verified))), case.triaged(), end
    )
