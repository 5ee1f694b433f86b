"""`intake watch`: the screen of `intake status`, live."""

import io
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from shutil import get_terminal_size

import click

from intake import terminal
from intake.commands.common import Invocation, needs_desk
from intake.commands.status import show
from intake.ports import Temporary, UserError

# The other screen with the cursor out of the way, and back (xterm's private modes 1049 and 25).
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _LINE_END, _REST = "\x1b[H", "\x1b[K", "\x1b[J"


class _Screen(io.StringIO):
    """Takes what is printed, and says that it is a terminal, so that colours stay."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """It is shown on one."""
        return True


@needs_desk
@click.command(epilog="Example: intake watch --every 5")
@click.option(
    "--every",
    type=click.FloatRange(0.5, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between updates.",
)
@click.pass_obj
def watch(ctx: Invocation, every: float) -> None:
    """Watch the desk's status until Ctrl-C."""
    if not sys.stdout.isatty():
        raise UserError("`intake watch` needs a terminal. For scripts use `intake status --json`.")
    ctx.desk()
    sys.stdout.write(_ENTER)
    try:
        while True:
            sys.stdout.write(frame(lambda: show(ctx), get_terminal_size().lines))
            sys.stdout.flush()
            time.sleep(every)
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.write(_LEAVE)
        sys.stdout.flush()


def frame(draw: Callable[[], None], lines: int) -> str:
    """Return what paints one picture over the one before, without flicker, within `lines`."""
    screen = _Screen()
    with redirect_stdout(screen):
        try:
            draw()
        except Temporary as err:
            terminal.say(f"Temporarily unavailable: {err}. Trying again.")
    shown = screen.getvalue().rstrip("\n").split("\n")[: max(lines - 1, 1)]
    return _HOME + "".join(f"{line}{_LINE_END}\n" for line in shown) + _REST
