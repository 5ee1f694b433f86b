"""The kinds of failure that the service knows."""

from collections.abc import Callable


class Temporary(Exception):
    """Try again later: the same call may succeed."""


class SenderRefused(Temporary):
    """The server refuses the address that the desk sends from: such mail waits until an admin acts."""


class Unreachable(Temporary):
    """The database did not answer, went away or is too busy: no fault of what it was asked for."""


class NoLogin(Temporary):
    """The account cannot be logged in to now: what is wrong, and what to do about it.

    No fault of any mail: what waits for it was not tried.
    """

    def __init__(self, problem: str, cure: str = "It is tried again") -> None:
        super().__init__(f"{problem}. {cure}")
        self.problem, self.cure = problem, cure


class NeedsLogin(NoLogin):
    """Nor will it by waiting: a person has to log in again, or to put the account right."""


class NotKept(Temporary):
    """One of what was handed over cannot be kept, for a reason that need not be the others'.

    Nothing was stored; hand them over one by one, and those that can be are.
    """


class NoRoom(Exception):
    """A post of the web for which there is no room now; `wait` says in how many seconds there is."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"no room for {wait} s")
        self.wait = wait


class Underway(Temporary):
    """Somebody is being asked and has not answered yet; `wait(seconds)` waits for the answer."""

    def __init__(self, text: str, wait: Callable[[float], object]) -> None:
        super().__init__(text)
        self.wait = wait


class Permanent(Exception):
    """Do not try again: the answer will not change."""


class Ambiguous(Exception):
    """The peer may or may not have taken the mail: the end came after the final dot."""


class Unreadable(Exception):
    """The mail could not be read within its limits; the text says which, in plain words."""


class UserError(Exception):
    """Shown to a person without a traceback; says what to do next."""
