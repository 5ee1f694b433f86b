"""Several accounts that mail leaves by: each mail goes by that of the address it is from."""

from collections.abc import Callable, Mapping

from intake.desk.addresses import sent_from
from intake.desk.effects import Outgoing
from intake.ports import Session


class SessionOfEach:
    """A session for each account. Not for two threads at once."""

    def __init__(self, sessions: Mapping[str, Session], accounts: Mapping[str, str]) -> None:
        """`sessions` by the NAME of [smtp NAME], that of [smtp] under ""; `accounts` are those names, by the
        address (lower-cased) in From. What is from another address leaves by [smtp]."""
        self._sessions, self._accounts = sessions, accounts

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        """Send one mail by its account; see `intake.ports.Session`."""
        return self._sessions[self._accounts.get(sent_from(mail.raw), "")].send(mail, before_data)

    def close(self) -> None:
        """Quit everywhere; never raises."""
        for session in self._sessions.values():
            session.close()
