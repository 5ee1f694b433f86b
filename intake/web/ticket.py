"""The progress page: `/t/…` shows a ticket to its requester, who can add to it, close and reopen it."""

import logging
import re

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from intake import __version__
from intake.desk import lifecycle, links, silence, stolen, tokens
from intake.desk.effects import Effect, Mail
from intake.desk.mails import alerts
from intake.desk.message import Envelope
from intake.desk.sla_target import Target
from intake.desk.text.said import said
from intake.desk.ticket import Status, Ticket
from intake.desk.tokens import Purpose
from intake.ports import Arrival, Temporary
from intake.web import form, progress, text
from intake.web.attached import POLICY, disposition, shown_type
from intake.web.body import Body
from intake.web.message import FormPost, build
from intake.web.secret import SigningSecret
from intake.web.shared import RETRY_SECONDS
from intake.web.signing import Opened

log = logging.getLogger("intake.web")

_COUNT = re.compile(r"\d{1,6}", re.ASCII)


class TicketPages(SigningSecret):
    """The views of one ticket."""

    def show(self, token: str) -> AnyResponse:
        """GET /t/…: the page, or 304 and nothing where the reader has it already."""
        opened = self._ticket(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, readable = opened
        shown = self._view(ticket, readable)
        language = self._language(ticket)
        tag = f"{shown.tag}-{language}-{__version__}"
        if request.if_none_match.contains_weak(tag):
            response = Response(status=304)
        else:
            note = request.args.get("done", "")
            known = note if note in ("sent", "solved", "unsolved", "stolen") else ""
            before = request.args.get("had", "")
            had = int(before) if _COUNT.fullmatch(before) else len(shown.said)
            response = self.page(200, token, ticket, shown, done=known, had=had)
        response.set_etag(tag, weak=True)
        return response

    def post(self, token: str) -> AnyResponse:
        """POST /t/…: what was typed becomes a message to the ticket and takes the road of all mail."""
        opened = self._ticket(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, readable = opened
        body = self._shared.body(self._shared.room)
        typed = text.body(body.fields.get("message", ""))
        faults = _faults(body, typed)
        status, note, wait = self._refusal(body.fields.get("token", ""), token)
        if not status and "unkept" in body.problems:
            status, note, wait = 503, "note_later", RETRY_SECONDS
        elif not status and "broken" in body.problems:
            status, note = 400, "note_again"
        elif not status and faults:
            status, note = 413 if body.problems else 422, "note_faults"
        elif not status and self._unheard(ticket):
            status, note = 409, "unsolved_hint"
        had = len(self._view(ticket, readable).said)
        if not status:
            status, note, wait = self._deliver(ticket, body, typed)
        if not status:
            return self._back(token, ticket, "sent", had=str(had))
        shown = self._view(ticket, readable)
        lost = bool(body.files or body.problems)
        return self.page(status, token, ticket, shown, typed, faults, note, wait, files_lost=lost)

    def solved(self, token: str) -> AnyResponse:
        """POST /t/…/solved: close the ticket for its requester."""
        return self._move(token, "solved")

    def unsolved(self, token: str) -> AnyResponse:
        """POST /t/…/unsolved: open it again, and tell its agents."""
        return self._move(token, "unsolved")

    def stolen(self, token: str) -> AnyResponse:
        """POST /t/…/stolen: money left without its requester; urgent, and the security team's."""
        return self._move(token, "stolen")

    def file(self, token: str, entry: int, place: int, preview: bool = False) -> AnyResponse:
        """GET /t/…/file/…: a file of the conversation, to be saved and never shown in place.

        `preview`: the small picture of it that we made ourselves, to be shown.
        """
        opened = self._ticket(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, readable = opened
        entries = self._desk.store.tickets.entries(ticket.id)
        shown = progress.view(ticket, entries, readable, self._desk.service.clock())
        attachment = next(
            (f for said in shown.said for f in said.files if (f.entry, f.place) == (entry, place)), None
        )
        digest = progress.public_file(entries, entry, place) if attachment else None
        store = self._desk.store
        content = (store.previews.get(digest) if preview else store.tickets.file(digest)) if digest else None
        if attachment is None or content is None:
            return self._pages.problem(404)
        if preview:
            kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
            response = Response(content, content_type=kind)
            response.headers["Content-Security-Policy"] = POLICY
            return response
        kind = next(f.media_type for row in entries if row.id == entry for f in row.files[place : place + 1])
        response = Response(content, content_type=shown_type(kind))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Content-Disposition"] = disposition(attachment.name)
        return response

    # -- steps -----------------------------------------------------------------------

    def _ticket(self, text_: str) -> tuple[Ticket, bool] | None:
        """Return the ticket, and whether its conversation may be read; None when the link is void."""
        opened = self._opened(text_, Purpose.PROGRESS)
        if opened is None:
            return None
        number, mailed = links.opened(opened[0].person)
        if number != opened[1].link:
            return None
        ticket, end = opened[1], self._desk.store.tickets.end(opened[1])
        if end.requester.key == ticket.requester.key:
            # Merged with another of the same person's: there it goes on.
            ticket = end
            self._shared.brands.show(ticket.mailbox)
        return ticket, mailed and self._desk.settings.web.show_conversation

    def _view(self, ticket: Ticket, readable: bool) -> progress.View:
        entries = self._desk.store.tickets.entries(ticket.id)
        closing = self._desk.store.silence.closes_at(ticket.id) if self._closes else None
        exposed = self._desk.store.finds.exposed(ticket.id)
        shown = progress.view(ticket, entries, readable, self._desk.service.clock(), closing, exposed)
        report = next((p.due for p in ticket.promises if p.target is Target.REPORT), None)
        incident = self._desk.store.incidents.of_ticket(ticket.id) if report else None
        return progress.with_incident(shown, incident, report)

    @property
    def _closes(self) -> bool:
        """Whether tickets are closed after silence."""
        return silence.reminded_after(self._desk.policy) is not None

    def _deliver(self, ticket: Ticket, body: Body, typed: str) -> tuple[int, str, int]:
        opened = self._signer.read_form(body.fields.get("token", ""), self._desk.service.clock())
        if opened is None:
            return 400, "note_again", 0
        to = self._address(ticket, opened)
        post = FormPost(
            opened.key,
            opened.at,
            ticket.requester.name,
            ticket.requester.mailbox,
            ticket.subject,
            typed,
            body.files,
            ticket.language,
        )
        envelope = Envelope("form", ticket.mailbox, ticket.requester.mailbox, (to,))
        try:
            got = self._desk.service.receive([Arrival(build(post, to), envelope)])
        except Temporary as err:
            log.warning("a post to a ticket could not be stored for now: %s", type(err).__name__)
            return 503, "note_later", RETRY_SECONDS
        log.info("post to ticket %d stored as message %d", ticket.id, got[0].ledger_id)
        self._shared.nudge(got[0].ledger_id)
        return 0, "", 0

    def _address(self, ticket: Ticket, opened: Opened) -> str:
        """Return the ticket's own reply address, the same for the same form: one post is one message."""
        expires = tokens.lifetime(opened.at, self._desk.settings.desk.reply_days)
        token = tokens.make(self._desk.keys[0], Purpose.CUSTOMER, ticket.id, 0, expires)
        return tokens.address(self._desk.policy.mailbox(ticket.mailbox).address, token)

    def _move(self, token: str, how: str) -> AnyResponse:
        opened = self._ticket(token)
        if opened is None:
            return self._pages.problem(404)
        ticket, readable = opened
        body = self._shared.body(0)
        status, note, wait = self._refusal(body.fields.get("token", ""), token)
        if not status:
            try:
                effects = self._effects(ticket, how)
                if effects:
                    self._desk.service.act(effects)
            except Temporary:
                status, note, wait = 503, "note_later", RETRY_SECONDS
        if not status:
            return self._back(token, ticket, how)
        shown = self._view(ticket, readable)
        return self.page(status, token, ticket, shown, note=note, wait=wait)

    def _effects(self, ticket: Ticket, how: str) -> list[Effect]:
        """Return what a button does. The page tells its reader; a mail would only say it again."""
        by = "the requester"
        if how == "solved":
            return [e for e in lifecycle.close(ticket, by, "") if not isinstance(e, Mail)]
        if how == "stolen":
            return self._alarm(ticket)
        if not self._may_reopen(ticket):
            return []
        opened = lifecycle.reopen(ticket, by, "", waits=True)
        effects = [e for e in opened if not isinstance(e, Mail)]
        sentence = said(
            "The requester says that ticket #{number} is not solved, and has opened it again.",
            number=ticket.id,
        )
        key = f"unsolved:{ticket.id}:{links.closing(ticket, ticket.updated_at)}"
        return effects + alerts(ticket.id, self._agents(ticket), sentence, key)

    def _alarm(self, ticket: Ticket) -> list[Effect]:
        """Return what the button of theft does: its agents are told, and the security team."""
        if not self._may_alarm(ticket):
            return []
        policy, enabled = self._desk.policy, self._desk.store.agents.enabled
        team = policy.triage.security_team
        readers = [*self._agents(ticket), *(enabled(team) if team else ())]
        each = {agent.id: agent for agent in readers}.values()
        return stolen.pressed(ticket, each, policy, self._desk.service.clock())

    def _may_alarm(self, ticket: Ticket) -> bool:
        """Whether the button of theft is there: not on what is kept as spam, or closed for good."""
        closed = ticket.status is Status.CLOSED and not self._may_reopen(ticket)
        return self._desk.policy.triage.asks and not ticket.spam and not closed

    def _may_reopen(self, ticket: Ticket) -> bool:
        if ticket.status is not Status.CLOSED or ticket.closed_at is None:
            return False
        return (self._desk.service.clock() - ticket.closed_at).days < self._desk.policy.reopen_days

    def _unheard(self, ticket: Ticket) -> bool:
        """Whether what is written here would be kept with spam, of which nobody is told."""
        return ticket.spam and self._may_reopen(ticket)

    def _back(self, token: str, ticket: Ticket, done: str, had: str | None = None) -> AnyResponse:
        return redirect(url_for("ticket", token=token, lang=self._language(ticket), done=done, had=had), 303)

    def page(
        self,
        status: int,
        token: str,
        ticket: Ticket,
        shown: progress.View,
        typed: str = "",
        faults: list[str] | None = None,
        note: str = "",
        wait: int = 0,
        done: str = "",
        files_lost: bool = False,
        had: int = 0,
    ) -> Response:
        """Return the page of a ticket, with what was typed and what is wrong with it.

        `had`: how many messages stood there before the one that was just sent.
        """
        language = self._language(ticket)

        def link(endpoint: str) -> str:
            return url_for(endpoint, token=token, lang=language)

        response = self._pages.page(
            "ticket",
            status,
            language,
            self._zone(ticket),
            language_links=self._languages("ticket", token),
            shown=shown,
            tag=f"{shown.tag}-{language}-{__version__}",
            closed=ticket.status is Status.CLOSED,
            may_reopen=self._may_reopen(ticket),
            reopens=self._desk.policy.reopen_days > 0,
            unheard=ticket.spam,
            # Nobody would read it before the ticket is opened again.
            may_write=bool(typed) or not self._unheard(ticket),
            file_link=lambda f: url_for("ticket_file", token=token, entry=f.entry, place=f.place),
            preview_link=lambda f: url_for("ticket_preview", token=token, entry=f.entry, place=f.place),
            size=lambda count: self._pages.size(count, language),
            typed=typed,
            faults=faults or [],
            note=note,
            done=done,
            had=had,
            files_lost=files_lost,
            token=self._signer.form(f"{token} {self._unique()}", self._desk.service.clock()),
            room=self._pages.size(self._shared.room, language),
            room_bytes=self._shared.room,
            here=link("ticket"),
            may_alarm=self._may_alarm(ticket),
            stolen=link("ticket_stolen"),
            solved=link("ticket_solved"),
            unsolved=link("ticket_unsolved"),
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response


def _faults(body: Body, typed: str) -> list[str]:
    faults: list[str] = [key for key in ("files_large", "files_many") if key in body.problems]
    if not typed and not body.files and not faults:
        faults.append("message_missing")
    if len(typed.encode()) > form.MAX_TEXT_BYTES or "cut" in body.problems:
        faults.append("message_long")
    return faults
