"""The web form: a page that makes mail, and the server it stands on."""

from intake.web.app import make_app
from intake.web.server import serve

__all__ = ["make_app", "serve"]
