"""The mails of ours that many decisions owe alike. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from intake.desk.effects import STATUS_EVENTS, Effect, Mail, MailKind
from intake.desk.message import Address, Attachment
from intake.desk.sensitive import leaks
from intake.desk.text.said import said
from intake.desk.ticket import Agent, Ticket, no_ticket

# So much of a file is searched: a mail of ours that came back is smaller.
MOST_SEARCHED = 1 << 20
# The event of mails about an email that is too large; also the name of the template for its sender.
OVERSIZE = "oversize"
# The event of an acknowledgement that warns of a secret in what it answers.
EXPOSED = "secret"
# The event of a warning about a file that a scanner reported.
MALWARE = "malware"
# The event of the first mail of an incident, and of the one that stands for a report nobody wrote.
INCIDENT, REPORTING = "incident", "reporting"
# Templates that are named by an event of their kind.
_OF_EVENT = {
    OVERSIZE: MailKind.ACKNOWLEDGEMENT,
    **dict.fromkeys((MALWARE, INCIDENT, REPORTING), MailKind.WARNING),
}
# Of mails about what was meant for colleagues; their token makes a reply a note.
STAYS_INSIDE = said(
    "What you reply to this email stays an internal note; to write to the customer, begin with #reply."
)

# The same where there is no customer to write to from there.
STAYS_HERE = said("What you reply to this email stays an internal note.")


def to_each(agents: Iterable[Agent], like: Mail) -> list[Effect]:
    """Return the mail `like` to each of the agents, its key ending in the agent's number."""
    return [
        replace(like, to=agent.as_address, dedupe=f"{like.dedupe}:{agent.id}", agent=agent)
        for agent in agents
    ]


def alerts(
    ticket: int | None,
    agents: Iterable[Agent],
    text: str,
    key: str,
    event: str = "",
    by: str = "",
    with_files: bool = False,
) -> list[Effect]:
    """Return the alerts to agents about a ticket, once for each `key`.

    `event` is what changed in it (`effects.WHOLE`), `by` who changed it; `with_files` as in `Mail`.
    """
    dedupe = f"alert:{key}"
    like = Mail(
        MailKind.ALERT, ticket, Address(""), dedupe, text=text, event=event, by=by, with_files=with_files
    )
    return to_each(agents, like)


def enclosed(mail: Mail, contents: Mapping[str, bytes]) -> Mail:
    """Return a mail with the files that go with it, by sha256; those whose bytes are not there are named.

    So are those with a token of another reader's in them, such as a mail of ours that came back as a
    file; they have no link either.
    """
    foreign = {
        sha256 for sha256, content in contents.items() if leaks.held(content[:MOST_SEARCHED]) == leaks.TOKEN
    }
    there = [file for file in mail.enclosed if file.sha256 in contents and file.sha256 not in foreign]
    withheld = tuple(str(file) for file in mail.enclosed if file.sha256 in foreign)
    lost = tuple(file for file in mail.enclosed if file.sha256 not in contents)
    files = tuple(
        Attachment(str(file), file.media_type or "application/octet-stream", contents[file.sha256])
        for file in there
    )
    return replace(
        mail,
        attachments=(*mail.attachments, *files),
        left_out=(*mail.left_out, *lost, *withheld),
        enclosed=(),
    )


def instead_of_ticket(mail: Mail, now: datetime) -> Ticket:
    """Return what stands for the ticket of a mail that belongs to none."""
    return mail.instead or no_ticket(now)


def template_of(mail: Mail) -> str:
    """Return the name of the template that a mail is written with."""
    if mail.kind is not MailKind.STATUS:
        own = mail.kind.at_most_once and mail.event in _OF_EVENT
        return mail.event if own else mail.kind.value
    return "resolved" if mail.event == "closed" else mail.event


def of_template(name: str) -> tuple[MailKind, str]:
    """Return the kind and the event of the mail that a template is for, by its name."""
    if name in _OF_EVENT:
        return _OF_EVENT[name], name
    return (MailKind.STATUS, name) if name in STATUS_EVENTS else (MailKind(name), "")


def status_mail(ticket: Ticket, event: str, key: str) -> Mail:
    """Return the status update for `event`; its template may have nothing to say, then none goes."""
    return Mail(
        MailKind.STATUS,
        ticket.id,
        ticket.requester,
        f"status:{event}:{key}:{ticket.id}",
        event=event,
        agent=ticket.assignee,
    )
