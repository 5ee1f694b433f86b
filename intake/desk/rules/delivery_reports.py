"""The rule for delivery reports: each is matched to its email, opens no ticket and is never answered."""

from intake.desk.delivery_effects import MarkAddress, MarkDelivery, NotifyAgain
from intake.desk.effects import AddEntry, Effect, Finish, MailKind, Outcome
from intake.desk.facts import FAILED_DAYS
from intake.desk.mails import alerts
from intake.desk.message import BounceKind
from intake.desk.notices import may_arrive_without
from intake.desk.rule_context import RuleContext, entry
from intake.desk.text.said import joined, said
from intake.desk.ticket import EntryKind


def delivery_report(case: RuleContext) -> list[Effect] | None:
    """A delivery report is matched to its email, opens no ticket and is never answered."""
    bounce, sent, match = case.message.bounce, case.facts.sent, case.facts.sent_ticket
    if bounce is None:
        return None
    if sent is None or match is None:
        return _stray_report(case)
    text: str = _delivery(bounce.kind, sent.recipient)
    if bounce.diagnostic:
        text = joined([text, said("The mail server answered: {answer}", answer=bounce.diagnostic)])
    effects: list[Effect] = [
        MarkDelivery(sent.outbox_id, bounce.kind, bounce.diagnostic),
        AddEntry(
            sent.ticket_id, EntryKind.AUTOMATIC, case.sender, text, case.message.text, from_message=True
        ),
    ]
    if bounce.kind is BounceKind.FAILED and _says_address(bounce.status):
        effects.append(MarkAddress(sent.recipient, bounce.diagnostic or bounce.status or "it bounced"))
        if MailKind(sent.kind).at_most_once:
            text = joined([text, said("It gets no automatic email for {days} days.", days=FAILED_DAYS)])
    failed = bounce.kind is BounceKind.FAILED
    if failed and sent.kind == MailKind.RELAY:
        # An agent must know of every reply that did not arrive, whatever other alerts were sent this hour.
        # Anybody who got an email of ours can write reports about it: one alert per reply.
        key = f"bounced:{sent.outbox_id}"
        effects += alerts(match.ticket.id, case.tell(match), text, key)
    # A report about an email to an agent must not cause another email to that agent, but a smaller one
    # may arrive.
    reason = f"{bounce.status} {bounce.diagnostic}"
    if failed and MailKind(sent.kind).to_agent and may_arrive_without(reason):
        effects.append(NotifyAgain(sent.outbox_id))
    return [*effects, Finish(Outcome.AUTOMATIC, sent.ticket_id, "delivery_report", text)]


def _stray_report(case: RuleContext) -> list[Effect]:
    """A report that names no email of ours is kept in the ticket its ids or its recipient lead to, if any."""
    hit = case.found()
    if hit is None:
        return [
            Finish(
                Outcome.AUTOMATIC, None, "delivery_report", "a delivery report that matches no email of ours"
            )
        ]
    ticket = hit[0].ticket
    reason = f"a delivery report in a thread, found by {hit[1]}"
    return [
        entry(case, ticket.id, EntryKind.AUTOMATIC),
        Finish(Outcome.AUTOMATIC, ticket.id, "delivery_report", reason),
    ]


def _says_address(status: str) -> bool:
    """Whether a failure is the address's own (RFC 3463 section 3), not the mail's or a full box."""
    kind, _, detail = status.partition(".")
    # Some systems write a code of one digit: it says no more than that it failed.
    return not status or (kind == "5" and detail not in ("2.2", "2.3") and detail[:1] in ("", *"0124"))


def _delivery(kind: BounceKind, address: str) -> str:
    match kind:
        case BounceKind.FAILED:
            return said("Mail to {address} could not be delivered.", address=address)
        case BounceKind.DELAYED:
            return said("Mail to {address} is delayed.", address=address)
        case BounceKind.DELIVERED:
            return said("Mail to {address} was delivered.", address=address)
