"""What stands in one mail is looked through together: a phrase may be half in its subject. Pure."""

from dataclasses import replace

from intake.desk.effects import Mail
from intake.desk.sensitive.together import hidden_across
from intake.desk.ticket import Ticket


def together(mail: Mail, ticket: Ticket) -> tuple[Mail, Ticket]:
    """Return a mail and its ticket without what only the subject, the fields, the conversation around and the
    news tell together."""
    lines = mail.page.lines if mail.page is not None else ()
    around = (ticket.subject, *ticket.fields.values(), *(line.text for line in lines))
    texts = (*around, mail.above, mail.text, mail.quoted)
    shown = hidden_across(texts)
    if shown == texts:
        return mail, ticket
    subject, *rest = shown[: len(around)]
    fields = dict(zip(ticket.fields, rest, strict=False))
    talk = tuple(replace(line, text=text) for line, text in zip(lines, rest[len(fields) :], strict=True))
    above, text, quoted = shown[len(around) :]
    # The whole is only counted: what is hidden in both is no line more.
    whole = mail.whole.replace(mail.text, text) if mail.text else mail.whole
    page = replace(mail.page, lines=talk) if mail.page is not None else None
    mail = replace(mail, above=above, text=text, quoted=quoted, whole=whole, page=page, html="")
    return mail, replace(ticket, subject=subject, fields=fields)
