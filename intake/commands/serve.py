"""`intake run` and the pieces it is made of: `poll`, `listen`, `web`, `worker`."""

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
from intake.ports import UserError
from intake.runtime.threads import Piece, run_pieces

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.serve")


@needs_no_desk
@click.command()
@click.pass_obj
def run(given: Invocation) -> None:
    """Run the whole desk.

    Readers, listeners, the web form and delivery, restarted when they die.
    SIGTERM or Ctrl-C stops all of it within 30 seconds. One of it for a data folder.
    """
    # Read here, so that a bad config is said once and not at every restart; made here, so
    # that two children never make the same tables at once.
    shape = given.settings().desk.log_format
    hold(given.settings().desk.data)
    for what in _mistakes(given.desk()):
        terminal.warn(f"[desk] templates: {what}\nThe shipped one is used instead of it.")
    given.close()
    config = str(given.config.resolve())
    # The supervisor takes this process's place: its memory then holds neither config nor database.
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "intake.runtime.supervisor", config, shape])


@needs_no_desk
@click.command(hidden=True)
@click.pass_obj
def serve(given: Invocation) -> None:
    """Readers, listeners, web form and processing in one process: a child of `run`."""
    desk = given.desk()
    pieces, nudge = _processing(desk)
    pieces |= _channels(desk, desk.settings.mailboxes, nudge)
    if desk.settings.web.enabled:
        pieces |= _web(desk, nudge)
    run_pieces(pieces, patient=True, tell=lambda name, why: _tell(desk, name, why))


@needs_no_desk
@click.command()
@click.argument("mailboxes", nargs=-1)
@click.pass_obj
def poll(given: Invocation, mailboxes: tuple[str, ...]) -> None:
    """Only read mailboxes of type imap and maildir.

    All of them, or the named ones. Where there is none it waits to be stopped.
    """
    _channels_only(given, mailboxes, Mode.POLLS)


@needs_no_desk
@click.command()
@click.argument("mailboxes", nargs=-1)
@click.pass_obj
def listen(given: Invocation, mailboxes: tuple[str, ...]) -> None:
    """Only listen for mail, types lmtp and smtp.

    For all such mailboxes, or the named ones. Where there is none it waits to be stopped.
    """
    _channels_only(given, mailboxes, Mode.LISTENS)


@needs_no_desk
@click.command()
@click.pass_obj
def web(given: Invocation) -> None:
    """Only serve the web form, even with enabled = no."""
    desk = given.desk()
    pieces, nudge = _processing(desk)
    run_pieces(pieces | _web(desk, nudge))


@needs_no_desk
@click.command()
@click.pass_obj
def worker(given: Invocation) -> None:
    """Only send the mail we owe.

    Looks after what time alone causes as well.
    """
    desk = given.desk()
    run_pieces({"worker": lambda stop: given.queue.work(desk, stop)})


def _channels_only(given: Invocation, names: Sequence[str], mode: Mode) -> None:
    desk = given.desk()
    boxes = desk.settings.mailboxes
    for name in names:
        if name not in boxes:
            raise UserError(f"There is no mailbox {name}. The config has: {', '.join(boxes)}.")
    chosen = [
        name for name, box in boxes.items() if channel_mode(box.type) is mode and name in (names or boxes)
    ]
    kinds = in_mode(mode)
    if names and not chosen:
        raise UserError(f"There is nothing to do: none of these mailboxes has type = {kinds}.")
    if not chosen:
        # Every piece is started everywhere, by systemd or compose. One with nothing to do that ended
        # would be started again for ever; it goes on, and decides on what others received.
        log.warning("no mailbox of this kind", extra={"types": kinds})
    pieces, nudge = _processing(desk)
    run_pieces(pieces | _channels(desk, chosen, nudge))


def _tell(desk: "Desk", name: str, why: str) -> None:
    """Tell a person of a part that ends again and again."""
    try:
        what = f"A part of the desk ends again and again: {name}: {why} It is started again twice a minute."
        desk.service.wake(desk.service.tells.met(f"part {name}", what, desk.service.clock()))
    except Exception:
        log.warning("nobody could be told", extra={"part": name}, exc_info=True)
    finally:
        desk.store.close()


def _mistakes(desk: "Desk") -> list[str]:
    """Return what is wrong in an admin's own templates: it stops nothing, and is told at each start."""
    if desk.settings.desk.templates is None:
        return []
    from intake.commands.templates import faults

    return faults(desk)


def _processing(desk: "Desk") -> tuple[dict[str, Piece], Callable[[], None]]:
    from intake.app import Processor, get_ready, tell_mistakes

    get_ready(desk)
    processor = Processor(desk.service, after=lambda: tell_mistakes(desk))
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
            what = f"{place}:{settings.port} cannot be listened on ({err.strerror or err})"
            raise UserError(f"{what}: stop what has it, or set another port in [web]") from err
        # Made here: what keeps the pages from being made must not keep mail from being read.
        serve(make_app(desk, nudge), settings, stop, tell)

    return {"web": work}
