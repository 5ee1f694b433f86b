"""Reports by email: when one is due, and the email itself."""

import secrets
from datetime import datetime, timedelta, tzinfo
from email.utils import format_datetime
from typing import TYPE_CHECKING

from intake.app import signer_of
from intake.desk.effects import MailKind, Outgoing
from intake.desk.message import Attachment
from intake.desk.report import Report
from intake.mail.outgoing import compose
from intake.reports.gather import gather
from intake.reports.page import page
from intake.reports.words import as_letter, span

if TYPE_CHECKING:
    from intake.app import Desk

JOB = "report"


def latest(every: str, hour: int, zone: tzinfo, now: datetime) -> tuple[datetime, datetime, datetime]:
    """Return the last time a report was to be sent at or before `now`, and the range it is about.

    It is sent at `hour` in the desk's zone: each day, on Mondays, or on the first of the month, about the
    whole day, week or month before. All times are aware.
    """
    local = now.astimezone(zone)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if every == "week":
        day -= timedelta(days=day.weekday())
    elif every == "month":
        day = day.replace(day=1)
    if day.replace(hour=hour) > local:
        day = _before(every, day)
    return day.replace(hour=hour), _before(every, day), day


def _before(every: str, day: datetime) -> datetime:
    if every == "month":
        return (day - timedelta(days=1)).replace(day=1)
    return day - timedelta(days=7 if every == "week" else 1)


def send_due(desk: "Desk", now: datetime) -> int:
    """Queue the reports that are due and were not sent; return how many emails.

    What was due while the desk stood still is sent once, for the last time only. The first
    one comes a whole day, week or month after the desk began to keep the time.
    """
    settings = desk.settings.report
    if not settings.mail:
        return 0
    due, since, until = latest(settings.every, settings.hour, desk.settings.desk.timezone, now)
    last = desk.store.upkeep.job_runs().get(JOB)
    if last is not None and last > now:
        # Written down while the clock was ahead: it begins anew, as on the first day.
        last = None
    if last is not None and last >= due:
        return 0
    sent = 0
    if last is not None:
        report = gather(desk, since, until)
        sent = len(send(desk, report, settings.mail, f"{settings.every}:{until:%Y-%m-%d}"))
    desk.store.upkeep.record_job(JOB, now)
    return sent


def send(desk: "Desk", report: Report, recipients: tuple[str, ...], key: str) -> list[int]:
    """Queue the report for each recipient, once for each `key`; return the outbox ids."""
    now = desk.service.clock()
    made = page(report, desk.settings.desk.templates)
    files = [Attachment("report.html", "text/html", made.encode())]
    ids = []
    for recipient in recipients:
        outgoing = letter(desk, report, recipient, files, now)
        outbox_id = desk.store.outbox.owe(outgoing, f"report:{key}:{recipient.lower()}", now)
        if outbox_id is not None:
            ids.append(outbox_id)
    if ids:
        desk.service.wake(ids)
    return ids


def letter(desk: "Desk", report: Report, recipient: str, files: list[Attachment], now: datetime) -> Outgoing:
    """Return the finished email to one recipient."""
    base = compose.wire_domain(desk.settings.desk.address)
    message_id = f"{secrets.token_hex(16)}@{base.rpartition('@')[2]}"
    headers = (
        compose.mailbox_header("From", desk.settings.desk.name, base),
        compose.mailbox_header("To", "", recipient),
        compose.unstructured("Subject", f"{desk.settings.desk.name}: {span(report)}"),
        f"Date: {format_datetime(now)}",
        compose.message_ids("Message-ID", [message_id]),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    )
    raw = compose.message(headers, as_letter(report), files, f"=_{secrets.token_hex(16)}")
    if (sign := signer_of(desk.settings)) is not None:
        raw = sign(raw, base.rpartition("@")[2])
    return Outgoing(MailKind.ALERT, "", recipient, message_id, raw)
