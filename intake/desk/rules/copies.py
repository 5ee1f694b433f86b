"""The rule for an email that comes again, changed on its way: over a mailing list, with its footer."""

from intake.desk.effects import Effect, Finish, Mail, MailKind, Outcome
from intake.desk.rule_context import RuleContext, entry, may_answer, may_quote, notices
from intake.desk.ticket import EntryKind, Status


def list_copy(case: RuleContext) -> list[Effect] | None:
    """A copy with more or fewer words around it goes into the ticket of the first, and opens no new one.

    It must have the first one's Message-ID and author, come within the hour, and one text must hold the
    other. It is not treated as a duplicate: what is not equal is kept, and agents are notified
    if it says more.
    """
    twin = case.facts.twin
    if twin is None or case.facts.refuted or case.found() is not None or case.message.automatic:
        return None
    new, old = _words(case.shown), _words(twin.text)
    if not new or not old or twin.found.ticket.status is Status.CLOSED or not (new in old or old in new):
        return None
    ticket = twin.found.ticket
    # Only what came over the list itself is passed over: of the other the first may have been a forgery.
    more = new not in old or bool(case.message.attachments) or not case.message.suppress
    effects: list[Effect] = [entry(case, ticket.id, EntryKind.CUSTOMER if more else EntryKind.AUTOMATIC)]
    if more and not case.envelope.archive:
        effects += notices(case, case.tell(twin.found), ticket.id, stranger=False, doubt=case.doubt)
    if not twin.acknowledged and not may_answer(case):
        # The first came over the list, which is never answered automatically.
        quoted = may_quote(case)
        effects.append(
            Mail(MailKind.ACKNOWLEDGEMENT, ticket.id, case.sender, f"ack:{case.key}", quote_subject=quoted)
        )
    reason = f"the same email as message {twin.message}, with other words around it"
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "list_copy", reason)]


def _words(text: str) -> str:
    """Return a text without its blanks: lists wrap lines anew."""
    return "".join(text.split())
