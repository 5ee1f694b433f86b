"""The rule for an email that comes again, changed on its way: over a mailing list, with its footer."""

import re
from itertools import accumulate

from intake.desk.auto_answers import may_answer, may_quote
from intake.desk.effects import Effect, Finish, Mail, MailKind, Outcome
from intake.desk.rule_context import RuleContext, entry, notices
from intake.desk.text.links import unwrapped
from intake.desk.ticket import EntryKind, Status

# A text of one word again and again is looked for in no more places.
MOST_PLACES = 100
# A footer that begins on the last line of the mail itself: how long it is, and what stands in it.
LONGEST_FOOTER = 1000
_FOOTER = re.compile(r"https?://|@|mailinglist|unsubscri|[-_=*~]{3,}", re.IGNORECASE)
# Less text than this in front of it may be anybody's.
LEAST_BEFORE = 10


def list_copy(case: RuleContext) -> list[Effect] | None:
    """A copy with more or fewer lines around it goes into the ticket of the first, and opens no new one.

    It must have the first one's Message-ID and author, come within the hour, and one text must hold the
    lines of the other, but for rewritten links. It is not treated as a duplicate: what is not equal is kept,
    and agents are notified if it says more. A copy of an answer that says nothing more reopens nothing; any
    other is an answer.
    """
    twin, hit = case.facts.twin, case.found()
    if twin is None or case.facts.refuted or case.message.automatic:
        return None
    ticket, new, old = twin.found.ticket, unwrapped(case.shown), unwrapped(twin.text)
    same = _holds(old, new) or _holds(new, old) or _begins(old, new) or _begins(new, old)
    if not same or ticket.status is Status.CLOSED or (hit is not None and hit[0].ticket.id != ticket.id):
        return None
    # Only what came over the list itself is passed over: of the other the first may have been a forgery.
    more = not _holds(old, new) or bool(case.message.attachments) or not case.message.suppress
    if more and hit is not None:
        return None
    effects: list[Effect] = [entry(case, ticket.id, EntryKind.CUSTOMER if more else EntryKind.AUTOMATIC)]
    if more and not case.envelope.archive:
        effects += notices(case, case.tell(twin.found), ticket.id, stranger=False, doubt=case.caution)
    if not twin.acknowledged and not case.spam and not may_answer(case):
        # The first came over the list, which is never answered automatically.
        quoted = may_quote(case)
        effects.append(
            Mail(MailKind.ACKNOWLEDGEMENT, ticket.id, case.sender, f"ack:{case.key}", quote_subject=quoted)
        )
    reason = f"the same email as message {twin.message}, with other words around it"
    return [*effects, Finish(Outcome.APPENDED, ticket.id, "list_copy", reason)]


def _holds(text: str, part: str) -> bool:
    """Whether `part`, without its blanks, is a run of whole lines of `text`: lists wrap lines anew, and put
    their banners and footers on lines of their own."""
    wanted = "".join(part.split())
    lines = ["".join(line.split()) for line in text.splitlines()]
    edges = set(accumulate((len(line) for line in lines), initial=0))
    whole, at = "".join(lines), -1
    if not wanted:
        return False
    for _ in range(MOST_PLACES):
        at = whole.find(wanted, at + 1)
        if at < 0:
            return False
        if at in edges and at + len(wanted) in edges:
            return True
    return False


def _begins(text: str, part: str) -> bool:
    """Whether `text` is `part` and what looks like a footer behind it, on the same line."""
    whole, wanted = "".join(text.split()), "".join(part.split())
    rest = whole[len(wanted) :]
    if len(wanted) < LEAST_BEFORE or not whole.startswith(wanted) or len(rest) > LONGEST_FOOTER:
        return False
    return _FOOTER.search(rest) is not None
