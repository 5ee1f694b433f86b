"""`intake template …`: the texts of emails and pages, and mistakes in your own."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, needs_no_desk, not_found, now
from intake.ports import UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.brands import Look
    from intake.desk.effects import Mail
    from intake.desk.ticket import Ticket
    from intake.rendering.catalogue import Catalogue
    from intake.rendering.composer import Composer
    from intake.rendering.templates import RenderedMail

COLUMNS = (
    Column("Name"),
    Column("Kind"),
    Column("Languages", gives_way=True),
    Column("Your files", gives_way=True),
)
LIST = "`intake template list` shows them."


@needs_no_desk
@click.group()
def template() -> None:
    """Show, preview and check templates."""


@template.command("list")
@as_json
@click.pass_obj
def list_(ctx: Invocation, json_: bool) -> None:
    """List templates, and your files that change them."""
    listed = _catalogue(ctx).listed()
    if json_:
        terminal.say_json(listed)
        return
    terminal.table(
        COLUMNS, [(row.name, row.kind, " ".join(row.languages), " ".join(row.own) or "-") for row in listed]
    )


@template.command()
@click.argument("name")
@click.option("--lang", default="", help="Language. Default: the desk's.")
@click.option("--page", is_flag=True, help="The page, if an email has the same name.")
@click.option("--source", is_flag=True, help="Print the template's source, to start your own from.")
@as_json
@click.pass_obj
def show(ctx: Invocation, name: str, lang: str, page: bool, source: bool, json_: bool) -> None:
    """Show the sentences of an email, or the template of a page.

    Each sentence is printed with the name of its block.
    """
    catalogue = _catalogue(ctx)
    if name in catalogue.pages and (page or name not in catalogue.mails):
        text, own = catalogue.source(f"web/{name}.html.j2")
        terminal.say(f"web/{name}.html.j2 ({_whose(own)})\n\n{text}")
        return
    if name not in catalogue.mails:
        not_found(f"There is no email or page {name!r}.", LIST)
    path = f"mail/{name}.j2"
    text, own = catalogue.source(path)
    if source:
        terminal.say(text)
        return
    language = _language(ctx, lang)
    sentences = catalogue.sentences(name, language)
    if json_:
        terminal.say_json(sentences)
        return
    terminal.say(f"{path} ({_whose(own)}), with the sentences of mail/{language}/words.j2:\n")
    for sentence in sentences:
        terminal.say(
            f"{sentence.block}{' (yours)' if sentence.own else ''}\n    {sentence.text or '(nothing)'}"
        )
    terminal.say(
        f"\nTo change one, put this into mail/{language}/words.j2 in the folder of [desk] templates:\n\n"
        f'{{% extends "default/mail/{language}/words.j2" %}}\n'
        f"{{% block {sentences[0].block} %}}…{{% endblock %}}"
    )


def _whose(own: bool) -> str:
    return "yours" if own else "shipped"


@template.command()
@click.argument("name")
@click.option("--lang", default="", help="Language. Default: the ticket's, or else the desk's.")
@click.option("--ticket", "number", type=int, default=None, help="Ticket to use. Default: a made-up one.")
@click.option("--html", is_flag=True, help="Print the HTML instead, to open in a browser.")
@click.option("--page", is_flag=True, help="The page, if an email has the same name.")
@click.option("--brand", default="", help="Brand of the made-up ticket. Default: the first mailbox's.")
@click.pass_obj
def preview(
    ctx: Invocation, name: str, lang: str, number: int | None, html: bool, page: bool, brand: str
) -> None:
    """Preview an email as its reader gets it, or a page as HTML. Nothing is sent."""
    from intake.rendering.mail_kinds import goes_as_html

    catalogue, desk = _catalogue(ctx), ctx.desk()
    page = name in catalogue.pages and (page or name not in catalogue.mails)
    if not page and name not in catalogue.mails:
        not_found(f"There is no email or page {name!r}.", LIST)
    if brand and brand not in desk.settings.brands:
        known = ", ".join(desk.settings.brands) or "none"
        raise UserError(f"There is no [brand {brand}]. Known: {known}.")
    sample = _made_up(desk, brand or None) if number is None else desk.store.tickets.get(number)
    if sample is None:
        not_found(f"There is no ticket {number}.", "`intake ticket list --status all` shows them.")
    language = _language(ctx, lang or (sample.language if number is not None else ""))
    if page:
        from intake.web.page_preview import preview as page_of

        entries = () if number is None else desk.store.tickets.entries(number)
        terminal.say(page_of(desk, name, language, sample, entries))
        return
    mail = _mail(name, sample)
    letter = _composer(desk).letter(mail, sample, now(), language, goes_as_html(mail))
    if html and not letter.html:
        raise UserError(f"The email {name} is sent as text only.")
    if html:
        terminal.say(letter.html)
    else:
        terminal.say(f"Subject: {letter.subject}\n\n{letter.text}")


@template.command()
@click.pass_obj
def check(ctx: Invocation) -> None:
    """Check your templates for mistakes.

    Checks names, blocks and values, and renders every email in every language.
    """
    problems = faults(ctx.desk())
    for section, problem in problems:
        terminal.say(problem if section == "desk" else f"[{section}] {problem}")
    if problems:
        raise UserError(f"{len(problems)} mistake{'s' if len(problems) > 1 else ''} in your templates.")
    terminal.say("All templates render in every language.")


def faults(desk: "Desk") -> list[tuple[str, str]]:
    """Return the mistakes found by reading an admin's templates, else those found by rendering them, each
    with the section that names the folder."""
    from intake.config.brands import Looks
    from intake.rendering.catalogue import Catalogue

    folders = {"desk": desk.settings.desk.templates}
    folders |= {f"brand {name}": brand.templates for name, brand in desk.settings.brands.items()}
    read = [
        (section, f"{fault.path}{f', line {fault.line}' if fault.line else ''}: {fault.what}")
        for section, folder in folders.items()
        if folder or section == "desk"
        for fault in Catalogue(folder).faults()
    ]
    if read:
        return read
    looks = [look for look in Looks(desk.settings).all() if not look.brand or folders[f"brand {look.brand}"]]
    return [
        (f"brand {look.brand}" if look.brand else "desk", mistake)
        for look in looks
        for mistake in unwritable(desk, look)
    ]


def unwritable(desk: "Desk", look: "Look") -> list[str]:
    """Return why an admin's templates do not render in a brand, each reason once."""
    from intake.rendering.catalogue import Catalogue
    from intake.rendering.templates import renderer
    from intake.web.page_preview import preview

    shared, ticket, moment = renderer(*look.templates), _made_up(desk, look.brand), now()
    composer, catalogue = _composer(desk), Catalogue()
    # The caller reports each mistake; the log would repeat it.
    logging.getLogger("intake.rendering").disabled = True
    try:
        for name in catalogue.mails:
            for language in desk.policy.languages:
                for mail in _mails(name, ticket):
                    composer.letter(mail, ticket, moment, language, html=True, left_out=["film.mp4"])
        own = any((folder / "web").is_dir() for folder in look.templates)
        if own and desk.settings.web.enabled:
            for name in catalogue.pages:
                # Mistakes of [web] itself are reported by its own checks.
                with suppress(UserError):
                    preview(desk, name, desk.settings.desk.language, ticket, ())
    finally:
        logging.getLogger("intake.rendering").disabled = False
    return sorted(terminal.line(str(mistake))[:400] for mistake in shared.mistakes.known)


def sample(desk: "Desk", name: str) -> "RenderedMail":
    """Return an email about a made-up ticket, as its reader gets it in the desk's language."""
    ticket, language = _made_up(desk), _own_language(desk)
    return _composer(desk).letter(_mail(name, ticket), ticket, now(), language, html=True)


def _catalogue(ctx: Invocation) -> "Catalogue":
    from intake.rendering.catalogue import Catalogue

    return Catalogue(ctx.settings().desk.templates)


def _composer(desk: "Desk") -> "Composer":
    from intake.rendering.composer import Composer

    return Composer(desk.settings, desk.policy, desk.keys, links=desk.links)


def _language(ctx: Invocation, wanted: str) -> str:
    from intake.desk.text.language import nearest

    policy = ctx.desk().policy
    if not wanted:
        return _own_language(ctx.desk())
    match = nearest(wanted, policy.languages)
    if not match:
        raise UserError(f"No templates for {wanted!r}. Available: {', '.join(policy.languages)}.")
    return match


def _own_language(desk: "Desk") -> str:
    from intake.desk.text.language import nearest

    return nearest(desk.policy.language, desk.policy.languages) or desk.policy.languages[0]


def _made_up(desk: "Desk", brand: str | None = None) -> "Ticket":
    """Return a ticket that nobody wrote, of a mailbox of a brand ("" for the desk's own), else the first."""
    from datetime import timedelta

    from intake.config.brands import Looks
    from intake.desk.message import Address
    from intake.desk.ticket import Agent, Status, Ticket

    moment, mailbox = now(), next(iter(desk.policy.mailboxes))
    if brand is not None:
        mailbox = Looks(desk.settings).mailbox_of(brand)
    agent, person = Agent(1, "Anna", "anna@example.com"), Address("sam@example.com", "Sam")
    return Ticket(
        1042,
        "How do I change my address?",
        Status.OPEN,
        person,
        desk.policy.language,
        mailbox,
        "",
        moment,
        moment,
        assignee=agent,
        first_response_due=moment + timedelta(hours=4),
    )


def _mails(name: str, ticket: "Ticket") -> Iterator["Mail"]:
    from dataclasses import replace

    mail = _mail(name, ticket)
    yield mail
    yield replace(mail, due=None, text="")
    if name == "alert":
        yield replace(mail, event="brake")


def _mail(name: str, ticket: "Ticket") -> "Mail":
    from datetime import timedelta

    from intake.desk.effects import Mail
    from intake.desk.mails import of_template

    kind, event = of_template(name)
    return Mail(
        kind,
        ticket.id,
        ticket.requester,
        "preview",
        agent=ticket.assignee,
        author=ticket.requester,
        text="(The text of the message.)",
        event=event,
        due=now() + timedelta(hours=4),
    )
