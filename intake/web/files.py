"""The page behind a link to one file: `/file/…` shows what it is, a post downloads it, once.

Whoever fetches the page, programs that look through mail among them, uses nothing up. The link is
used up when a download came to its end, or the third was begun: one that broke off can be begun anew.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from intake.desk import file_tokens
from intake.desk.effects import Record
from intake.desk.file_tokens import MOST_BEGUN, FileToken
from intake.desk.kept_files import KeptFile
from intake.desk.sensitive.reading import FileState
from intake.desk.sensitive.scan import hidden
from intake.desk.ticket import Agent
from intake.ports import Temporary
from intake.web.attached import POLICY, disposition, shown_type
from intake.web.origin import is_foreign
from intake.web.sent import WHEN_SENT
from intake.web.shared import RETRY_SECONDS, Shared
from intake.web.text import one_line

log = logging.getLogger("intake.web")

AUTHORITY = "link to a file"
WhenSent = Callable[[Callable[[], None]], None]


def _at_once(end: Callable[[], None]) -> None:
    """Of a server that does not tell when an answer has left."""
    end()


@dataclass(frozen=True, slots=True)
class _Opened:
    token: FileToken
    agent: Agent
    file: KeptFile
    # What the link is known by where its use is counted.
    hashed: str


class FilePages:
    """The views of one file of a ticket, for the agent whose link it is."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk, self._pages = shared, shared.desk, shared.pages

    def show(self, token: str) -> AnyResponse:
        """GET /file/…: name, size and a button. Nothing is used up by it."""
        opened = self._opened(token)
        if opened is None or not self._desk.store.downloads.usable(opened.hashed, MOST_BEGUN):
            return self._gone(token)
        return self._page("file", 200, opened.agent, opened=opened)

    def post(self, token: str) -> AnyResponse:
        """POST /file/…: the file, to be saved and never shown in place."""
        opened = self._opened(token)
        if opened is None:
            return self._gone(token)
        if is_foreign(self._shared.brands.hosts, strict=False):
            return self._page("file", 403, opened.agent, opened=opened)
        try:
            response = self._download(opened)
        except Temporary as err:
            log.warning("a file could not be read: %s", err, extra={"ticket": opened.token.ticket})
            response = self._page("file", 503, opened.agent, opened=opened)
            response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response or self._gone(token)

    # -- steps -----------------------------------------------------------------------

    def _opened(self, text: str) -> _Opened | None:
        """Return what the link opens; None when it is not ours, is over, or its agent is none any more."""
        token = file_tokens.read(self._desk.keys, text)
        if token is None or token.expires < self._desk.service.clock():
            return None
        agent = self._desk.store.agents.by_id().get(token.agent)
        file = self._desk.store.tickets.file_of(token.ticket, token.digest)
        if agent is None or not agent.enabled or file is None or not self._may_leave(file):
            return None
        ticket = self._desk.store.tickets.get(token.ticket) if self._desk.settings.brands else None
        if ticket is not None:
            self._shared.brands.show(ticket.mailbox)
        return _Opened(token, agent, file, hashlib.sha256(text.encode("ascii")).hexdigest())

    def _may_leave(self, file: KeptFile) -> bool:
        """Whether nothing is known against a file; one that is still to be looked into waits."""
        reading = self._desk.store.readings.known([file.sha256]).get(file.sha256)
        return reading is None or not (reading.state.withheld or reading.state is FileState.WAITING)

    def _download(self, opened: _Opened) -> Response | None:
        """Return the answer with the file, None where the link is used up. Raises Temporary."""
        store, file, now = self._desk.store, opened.file, self._desk.service.clock()
        chunks = store.tickets.chunks(file.sha256)
        if chunks is None:
            return None
        # What cannot be read is said before the download counts as begun.
        first = next(chunks, b"")
        if not store.downloads.begin(opened.hashed, MOST_BEGUN, opened.token.expires, now):
            return None
        said = f"download of {hidden(str(file))} begun"
        self._desk.service.act([Record(opened.agent.address, AUTHORITY, said, opened.token.ticket)])
        pieces = self._counted(first, chunks, opened, request.environ.get(WHEN_SENT, _at_once))
        response = Response(pieces, content_type=shown_type(file.media_type))
        response.content_length = file.size
        response.headers["Content-Disposition"] = disposition(hidden(str(file)))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Accept-Ranges"] = "none"
        return response

    def _counted(
        self, first: bytes, chunks: Iterator[bytes], opened: _Opened, when_sent: WhenSent
    ) -> Iterator[bytes]:
        """Yield the file; the link is used up when the last of it has left this machine."""

        def end() -> None:
            try:
                self._desk.store.downloads.end(opened.hashed, self._desk.service.clock())
            except Temporary:
                where = {"ticket": opened.token.ticket}
                log.warning("a download could not be counted as complete", extra=where)

        yield first
        yield from chunks
        when_sent(end)

    def _gone(self, text: str) -> Response:
        """Return the page of a link that does not work, in its agent's language where it was one of ours."""
        token = file_tokens.read(self._desk.keys, text)
        agent = self._desk.store.agents.by_id().get(token.agent) if token else None
        return self._page("file_gone", 404, agent)

    def _page(self, name: str, status: int, agent: Agent | None, opened: _Opened | None = None) -> Response:
        known = (agent.language if agent else "") or self._desk.settings.desk.language
        language = self._pages.language(known)
        links = self._pages.links("file", token=(request.view_args or {}).get("token", ""))
        values: dict[str, object] = {}
        if opened is not None:
            size = self._pages.size(opened.file.size, language)
            values = {
                "file": one_line(hidden(str(opened.file))),
                "size": size,
                "number": opened.token.ticket,
                "until": opened.token.expires,
                "late": status != 200,
            }
        zone = self._desk.policy.zone_of(agent)
        return self._pages.page(name, status, language, zone, language_links=links, **values)
