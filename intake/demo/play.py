"""One performance of the demo, from the opening of the stage to its result."""

import subprocess
import threading

from intake.demo.scenes import SCENES, Play
from intake.demo.show import Screen
from intake.demo.stage import Stage, stage
from intake.ports import UserError
from intake.testing import Unavailable


def main(once: bool) -> int:
    """Play the day; then leave the desk running until Ctrl-C, or end at once. Returns the exit code:
    0 when all was as it should be.

    Raises UserError when the demo's mail server is not installed.
    """
    screen = Screen()
    screen.title(
        "Intake: a day at a support desk",
        "Everything here is real and on this machine: a mail server, the desk with all its processes, and "
        "an inbox that keeps what the desk sends. It needs no setting up and leaves nothing behind.",
    )
    try:
        with stage() as here:
            _perform(here, screen)
            screen.end()
            if not once and not screen.failed:
                _stay(here, screen)
            screen.equal("the desk stops cleanly when asked to", 0, here.stop_desk())
    except Unavailable as err:
        raise UserError(f"{err}. Run: pip install 'intake-desk[demo]'") from err
    except KeyboardInterrupt:
        screen.tell("Stopped.")
    return 1 if screen.failed else 0


def _perform(here: Stage, screen: Screen) -> None:
    here.width = screen.console.width - 4
    play = Play(here, screen)
    for scene in SCENES:
        try:
            scene(play)
        except subprocess.CalledProcessError as err:
            said = err.stderr.decode(errors="replace").strip()
            screen.check(f"{scene.__name__}: the command works", False, f"{err.cmd[5:]}: {said}")
            break
        except (TimeoutError, LookupError, RuntimeError, OSError) as err:
            screen.check(f"{scene.__name__}: it happens", False, f"{type(err).__name__}: {err}")
            break
    if screen.failed:
        screen.passage("the desk's log", here.log.read_text(errors="replace")[-4000:], "red")


def _stay(here: Stage, screen: Screen) -> None:
    """Leave the desk to the visitor until Ctrl-C."""
    screen.scene("Yours to try")
    screen.facts(
        (
            ("the form", here.form),
            ("the help pages", f"{here.form}help/"),
            ("the desk", f"intake --config {here.config} ticket list"),
            ("a mail of yours", f"intake --config {here.config} ingest FILE.eml"),
            ("its mailbox", f"IMAP 127.0.0.1:{here.imap.port}, user {here.imap.user}, {here.imap.password}"),
            ("its log", str(here.log)),
        )
    )
    screen.tell("Ctrl-C ends it, and all of it is gone.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        screen.tell("Stopped.")
