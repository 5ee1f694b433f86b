"""What the guard knows to be the desk's own: derived, so that an ordinary desk is not asked each time."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from intake.config.brands import Looks, template_folders
from intake.config.sections import Settings
from intake.desk.guard.domains import leads, wire_host
from intake.desk.guard.lookalikes import registrable
from intake.desk.guard.policy import GuardPolicy
from intake.desk.public_mail import is_public

# A template is no longer than this; what is, is none.
_LONGEST = 1 << 20


def guard_of(settings: Settings, canned: Mapping[str, Mapping[str, str]]) -> GuardPolicy:
    """Return the guard's policy: the config's, and the hosts of what the admin wrote.

    Nobody may imitate the hosts of the desk's pages; those of its addresses are added where it is asked.
    """
    guard, own = settings.guard, frozenset(_own(settings))
    written = {lead.host for text in _texts(settings, canned) for lead in leads(text)}
    hosts = (*guard.allow_hosts, *settings.faq.links)
    listed = {wire_host(host.removeprefix("*.").lstrip(".")) for host in hosts}
    return GuardPolicy(
        links=guard.links,
        channels=guard.channels,
        addresses=guard.addresses,
        files=guard.files,
        asks=guard.asks,
        hosts=frozenset(written | listed) - {""},
        own=own,
        wallets=frozenset(guard.allow_addresses),
        digests=frozenset(digest.lower() for digest in guard.allow_files),
    )


def _own(settings: Settings) -> Iterator[str]:
    looks = Looks(settings)
    pages = [look.base_url for look in looks.by_brand.values()]
    for page in filter(None, pages):
        try:
            label = wire_host(urlsplit(page).hostname or "")
        except ValueError:
            # What cannot be a host `intake check` tells under its own key.
            continue
        if "." in label and not is_public(label) and not label.replace(".", "").isdigit():
            yield registrable(label)


def _texts(settings: Settings, canned: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for look in Looks(settings).by_brand.values():
        yield look.signature
    for texts in canned.values():
        yield from texts.values()
    for folder in template_folders(settings):
        yield from _templates(folder)


def _templates(folder: Path | None) -> Iterator[str]:
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.rglob("*.j2")):
        try:
            if path.stat().st_size <= _LONGEST:
                yield path.read_text("utf-8", "replace")
        except OSError:
            # It is told where templates are read; here it only names no hosts.
            continue
