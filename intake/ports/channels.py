"""The ways in and out."""

import threading
from collections.abc import Callable
from typing import Protocol

from intake.desk.effects import Outgoing
from intake.ports.mailboxes import Mailboxes


class Session(Protocol):
    """One SMTP connection, kept between mails."""

    def send(self, mail: Outgoing, before_data: Callable[[], bool]) -> str:
        """Send one mail; `before_data` is called between RCPT and DATA and may say no (False:
        nothing is sent, Temporary is raised). Returns the server's reply text.

        Raises Temporary, Permanent, or Ambiguous (the end came after DATA began).
        """

    def close(self) -> None:
        """Quit; never raises."""


class Channel(Protocol):
    """A way in that fetches: reads until `stop` is set, hands batches to `receive`."""

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; reconnect by itself."""


class ChannelStore(Protocol):
    """What a channel needs of the store, beside `receive`."""

    @property
    def mailboxes(self) -> Mailboxes:
        """Leases on mailboxes, what was fetched from them, and how the last reading went."""
