"""The part of `intake check` that finds values that are valid for their key and yet will fail."""

import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from intake import terminal
from intake.channels.registry import Mode, channel_mode
from intake.commands.check.brands import brands, links_of
from intake.commands.check.findings import Finding, Findings
from intake.commands.check.silence import kept_from
from intake.commands.common import now
from intake.config.mailboxes import ImapMailbox, ListeningMailbox

# Grown by base64 (78/57) it is what most providers take, 25 MB.
MOST_ATTACHED_MB = 18

if TYPE_CHECKING:
    from intake.config.sections import Settings


def sense(settings: "Settings", languages: tuple[str, ...], agents: Iterable[str] | None) -> Findings:
    """Yield values that are valid for their key and yet will fail.

    `languages` are those with templates; `agents` the addresses, in lower case, of
    agents, None where they cannot be looked up.
    """
    yield from _base_url(settings)
    yield from brands(settings)
    yield from _proxy(settings)
    yield from _attached(settings)
    yield from _mailboxes(settings)
    yield from kept_from(settings)
    yield from _levels(settings, languages)
    yield from _addresses(settings)
    yield from _to_itself(settings)
    yield from _files(settings)
    if agents is not None:
        yield from _leads(settings, set(agents))


def _base_url(settings: "Settings") -> Findings:
    web = settings.web
    cure = "Write the address that people reach the form at, like https://support.example.com"
    if not web.base_url:
        if web.enabled:
            problem = "is empty: emails carry no link to a ticket's page, and surveys have no page"
            yield Finding("warning", "web", "base_url", problem, cure)
        return
    yield from links_of("web", web.base_url)


def _proxy(settings: "Settings") -> Findings:
    proxy = settings.web.trusted_proxy
    if not proxy or proxy == "*":
        return
    try:
        ipaddress.ip_address(proxy)
    except ValueError:
        problem = f"{proxy!r} is not a valid IP address, so it matches no visitor's, and all count as one"
        cure = "Write the address that the proxy connects from, like 127.0.0.1"
        yield Finding("problem", "web", "trusted_proxy", problem, cure)


def _attached(settings: "Settings") -> Findings:
    size = settings.desk.attach_mb
    if not size and not settings.web.base_url:
        problem = (
            "is 0 and [web] base_url is empty: agents get neither the files of customers nor links to them"
        )
        cure = f"Write up to {MOST_ATTACHED_MB}, or set base_url to the address of the form"
        yield Finding("warning", "desk", "attach_mb", problem, cure)
    if size > MOST_ATTACHED_MB:
        problem = (
            f"{size} MB of files make a mail of {size * 78 // 57 + 1}; most providers refuse more than 25"
        )
        cure = f"Write {MOST_ATTACHED_MB} or less: agents get a link to each larger file"
        yield Finding("warning", "desk", "attach_mb", problem, cure)


def _mailboxes(settings: "Settings") -> Findings:
    from intake.channels.opening import claims

    seen: dict[tuple[object, ...], str] = {}
    for name, box in settings.mailboxes.items():
        section = f"mailbox {name}"
        if isinstance(box, ImapMailbox):
            yield from _since(section, box)
        try:
            claimed = list(claims(box))
        except Exception as err:
            # A third party's channel may raise anything; the admin has to know.
            words = terminal.line(f"{type(err).__name__}: {err}")[:300]
            yield Finding("problem", section, "type", words, "Correct it, or ask the author of that channel")
            continue
        for key, account in claimed:
            other = seen.setdefault(account, name)
            if other != name:
                problem = f"[mailbox {other}] reads the same, and each email goes to whichever is first"
                if channel_mode(box.type) is Mode.LISTENS:
                    problem = f"[mailbox {other}] listens there already"
                yield Finding("problem", section, key, problem, f"Change {key}, or remove one of the two")
                break


def _since(section: str, box: ImapMailbox) -> Findings:
    if box.since is None:
        problem = "is not set: old mail in the mailbox opens tickets and is answered"
        yield Finding(
            "warning", section, "since", problem, "Write the first day whose mail counts: YYYY-MM-DD"
        )
    elif box.since > now().date() + timedelta(days=1):
        problem = f"{box.since} is in the future: until then no mail is read"
        yield Finding("warning", section, "since", problem, "Write the first day whose mail counts")


def _levels(settings: "Settings", languages: tuple[str, ...]) -> Findings:
    from intake.desk.ticket import PRIORITIES

    form = [name for name, _ in settings.form.categories]
    ruled = [rule.category for rule in settings.rules.values() if rule.category]
    categories = list(dict.fromkeys([*settings.triage.categories, *form, *ruled]))
    for name, level in settings.slas.items():
        section = f"sla {name}"
        yield from _unknown(section, "category", level.category, categories)
        yield from _unknown(section, "priority", level.priority, PRIORITIES)
        yield from _unread_languages(section, level.language, languages)
    for name, rule in settings.rules.items():
        yield from _unread_languages(f"rule {name}", rule.language, languages)


def _unknown(section: str, key: str, values: Iterable[str], known: Iterable[str]) -> Findings:
    lower = {value.lower() for value in known}
    for value in values:
        if value.lower() not in lower:
            problem = f"{value!r} is not a valid {key}, so it matches no ticket"
            yield Finding("problem", section, key, problem, f"Write any of: {', '.join(known)}")


def _unread_languages(section: str, values: Iterable[str], known: tuple[str, ...]) -> Findings:
    for value in values:
        wanted = value.lower()
        if not any(each.lower() == wanted or each.lower().startswith(f"{wanted}-") for each in known):
            problem = f"{value!r} is not a valid ticket language, so it matches none"
            yield Finding("problem", section, "language", problem, f"Write any of: {', '.join(known)}")


def _addresses(settings: "Settings") -> Findings:
    for name, group in settings.groups.items():
        for address in group.addresses:
            if "@" not in address.strip("@"):
                cure = "Write it like ann@example.com; whole domains belong under domains"
                yield Finding(
                    "problem", f"group {name}", "addresses", f"{address!r} is not a valid email address", cure
                )
    for name, box in settings.mailboxes.items():
        for address in box.accept if isinstance(box, ListeningMailbox) else ():
            if "@" not in address or address.endswith("@"):
                cure = "Write addresses, or domains as @example.com"
                yield Finding(
                    "problem", f"mailbox {name}", "accept", f"{address!r} is not a valid address", cure
                )


def _to_itself(settings: "Settings") -> Findings:
    """What the desk sends to a person must not go to the desk."""
    places = [("desk", "admin", settings.desk.admin), ("page", "on_call", settings.page.on_call)]
    places += [("report", "mail", recipient) for recipient in settings.report.mail]
    places += [("audit", "checkpoint_to", witness) for witness in settings.audit.checkpoint_to]
    places += [(f"team {name}", "lead", team.lead) for name, team in settings.teams.items()]
    for section, key, address in places:
        if address and _own(settings, address):
            problem = f"{address} is an address of this desk, so nobody is notified"
            yield Finding("problem", section, key, problem, "Write the address that a person reads")


def _own(settings: "Settings", address: str) -> bool:
    from intake.desk.addresses import form_of

    boxes = (box.address for box in settings.mailboxes.values())
    known = {settings.desk.address, settings.desk.command_address, *boxes} - {""}
    replies = settings.desk.reply_address.owns(address.lower())
    return replies or any(form_of(address.lower(), form.lower()) for form in known)


def _files(settings: "Settings") -> Findings:
    """Both databases are files of their own: the queue's may be lost, the other never."""
    urls = {"store": settings.store.url, "queue": settings.queue.url}
    for section, url in urls.items():
        if url.startswith("sqlite:") and ":memory:" in url:
            problem = "SQLite's memory is not durable; here the name would make a file"
            yield Finding("problem", section, "url", problem, f"Name a file, like sqlite:///{section}.db")
    if urls["store"] == urls["queue"]:
        problem = "is the file of [store] url: the queue's throw-away rows would be mixed with the tickets"
        yield Finding("problem", "queue", "url", problem, "Name another file, like sqlite:///queue.db")


def _leads(settings: "Settings", agents: set[str]) -> Findings:
    for name, team in settings.teams.items():
        if team.lead and team.lead.lower() not in agents and not _own(settings, team.lead):
            problem = (
                f"{team.lead} is not an agent: they are notified of overdue tickets but cannot answer them"
            )
            cure = f"Run: intake agent add {team.lead} --team {name}"
            yield Finding("warning", f"team {name}", "lead", problem, cure)
    on_call = settings.page.on_call
    if on_call and on_call.lower() not in agents and not _own(settings, on_call):
        problem = f"{on_call} is not an agent: they are paged, and their reply is an internal note"
        cure = f"To let them answer customers: intake agent add {on_call}"
        yield Finding("warning", "page", "on_call", problem, cure)
