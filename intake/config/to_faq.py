"""What articles are held against, out of the config."""

from datetime import date
from urllib.parse import urlsplit

from intake.config.brands import Looks
from intake.config.sections import Settings
from intake.desk.guard.domains import wire_host
from intake.desk.knowledge.checking import Rules


def rules_of(settings: Settings, today: date) -> Rules:
    """Return the desk's categories, and the hosts that articles may lead to: its own pages', and those of
    `[faq] links`."""
    return Rules(settings.triage.categories, hosts_of(settings), today)


def hosts_of(settings: Settings) -> frozenset[str]:
    """Return the hosts that articles may lead to by https, each with all below it, as A-labels."""
    hosts = {wire_host(host.removeprefix("*.").lstrip(".")) for host in settings.faq.links}
    for look in Looks(settings).all():
        try:
            hosts.add(wire_host(urlsplit(look.base_url).hostname or ""))
        except ValueError:
            # `intake check` says so under its own key.
            continue
    return frozenset(hosts) - {""}


def help_pages_of(settings: Settings) -> dict[str, str]:
    """Return the address below which each mailbox's help pages are; empty where there are none."""
    if not (settings.web.enabled and settings.faq.enabled):
        return {}
    looks = Looks(settings)
    return {name: base for name in settings.mailboxes if (base := looks.of(name).base_url)}
