"""What the commands share: the config, the acting agent, common options and errors."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeVar

import click

from intake import terminal
from intake.commands.who import by_hand, login
from intake.ports import UserError

if TYPE_CHECKING:
    import threading

    from intake.app import Desk
    from intake.config.sections import Settings
    from intake.desk.ticket import Agent

FAILED = 1
USAGE = 2
# From sysexits.h, which mail servers read after a pipe.
EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_TEMPFAIL, EX_CONFIG = 64, 65, 66, 75, 78

PLACES = (Path("intake.ini"), Path("/etc/intake/intake.ini"))

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON (stable keys).")
acting_as = click.option(
    "--as",
    "as_",
    metavar="AGENT",
    envvar="INTAKE_AGENT",
    default="",
    help="Act as this agent (email address).",
)
limited = click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Maximum number of rows."
)


class Queue(Protocol):
    """The job queue, which only the entry module may import."""

    def wake(self, settings: "Settings") -> Callable[[Sequence[int]], None]:
        """Return the function that notifies the queue of due outbox ids."""

    def summon(self, settings: "Settings") -> Callable[[], None]:
        """Return the function that asks a worker to decide on what was received."""

    def work(self, desk: "Desk", stop: "threading.Event") -> None:
        """Deliver until `stop` is set."""

    def check(self, settings: "Settings") -> str:
        """Return a sentence about the queue's state; raise when it cannot be used."""

    def waiting(self, settings: "Settings") -> int:
        """Return how many jobs wait; raise when the queue cannot be used."""


Said = TypeVar("Said", bound=click.Command)
# Whether a command needs an existing desk, as it was marked.
_NEEDS_DESK: dict[click.Command, bool] = {}


def needs_desk(command: Said) -> Said:
    """Mark a command that needs an existing desk.

    A group's mark holds for its commands, unless one has its own.
    """
    _NEEDS_DESK[command] = True
    return command


def needs_no_desk(command: Said) -> Said:
    """Mark a command that creates the desk if need be, or does without."""
    _NEEDS_DESK[command] = False
    return command


def says_of_desk(path: Sequence[click.Command]) -> bool | None:
    """Return whether the last command of `path` needs an existing desk; None if none is marked."""
    return next((_NEEDS_DESK[name] for name in reversed(path) if name in _NEEDS_DESK), None)


@dataclass(slots=True)
class Invocation:
    """One run of the command: its config, read when first needed, and the desk made of it."""

    queue: Queue
    named: Path | None = None
    _settings: "Settings | None" = None
    _desk: "Desk | None" = None

    @property
    def config(self) -> Path:
        """The config file: --config or $INTAKE_CONFIG, else the first of the usual places that is there."""
        if self.named is not None:
            return self.named
        for place in PLACES:
            if place.is_file():
                return place
        raise UserError(
            "There is no config file. Looked for: --config, $INTAKE_CONFIG, "
            f"{', '.join(str(place) for place in PLACES)}. Run `intake init` to write one."
        )

    def settings(self) -> "Settings":
        """Return the settings. Raises ConfigError with all that is wrong with them."""
        if self._settings is None:
            from intake.config import settings as config
            from intake.runtime import logs

            self._settings = config.load(self.config)
            logs.setup(self._settings.desk.log_level, self._settings.desk.log_format)
        return self._settings

    def adopt(self, settings: "Settings") -> None:
        """Use these settings instead of the file's."""
        self._settings = settings

    def desk(self) -> "Desk":
        """Return the desk; queued mail wakes its worker."""
        if self._desk is None:
            from intake.app import build
            from intake.runtime.clock_leap import Steady
            from intake.service.sending import LEASE

            settings = self.settings()
            if says_of_desk(_asked()):
                expect_a_desk(settings.desk.data)
                _expect_its_database(settings.store.url, settings.desk.data)
            self._desk = build(settings, self.queue.wake(settings), Steady(LEASE))
        return self._desk

    def close(self) -> None:
        """Close the database."""
        if self._desk is not None:
            self._desk.store.close()
            self._desk = None

    def agent(self, address: str) -> "Agent":
        """Return the enabled agent who acts. Raises UserError when there is none of that address.

        That none was named at all is wrong usage.
        """
        if not address:
            raise click.UsageError(
                "No agent given: use --as AGENT (or set INTAKE_AGENT). `intake agent list` shows them."
            )
        agent = self.desk().store.agents.by_address(address)
        if agent is None or not agent.enabled:
            raise UserError(f"There is no enabled agent {address}. `intake agent list` shows them.")
        return agent

    def actor(self, address: str) -> str:
        """Return the name an action is recorded under: the agent's, or else the login name."""
        return self.agent(address).name if address else login()

    def record(self, who: str, action: str) -> None:
        """Write into the audit trail what was done."""
        self.desk().store.upkeep.record_audit(who, action, now(), by_hand())


def _asked() -> list[click.Command]:
    """Return the command that runs, behind the groups it stands in."""
    path: list[click.Command] = []
    context = click.get_current_context(silent=True)
    while context is not None:
        path.insert(0, context.command)
        context = context.parent
    return path


def expect_a_desk(data: Path) -> None:
    """Refuse a missing desk: a new one in its place would look healthy and empty."""
    from intake.config.settings import KEY_FILE

    if not (data / KEY_FILE).exists():
        raise UserError(
            f"There is no desk in {data}: {KEY_FILE} is missing. If there was one, mount its disk, put "
            "[desk] data right or run `intake restore`; `intake run` creates a new one."
        )


def _expect_its_database(url: str, data: Path) -> None:
    """Refuse a desk whose SQLite file is gone, for the same reason.

    `intake init` leaves only a key; a desk that ran has left more beside it.
    """
    from intake.store.opening import sqlite_path
    from intake.store.upkeep.to_postgres import moved_to

    if not url.startswith("sqlite:") or os.path.exists(sqlite_path(url, data)):
        return
    path = sqlite_path(url, data)
    if moved_to(path).exists():
        return  # Opening it raises a better error.
    if any((data / name).exists() for name in ("run.lock", "blobs", f"{path.name}.lock")):
        raise UserError(
            f"The database {path} is gone, and there was a desk in {data}. Mount its disk, put [store] url "
            "right, or run `intake restore` into a new data folder; `intake run` creates a new database."
        )


def now() -> datetime:
    """Return the present moment, aware, UTC."""
    return datetime.now(UTC)


def not_found(problem: str, cure: str) -> NoReturn:
    """End with exit code 1: there is no such thing."""
    raise UserError(f"{problem} {cure}")


def text_of(text: str | None, file: str | None) -> str:
    """Return what is to be written: the option's text, a file's ("-": standard input), or standard input's.

    Raises UserError when there is nothing in it or it is not UTF-8.
    """
    if text is not None and file is not None:
        raise click.UsageError("Give either --text or FILE, not both.")
    if text is None:
        source = file or "-"
        if source == "-":
            if sys.stdin.isatty():
                terminal.warn("Type the text; end it with Ctrl-D on a line of its own.")
            data = sys.stdin.buffer.read()
        else:
            try:
                data = Path(source).read_bytes()
            except OSError as err:
                raise UserError(f"{source} cannot be read: {err.strerror}.") from err
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as err:
            raise UserError("The text is not UTF-8. Save it as UTF-8 and try again.") from err
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UserError("There is no text. Give --text, a FILE, or write it to standard input.")
    return text
