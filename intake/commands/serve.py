"""`intake run` and its parts: `poll`, `listen`, `web`, `worker`."""

import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.registry import Mode, channel_mode, in_mode
from intake.commands.alone import hold
from intake.commands.common import Invocation, needs_no_desk
from intake.desk.text.said import said
from intake.ports import UserError
from intake.runtime import exhausted
from intake.runtime.lean import leave_out
from intake.runtime.supervisor import supervised
from intake.runtime.threads import Piece, run_pieces

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.serve")

# Why a part ended, as it is logged, and as it is told.
_WHY = {
    "by itself.": said("by itself."),
    exhausted.SENTENCE: said(
        "There is not enough memory, or there are too many threads: raise the limit (ulimit -v, MemoryMax, "
        "the container's) to at least 1 GB, or end something else on this machine."
    ),
}


@needs_no_desk
@click.command()
@click.pass_obj
def run(ctx: Invocation) -> None:
    """Run the desk.

    Starts the mailbox readers, listeners, web form and delivery, and restarts what dies.
    SIGTERM or Ctrl-C stops everything within 30 seconds. One per data folder.
    """
    # Read here, so that a bad config is said once and not at every restart; made here, so
    # that two children never make the same tables at once.
    shape = ctx.settings().desk.log_format
    hold(ctx.settings().desk.data)
    for mistake in _mistakes(ctx.desk()):
        terminal.warn(f"[desk] templates: {mistake}\nThe shipped one is used instead.")
    ctx.close()
    config = str(ctx.config.resolve())
    # The supervisor replaces this process: its memory then holds neither config nor database.
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "intake.runtime.supervisor", config, shape])


@needs_no_desk
@click.command(hidden=True)
@click.pass_obj
def serve(ctx: Invocation) -> None:
    """Readers, listeners, web form and processing in one process: a child of `run`."""
    _lean(ctx)
    desk = ctx.desk()
    pieces, nudge = _processing(ctx, desk)
    pieces |= _channels(desk, desk.settings.mailboxes, nudge)
    if desk.settings.web.enabled:
        pieces |= _web(desk, nudge)
    run_pieces(pieces, patient=True, tell=lambda name, why: _tell(desk, name, why), wake=nudge)


@needs_no_desk
@click.command()
@click.argument("mailboxes", nargs=-1)
@click.pass_obj
def poll(ctx: Invocation, mailboxes: tuple[str, ...]) -> None:
    """Read mailboxes of type imap and maildir.

    Reads all of them, or the named ones. With none it idles until stopped.
    """
    _channels_only(ctx, mailboxes, Mode.POLLS)


@needs_no_desk
@click.command()
@click.argument("mailboxes", nargs=-1)
@click.pass_obj
def listen(ctx: Invocation, mailboxes: tuple[str, ...]) -> None:
    """Listen for mail, types lmtp and smtp.

    Serves all such mailboxes, or the named ones. With none it idles until stopped.
    """
    _channels_only(ctx, mailboxes, Mode.LISTENS)


@needs_no_desk
@click.command()
@click.pass_obj
def web(ctx: Invocation) -> None:
    """Serve the web form, even with enabled = no."""
    desk = ctx.desk()
    pieces, nudge = _processing(ctx, desk)
    run_pieces(pieces | _web(desk, nudge), wake=nudge)


@needs_no_desk
@click.command()
@click.pass_obj
def worker(ctx: Invocation) -> None:
    """Run the delivery worker (outgoing mail and timers).

    Sends queued mail, SLA alerts, reminders, surveys and digests. With PostgreSQL it
    decides on received messages, too.
    """
    _lean(ctx)
    desk = ctx.desk()
    run_pieces({"worker": lambda stop: ctx.queue.work(desk, stop)})


def _lean(ctx: Invocation) -> None:
    """In a child of `run`, which does nothing else: load nothing that this desk never uses."""
    if supervised():
        leave_out(ctx.settings())


def _channels_only(ctx: Invocation, names: Sequence[str], mode: Mode) -> None:
    desk = ctx.desk()
    boxes = desk.settings.mailboxes
    for name in names:
        if name not in boxes:
            raise UserError(f"There is no mailbox {name}. The config has: {', '.join(boxes)}.")
    chosen = [
        name for name, box in boxes.items() if channel_mode(box.type) is mode and name in (names or boxes)
    ]
    kinds = in_mode(mode)
    if names and not chosen:
        raise UserError(f"Nothing to do: none of these mailboxes has type = {kinds}.")
    if not chosen:
        # systemd or compose starts every part everywhere. A part with nothing to do that ended
        # would be restarted for ever; it idles, and processes what others received.
        log.warning("no mailbox of this kind", extra={"types": kinds})
    pieces, nudge = _processing(ctx, desk)
    run_pieces(pieces | _channels(desk, chosen, nudge), wake=nudge)


def _tell(desk: "Desk", name: str, why: str) -> None:
    """Notify the admin of a part that keeps failing."""
    try:
        problem = said(
            "A part of the desk keeps failing: {name}: {why} It is restarted twice a minute.",
            name=name,
            why=_WHY.get(why, why),
        )
        desk.service.wake(desk.service.tells.met(f"part {name}", problem, desk.service.clock()))
    except Exception:
        # The part's own failure is in the log already; it is told again when the part ends the next time.
        log.warning("nobody could be told", extra={"part": name}, exc_info=True)
    finally:
        desk.store.close()


def _mistakes(desk: "Desk") -> list[str]:
    """Return the mistakes in an admin's own templates: they stop nothing and are reported at each start."""
    from intake.config.brands import template_folders

    if not template_folders(desk.settings):
        return []
    from intake.commands.templates import faults

    return [mistake for _, mistake in faults(desk)]


def _processing(ctx: Invocation, desk: "Desk") -> tuple[dict[str, Piece], Callable[[], None]]:
    from intake.app import Processor, get_ready, tell_mistakes

    get_ready(desk)
    ring = ctx.queue.summon(desk.settings)
    processor = Processor(desk.service, after=lambda: tell_mistakes(desk), ring=ring)
    return {"processor": processor.run}, processor.nudge


def _channels(desk: "Desk", names: Iterable[str], nudge: Callable[[], None]) -> dict[str, Piece]:
    made = {name: desk.channel(name, nudge) for name in names}
    return {f"mailbox {name}": channel.run for name, channel in made.items() if channel is not None}


def _web(desk: "Desk", nudge: Callable[[], None]) -> dict[str, Piece]:
    from intake.web import make_app, serve

    settings = desk.settings.web
    place = f"[{settings.host}]" if ":" in settings.host else settings.host

    def tell(port: int) -> None:
        log.info("web form open", extra={"port": port, "url": f"http://{place}:{port}/"})

    def work(stop: threading.Event) -> None:
        # Tried first, because the server leaves threads behind when it cannot listen.
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.host, settings.port))
        except OSError as err:
            problem = f"Cannot listen on {place}:{settings.port} ({err.strerror or err})"
            raise UserError(
                f"{problem}: stop the process that uses it, or set another port in [web]"
            ) from err
        # Made here: what keeps the pages from being made must not keep mail from being read.
        serve(make_app(desk, nudge), settings, stop, tell)

    return {"web": work}
