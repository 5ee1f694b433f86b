"""What all views have in common: the desk, the pages, the limits, and handing a post over."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from intake.desk.message import Envelope
from intake.mail import gate
from intake.ports import Admission, Arrival, Large, Received, Temporary
from intake.views import MessageRow
from intake.web import form, pages
from intake.web.body import Body, read_body
from intake.web.brands import Brands
from intake.web.help_shelf import HelpShelf
from intake.web.limits import Limits, Rules
from intake.web.server import MIB
from intake.web.signing import Signer
from intake.web.spool import Spool

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.web")

# Around the files in a message: its header, 256 KiB of text in base64, heads of parts.
MESSAGE_SLACK = MIB // 2
# When to come again while the database takes nothing.
RETRY_SECONDS = 60
_LOOK_EVERY = 0.05


class Shared:
    """Made once a process, used by every thread."""

    def __init__(self, desk: "Desk", received: Callable[[], None], patience: float) -> None:
        settings = desk.settings
        self.desk, self._received, self._patience = desk, received, patience
        self.brands = Brands(settings)
        self.signer = Signer(desk.keys)
        self.limits = Limits(desk)
        self.shelf = HelpShelf(desk)
        self.questions = form.questions(settings)
        self.room = files_limit(settings.web.max_post_mb, settings.desk.max_message_mb)
        self.pages = pages.Pages(
            self.brands, settings.desk.language, settings.desk.timezone, lambda: desk.service.clock()
        )

    @property
    def mailbox(self) -> str:
        """The mailbox that a request by form comes to here."""
        return self.brands.mailbox

    @property
    def address(self) -> str:
        """The address of that mailbox."""
        return self.desk.settings.mailboxes[self.mailbox].address

    def body(self, room: int) -> Body:
        """Return what the post at hand holds, with up to `room` bytes of files; good until it is answered."""
        spool = g.spool = Spool(self.desk.settings.desk.data)
        try:
            body = read_body(request.stream, request.headers.get("Content-Type", ""), room, spool)
        except RequestEntityTooLarge:
            body = Body(problems={"files_large"})
        cut = request.environ.get("intake.body_cut")
        if cut:
            # The server kept the beginning of the post: fields come before files.
            body.problems = (body.problems - {"broken"}) | {cut}
            body.files.clear()
        return body

    def take(self, raw: bytes | Large, channel: str, sender: str, rules: Rules) -> Received:
        """Hand a message to the desk and have it processed; return its row.

        Once this returns the message is durable. Raises NoRoom where the rules leave no room for it now,
        Temporary when it could not be stored.
        """
        arrival = Arrival(raw, Envelope(channel, self.mailbox, sender, (self.address,)))
        (got,) = self.desk.service.receive([arrival], Admission(rules))
        self.nudge(got.ledger_id)
        return got

    def nudge(self, ledger_id: int) -> None:
        """Have a message processed that is durable; a nudge that fails only means that the sweep finds it."""
        try:
            self._received()
        except Exception:
            log.exception("the desk could not be told of message %d; the sweep finds it", ledger_id)

    def outcome(self, ledger_id: int, patient: bool = True) -> MessageRow | None:
        """Return the row of a message, waiting a moment for its outcome; None when it is not to be had.

        Most are through in a tenth of a second, and nobody likes a page that says "ask again".
        """
        end = time.monotonic() + (self._patience if patient else 0)
        while True:
            try:
                row = self.desk.store.ledger.message(ledger_id)
            except Temporary:
                return None
            if row is None or row.outcome is not None or row.state != "waiting" or time.monotonic() >= end:
                return row
            time.sleep(_LOOK_EVERY)

    @property
    def ip(self) -> str:
        """Where the request at hand comes from."""
        return request.remote_addr or ""


def forget_files(error: BaseException | None = None) -> None:
    """Give up the files of the request that ends here."""
    spool: Spool | None = g.pop("spool", None)
    if spool is not None:
        spool.close()


def files_limit(max_post_mb: int, max_message_mb: int) -> int:
    """Return how many bytes of files fit into a post and, grown by base64 (78/57), into a message.

    What is over the parser's own limit would only be quarantined.
    """
    message = min(max_message_mb * MIB, gate.MAX_BYTES)
    return min(max_post_mb * MIB, (message - MESSAGE_SLACK) * 57 // 78)
