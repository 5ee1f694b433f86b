"""`intake status`: the desk on one screen."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import Mode, channel_mode, title_of
from intake.commands.common import Invocation, as_json, needs_desk, now
from intake.desk.text.counting import counted
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.views import MailboxRow, Vitals

# What a count is of, where it comes from, and what to do when it is not nought.
LINES = (
    ("open tickets", "Tickets open", "", "intake ticket list"),
    ("drafts", "Drafts of agents that wait", "bold yellow", ""),
    ("waiting", "Messages to decide on", "", ""),
    ("quarantined", "Messages set aside", "bold red", "intake quarantine list"),
    ("due", "Mails to send", "", ""),
    ("failed", "Mails that failed", "bold red", "intake outbox list --state failed"),
    ("unknown", "Mails that may have arrived", "bold yellow", "intake outbox list --state unknown"),
)
# A mailbox is read at least once a minute; this long without is a fault somewhere.
STALE_MAILBOX = timedelta(minutes=10)
# A mail server that asks to come again later (greylisting) has taken it by then.
STALE_MAIL = timedelta(minutes=10)
STALE_QUARANTINE = timedelta(days=1)
# What the worker does beside sending writes down once a minute that it goes on; its longest round takes
# seven minutes (20 calls, or 20 pictures, of 20 s each).
STALE_PART = timedelta(minutes=15)
PARTS = {"pages": "The webhook is not called", "previews": "No previews of pictures are made"}
# What an agent did not let out within this time nobody will.
RECENT_DRAFTS = timedelta(days=30)
# So many tickets are named in a line.
MOST_NAMED = 10
# Younger than this is no lag: a sweep comes every five seconds.
SLOW_SECONDS = 10
LITTLE_ROOM = 10**9
# On a narrow screen what is counted goes before what to do about it.
COUNTS = (Column("", right=True), Column("", gives_way=True, least=40), Column("", spare=True))
TROUBLE_CURE = (
    "the log says more; it goes from here when it goes well again, or three days after the last time"
)
COLUMNS = (
    Column("Mailbox", gives_way=True),
    Column("Type", spare=True),
    Column("Last read (UTC)"),
    Column("State", gives_way=True),
)


@needs_desk
@click.command()
@as_json
@click.pass_obj
def status(given: Invocation, json_: bool) -> None:
    """Show the desk on one screen."""
    desk = given.desk()
    if json_:
        counts, states = counted_now(desk), desk.store.mailbox_states()
        counted = {key.replace(" ", "_"): count for key, count in counts.items()}
        told = [{"what": what, "cure": cure} for what, cure in warnings(desk, states, now())]
        jobs, vitals = desk.store.job_runs(), desk.store.vitals(now())
        room = {"free": disk_free(desk), "queue": queued(given)}
        terminal.say_json(
            {"counts": counted, "warnings": told, "mailboxes": states, "jobs": jobs, "vitals": vitals, **room}
        )
        return
    show(given)


def show(given: Invocation) -> None:
    """Print the screen."""
    desk = given.desk()
    counts, states, jobs = counted_now(desk), desk.store.mailbox_states(), desk.store.job_runs()
    terminal.passage(f"{desk.settings.desk.name} <{desk.settings.desk.address}>", "")
    rows = [_line(counts[key], *rest) for key, *rest in LINES if key in counts]
    rows += _pulse(desk.store.vitals(now()))
    terminal.table(COUNTS, rows)
    jobs_waiting = queued(given)
    terminal.pairs(
        [
            (
                "Queue",
                counted(jobs_waiting, "job") if jobs_waiting is not None else ("does not answer", "bold red"),
            ),
            ("Disk", f"{disk_free(desk) / 1e9:.1f} GB free"),
        ]
    )
    for warning, cure in warnings(desk, states, now()):
        terminal.pairs([("Warning", (warning, "bold red")), ("Cure", cure)])
    terminal.say()
    known = {one.name: one for one in states}
    boxes = desk.settings.mailboxes
    terminal.table(COLUMNS, [_mailbox(name, boxes[name].type, known) for name in boxes])
    if jobs:
        terminal.say()
        ran = ", ".join(f"{name} {terminal.clock(moment)} UTC" for name, moment in sorted(jobs.items()))
        terminal.pairs([("Last run", ran)])


def counted_now(desk: "Desk") -> dict[str, int]:
    """Return the counts of the screen by name."""
    drafts = desk.store.drafts_waiting(now() - RECENT_DRAFTS)
    return {**desk.store.counts(), "drafts": sum(drafts.values())}


def warnings(desk: "Desk", states: Sequence["MailboxRow"], at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is not as it should be, and what to do about it."""
    pulled = desk.store.braked_at(at)
    if pulled is not None:
        yield (
            f"Automatic mail is stopped since {terminal.clock(pulled)} UTC: the ceiling was reached",
            "see who writes, then `intake brake release`; by itself it ends after an hour",
        )
    old = desk.store.quarantined_before(at - STALE_QUARANTINE)
    if old:
        yield (
            f"{old} message{'s are' if old > 1 else ' is'} in quarantine for more than a day",
            "`intake quarantine list` says why; then retry or drop",
        )
    drafts = desk.store.drafts_waiting(at - RECENT_DRAFTS)
    if drafts:
        count, named = sum(drafts.values()), ", ".join(f"#{one}" for one in list(drafts)[:MOST_NAMED])
        more = ", …" if len(drafts) > MOST_NAMED else ""
        yield (
            f"{count} draft{'s of agents wait' if count > 1 else ' of an agent waits'} in {named}{more}: "
            "nothing of it was sent",
            f"`intake ticket show {next(iter(drafts))}` tells why; `intake ticket confirm` lets one out",
        )
    yield from _unread(desk, states, at)
    count, mail = desk.store.tried_in_vain(at - STALE_MAIL)
    if mail is not None:
        yield (
            f"{count} mail{'s were' if count > 1 else ' was'} tried in vain, at last: "
            f"{terminal.line(mail.error)}",
            "`intake check` tries the mail server; nothing is lost, each is tried again for five days",
        )
    yield from _silent(desk, at)
    for one in desk.store.troubles(at):
        often = f"{one.count} times since" if one.count > 1 else "at"
        yield f"{one.what} ({often} {terminal.clock(one.since)} UTC)", TROUBLE_CURE
    frozen = desk.store.frozen_at()
    if frozen is not None:
        yield (
            f"No mail goes out since the backup was restored at {terminal.clock(frozen)} UTC",
            "`intake outbox list --state due`: cancel what went out since, then `intake outbox release`",
        )

    if disk_free(desk) < LITTLE_ROOM:
        yield (
            f"The disk of {desk.settings.desk.data} has less than 1 GB left",
            "make room: mail is refused, not lost, when it is full",
        )


def _unread(desk: "Desk", states: Sequence["MailboxRow"], at: datetime) -> Iterator[tuple[str, str]]:
    known = {one.name: one for one in states}
    for name, box in desk.settings.mailboxes.items():
        state = known.get(name)
        last = state.last_success if state else None
        polled = channel_mode(box.type) is Mode.POLLS
        if not polled or (last is not None and _lately(at, last, STALE_MAILBOX)):
            continue
        since = f"since {terminal.clock(last)} UTC" if last else "yet"
        yield (
            f"Mailbox {name} has not been read {since}",
            "`intake check` tries it; `intake run` reads it",
        )


def _silent(desk: "Desk", at: datetime) -> Iterator[tuple[str, str]]:
    ran = desk.store.job_runs()
    for part, what in PARTS.items():
        last = ran.get(part)
        if (
            last is None
            or _lately(at, last, STALE_PART)
            or (part == "pages" and not desk.settings.page.webhook)
        ):
            continue
        yield (
            f"{what} since {terminal.clock(last)} UTC",
            "is `intake run`, or `intake worker`, running? Its log says what keeps it; else start it anew",
        )


def _lately(at: datetime, last: datetime, stale: timedelta) -> bool:
    """Whether something was last done not longer ago than `stale`; a time yet to come, when the clock
    was ahead, says nothing."""
    return abs(at - last) <= stale


def disk_free(desk: "Desk") -> int:
    """Return the bytes that are left on the disk of the data folder."""
    return shutil.disk_usage(desk.settings.desk.data).free


def queued(given: Invocation) -> int | None:
    """Return how many jobs wait in the queue, None when it does not answer."""
    try:
        return given.queue.waiting(given.settings())
    except Exception:
        # Whatever is wrong with it, `intake check` says what; nothing depends on the queue.
        return None


def _pulse(vitals: "Vitals") -> list[tuple[Cell, ...]]:
    rows = [
        (vitals.promises_at_risk, "Promises that end within the hour", "bold yellow", "intake ticket list"),
        (vitals.promises_late, "Promises that are late", "bold red", "intake ticket list"),
    ]
    shown = [_line(*row) for row in rows]
    for age, what in (
        (vitals.decide_age, "since the oldest message that waits came"),
        (vitals.send_age, "since the oldest mail could have gone"),
    ):
        if age >= SLOW_SECONDS:
            shown.append(((f"{age} s", "bold yellow"), what, ""))
    return shown


def _line(count: int, what: str, style: str, command: str) -> tuple[Cell, ...]:
    return ((str(count), style if count else "dim"), what, (command if count else "", "dim"))


def _mailbox(name: str, kind: str, known: Mapping[str, "MailboxRow"]) -> tuple[Cell, ...]:
    state = known.get(name)
    if state is None:
        never = "not read yet" if channel_mode(kind) is Mode.POLLS else "-"
        return (name, title_of(kind), "", (never, "dim"))
    well: Cell = (state.last_error, "bold red") if state.last_error else ("well", "green")
    return (name, title_of(kind), terminal.clock(state.last_success), well)
