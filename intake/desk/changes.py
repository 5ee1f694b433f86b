"""What may be changed of a ticket that follows no rules of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from intake.desk.ticket import Withheld


class Changes(TypedDict, total=False):
    """What `Amend` may change: plain properties of a ticket, by the names that `Ticket` has for them."""

    subject: str
    language: str
    priority: str
    category: str
    tags: tuple[str, ...]
    fields: Mapping[str, str]
    spam: bool
    withheld: Withheld
    survey_off: bool
    snoozed_until: datetime | None
    merged_into: int | None
    related: int | None
    first_response_due: datetime | None
    next_response_due: datetime | None
    resolution_due: datetime | None
    first_response_at: datetime | None
    waiting_since: datetime | None
    excused: tuple[str, ...]
