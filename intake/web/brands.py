"""Which brand a page is of: that of its ticket; else the one that is asked for, or whose host it is."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, g, request

from intake.config.brands import Looks
from intake.config.sections import Settings
from intake.web.brand import Brand

# What is looked at without a ticket, and so must say whose it is where the host does not.
_WITHOUT_TICKET = (
    "form", "post", "sent", "embed_form", "embed_post", "embed_sent", "widget",
    "help_entry", "help", "help_search", "help_feed", "help_article", "help_judge", "help_sitemap",
)  # fmt: skip
_LOOKS = ("brand_style", "brand_logo")


class Brands:
    """The brands of one desk; the desk's own is among them, under the key ""."""

    def __init__(self, settings: Settings) -> None:
        self._looks = Looks(settings)
        self._brands = {look.brand: Brand(look) for look in self._looks.all()}
        self._default = self._looks.of(settings.web.mailbox).brand
        own = urlsplit(settings.web.base_url).netloc.lower()
        hosts = {urlsplit(brand.base_url).netloc.lower(): name for name, brand in settings.brands.items()}
        self._hosts = {host: name for host, name in hosts.items() if host and host != own}
        # All hosts that pages of ours are at.
        self.hosts = frozenset({own, *self._hosts})

    @property
    def here(self) -> Brand:
        """Return the brand of the request at hand."""
        key: str | None = g.get("brand")
        return self._brands[self._asked if key is None else key]

    @property
    def mailbox(self) -> str:
        """Return the mailbox that a request by form comes to here."""
        return self._looks.mailbox_of(self.here.key)

    def show(self, mailbox: str) -> None:
        """Say that the answer to the request at hand is about a ticket or a message of this mailbox."""
        g.brand = self._looks.of(mailbox).brand

    def within(self, endpoint: str, values: dict[str, Any]) -> None:
        """Name the brand in the address of a page that would show another one (`Flask.url_defaults`)."""
        if endpoint in (*_WITHOUT_TICKET, *_LOOKS) and self.here.key != self._of_host:
            values.setdefault("brand", self.here.key)

    def style(self) -> Response:
        """GET /brand.css"""
        return self.here.style()

    def logo(self) -> Response:
        """GET /logo"""
        return self.here.logo()

    @property
    def _asked(self) -> str:
        asked = request.args.get("brand")
        return asked if asked is not None and asked in self._brands else self._of_host

    @property
    def _of_host(self) -> str:
        return self._hosts.get(request.host.lower(), self._default)
