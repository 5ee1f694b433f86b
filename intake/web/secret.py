"""What the pages behind a secret link share: reading the link, the form in the page, and its answers."""

import secrets
from collections.abc import Sequence
from datetime import timedelta, timezone, tzinfo

from intake.desk import tokens
from intake.desk.ticket import Agent, Ticket
from intake.desk.tokens import Purpose, Token
from intake.web.origin import is_foreign
from intake.web.shared import Shared


class SigningSecret:
    """Makes nothing public: every link that does not open is answered alike."""

    def __init__(self, shared: Shared) -> None:
        self._shared, self._desk = shared, shared.desk
        self._pages, self._signer = shared.pages, shared.signer

    def _opened(self, text: str, purpose: Purpose) -> tuple[Token, Ticket] | None:
        """Return what the link opens; None when it is not ours, of another purpose, or over."""
        token = tokens.read(self._desk.keys, text, self._desk.service.clock())
        if token is None or token.purpose is not purpose:
            return None
        ticket = self._desk.store.tickets.get(token.ticket)
        if ticket is None:
            return None
        self._shared.brands.show(ticket.mailbox)
        return token, ticket

    def _unique(self) -> str:
        return secrets.token_urlsafe(18)

    def _form_token(self, page: str) -> str:
        return self._signer.form(page, self._desk.service.clock())

    def _refusal(self, token: str, page: str) -> tuple[int, str, int]:
        """Return (status, key of the note, seconds to wait) for a post that is not to be taken; else zeros.

        `token` is that of its form, which must have been made for this `page`.
        """
        if is_foreign(self._shared.brands.hosts, strict=False):
            return 403, "note_again", 0
        opened = self._signer.read_form(token, self._desk.service.clock())
        if opened is None or opened.key.partition(" ")[0] != page:
            return 400, "note_again", 0
        limits = self._shared.limits
        wait = limits.hit(limits.post(self._shared.ip))
        return (429, "note_wait", wait) if wait else (0, "", 0)

    def _agents(self, ticket: Ticket) -> Sequence[Agent]:
        """Return who is to be told of news in a ticket: its own agents, else the team."""
        hit = self._desk.store.tickets.match(ticket.id)
        return (hit.agents if hit else ()) or self._desk.store.agents.enabled(ticket.team)

    def _language(self, ticket: Ticket) -> str:
        return self._pages.language(ticket.language)

    def _zone(self, ticket: Ticket) -> tzinfo | None:
        """Return whose clock its requester reads, where their own email told it."""
        return None if ticket.utc_offset is None else timezone(timedelta(minutes=ticket.utc_offset))

    def _languages(self, endpoint: str, token: str) -> dict[str, str]:
        return self._pages.links(endpoint, token=token)
