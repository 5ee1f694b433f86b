"""The command `intake`: assembles its groups, and is the only access to the job queue."""

import importlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intake import __version__
from intake.commands.common import Invocation
from intake.commands.errors import Errors, bound_numbers
from intake.commands.examples import show_examples
from intake.desk.text.counting import counted

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings

# Command name to the module and name of its code, in the order that the help shows.
COMMANDS = {
    "init": ("init", "init"),
    "check": ("check.command", "check"),
    "run": ("serve", "run"),
    "status": ("status", "status"),
    "watch": ("watch", "watch"),
    "ticket": ("ticket.group", "ticket"),
    "escalate": ("escalations", "escalate"),
    "escalation": ("escalations", "escalation"),
    "incident": ("incidents", "incident"),
    "evidence": ("evidence", "evidence"),
    "hold": ("holds", "hold"),
    "policy": ("policies", "policy"),
    "calendar": ("policies", "calendar"),
    "search": ("search", "search"),
    "rules": ("rules", "rules"),
    "person": ("persons", "person"),
    "canned": ("canned", "canned"),
    "survey": ("surveys", "survey"),
    "report": ("report", "report"),
    "message": ("messages", "message"),
    "why": ("messages", "why"),
    "secret": ("secrets", "secret"),
    "quarantine": ("messages", "quarantine"),
    "outbox": ("outbox", "outbox"),
    "agent": ("agents", "agent"),
    "team": ("teams", "team"),
    "template": ("templates", "template"),
    "mailbox": ("mailboxes", "mailbox"),
    "oauth": ("oauth", "oauth"),
    "apikey": ("apikeys", "apikey"),
    "block": ("blocks", "block"),
    "guard": ("guard", "guard"),
    "phishing": ("phishing", "phishing"),
    "brake": ("brake", "brake"),
    "dkim": ("dkim", "dkim"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
    "migrate": ("migrate", "migrate"),
    "move": ("move", "move"),
    "fsck": ("fsck", "fsck"),
    "audit": ("audit", "audit"),
    "erase": ("erase", "erase"),
    "act": ("acts", "act"),
    "import": ("imports", "imports"),
    "ingest": ("ingest", "ingest"),
    "parse": ("parse", "parse"),
    "poll": ("serve", "poll"),
    "listen": ("serve", "listen"),
    "web": ("serve", "web"),
    "worker": ("serve", "worker"),
    "completion": ("completion", "completion"),
    "demo": ("demo", "demo"),
    "_serve": ("serve", "serve"),
}


class Intake(Errors):
    """The top group. A command's module is imported when the command, or the help, is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"intake.commands.{module}"), name)
        show_examples(command, cmd_name)
        bound_numbers(command)
        return command


class HueyQueue:
    """The job queue for the commands. Nothing in intake/ may import it, so it is passed to them."""

    def __init__(self) -> None:
        self._made: list[Any] = []
        self._asked: Any = None
        self._asks: Any = None

    def _make(self, settings: "Settings") -> Any:
        from intake.queue.app import make_huey

        huey = make_huey(settings)
        self._made.append(huey)
        return huey

    def close(self) -> None:
        """Close the connections of this thread."""
        self._asked = self._asks = None
        while self._made:
            self._made.pop().storage.close()

    def wake(self, settings: "Settings") -> Callable[[Sequence[int]], None]:
        """Return the function that notifies the queue of due outbox ids."""

        def ring(ids: Sequence[int]) -> None:
            self._jobs(settings).wake(ids)

        return ring

    def summon(self, settings: "Settings") -> Callable[[], None]:
        """Return the function that asks a worker to decide on what was received."""
        return lambda: self._jobs(settings).summon()

    def _jobs(self, settings: "Settings") -> Any:
        if self._asks is None:
            # Most commands send no mail; loading huey takes longer than everything else they do.
            from intake.queue.tasks import register

            self._asks = register(self._make(settings))
        return self._asks

    def work(self, desk: "Desk", stop: threading.Event) -> None:
        """Deliver until `stop` is set."""
        from intake.queue.worker import run

        run(desk, stop)

    def check(self, settings: "Settings") -> str:
        """Return a sentence about the queue's state; raise when it cannot be used."""
        return f"the job queue works; {counted(self.waiting(settings), 'job', 'is', 'are')} waiting"

    def waiting(self, settings: "Settings") -> int:
        """Return how many jobs wait; raise when the queue cannot be used."""
        if self._asked is None:
            # Kept: `intake watch` asks repeatedly, and a new one each time leaves its files open.
            self._asked = self._make(settings)
        return int(self._asked.pending_count())


@click.group(
    cls=Intake,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: intake init, then intake check, then intake run\n\n"
    "Exit codes: 0 success, 1 failed or not found, 2 wrong usage, 75 try again later.",
)
@click.option(
    "--config",
    metavar="FILE",
    envvar="INTAKE_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Config file. Default: $INTAKE_CONFIG, ./intake.ini, /etc/intake/intake.ini.",
)
@click.version_option(__version__, prog_name="intake")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Headless help desk: support email and web forms in, tickets and replies out."""
    queue = HueyQueue()
    ctx.call_on_close(queue.close)
    ctx.obj = Invocation(queue, config)


if __name__ == "__main__":
    # Run as a file and not installed: the processes that this one starts must find the package too.
    known = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([sys.path[0], *([known] if known else [])])
    main()
