"""The status of a desk, painted again and again."""

from command_line import Run

from intake import terminal
from intake.commands.watch import frame
from intake.ports import Temporary


def test_watch_needs_a_terminal_and_paints_within_it(intake: Run) -> None:
    assert "needs a terminal" in intake("watch", code=1).output

    def draw() -> None:
        for n in range(50):
            terminal.say(f"line {n}")

    painted = frame(draw, 10)
    assert (9, True) == (painted.count("\n"), painted.startswith("\x1b[H"))

    def busy() -> None:
        raise Temporary("the database is locked")

    assert "the database is locked" in frame(busy, 10)
