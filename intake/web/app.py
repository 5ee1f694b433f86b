"""The web application: which address leads to which view, and what every answer has in common."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from intake.desk.file_tokens import PATH
from intake.web import pages, phrases
from intake.web.api import Api
from intake.web.check import CheckPage
from intake.web.files import FilePages
from intake.web.health import HealthPages
from intake.web.server import MIB, SLACK
from intake.web.shared import Shared, forget_files
from intake.web.site import Site
from intake.web.survey import SurveyPages
from intake.web.ticket import TicketPages
from intake.web.widget import Widget

if TYPE_CHECKING:
    from intake.app import Desk

# How long an answer waits for the number of a ticket that is being opened.
PATIENCE = 1.5


def make_app(desk: "Desk", received: Callable[[], None] = lambda: None, patience: float = PATIENCE) -> Flask:
    """Return the WSGI application of `desk`. `received` is called after each message is durable.

    `patience` is how many seconds an answer waits for a ticket's number.
    """
    static = Path(__file__).with_name("static")
    app = Flask("intake.web", static_folder=str(static), static_url_path="/static", template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=desk.settings.web.max_post_mb * MIB + SLACK,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        # Where the server keeps a post that is coming in.
        SPOOL_FOLDER=desk.settings.desk.data,
    )
    health = HealthPages(desk)
    app.add_url_rule("/readyz", "readyz", health.readyz)
    app.add_url_rule("/metrics", "metrics", health.metrics)
    shared = Shared(desk, received, patience)
    app.url_defaults(shared.brands.within)
    _site(app, Site(shared))
    _api(app, Api(shared))
    widget = Widget(shared)
    app.add_url_rule("/widget.js", "widget", widget.script)
    app.add_url_rule("/brand.css", "brand_style", shared.brands.style)
    app.add_url_rule("/logo", "brand_logo", shared.brands.logo)
    app.add_url_rule("/phrase-words.txt", "phrase_words", phrases.words)
    check = CheckPage(shared)
    app.add_url_rule("/check", "check", check.show)
    app.add_url_rule("/check", "check_post", check.post, methods=["POST"])
    survey = SurveyPages(shared)
    app.add_url_rule("/survey/<token>", "survey", survey.show)
    app.add_url_rule("/survey/<token>", "survey_post", survey.post, methods=["POST"])
    app.add_url_rule("/survey/<token>/thanks", "survey_thanks", survey.thanks)
    ticket = TicketPages(shared)
    app.add_url_rule("/t/<token>", "ticket", ticket.show)
    app.add_url_rule("/t/<token>", "ticket_post", ticket.post, methods=["POST"])
    app.add_url_rule("/t/<token>/solved", "ticket_solved", ticket.solved, methods=["POST"])
    app.add_url_rule("/t/<token>/unsolved", "ticket_unsolved", ticket.unsolved, methods=["POST"])
    app.add_url_rule("/t/<token>/stolen", "ticket_stolen", ticket.stolen, methods=["POST"])
    app.add_url_rule("/t/<token>/file/<int:entry>/<int:place>", "ticket_file", ticket.file)
    app.add_url_rule(
        "/t/<token>/file/<int:entry>/<int:place>/preview",
        "ticket_preview",
        ticket.file,
        defaults={"preview": True},
    )
    file = FilePages(shared)
    app.add_url_rule(f"/{PATH}/<token>", "file", file.show)
    app.add_url_rule(f"/{PATH}/<token>", "file_post", file.post, methods=["POST"])
    app.teardown_request(forget_files)
    app.after_request(pages.secured(desk.settings.web.embed_origins))
    return app


def _site(app: Flask, site: Site) -> None:
    """The form at `/`, and once more at `/embed` for other sites' frames."""
    for prefix, embedded in (("", False), ("embed_", True)):
        root = "/embed" if embedded else ""
        here = {"embedded": embedded}
        app.add_url_rule(root or "/", f"{prefix}form", site.show, defaults=here)
        app.add_url_rule(root or "/", f"{prefix}post", site.post, methods=["POST"], defaults=here)
        app.add_url_rule(f"{root}/sent/<token>", f"{prefix}sent", site.sent, defaults=here)
    app.add_url_rule("/healthz", "healthz", site.healthz)
    app.register_error_handler(Exception, site.failed)


def _api(app: Flask, api: Api) -> None:
    app.add_url_rule("/api/v1/openapi.json", "api_description", api.description)
    app.add_url_rule("/api/v1/tickets", "api_create", api.create, methods=["POST"])
    app.add_url_rule("/api/v1/messages/<int:number>", "api_message", api.message)
