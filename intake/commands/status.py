"""`intake status`: the desk's status on one screen."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import Mode, channel_mode, title_of
from intake.commands.common import Invocation, as_json, needs_desk, now
from intake.commands.pace_in_words import Lately, advice, in_words, lately
from intake.desk.blocking import BLOCKED, HELD
from intake.desk.rules.own_mail import RULE as OWN_MAIL
from intake.desk.silence import reminded_after
from intake.desk.text.counting import counted
from intake.oauth.accounts import TROUBLE
from intake.terminal import Cell, Column

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.oauth.standing import Standing
    from intake.store.record.checkpoints import Kept
    from intake.views import MailboxRow, Vitals

UNTOLD = "intake message list --outcome automatic"
# Each count: its key, label and style, and the command that shows more when it is not zero.
LINES = (
    ("open tickets", "Open tickets", "", "intake ticket list"),
    ("spam", "Kept as spam in the last day", "", "intake ticket list --spam"),
    ("own", "From us, without a ticket (7 d)", "", UNTOLD),
    ("automatic", "Automatic, without a ticket (7 d)", "", UNTOLD),
    ("awaited", "Waiting for customers", "", "intake ticket list --status pending"),
    ("reminded", "Reminded, closed without an answer", "", "intake ticket list --status pending"),
    ("drafts", "Drafts not sent yet", "bold yellow", "intake ticket drafts"),
    ("waiting", "Messages waiting to be processed", "", ""),
    ("blocked", "From blocked senders (7 d)", "", "intake block list"),
    ("held", "Quarantined by a rule (7 d)", "", "intake quarantine list --kept"),
    ("too large", "Too large, told, in quarantine", "bold yellow", "intake quarantine list"),
    ("quarantined", "Messages in quarantine", "bold red", "intake quarantine list"),
    ("due", "Outgoing: queued", "", ""),
    ("failed", "Outgoing: failed", "bold red", "intake outbox list --state failed"),
    ("unknown", "Outgoing: delivery unconfirmed", "bold yellow", "intake outbox list --state unknown"),
)
# A mailbox is read at least once a minute; this long without is a fault somewhere.
STALE_MAILBOX = timedelta(minutes=10)
# A mail server that asks to come again later (greylisting) has taken it by then.
STALE_MAIL = timedelta(minutes=10)
STALE_QUARANTINE = timedelta(days=1)
# What the worker does beside sending writes down once a minute that it goes on; its longest round takes
# seven minutes (20 calls, or 20 pictures, of 20 s each).
STALE_PART = timedelta(minutes=15)
PARTS = {
    "pages": "The webhook has not been called",
    "previews": "No image previews have been made",
    "files": "No files have been checked for secrets",
    "logins": "No login with a token has been looked after",
    "record": "Nothing has been recorded of who did what",
}
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
# At most this many tickets are named in a line.
MOST_NAMED = 10
# Younger than this is no lag: a sweep comes every five seconds.
SLOW_SECONDS = 10
LITTLE_ROOM = 10**9
# On a narrow screen the counts matter more than what to do about them.
COUNTS = (Column("", right=True), Column("", gives_way=True, least=40), Column("", spare=True))
TROUBLE_CURE = "see the log; this warning ends once it works again, or three days after the last occurrence"
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
def status(ctx: Invocation, json_: bool) -> None:
    """Show the desk's status."""
    desk = ctx.desk()
    if json_:
        counts, states = counted_now(desk), desk.store.mailboxes.states()
        counted = {key.replace(" ", "_"): count for key, count in counts.items()}
        rows = [{"what": problem, "cure": cure} for problem, cure in warnings(desk, states, now())]
        jobs, vitals = desk.store.upkeep.job_runs(), desk.store.upkeep.vitals(now())
        room = {"free": disk_free(desk), "queue": queued(ctx)}
        health = {"checkpoint": _newest(desk), "vitals": vitals, "pace": pace_now(desk, vitals.decide_age)}
        terminal.say_json(
            {"counts": counted, "warnings": rows, "mailboxes": states, "jobs": jobs, **health, **room}
        )
        return
    show(ctx)


def show(ctx: Invocation) -> None:
    """Print the screen."""
    desk = ctx.desk()
    counts, states, jobs = counted_now(desk), desk.store.mailboxes.states(), desk.store.upkeep.job_runs()
    terminal.passage(f"{desk.settings.desk.name} <{desk.settings.desk.address}>", "")
    rows = [_line(counts[key], *rest) for key, *rest in LINES if key in counts]
    vitals = desk.store.upkeep.vitals(now())
    rows += _pulse(vitals)
    terminal.table(COUNTS, rows)
    jobs_waiting = queued(ctx)
    terminal.pairs(
        [
            (
                "Queue",
                counted(jobs_waiting, "job") if jobs_waiting is not None else ("not reachable", "bold red"),
            ),
            ("Disk", f"{disk_free(desk) / 1e9:.1f} GB free"),
            *_checkpoint(desk),
            *_paced(desk, vitals.decide_age),
        ]
    )
    for warning, cure in warnings(desk, states, now()):
        terminal.pairs([("Warning", (warning, "bold red")), ("Fix", cure)])
    terminal.say()
    known = {row.name: row for row in states}
    boxes = desk.settings.mailboxes
    out = {
        name: standing.problem for standing in _accounts(desk) if standing.out for name in standing.used_by
    }
    rows = [_mailbox(name, boxes[name].type, known, out.get(f"mailbox {name}", "")) for name in boxes]
    terminal.table(COLUMNS, rows)
    if jobs:
        terminal.say()
        ran = ", ".join(f"{name} {terminal.clock(moment)} UTC" for name, moment in sorted(jobs.items()))
        terminal.pairs([("Last run", ran)])


def pace_now(desk: "Desk", decide_age: int) -> dict[str, float | str]:
    """Return how the last minutes' mail was decided on, by name, noughts where none was; and what to add."""
    figures = lately(desk.store.upkeep.pace(now()))
    add = advice(figures, decide_age, desk.store.ledger.shared)
    return {**asdict(figures or Lately(0.0, 0.0, 0.0, 0.0, 0.0, 0)), "advice": add}


def _newest(desk: "Desk") -> "Kept | None":
    """Return the newest checkpoint of the record, None where there is none yet."""
    from intake.recording.keeper import checkpoints_of

    return next(iter(checkpoints_of(desk).newest()), None)


def _checkpoint(desk: "Desk") -> list[tuple[str, Cell]]:
    kept = _newest(desk)
    if kept is None:
        return []
    root = kept.note.splitlines()[2]
    return [("Record", f"{counted(kept.size, 'row')} at {terminal.clock(kept.made_at)} UTC, root {root}")]


def _paced(desk: "Desk", decide_age: int) -> list[tuple[str, Cell]]:
    figures, several = lately(desk.store.upkeep.pace(now())), desk.store.ledger.shared
    if figures is None:
        return []
    return [
        ("Decided", in_words(figures, several)),
        ("To add", (advice(figures, decide_age, several), "bold yellow")),
    ]


def counted_now(desk: "Desk") -> dict[str, int]:
    """Return the counts of the screen by name."""
    drafts = sum(draft.pending for draft in desk.store.tickets.unsent(None, now()))
    spam = desk.store.lookups.spam(None, now() - A_DAY)
    untold = desk.store.ledger.untold(now() - A_WEEK)
    own = untold.pop(OWN_MAIL, 0)
    kept_by = desk.store.ledger.kept_since(now() - A_WEEK)
    kept = {"own": own, "automatic": sum(untold.values())}
    return {
        **desk.store.upkeep.counts(),
        "drafts": drafts,
        "spam": spam,
        **kept,
        "blocked": kept_by.get(BLOCKED, 0),
        "held": kept_by.get(HELD, 0),
        **_awaited(desk),
    }


def _awaited(desk: "Desk") -> dict[str, int]:
    """Return how many tickets wait for customers, and how many of these were reminded; nothing where the desk
    closes none after silence."""
    after = reminded_after(desk.policy)
    if after is None:
        return {}
    seen = desk.store.silence.forecast(now() - after)
    return {"awaited": seen.waiting, "reminded": seen.reminded}


def warnings(desk: "Desk", states: Sequence["MailboxRow"], at: datetime) -> Iterator[tuple[str, str]]:
    """Yield each problem and what to do about it."""
    pulled = desk.store.rates.braked_at(at)
    if pulled is not None:
        yield (
            f"Automatic email has been paused since {terminal.clock(pulled)} UTC (hourly limit reached)",
            "find out who writes, then run `intake brake release`; the pause ends by itself after an hour",
        )
    old = desk.store.ledger.quarantined_before(at - STALE_QUARANTINE)
    if old:
        yield (
            f"{old} message{'s have' if old > 1 else ' has'} been in quarantine for more than a day",
            "`intake quarantine list` shows why; then retry or drop them",
        )
    yield from _drafts(desk, at)
    yield from _logins(desk, at)
    yield from _unread(desk, states, at)
    count, mail = desk.store.outbox.not_going(at - STALE_MAIL)
    if mail is not None:
        yield (
            f"{count} email{'s' if count > 1 else ''} could not be sent; last error: "
            f"{terminal.line(mail.error)}",
            "`intake check` tests the mail server; nothing is lost, each is retried for five days",
        )
    yield from _silent(desk, at)
    for trouble in desk.store.troubles.current(at):
        if trouble.key.startswith(TROUBLE):
            continue  # Told above, as it is now.
        often = f"{trouble.count} times since" if trouble.count > 1 else "at"
        yield f"{trouble.what} ({often} {terminal.clock(trouble.since)} UTC)", TROUBLE_CURE
    frozen = desk.store.outbox.frozen_at()
    if frozen is not None:
        yield (
            f"Outgoing mail has been frozen since the restore at {terminal.clock(frozen)} UTC",
            "`intake outbox list --state due`: cancel what was sent since then, then `intake outbox release`",
        )

    if disk_free(desk) < LITTLE_ROOM:
        yield (
            f"The disk of {desk.settings.desk.data} has less than 1 GB left",
            "free some space: mail is refused, not lost, when it is full",
        )


def _accounts(desk: "Desk") -> "list[Standing]":
    """Return how it stands with the accounts that something logs in to with tokens."""
    if not desk.settings.oauth:
        return []
    from intake.oauth.standing import standings

    accounts = standings(desk.settings, desk.accounts.tokens())
    return [standing for standing in accounts if standing.used_by]


def _logins(desk: "Desk", at: datetime) -> Iterator[tuple[str, str]]:
    """Yield what keeps us out of an account that takes tokens, and what of it ends soon."""
    for standing in _accounts(desk):
        if standing.problem:
            yield f"{standing.problem} ({', '.join((*standing.used_by, *standing.brands))})", standing.cure
        for end in standing.ends:
            if end.step(at) is not None:
                yield end.text(standing.name, at), end.cure


def _drafts(desk: "Desk", at: datetime) -> Iterator[tuple[str, str]]:
    """Yield a warning of drafts that have waited for a day; one of today its agent has just been told of."""
    old = [draft for draft in desk.store.tickets.unsent(None, at) if draft.pending and at - draft.at > A_DAY]
    if not old:
        return
    tickets = list(dict.fromkeys(f"#{draft.ticket}" for draft in old))
    named = ", ".join(tickets[:MOST_NAMED]) + (", …" if len(tickets) > MOST_NAMED else "")
    wait = "s have" if len(old) > 1 else " has"
    yield (
        f"{len(old)} draft{wait} been waiting for more than a day in {named}: not sent",
        "`intake ticket drafts` lists them; `intake ticket confirm` sends one",
    )


def _unread(desk: "Desk", states: Sequence["MailboxRow"], at: datetime) -> Iterator[tuple[str, str]]:
    known = {row.name: row for row in states}
    for name, box in desk.settings.mailboxes.items():
        state = known.get(name)
        last = state.last_success if state else None
        polled = channel_mode(box.type) is Mode.POLLS
        if not polled or (last is not None and _lately(at, last, STALE_MAILBOX)):
            continue
        since = f"since {terminal.clock(last)} UTC" if last else "yet"
        yield (
            f"Mailbox {name} has not been read {since}",
            "`intake check` tests the login; `intake run` reads it",
        )


def _silent(desk: "Desk", at: datetime) -> Iterator[tuple[str, str]]:
    ran = desk.store.upkeep.job_runs()
    for part, label in PARTS.items():
        last = ran.get(part)
        if (
            last is None
            or _lately(at, last, STALE_PART)
            or (part == "pages" and not desk.settings.page.webhook)
            or (part == "logins" and not desk.settings.oauth)
        ):
            continue
        yield (
            f"{label} since {terminal.clock(last)} UTC",
            "is `intake run`, or `intake worker`, running? Its log shows the cause; otherwise restart it",
        )


def _lately(at: datetime, last: datetime, stale: timedelta) -> bool:
    """Whether something was last done not longer ago than `stale`; a time yet to come, when the clock
    was ahead, says nothing."""
    return abs(at - last) <= stale


def disk_free(desk: "Desk") -> int:
    """Return the bytes that are left on the disk of the data folder."""
    return shutil.disk_usage(desk.settings.desk.data).free


def queued(ctx: Invocation) -> int | None:
    """Return how many jobs wait in the queue, None when it does not answer."""
    try:
        return ctx.queue.waiting(ctx.settings())
    except Exception:
        # Whatever is wrong with it, `intake check` says what; nothing depends on the queue.
        return None


def _pulse(vitals: "Vitals") -> list[tuple[Cell, ...]]:
    rows = [
        (vitals.promises_at_risk, "SLA due within 1 h", "bold yellow", "intake ticket list"),
        (vitals.promises_late, "SLA breached", "bold red", "intake ticket list"),
    ]
    shown = [_line(*row) for row in rows]
    for age, label in (
        (vitals.decide_age, "age of the oldest unprocessed message"),
        (vitals.send_age, "age of the oldest unsent email"),
    ):
        if age >= SLOW_SECONDS:
            shown.append(((f"{age} s", "bold yellow"), label, ""))
    return shown


def _line(count: int, label: str, style: str, command: str) -> tuple[Cell, ...]:
    return ((str(count), style if count else "dim"), label, (command if count else "", "dim"))


def _mailbox(name: str, kind: str, known: Mapping[str, "MailboxRow"], out: str) -> tuple[Cell, ...]:
    """Return a mailbox's row. `out` is what keeps us out of its account: a connection that stands does not
    know of it, and reads on until it ends."""
    state = known.get(name)
    if out:
        return (
            name,
            title_of(kind),
            terminal.clock(state.last_success if state else None),
            (out, "bold red"),
        )
    if state is None:
        never = "not read yet" if channel_mode(kind) is Mode.POLLS else "-"
        return (name, title_of(kind), "", (never, "dim"))
    well: Cell = (state.last_error, "bold red") if state.last_error else ("ok", "green")
    return (name, title_of(kind), terminal.clock(state.last_success), well)
