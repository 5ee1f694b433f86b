"""What is the same for all mails of a kind: the template, and whether it goes out as HTML too."""

from intake.desk.effects import Mail, MailKind


def template_of(mail: Mail) -> str:
    """Return the name of the template that a mail is written with."""
    if mail.kind is not MailKind.STATUS:
        return mail.kind.value
    return "resolved" if mail.event == "closed" else mail.event


def goes_as_html(mail: Mail) -> bool:
    """Whether a mail also goes out as HTML: not to who may not have written to us at all.

    A mail to them must be no larger than what a forger has to send for it.
    """
    return mail.quote_subject or mail.kind.to_agent
