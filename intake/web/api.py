"""The JSON API: `POST /api/v1/tickets` for apps, with a key, and what became of each.

A request becomes a message and takes the road of all mail. The key says which program
speaks; the address in it is still only what somebody typed.
"""

import json
import logging
import secrets
from dataclasses import replace

from flask import Response, request, url_for

from intake.desk import form_origin
from intake.desk.effects import Outcome
from intake.desk.message import Envelope
from intake.ports import Admission, ApiCall, Arrival, NoRoom, Received, Temporary
from intake.views import ApiKeyRow, MessageRow
from intake.web import api_input, form, keys, openapi
from intake.web.message import FormPost, build
from intake.web.problems import problem
from intake.web.shared import RETRY_SECONDS, Shared

log = logging.getLogger("intake.web")

MAX_IDEMPOTENCY = 255


class Api:
    """The views of the API."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk = shared, shared.desk

    def description(self) -> Response:
        """GET /api/v1/openapi.json"""
        described = openapi.describe(self._shared.questions, url_for("form", brand=None), self._shared.room)
        return _json(200, described)

    def create(self) -> Response:
        """POST /api/v1/tickets: hand a message to the desk."""
        key = self._key(keys.CREATE)
        if isinstance(key, Response):
            return key
        repeat = request.headers.get("Idempotency-Key", "")
        if len(repeat) > MAX_IDEMPOTENCY or not (repeat.isascii() and repeat.isprintable()):
            return problem(400, f"Idempotency-Key: up to {MAX_IDEMPOTENCY} printable ASCII characters.")
        post = api_input.read(self._shared)
        if isinstance(post, Response):
            return post
        name = f"given:{repeat}" if repeat else f"own:{secrets.token_urlsafe(18)}"
        earlier = self._desk.store.web.api_request(key.id, name)
        if earlier is None:
            try:
                for got in self._take(key, name, post):
                    self._shared.nudge(got.ledger_id)
            except NoRoom as err:
                return problem(429, "Too many tickets were opened in a short time.", retry_after=err.wait)
            earlier = self._desk.store.web.api_request(key.id, name)
        if earlier is None:
            return problem(503, retry_after=RETRY_SECONDS)
        if earlier.content != post.digest:
            return problem(422, "This Idempotency-Key was used for another request.")
        if earlier.message is None:
            return problem(503, retry_after=RETRY_SECONDS)
        log.info("request of API key %d is message %d", key.id, earlier.message)
        row = self._shared.outcome(earlier.message)
        response = _json(201 if row and row.outcome else 202, self._state(earlier.message, row))
        response.headers["Location"] = url_for("api_message", number=earlier.message)
        return response

    def message(self, number: int) -> Response:
        """GET /api/v1/messages/…: what became of a message that this key brought."""
        key = self._key(keys.READ)
        if isinstance(key, Response):
            return key
        if number >= 1 << 63 or not self._desk.store.web.api_owns(key.id, number):
            return problem(404)
        return _json(200, self._state(number, self._shared.outcome(number, patient=False)))

    # -- steps -----------------------------------------------------------------------

    def _key(self, scope: str) -> ApiKeyRow | Response:
        """Return the key of the request, or the refusal: without one, a wrong, revoked or lesser one."""
        attempt = self._shared.limits.attempt(self._shared.ip)
        wait = self._shared.limits.wait(attempt)
        if wait:
            return problem(429, "Too many wrong keys came from here.", retry_after=wait)
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            return problem(401, "Send the header Authorization: Bearer KEY.")
        row = self._desk.store.web.api_key(keys.hashed(text.strip()))
        if row is None or row.revoked_at is not None:
            self._shared.limits.hit(attempt)
            return problem(401, "This key is unknown or revoked.")
        if scope not in row.scopes:
            return problem(403, f"This key lacks the scope {scope}.")
        return row

    def _take(self, key: ApiKeyRow, name: str, body: api_input.Given) -> list[Received]:
        category = self._shared.pages.word("category_line", body.language)
        details = form.details(body.values, self._shared.questions, category, body.language)
        post = FormPost(
            key=f"api {key.id} {name}",
            opened=self._desk.service.clock(),
            name=body.values["name"],
            address=body.address,
            subject=body.values["subject"],
            text=body.values["message"],
            files=body.files,
            language=body.chosen,
            details=replace(details, language=body.chosen),
        )
        raw = build(post, self._shared.address)
        envelope = Envelope(form_origin.API, self._shared.mailbox, body.address, (self._shared.address,))
        rules = self._shared.limits.api(key.id, key.per_hour, body.address)
        admission = Admission(rules, ApiCall(key.id, name, body.digest))
        return self._desk.service.receive([Arrival(raw, envelope)], admission)

    def _state(self, number: int, row: MessageRow | None) -> dict[str, object]:
        """Return what the program is told: nothing of tickets that were there before."""
        opened = row is not None and row.outcome is Outcome.TICKETED and row.ticket is not None
        try:
            ticket = self._desk.store.tickets.get(row.ticket) if opened and row and row.ticket else None
        except Temporary:
            ticket = None
        progress = ""
        if ticket is not None and ticket.link == 1:
            progress = self._desk.links.progress(ticket, self._desk.service.clock(), mailed=False)
        return {
            "id": number,
            "state": str(row.outcome) if row and row.outcome else "received",
            "ticket": ticket.id if ticket else None,
            "status": str(ticket.status) if ticket else None,
            "progress": progress or None,
        }


def _json(status: int, value: object) -> Response:
    text = json.dumps(value, ensure_ascii=False) + "\n"
    return Response(text, status, content_type="application/json")
