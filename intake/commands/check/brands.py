"""The part of `intake check` that looks at brands: what nobody sees, and where links lead."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from intake.commands.check.findings import Finding, Findings
from intake.config.converters import HERE, BadValue, as_site

if TYPE_CHECKING:
    from intake.config.sections import Settings

# WCAG 2.2, 1.4.11: what is seen of a line or a button.
CONTRAST = 3.0
_WHITE = (255.0, 255.0, 255.0)


def brands(settings: "Settings") -> Findings:
    """Yield what is valid for a brand, or for the looks of the desk, and yet will not be as it was meant."""
    yield from _colour("desk", settings.desk.colour)
    used = {box.brand for box in settings.mailboxes.values()}
    for name, brand in settings.brands.items():
        section = f"brand {name}"
        yield from _colour(section, brand.colour)
        if name not in used:
            cure = f"Write brand = {name} into a [mailbox …], or remove the section"
            yield Finding("problem", section, "", "no mailbox has it, so nobody ever sees it", cure)
        if brand.base_url:
            yield from links_of(section, brand.base_url)
        elif settings.web.enabled and settings.web.base_url:
            host = urlsplit(settings.web.base_url).netloc
            problem = f"is empty: links in its emails lead to {host}, which its customers may not know"
            cure = "Write the address that people reach its pages at, like https://help.example.com"
            yield Finding("warning", section, "base_url", problem, cure)
    named = {brand.smtp for brand in settings.brands.values()}
    for name in settings.smtps:
        if name not in named:
            cure = f"Write smtp = {name} into a [brand …], or remove the section"
            yield Finding("warning", f"smtp {name}", "", "no brand has it, so no email leaves by it", cure)
    yield from _shown_of_others(settings)


def _shown_of_others(settings: "Settings") -> Findings:
    """Say where a customer of one brand reads the domain of another: in Return-Path and in Reply-To."""
    form = settings.desk.reply_address
    if form.domain and settings.brands:
        problem = f"replies to every brand go to @{form.domain}, which their customers can read"
        yield Finding(
            "warning", "desk", "reply_address", problem, "Write plus or bare, or name a neutral domain"
        )
    for name, brand in settings.brands.items():
        by = f"smtp {brand.smtp}" if brand.smtp else "smtp"
        sender = settings.smtps.get(brand.smtp, settings.smtp).sender
        domain = sender.rpartition("@")[2].lower()
        theirs = {
            box.address.rpartition("@")[2].lower() for box in settings.mailboxes.values() if box.brand == name
        }
        if sender and theirs and domain not in theirs:
            problem = f"leaves by [{by}], whose sender {sender} its customers can read in Return-Path"
            cure = "Give the brand an [smtp NAME] of its own with a sender of its domain, or clear sender"
            yield Finding("warning", f"brand {name}", "smtp", problem, cure)


def links_of(section: str, base_url: str) -> Findings:
    """Yield what is wrong with the address that all links in emails begin with."""
    cure = "Write the address that people reach the form at, like https://support.example.com"
    try:
        as_site(base_url)
    except BadValue as err:
        problem = f"{err.args[0]}, so every link in every email is dead"
        yield Finding("problem", section, "base_url", problem, cure)
        return
    if urlsplit(base_url).username is not None:
        problem = "holds a user or a password, and stands in every email to a customer"
        yield Finding("problem", section, "base_url", problem, cure)
    if base_url.startswith("http:") and urlsplit(base_url).hostname not in HERE:
        problem = "begins with http://: what people write and read there is not encrypted"
        yield Finding("warning", section, "base_url", problem, cure)


def _colour(section: str, colour: str) -> Findings:
    from intake.rendering.contrast import contrast, rgb

    ratio = contrast(rgb(colour), _WHITE)
    if ratio < CONTRAST:
        problem = f"{colour} can hardly be seen on white (contrast {ratio:.1f} of {CONTRAST:.0f})"
        yield Finding("warning", section, "colour", problem, "Choose a darker colour")
