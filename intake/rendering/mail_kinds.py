"""What is the same for all mails of a kind: whether they go out as HTML too."""

from intake.desk.effects import Mail


def goes_as_html(mail: Mail) -> bool:
    """Whether a mail also goes out as HTML: not to who may not have written to us at all.

    A mail to them must be no larger than what a forger has to send for it.
    """
    return mail.quote_subject or mail.kind.to_agent
