"""Knowing when an answer has left: waitress takes up to 16 MB from the application before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass

# In the environment of a request: takes what is to be called when all of its answer has been sent.
WHEN_SENT = "intake.when_sent"


@dataclass(frozen=True, slots=True)
class Later:
    """Something to be done by a thread that answers requests, not by the one that moves the bytes."""

    do: Callable[[], None]

    def service(self) -> None:
        """Do it."""
        self.do()

    def cancel(self) -> None:
        """Leave it: the server ends."""


class Sent:
    """What waits until nothing of an answer is left to send; `left` counts its bytes."""

    def __init__(self, left: Callable[[], int], hand_over: Callable[[Later], None]) -> None:
        self._left, self._hand_over = left, hand_over
        self._waits: Callable[[], None] | None = None

    def wait(self, do: Callable[[], None]) -> None:
        """Have something done when all that was written before has been sent: at once where it has."""
        if self._left() == 0:
            do()
        else:
            self._waits = do

    def look(self) -> None:
        """Hand over what waits if nothing is left. To be called whenever something may have been sent."""
        waits = self._waits
        if waits is not None and self._left() == 0:
            self._waits = None
            self._hand_over(Later(waits))
