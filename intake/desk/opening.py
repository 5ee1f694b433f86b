"""The ticket that an effect opens."""

from datetime import datetime

from intake.desk.effects import OpenTicket
from intake.desk.ticket import Status, Ticket


def opened(effect: OpenTicket, number: int, now: datetime) -> Ticket:
    """Return the ticket that an effect opens, as it is from then on; `now` is aware."""
    return Ticket(
        id=number,
        subject=effect.subject,
        status=effect.status,
        requester=effect.requester,
        language=effect.language,
        mailbox=effect.mailbox,
        team=effect.team,
        created_at=now,
        updated_at=now,
        closed_at=now if effect.status is Status.CLOSED else None,
        related=effect.related,
        channel=effect.channel,
        priority=effect.priority,
        category=effect.category,
        tags=effect.tags,
        fields=effect.fields,
        spam=bool(effect.withheld),
        withheld=effect.withheld,
        utc_offset=effect.utc_offset,
        quiet=effect.quiet,
        survey_off=effect.quiet,
    )
