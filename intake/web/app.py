"""The pages of the web form: `/` to write, `/sent/…` to be told, `/healthz` for machines.

A post becomes a message and takes the road of all mail. Nothing that was typed is
lost: whatever is wrong with a post, the form comes back with the text in it.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from intake.desk.effects import Outcome
from intake.desk.message import Envelope
from intake.mail import gate
from intake.ports import Arrival, Temporary
from intake.web import form, pages
from intake.web.body import Body, read_body
from intake.web.health import HealthPages
from intake.web.limits import RateLimit
from intake.web.message import FormPost, build
from intake.web.origin import is_foreign
from intake.web.server import MIB, SLACK
from intake.web.signing import Opened, Signer
from intake.web.survey import SurveyPages
from intake.web.ticket import TicketPages

if TYPE_CHECKING:
    from intake.app import Desk

log = logging.getLogger("intake.web")

# Nobody reads and fills in a form in less; programs do.
FASTEST_SECONDS = 2.0
RETRY_SECONDS = 60
# Around the files in a message: its header, 256 KiB of text in base64, heads of parts.
MESSAGE_SLACK = MIB // 2


@dataclass(frozen=True, slots=True)
class _Refused:
    """A post that was not taken: the status, and the key of the note above the form."""

    status: int
    note: str
    retry_after: int = 0


def make_app(desk: "Desk", received: Callable[[], None] = lambda: None) -> Flask:
    """Return the WSGI application of `desk`. `received` is called after each message is durable."""
    static = Path(__file__).with_name("static")
    app = Flask("intake.web", static_folder=str(static), static_url_path="/static", template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=desk.settings.web.max_post_mb * MIB + SLACK, SEND_FILE_MAX_AGE_DEFAULT=86400
    )
    site = Site(desk, received)
    app.add_url_rule("/", "form", site.show)
    app.add_url_rule("/", "post", site.post, methods=["POST"])
    app.add_url_rule("/sent/<token>", "sent", site.sent)
    app.add_url_rule("/healthz", "healthz", site.healthz)
    health = HealthPages(desk)
    app.add_url_rule("/readyz", "readyz", health.readyz)
    app.add_url_rule("/metrics", "metrics", health.metrics)
    survey = SurveyPages(*site.shared)
    app.add_url_rule("/survey/<token>", "survey", survey.show)
    app.add_url_rule("/survey/<token>", "survey_post", survey.post, methods=["POST"])
    app.add_url_rule("/survey/<token>/thanks", "survey_thanks", survey.thanks)
    ticket = TicketPages(*site.shared)
    ticket.room = site.room
    app.add_url_rule("/t/<token>", "ticket", ticket.show)
    app.add_url_rule("/t/<token>", "ticket_post", ticket.post, methods=["POST"])
    app.add_url_rule("/t/<token>/solved", "ticket_solved", ticket.solved, methods=["POST"])
    app.add_url_rule("/t/<token>/unsolved", "ticket_unsolved", ticket.unsolved, methods=["POST"])
    app.add_url_rule("/t/<token>/file/<int:entry>/<int:place>", "ticket_file", ticket.file)
    app.register_error_handler(Exception, site.failed)
    app.after_request(pages.secured)
    return app


def files_limit(max_post_mb: int, max_message_mb: int) -> int:
    """Return how many bytes of files fit into a post and, grown by base64 (78/57), into a message.

    What is over the parser's own limit would only be quarantined.
    """
    message = min(max_message_mb * MIB, gate.MAX_BYTES)
    return min(max_post_mb * MIB, (message - MESSAGE_SLACK) * 57 // 78)


class Site:
    """The views, with what they share."""

    def __init__(self, desk: "Desk", received: Callable[[], None]) -> None:
        settings = desk.settings
        self._desk, self._received = desk, received
        self._mailbox = settings.web.mailbox or next(iter(settings.mailboxes))
        self._address = settings.mailboxes[self._mailbox].address
        self._base_host = urlsplit(settings.web.base_url).netloc.lower()
        self._signer = Signer(desk.keys)
        self._limit = RateLimit()
        self.room = files_limit(settings.web.max_post_mb, settings.desk.max_message_mb)
        self._pages = pages.Pages(settings.desk.templates, settings.desk.name, settings.desk.language)

    @property
    def shared(self) -> "tuple[Desk, pages.Pages, Signer, RateLimit, Callable[[], None]]":
        """What the pages behind secret links need of the form's: one limit counts the posts of all."""
        return self._desk, self._pages, self._signer, self._limit, self._received

    # -- views -----------------------------------------------------------------------

    def show(self) -> Response:
        """GET /: an empty form."""
        return self._form(200, form.typed({}), self._new_token())

    def post(self) -> AnyResponse:
        """POST /: hand a message to the desk, or show the form again with what is to be put right."""
        body = self._body()
        values = form.typed(body.fields)
        given = body.fields.get("token", "")
        opened = self._signer.read_form(given, self._desk.service.clock())
        faults = form.check(values, sorted(body.problems))
        refused = self._refused(body, opened, faults)
        if refused is None and opened is not None:
            made, refused = self._deliver(body, values, opened)
            if made is not None:
                return self._done(made)
        token = given if opened is not None else self._new_token()
        had_files = bool(body.files) or any(one.field == "files" for one in faults)
        return self._form(refused.status if refused else 400, values, token, faults, refused, had_files)

    def sent(self, token: str) -> Response:
        """GET /sent/…: what happens next, with the ticket's number once there is one."""
        ledger_id = self._signer.read_sent(token, self._desk.service.clock())
        if ledger_id is None:
            return self._pages.problem(404)
        try:
            row = self._desk.store.message(ledger_id)
        except Temporary:
            row = None
        # Only a new ticket's number is told: another's would say who takes part in it.
        number = row.ticket if row is not None and row.outcome is Outcome.TICKETED else None
        mailbox = self._desk.policy.mailbox(self._mailbox)
        return self._pages.page(
            "sent",
            200,
            number=number,
            progress=self._progress(number),
            address=row.sender if row is not None else "",
            confirms=mailbox.acknowledge,
            waiting=row is None or row.outcome is None,
            reload=url_for("sent", token=token, lang=self._pages.language()),
            again=url_for("form", lang=self._pages.language()),
        )

    def _progress(self, number: int | None) -> str:
        # Whoever typed an address has not shown that it is his: this link opens no conversation.
        ticket = self._desk.store.ticket(number) if number is not None and self._desk.links.base else None
        now = self._desk.service.clock()
        return self._desk.links.progress(ticket, now, mailed=False) if ticket is not None else ""

    def healthz(self) -> Response:
        """GET /healthz: the process answers. It says nothing about the mail server or the queue."""
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    def failed(self, error: Exception) -> Response:
        """Answer what no view did: wrong paths and methods, and our own mistakes (logged)."""
        if isinstance(error, HTTPException):
            return self._pages.problem(error.code or 500)
        if isinstance(error, Temporary):
            log.warning("a page could not be shown for now")
            return self._pages.problem(503)
        log.exception("a page failed", exc_info=error)
        return self._pages.problem(500)

    # -- steps of a post -------------------------------------------------------------

    def _body(self) -> Body:
        try:
            body = read_body(request.stream, request.headers.get("Content-Type", ""), self.room)
        except RequestEntityTooLarge:
            body = Body(problems={"files_large"})
        if request.environ.get("intake.body_cut"):
            # The server kept the beginning of a post that was too large: fields come before files.
            body.problems = (body.problems - {"broken"}) | {"files_large"}
            body.files.clear()
        return body

    def _refused(self, body: Body, opened: Opened | None, faults: list[form.Fault]) -> _Refused | None:
        if is_foreign(self._base_host):
            return _Refused(403, "note_foreign")
        if body.problems & {"files_large", "files_many", "cut"}:
            return _Refused(413, "note_faults")
        if "broken" in body.problems:
            return _Refused(400, "note_broken")
        if opened is None:
            return _Refused(400, "note_stale")
        if body.fields.get(form.HONEYPOT):
            return _Refused(422, "note_hidden")
        if faults:
            return _Refused(422, "note_faults")
        if (self._desk.service.clock() - opened.at).total_seconds() < FASTEST_SECONDS:
            return _Refused(422, "note_fast")
        wait = self._limit.hit(request.remote_addr or "")
        return _Refused(429, "note_often", wait) if wait else None

    def _deliver(
        self, body: Body, values: dict[str, str], opened: Opened
    ) -> tuple[int | None, _Refused | None]:
        sender = form.address(values["email"]) or ""
        post = FormPost(
            key=opened.key,
            opened=opened.at,
            name=values["name"],
            address=sender,
            subject=values["subject"],
            text=values["message"],
            files=body.files,
            language=self._pages.language(),
        )
        envelope = Envelope("form", self._mailbox, sender, (self._address,))
        try:
            got = self._desk.service.receive([Arrival(build(post, self._address), envelope)])
        except Temporary as err:
            log.warning("a form post could not be stored for now: %s", type(err).__name__)
            return None, _Refused(503, "note_later", RETRY_SECONDS)
        except Exception:
            # The typed text goes back to its author: nothing is lost, and the log says what broke.
            log.exception("a form post could not be stored")
            return None, _Refused(500, "note_broke")
        log.info("form post stored as message %d%s", got[0].ledger_id, " (again)" if got[0].known else "")
        return got[0].ledger_id, None

    def _done(self, ledger_id: int) -> AnyResponse:
        # Durable from here on; a nudge that fails only means that the sweep finds it.
        try:
            self._received()
        except Exception:
            log.exception("the desk could not be told of message %d; the sweep finds it", ledger_id)
        token = self._signer.sent(ledger_id, self._desk.service.clock())
        return redirect(url_for("sent", token=token, lang=self._pages.language()), 303)

    def _new_token(self) -> str:
        return self._signer.form(secrets.token_urlsafe(18), self._desk.service.clock())

    def _form(
        self,
        status: int,
        values: dict[str, str],
        token: str,
        faults: list[form.Fault] | None = None,
        refused: _Refused | None = None,
        files_lost: bool = False,
    ) -> Response:
        response = self._pages.page(
            "form",
            status,
            asked=form.ASKED,
            values=values,
            faults=faults or [],
            fault_of={one.field: one.key for one in reversed(faults or [])},
            note=refused.note if refused else "",
            token=token,
            honeypot=form.HONEYPOT,
            files_lost=files_lost,
            room=pages.size(self.room),
            room_bytes=self.room,
            action=url_for("post", lang=self._pages.language()),
        )
        if refused and refused.retry_after:
            response.headers["Retry-After"] = str(refused.retry_after)
        return response
