"""What customers see of the desk in each brand: its name, address, looks and pages.

A ticket is of the brand of its mailbox. What a brand does not say is never taken from another brand: its
signature is empty then, and its colour the shipped one. Only templates fall back to those of [desk].
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from intake.config.brand_keys import BrandSettings
from intake.config.converters import LONGEST_LOCAL, too_long
from intake.config.reader import meant
from intake.config.reading import Problem
from intake.config.sections import Settings, SmtpSettings
from intake.desk.addresses import a_labels
from intake.desk.reply_form import PLUS


@dataclass(frozen=True, slots=True)
class Look:
    """What customers see of the desk. `brand` is the name of the section, "" for the desk's own.

    `templates` are the folders that are looked into, the first one first. `page_…` are of the pages, whose
    colour is "" for the shipped one.
    """

    brand: str
    name: str
    signature: str
    colour: str
    templates: tuple[Path, ...]
    base_url: str
    page_name: str
    page_colour: str
    page_logo: Path | None


class Looks:
    """The look of each mailbox, and of each brand."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        own = _own(settings)
        self.by_brand: Mapping[str, Look] = {
            "": own,
            **{name: _look(settings, name, brand) for name, brand in settings.brands.items()},
        }

    def of(self, mailbox: str) -> Look:
        """Return the look of the mailbox called `mailbox`; as with its policy, of the first if it is gone."""
        boxes = self._settings.mailboxes
        box = boxes.get(mailbox) or next(iter(boxes.values()), None)
        # `intake check` looks at a config with a brand that there is not, too.
        return self.by_brand.get(box.brand if box is not None else "", self.by_brand[""])

    def mailbox_of(self, brand: str) -> str:
        """Return the mailbox that requests by form of a brand ("" for the desk's own) come to."""
        boxes, web = self._settings.mailboxes, self._settings.web.mailbox
        theirs = [name for name, box in boxes.items() if box.brand == brand]
        if web in theirs:
            return web
        return next(iter(theirs), web or next(iter(boxes)))

    def all(self) -> Iterator[Look]:
        """Yield every look, the desk's own first."""
        yield from self.by_brand.values()


def _own(settings: Settings) -> Look:
    desk, web = settings.desk, settings.web
    folders = (desk.templates,) if desk.templates else ()
    return Look(
        "",
        desk.name,
        desk.signature,
        desk.colour,
        folders,
        web.base_url,
        web.brand_name or desk.name,
        web.colour,
        web.logo,
    )


def _look(settings: Settings, name: str, brand: BrandSettings) -> Look:
    folders = tuple(folder for folder in (brand.templates, settings.desk.templates) if folder)
    base = brand.base_url or settings.web.base_url
    return Look(
        name, brand.name, brand.signature, brand.colour, folders, base, brand.name, brand.colour, brand.logo
    )


def addresses_of(settings: Settings) -> Iterator[str]:
    """Yield every address that the desk writes from, and so may be written to at."""
    yield settings.desk.address
    yield from (box.address for box in settings.mailboxes.values())
    yield from (brand.address for brand in settings.brands.values() if brand.address)


def template_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of templates that the config names, that of [desk] first."""
    named = (settings.desk.templates, *(brand.templates for brand in settings.brands.values()))
    return tuple(dict.fromkeys(folder for folder in named if folder))


def accounts_of(settings: Settings) -> Mapping[str, str]:
    """Return which [smtp NAME] mail leaves by, by the address (lower-cased) it is from; other
    mail leaves by [smtp]."""
    named = {name: brand.smtp for name, brand in settings.brands.items() if brand.smtp in settings.smtps}
    boxes = (box for box in settings.mailboxes.values() if box.brand in named)
    return {_on_the_wire(box.address): named[box.brand] for box in boxes}


def _on_the_wire(address: str) -> str:
    """Return an address, lower-cased, as it stands in From."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{a_labels(domain)}".lower() if local.isascii() else address.lower()


def servers_of(settings: Settings) -> Iterator[tuple[str, SmtpSettings, str]]:
    """Yield the section of every server that mail leaves by, with an address that is written from there."""
    yield "smtp", settings.smtp, settings.desk.address
    by_account = {account: address for address, account in reversed([*accounts_of(settings).items()])}
    for name, smtp in settings.smtps.items():
        yield f"smtp {name}", smtp, by_account.get(name, settings.desk.address)


def dkim_domains(settings: Settings) -> tuple[str, ...]:
    """Return the domains whose mail is signed: those that [dkim] names, else those the desk writes from."""
    named: tuple[str, ...] = settings.dkim.domain
    brands = (box.address for box in settings.mailboxes.values() if box.brand)
    return named or tuple(dict.fromkeys(a.rpartition("@")[2] for a in (settings.desk.address, *brands)))


def brand_problems(settings: Settings) -> Iterator[Problem]:
    """Yield what of the brands does not fit together with the rest of the config."""
    for name, box in settings.mailboxes.items():
        if box.brand and box.brand not in settings.brands:
            cure = f"{meant(box.brand, settings.brands)}Add a section [brand {box.brand}] or clear the key"
            yield Problem(f"mailbox {name}", "brand", f"there is no brand {box.brand!r}", cure)
    for name, brand in settings.brands.items():
        section = f"brand {name}"
        if brand.smtp and brand.smtp not in settings.smtps:
            cure = f"Add a section [smtp {brand.smtp}], or clear the key to send by [smtp]"
            yield Problem(section, "smtp", f"there is no section [smtp {brand.smtp}]", cure)
        if settings.desk.reply_address.kind == PLUS and too_long(brand.address):
            reason = f"the part before the @ is longer than {LONGEST_LOCAL} characters"
            cure = "Reply addresses add 45 to it and 64 is the limit: use a shorter address"
            yield Problem(section, "address", reason, cure)
        if _path(brand.base_url) != _path(settings.web.base_url) and brand.base_url:
            cure = "Let both end alike: all pages are served below one path"
            yield Problem(section, "base_url", "has another path than base_url of [web]", cure)
    yield from _shared(settings)


def _path(url: str) -> str:
    return _parts(url).path.rstrip("/")


def _parts(url: str) -> SplitResult:
    """Return the parts of an address of pages, none of what is no address, which is told of elsewhere."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _shared(settings: Settings) -> Iterator[Problem]:
    """Yield the addresses and hosts that two brands have: nobody could tell whose a mail or a visit is."""
    if not settings.brands:
        return
    used: dict[str, str] = {}
    for section, key_, address, brand in _places(settings):
        other = used.setdefault(address.lower(), brand)
        if other != brand:
            whose = f"[brand {other}]" if other else "the desk itself"
            cure = "Give each brand an address of its own"
            yield Problem(section, key_, f"{address} is already the address of {whose}", cure)
    box = settings.mailboxes.get(settings.web.mailbox) or next(iter(settings.mailboxes.values()), None)
    hosts = {_parts(settings.web.base_url).netloc.lower(): box.brand if box else ""}
    for name, brand_ in settings.brands.items():
        host = _parts(brand_.base_url).netloc.lower()
        if host and (other := hosts.setdefault(host, name)) != name:
            whose = f"[brand {other}]" if other else "[web]"
            cure = (
                "Give each brand a host name of its own, or clear the key: the pages of its tickets stay its"
            )
            yield Problem(f"brand {name}", "base_url", f"{host} is already the host of {whose}", cure)


def _places(settings: Settings) -> Iterator[tuple[str, str, str, str]]:
    """Yield section, key, address and brand of whatever is written from."""
    for name, brand in settings.brands.items():
        if brand.address:
            yield f"brand {name}", "address", brand.address, name
    for name, box in settings.mailboxes.items():
        if box.brand in settings.brands or not box.brand:
            yield f"mailbox {name}", "address", box.address, box.brand
