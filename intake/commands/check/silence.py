"""The part of `intake check` about tickets that are closed after silence: how many it concerns, and what
keeps the reminder from going out."""

from datetime import timedelta
from typing import TYPE_CHECKING

from intake.commands.check.findings import Finding, Findings
from intake.commands.common import now
from intake.desk.silence import an_hour, reminded_after
from intake.desk.text.counting import counted

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings

_CURE = "Or clear [lifecycle] close_waiting_after: without the reminder no ticket is closed"


def kept_from(settings: "Settings") -> Findings:
    """Yield what in the config keeps the reminder from going out."""
    if settings.lifecycle.close_waiting_after is None:
        return
    if "closing" not in settings.desk.status_mails:
        problem = "is without closing: customers are not reminded, and no ticket is closed after silence"
        yield Finding("warning", "desk", "status_mails", problem, f"Add closing. {_CURE}")
    if not settings.desk.limits.automatic_per_hour:
        problem = "is 0: customers are not reminded, and no ticket is closed after silence"
        yield Finding("warning", "desk", "automatic_per_hour", problem, f"Raise it. {_CURE}")


def closing(desk: "Desk") -> Findings:
    """Yield how many tickets are to be closed after silence, and how long the first round takes."""
    after, share = reminded_after(desk.policy), an_hour(desk.policy)
    if after is None or not share:
        return
    if not _says_something(desk):
        problem = "closing.j2 says nothing: customers are not reminded, and no ticket is closed after silence"
        yield Finding("warning", "desk", "templates", problem, f"Give it a text. {_CURE}")
        return
    seen = desk.store.silence.forecast(now() - after)
    text = f"{counted(seen.waiting, 'ticket')} waiting for customers; due for a reminder: {seen.due}"
    if seen.due:
        last = timedelta(hours=seen.due / share)
        long = f"{last.days} days" if last.days > 1 else f"{max(1, round(last / timedelta(hours=1)))} h"
        text += f", at most {share} an hour: about {long}"
    yield Finding("ok", "lifecycle", "close_waiting_after", f"{text}; reminded: {seen.reminded}")


def _says_something(desk: "Desk") -> bool:
    from intake.commands.templates import sample

    return bool(sample(desk, "closing").text)
