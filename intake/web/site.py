"""The form: `/` to write, `/sent/…` to be told, both again under `/embed`, and `/healthz` for machines.

A post becomes a message and takes the road of all mail. Nothing that was typed is
lost: whatever is wrong with a post, the form comes back with the text in it.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from intake.desk import form_origin
from intake.desk.blocking import KEPT
from intake.desk.effects import Outcome
from intake.desk.ticket import Ticket
from intake.ports import NoRoom, Temporary
from intake.web import form, work
from intake.web.address import typed_address
from intake.web.body import Body
from intake.web.message import FormPost, build
from intake.web.origin import is_foreign
from intake.web.problems import problem
from intake.web.shared import RETRY_SECONDS, Shared
from intake.web.signing import Opened

log = logging.getLogger("intake.web")

# Nobody reads and fills in a form in less; programs do.
FASTEST_SECONDS = 2.0
# Under pressure, and without a script that works for it, a form is taken when it is this old.
UNPROVEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Refused:
    """A post that was not taken: the status, and the key of the note above the form."""

    status: int
    note: str
    retry_after: int = 0
    # How many zero bits of work would have it taken at once.
    work: int = 0


class Site:
    """The views of the form. `embedded` ones stand in a frame of another site."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk = shared, shared.desk
        self._pages, self._signer, self._asked = shared.pages, shared.signer, shared.questions

    # -- views -----------------------------------------------------------------------

    def show(self, embedded: bool) -> Response:
        """GET /: a form, empty but for what the link to it names (`?category=…&field-app=…`)."""
        texts = {
            field.name: request.args.get(field.name, "")
            for field in self._asked
            if field.value or field.choices
        }
        bits = self._desk.settings.form.work_bits if self._shared.limits.pressure() else 0
        texts |= self._about_article(request.args.get("article", ""))
        values = form.typed(texts, self._asked)
        return self._form(200, embedded, values, self._new_token(), bits=bits)

    def _about_article(self, slug: str) -> dict[str, str]:
        """Return what the form holds for who comes from a help article that did not help."""
        item = self._shared.shelf.article(slug, self._pages.language()) if slug else None
        if item is None:
            return {}
        about = any(item.category == name for name, _ in self._desk.settings.form.categories)
        return {"subject": item.title, **({"category": item.category} if about else {})}

    def post(self, embedded: bool) -> AnyResponse:
        """POST /: hand a message to the desk, or show the form again with what is to be put right."""
        body = self._shared.body(self._shared.room)
        values = form.typed(body.fields, self._asked)
        stolen = self._desk.policy.triage.asks and body.fields.get(form.STOLEN) == "yes"
        if stolen:
            values = form.in_a_hurry(values, self._pages.word("stolen_button", self._pages.language()))
        raw = body.fields.get("token", "")
        opened = self._signer.read_form(raw, self._desk.service.clock())
        faults = form.check(values, sorted(body.problems), self._asked)
        faults = form.pressing(faults) if stolen else faults
        refused = self._refused(body, opened, faults)
        if refused is None and opened is not None:
            made, refused = self._deliver(body, values, opened, raw, stolen)
            if made is not None:
                token = self._signer.sent(made, self._desk.service.clock())
                sent = "embed_sent" if embedded else "sent"
                pressed = "yes" if stolen else None
                return redirect(url_for(sent, token=token, lang=self._pages.language(), stolen=pressed), 303)
        for fault in faults:
            # It must not stand in a page, or in the browser's memory of it, either.
            values |= {fault.field: ""} if fault.key == "field_secret" else {}
        token = raw if opened is not None else self._new_token()
        had_files = (
            bool(body.files) or "unkept" in body.problems or any(fault.field == "files" for fault in faults)
        )
        status = refused.status if refused else 400
        return self._form(status, embedded, values, token, faults, refused, had_files)

    def sent(self, token: str, embedded: bool) -> Response:
        """GET /sent/…: what happens next, with the ticket's number once there is one."""
        ledger_id = self._signer.read_sent(token, self._desk.service.clock())
        if ledger_id is None:
            return self._pages.problem(404)
        row = self._shared.outcome(ledger_id)
        if row is not None:
            self._shared.brands.show(row.mailbox)
        # Only a new ticket's number is told: another's would say who takes part in it.
        number = row.ticket if row is not None and row.outcome is Outcome.TICKETED else None
        ticket = self._desk.store.tickets.get(number) if number is not None else None
        prefix = "embed_" if embedded else ""
        language = self._pages.language()
        return self._pages.page(
            "sent",
            200,
            embedded=embedded,
            language_links=self._pages.links(f"{prefix}sent", token=token),
            number=number,
            progress=self._progress(ticket),
            exposed=number is not None and bool(self._desk.store.finds.exposed(number)),
            address=row.sender if row is not None else "",
            confirms=self._desk.policy.mailbox(self._shared.mailbox).acknowledge,
            stolen=request.args.get(form.STOLEN) == "yes",
            waiting=row is None or row.outcome is None,
            # Of what is kept in quarantine as a person wants it no answer is promised.
            kept=row is not None and row.outcome is Outcome.QUARANTINED and row.rule in KEPT,
            promise=form.said(self._desk.settings.form.promise, language),
            due=ticket.first_response_due if ticket is not None else None,
            reload=url_for(f"{prefix}sent", token=token, lang=language, stolen=request.args.get(form.STOLEN)),
            again=url_for(f"{prefix}form", lang=language),
        )

    def _progress(self, ticket: Ticket | None) -> str:
        """Return the link to the ticket's page: without what was written in it, and none once links were
        revoked, for whoever typed an address has not shown that it is theirs."""
        if ticket is None or ticket.link != 1:
            return ""
        return self._desk.links.progress(ticket, self._desk.service.clock(), mailed=False)

    def healthz(self) -> Response:
        """GET /healthz: the process answers. It says nothing about the mail server or the queue."""
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    def failed(self, error: Exception) -> Response:
        """Answer what no view did: wrong paths and methods, and our own mistakes (logged)."""
        status = 500
        if isinstance(error, HTTPException):
            status = error.code or 500
        elif isinstance(error, Temporary):
            log.warning("a page could not be shown for now")
            status = 503
        else:
            log.exception("a page failed", exc_info=error)
        response = problem(status) if request.path.startswith("/api/") else self._pages.problem(status)
        allowed = getattr(error, "valid_methods", None)
        if allowed:
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    # -- steps of a post -------------------------------------------------------------

    def _refused(self, body: Body, opened: Opened | None, faults: list[form.FieldError]) -> _Refused | None:
        if is_foreign(self._shared.brands.hosts):
            return _Refused(403, "note_foreign")
        if body.problems & {"files_large", "files_many", "cut"}:
            return _Refused(413, "note_faults")
        if "unkept" in body.problems:
            return _Refused(503, "note_later", RETRY_SECONDS)
        if "broken" in body.problems:
            return _Refused(400, "note_broken")
        if opened is None:
            return _Refused(400, "note_stale")
        if body.fields.get(form.HONEYPOT):
            return _Refused(422, "note_hidden")
        if faults:
            return _Refused(422, "note_faults")
        if self._age(opened) < timedelta(seconds=FASTEST_SECONDS):
            return _Refused(422, "note_fast")
        return None

    def _age(self, opened: Opened) -> timedelta:
        return self._desk.service.clock() - opened.at

    def _deliver(
        self, body: Body, values: dict[str, str], opened: Opened, token: str, stolen: bool
    ) -> tuple[int | None, _Refused | None]:
        sender = typed_address(values["email"]) or ""
        language = self._pages.language()
        category = self._pages.word("category_line", language)
        limits, bits = self._shared.limits, self._desk.settings.form.work_bits
        try:
            proven = work.solved(token, body.fields.get("work", ""), bits) or not limits.pressure()
            if not proven and self._age(opened) < timedelta(seconds=UNPROVEN_SECONDS):
                wait = UNPROVEN_SECONDS - int(self._age(opened).total_seconds())
                return None, _Refused(429, "note_pressure", wait, bits)
            rules = limits.post(self._shared.ip, sender, opened.key, proven)
            wait = limits.wait(rules)
            if wait and not limits.used(opened.key):
                # Nothing is made of it, or written, only to be thrown away.
                return None, _Refused(429, "note_often", wait, 0 if proven else bits)
            post = FormPost(
                key=opened.key,
                opened=opened.at,
                name=values["name"],
                address=sender,
                subject=values["subject"],
                text=values["message"],
                files=body.files,
                language=language,
                zone=form.zone(body.fields.get(form.ZONE, "")),
                details=form.details(values, self._asked, category, language, stolen),
            )
            got = self._shared.take(build(post, self._shared.address), form_origin.FORM, sender, rules)
        except NoRoom as err:
            return None, _Refused(429, "note_often", err.wait, 0 if proven else bits)
        except Temporary as err:
            log.warning("a form post could not be stored for now: %s", type(err).__name__)
            return None, _Refused(503, "note_later", RETRY_SECONDS)
        except Exception:
            # The typed text goes back to its author: nothing is lost, and the log says what broke.
            log.exception("a form post could not be stored")
            return None, _Refused(500, "note_broke")
        log.info("form post stored as message %d%s", got.ledger_id, " (again)" if got.known else "")
        return got.ledger_id, None

    def _help(self) -> str:
        """Return where the help articles are, "" where there are none or they cannot be read just now."""
        try:
            there = bool(self._shared.shelf.articles)
        except Temporary:
            return ""
        return url_for("help", language=self._pages.language()) if there else ""

    def _new_token(self) -> str:
        return self._signer.form(secrets.token_urlsafe(18), self._desk.service.clock())

    def _form(
        self,
        status: int,
        embedded: bool,
        values: dict[str, str],
        token: str,
        faults: list[form.FieldError] | None = None,
        refused: _Refused | None = None,
        files_lost: bool = False,
        bits: int = 0,
    ) -> Response:
        prefix = "embed_" if embedded else ""
        response = self._pages.page(
            "form",
            status,
            embedded=embedded,
            language_links=self._pages.links(f"{prefix}form"),
            asked=self._asked,
            values=values,
            faults=faults or [],
            fault_of={fault.field: fault for fault in reversed(faults or [])},
            said=form.said,
            note=refused.note if refused else "",
            token=token,
            work=refused.work if refused else bits,
            honeypot=form.HONEYPOT,
            zone_field=form.ZONE,
            may_alarm=self._desk.policy.triage.asks,
            stolen_field=form.STOLEN,
            files_lost=files_lost,
            room=self._pages.size(self._shared.room, self._pages.language()),
            room_bytes=self._shared.room,
            action=url_for(f"{prefix}post", lang=self._pages.language()),
            help=self._help(),
        )
        if refused and refused.retry_after:
            response.headers["Retry-After"] = str(refused.retry_after)
        return response
