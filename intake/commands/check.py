"""`intake check`: everything that can be wrong, found at once, each with its cure."""

import errno
import os
import re
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intake import previews, terminal
from intake.commands.common import FAILED, Invocation, as_json, needs_no_desk
from intake.ports import Temporary, UserError

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config import Settings

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `level` is ok, warning or problem; `cure` is empty when it is ok."""

    level: str
    section: str
    key: str
    what: str
    cure: str = ""


Findings = Iterator[Finding]


@needs_no_desk
@click.command()
@click.option("--offline", is_flag=True, help="Connect to no mail server.")
@as_json
@click.pass_context
def check(ctx: click.Context, offline: bool, json_: bool) -> None:
    """Check that everything works; print every problem.

    Looks at the config, the database, the queue, the templates and the mail servers.
    """
    found = list(findings(ctx.obj, offline))
    if json_:
        terminal.say_json(found)
    else:
        for one in found:
            _tell(one)
        terminal.say(f"\n{_summed(found)}")
    ctx.exit(FAILED if any(one.level == "problem" for one in found) else 0)


def _summed(found: list[Finding]) -> str:
    counts = [(word, sum(one.level == word for one in found)) for word in ("problem", "warning")]
    told = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts if count)
    return f"{told}." if told else "All is well."


def _tell(one: Finding) -> None:
    place = f"[{one.section}] {one.key}".strip()
    heading = f"{one.level:<8} {place}: {one.what}"
    terminal.passage(heading, one.cure, _STYLES[one.level], gap=False)


def findings(given: Invocation, offline: bool) -> Findings:
    """Yield what was found, in the order of the config. Never raises for what is the admin's to cure."""
    from intake.config import ConfigError

    try:
        settings = given.settings()
    except ConfigError as err:
        for one in err.problems:
            yield Finding("problem", one.section, one.key, one.what, one.cure)
        if err.settings is not None and not offline:
            # Servers whose own section is sound can be tried all the same.
            unsound = {one.section for one in err.problems}
            for name, box in err.settings.mailboxes.items():
                if box.type.lower() == "imap" and f"mailbox {name}" not in unsound:
                    yield from _imap(err.settings, name)
            if "smtp" not in unsound and "address" in err.settings.desk.values:
                yield from _smtp(err.settings, offline)
        return
    yield from _file(settings)
    try:
        desk = given.desk()
        desk.store.counts()
    except (UserError, Temporary, OSError) as err:
        yield Finding("problem", "store", "url", str(err), "Nothing else was checked; check again after that")
        return
    yield Finding("ok", "store", "url", f"the database answers ({_kind(settings.store.url)})")
    yield from _moved(settings)
    yield _tried("queue", "url", "Correct the URL, or start its server", lambda: given.queue.check(settings))
    yield from _templates(desk)
    yield from _canned(settings)
    yield _pictures()
    yield from _people(desk)
    yield from _languages(desk)
    yield from _trust(settings)
    yield from _mailboxes(settings, offline)
    if settings.web.enabled:
        yield _port("web", settings.web.host, settings.web.port)
    yield from _smtp(settings, offline)


def _moved(settings: "Settings") -> Findings:
    from intake.store.moving import USUAL, moved_to
    from intake.store.opening import sqlite_path

    path = moved_to(sqlite_path(USUAL, settings.desk.data))
    if path.exists():
        what = f"{path} holds all mail from before `intake move`, and nothing erases in it"
        yield Finding("warning", "store", "url", what, "Delete it when you are content with the new database")


def _kind(url: str) -> str:
    return url.partition(":")[0]


def _tried(section: str, key: str, cure: str, call: Callable[[], str]) -> Finding:
    try:
        return Finding("ok", section, key, call())
    except (UserError, Temporary) as err:
        return Finding("problem", section, key, str(err), cure)
    except Exception as err:
        # Whatever a library raises here is the admin's news, not ours to sort.
        words = f"{type(err).__name__}: {err}" if str(err) else type(err).__name__
        return Finding("problem", section, key, terminal.line(words)[:300], cure)


def _file(settings: "Settings") -> Findings:
    text = settings.file.read_text(encoding="utf-8-sig")
    mode = settings.file.stat().st_mode
    secret = any(re.match(r"password *= *[^\s]", line) for line in text.splitlines())
    if secret and mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            "warning",
            str(settings.file),
            "",
            "holds a password and others may read it",
            f"Run: chmod 600 {settings.file}",
        )
    else:
        yield Finding("ok", str(settings.file), "", "every key is understood")


def _templates(desk: "Desk") -> Findings:
    from intake.commands.templates import faults

    found = faults(desk)
    for what in found:
        cure = "Correct that template, or delete it to have the shipped one"
        yield Finding("problem", "desk", "templates", what, cure)
    if not found:
        yield Finding("ok", "desk", "templates", "every mail can be written")


def _canned(settings: "Settings") -> Findings:
    from intake.canned_files import readable

    for fault in readable(settings.desk.canned)[1]:
        what, _, cure = fault.partition(". ")
        yield Finding("problem", "desk", "canned", what, cure)


def _pictures() -> Finding:
    missing = previews.missing()
    if not missing:
        return Finding("ok", "desk", "", "pictures that mail programs cannot show get a preview")
    what = f"HEIC, WebP and other pictures get no preview ({missing} is not installed); all else works"
    return Finding("ok", "desk", "", what, "To have them: pip install 'intake-desk[images]'")


def _people(desk: "Desk") -> Findings:
    agents = [one for one in desk.store.list_agents() if one.enabled]
    if not agents:
        yield Finding(
            "warning",
            "desk",
            "",
            "there is no agent, so nobody is told of tickets",
            "Run: intake agent add ADDRESS --name NAME",
        )
        return
    yield Finding("ok", "desk", "", f"{len(agents)} agent{'s' if len(agents) > 1 else ''}")
    teams = {box.team for box in desk.settings.mailboxes.values() if box.team}
    for team in sorted(teams):
        if not desk.store.agents(team):
            yield Finding(
                "warning",
                f"team {team}",
                "",
                "has no agent, so nobody is told of its tickets",
                f"Run: intake agent add ADDRESS --team {team}",
            )


def _languages(desk: "Desk") -> Findings:
    """Tell of languages that no mail can be written in; another would silently stand in for them."""
    settings, known = desk.settings, desk.policy.languages
    folder = settings.desk.templates
    named = {"desk": settings.desk.language}
    named |= {f"mailbox {name}": box.language for name, box in settings.mailboxes.items()}
    for section, language in named.items():
        if not language or language in known:
            continue
        if section == "desk" and folder is not None and (folder / "mail" / language).is_dir():
            continue
        yield Finding(
            "problem",
            section,
            "language",
            f"no mail can be written in {language!r}",
            f"Write one of: {', '.join(known)}",
        )


def _trust(settings: "Settings") -> Findings:
    """Tell who leaves the checks of his own mail server unused: then no sender counts as proven."""
    for name, box in settings.mailboxes.items():
        if box.type.lower() != "ingest" and not box.trusted_authserv:
            yield Finding(
                "warning",
                f"mailbox {name}",
                "trusted_authserv",
                "no sender is proven: acknowledgements go out once a day, short and as text, "
                "and agents whose mail has no DKIM signature must confirm each answer",
                "Write the name at the beginning of Authentication-Results in your mail (docs/configure.md)",
            )


def _mailboxes(settings: "Settings", offline: bool) -> Findings:
    for name, box in settings.mailboxes.items():
        section, kind = f"mailbox {name}", box.type.lower()
        if kind == "imap" and not offline:
            yield from _imap(settings, name)
        elif kind in ("lmtp", "smtp"):
            yield _port(section, box.host, box.port)
        elif kind == "maildir":
            yield _maildir(section, box.path)


def _imap(settings: "Settings", name: str) -> Findings:
    from intake.channels import imap

    section = f"mailbox {name}"
    box = settings.mailboxes[name]
    yield from _clear(section, box.host, box.security)
    try:
        troubles = imap.check(box)
    except (UserError, Temporary, OSError) as err:
        yield Finding("problem", section, "host", str(err), "Correct host, port, security, user or password")
        return
    for key, what, cure in troubles:
        yield Finding("problem", section, key, what, cure)
    if not troubles:
        yield Finding("ok", section, "host", f"{box.host}:{box.port} lets {box.user} in")


def _clear(section: str, host: str, security: str) -> Findings:
    if security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        yield Finding(
            "warning",
            section,
            "security",
            f"mail and password go to {host} in the clear",
            "Set security = tls or starttls",
        )


def _port(section: str, host: str, port: int) -> Finding:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as err:
        if err.errno == errno.EADDRINUSE:
            cure = "That is as it should be while the desk runs; if it does not, choose another port"
            return Finding("warning", section, "port", f"{host}:{port} is taken", cure)
        what = f"{host}:{port} cannot be listened on: {err.strerror or err}"
        return Finding("problem", section, "port", what, "Choose another host or port")
    return Finding("ok", section, "port", f"{host}:{port} can be listened on")


def _maildir(section: str, path: Path) -> Finding:
    missing = [name for name in ("new", "cur", "tmp") if not (path / name).is_dir()]
    if missing:
        what = f"{path} is no Maildir: it has no {', '.join(missing)}"
        return Finding("problem", section, "path", what, "Name the folder that holds new, cur and tmp")
    if not os.access(path / "new", os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            "problem",
            section,
            "path",
            f"{path} cannot be read and written",
            "Give this user the right to, or run intake as its owner",
        )
    return Finding("ok", section, "path", f"{path} can be read")


def _smtp(settings: "Settings", offline: bool) -> Findings:
    if offline:
        return
    smtp = settings.smtp
    yield from _clear("smtp", smtp.host, smtp.security)
    try:
        yield Finding("ok", "smtp", "host", _greeted(settings))
    except Temporary as err:
        what, _, cure = str(err).rpartition(": ")
        yield Finding("problem", "smtp", "host", what, cure[:1].upper() + cure[1:])


def _greeted(settings: "Settings") -> str:
    from intake.channels.smtp import SmtpSession

    smtp = settings.smtp
    session = SmtpSession(smtp, settings.desk.address)
    try:
        session.check()
    finally:
        session.close()
    return f"{smtp.host}:{smtp.port} takes mail" + (f" from {smtp.user}" if smtp.user else "")
