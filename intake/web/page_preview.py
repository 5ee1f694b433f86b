"""A page as its reader would see it, for whoever changes its words: made without a visit, stores nothing."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Response, url_for
from markupsafe import escape

from intake.desk.file_tokens import LASTS
from intake.desk.knowledge.article import Article
from intake.desk.ticket import EntryKind, Ticket
from intake.views import EntryRow, SurveyRow
from intake.web.app import make_app
from intake.web.check import CheckPage
from intake.web.help_view import HelpView
from intake.web.progress import view
from intake.web.shared import Shared
from intake.web.site import Site
from intake.web.survey import SurveyPages
from intake.web.ticket import TicketPages

if TYPE_CHECKING:
    from intake.app import Desk

# Stands where a link's secret would: a preview opens nothing.
TOKEN = "preview"
MADE_UP = Article(
    "preview", "en", "(The title of an article)", "(The short answer.)", "## (Steps)\n\n1. (A step.)"
)


def preview(desk: "Desk", name: str, language: str, ticket: Ticket, entries: Sequence[EntryRow] = ()) -> str:
    """Return the page called `name` in `language` as HTML.

    `ticket` and `entries` are what it tells of; without entries some are made up. Styles and
    scripts are loaded from `[web] base_url`, where it is set and the form is running.
    Raises KeyError when no page is called so.
    """
    shared = Shared(desk, lambda: None, 0)
    made: dict[str, Callable[[], Response]] = {
        "form": lambda: Site(shared).show(embedded=False),
        "sent": lambda: _sent(shared, ticket, language),
        "ticket": lambda: _ticket(shared, ticket, entries or _made_up(ticket)),
        "survey": lambda: _survey(shared, ticket),
        "thanks": lambda: _thanks(shared, language),
        "help": lambda: HelpView(shared).results(language, "…", ()),
        "help_article": lambda: HelpView(shared).article(language, MADE_UP),
        "check": lambda: CheckPage(shared).show(),
        "file": lambda: _file(shared, ticket, language),
        "file_gone": lambda: shared.pages.page("file_gone", 404, language),
        "problem": lambda: shared.pages.problem(404),
    }
    make = made[name]
    base = desk.links.at(ticket.mailbox).base or desk.settings.web.base_url
    with make_app(desk).test_request_context(f"/?lang={language}", base_url=base or None):
        shared.brands.show(ticket.mailbox)
        html = make().get_data(as_text=True)
    # Opened from a file, the page would look for its style beside itself.
    return html.replace("<head>", f'<head>\n<base href="{escape(base.rstrip("/"))}/">', 1) if base else html


def _file(shared: Shared, ticket: Ticket, language: str) -> Response:
    return shared.pages.page(
        "file",
        200,
        language,
        language_links=shared.pages.links("file", token=TOKEN),
        file="screen recording.mp4",
        size=shared.pages.size(24 << 20, language),
        number=ticket.id,
        until=ticket.created_at + LASTS,
        late=False,
    )


def _sent(shared: Shared, ticket: Ticket, language: str) -> Response:
    return shared.pages.page(
        "sent",
        200,
        language,
        language_links=shared.pages.links("sent", token=TOKEN),
        number=ticket.id,
        progress=url_for("ticket", token=TOKEN),
        exposed=False,
        stolen=False,
        address=ticket.requester.mailbox,
        confirms=shared.desk.policy.mailbox(shared.mailbox).acknowledge,
        waiting=False,
        promise="",
        due=ticket.first_response_due,
        kept=False,
        reload=url_for("sent", token=TOKEN),
        again=url_for("form", lang=language),
    )


def _ticket(shared: Shared, ticket: Ticket, entries: Sequence[EntryRow]) -> Response:
    shown = view(ticket, entries, True, ticket.updated_at)
    return TicketPages(shared).page(200, TOKEN, ticket, shown)


def _thanks(shared: Shared, language: str) -> Response:
    links = shared.pages.links("survey_thanks", token=TOKEN)
    change = url_for("survey", token=TOKEN, lang=language)
    return shared.pages.page(
        "thanks", 200, language, language_links=links, score=4, poor=False, change=change
    )


def _survey(shared: Shared, ticket: Ticket) -> Response:
    row = SurveyRow(ticket.id, 1, ticket.updated_at, "", None, "", False, None)
    return SurveyPages(shared).page(200, TOKEN, ticket, row, None, "", False)


def _made_up(ticket: Ticket) -> list[EntryRow]:
    asked = ticket.created_at
    agent, who = ticket.assignee, ticket.requester
    written = "(The text of the message.)"
    return [
        EntryRow(1, EntryKind.CUSTOMER, who.mailbox, who.name, written, written, asked, None),
        EntryRow(
            2,
            EntryKind.REPLY,
            agent.address if agent else "",
            agent.name if agent else "",
            written,
            written,
            asked + timedelta(minutes=20),
            None,
        ),
    ]
