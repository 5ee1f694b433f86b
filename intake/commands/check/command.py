"""`intake check`: find every problem at once, each with its fix."""

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from intake import terminal
from intake.channels.checking import in_the_clear
from intake.channels.registry import Mode, NoChannel, channel_type
from intake.commands.check.alone import done_alone
from intake.commands.check.answering import answering
from intake.commands.check.bucket import bucket
from intake.commands.check.envelope import senders
from intake.commands.check.files import files
from intake.commands.check.findings import Finding, Findings, parted, tried
from intake.commands.check.logins import access_for, logins, untold
from intake.commands.check.ports import web_port
from intake.commands.check.probe import probing
from intake.commands.check.replies import replying
from intake.commands.check.rules import rules
from intake.commands.check.seeing import seen_in_files
from intake.commands.check.sense import sense
from intake.commands.check.silence import closing
from intake.commands.check.storing import storing
from intake.commands.check.trust import trust
from intake.commands.common import FAILED, Invocation, as_json, needs_no_desk, now
from intake.config.brands import servers_of, template_folders
from intake.config.mailboxes import MailboxSettings, auth_of
from intake.ports import NoLogin, Temporary, UserError

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.config.sections import Settings, SmtpSettings
    from intake.ports import Access

_EMPTY = Finding(
    "ok",
    "store",
    "url",
    "the database answers (postgresql) and is empty. A check makes nothing in it, and skips what needs a "
    "desk: `intake run` or `intake agent add` begins one, `intake move` or `intake restore` brings one",
)
_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@needs_no_desk
@click.command()
@click.option("--offline", is_flag=True, help="Do not connect to mail servers.")
@click.option("--probe", is_flag=True, help="Send test emails to the desk: which reply addresses work?")
@click.option(
    "--wait",
    type=click.IntRange(1, 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="With --probe: how long to look for them.",
)
@as_json
@click.pass_context
def check(ctx: click.Context, offline: bool, probe: bool, wait: int, json_: bool) -> None:
    """Check the whole set-up; print every problem.

    Looks at the config, the database, the queue, the templates and the mail servers. Sends no email without
    --probe.
    """
    if probe and offline:
        raise click.UsageError("--probe needs the mail servers: leave out --offline.")
    results = list(findings(ctx.obj, offline, wait if probe else 0))
    if json_:
        terminal.say_json(results)
    else:
        for finding in results:
            _tell(finding)
        terminal.say(f"\n{_summed(results)}")
    ctx.exit(FAILED if any(finding.level == "problem" for finding in results) else 0)


def _summed(results: list[Finding]) -> str:
    counts = [(word, sum(finding.level == word for finding in results)) for word in ("problem", "warning")]
    summary = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts if count)
    return f"{summary}." if summary else "No problems found."


def _tell(finding: Finding) -> None:
    place = f"[{finding.section}] {finding.key}".strip()
    heading = f"{finding.level:<8} {place}: {finding.what}"
    terminal.passage(heading, finding.cure, _STYLES[finding.level], gap=False)


def findings(ctx: Invocation, offline: bool, probe: int = 0) -> Findings:
    """Yield the findings in the order of the config. Never raises for what the admin can fix.

    With `probe` test emails are sent to the desk, and looked for during so many seconds.

    One failure hides no other: it is reported, and the rest is checked without it.
    """
    from intake.config.settings import ConfigError

    unsound: set[str] = set()
    keys: set[tuple[str, str]] = set()
    try:
        settings = ctx.settings()
    except ConfigError as err:
        for problem in err.problems:
            yield Finding("problem", problem.section, problem.key, problem.what, problem.cure)
        if err.settings is None:
            return
        settings = err.settings
        unsound = {problem.section for problem in err.problems}
        keys = {(problem.section, problem.key) for problem in err.problems}
    else:
        yield from _file(settings)
    missing = list(files(settings))
    yield from missing
    desk, said = _opened(ctx, settings, unsound, missing)
    yield from said
    if desk is not None:
        yield from storing(desk)
        yield from done_alone(desk)
    yield from _moved(settings)
    if settings.store.blobs and "store" not in unsound and not _of(missing, "store", "blobs_ca_file"):
        yield from bucket(settings.store, settings.desk.data)
    # Its file is made where there is none, which is for a desk that is there.
    made = desk is not None or not (unsound or said == [_EMPTY] or _of(missing, "desk", "data"))
    if "queue" not in unsound and (made or not settings.queue.url.startswith("sqlite:")):
        cure = "Correct the URL (with a password: redis://:PASSWORD@HOST:6379/0), or start its server"
        yield tried("queue", "url", cure, lambda: ctx.queue.check(settings))
    if desk is not None:
        if settings.mailboxes:  # They are tried as mails of one; that there is none was told above.
            yield from _templates(desk)
            if "lifecycle" not in unsound:
                yield from closing(desk)
        yield from _people(desk)
        yield from _languages(desk)
    yield from seen_in_files(settings.scan)
    yield from _understood(settings, desk, keys)
    yield from trust(settings, desk)
    # A server whose certificate cannot be judged is not tried either.
    untried = unsound | {problem.section for problem in missing if problem.key == "ca_file"}
    yield from logins(settings, desk)
    yield from _mailboxes(settings, offline, untried, desk)
    if settings.web.enabled and "web" not in unsound:
        yield web_port(settings.web)
    if "smtp" not in untried:
        yield from _smtp(settings, offline, desk)
    if probe and not unsound:
        yield from probing(settings, desk, probe, now())


def _of(results: list[Finding], section: str, key: str) -> bool:
    return any(
        finding.level == "problem" and (finding.section, finding.key) == (section, key) for finding in results
    )


def _opened(
    ctx: Invocation, settings: "Settings", unsound: set[str], missing: list[Finding]
) -> tuple["Desk | None", list[Finding]]:
    """Return the desk, built without the missing files, and the findings about it.

    With problems in the config an existing desk is opened and none is created, and none ever on a server.
    """
    from intake.config.settings import KEY_FILE

    if "store" in unsound or _of(missing, "desk", "data"):
        return None, []
    if unsound and not os.path.exists(settings.desk.data / KEY_FILE):
        return None, []
    try:
        usable = _without(settings, missing)
        if unsound:
            # They name each other, and one of them may be what is unsound.
            usable = replace(usable, calendars={}, slas={}, rules={})
        ctx.adopt(usable)
        if _expect_usable(usable):
            return None, [_EMPTY]
        desk = ctx.desk()
        desk.store.upkeep.counts()
    except (UserError, Temporary) as err:
        cure = "Other checks skipped; fix this first"
        words = str(err).removeprefix("[desk] data: ")
        section, key = ("desk", "data") if KEY_FILE in words or words != str(err) else ("store", "url")
        return None, [Finding("problem", section, key, *parted(words, cure))]
    return desk, [Finding("ok", "store", "url", f"the database answers ({_kind(settings.store.url)})")]


def _expect_usable(settings: "Settings") -> bool:
    """Whether the database is on a server and still empty, so that a move or a restore may fill it.

    Raises UserError or Temporary where no desk can begin in it.
    """
    from intake.store.opening import expect_room, table_state
    from intake.store.upkeep.begun_elsewhere import expect_nothing_left_behind

    url, data = settings.store.url, settings.desk.data
    if url.startswith("sqlite:") or table_state(url, data)[0]:
        return False
    expect_nothing_left_behind(None, url, data)
    expect_room(url, data)
    return True


def _without(settings: "Settings", missing: list[Finding]) -> "Settings":
    """Return the settings without the files that are missing: what is wrong with them is told already."""
    desk, dkim = settings.desk, settings.dkim
    if _of(missing, "desk", "canned"):
        desk = replace(desk, canned=None)
    if _of(missing, "desk", "templates"):
        desk = replace(desk, templates=None)
    if _of(missing, "dkim", "key_file"):
        dkim = replace(dkim, key_file=None)
    return replace(settings, desk=desk, dkim=dkim)


def _understood(settings: "Settings", desk: "Desk | None", keys: set[tuple[str, str]]) -> Findings:
    from intake.config.to_policy import languages_of

    agents = None
    if desk is not None:
        agents = [agent.address.lower() for agent in desk.store.agents.list_agents() if agent.enabled]
    unsound = {section for section, _ in keys}
    for finding in (
        *sense(settings, languages_of(*template_folders(settings)), agents),
        *answering(settings),
        *replying(settings, agents),
        *rules(settings, unsound),
    ):
        # A key that was told of already has its default here, not the admin's value.
        if (finding.section, finding.key) not in keys:
            yield finding


def _moved(settings: "Settings") -> Findings:
    from intake.store.files.leaving import MOVED
    from intake.store.opening import sqlite_path
    from intake.store.upkeep.to_postgres import USUAL, moved_to

    path = moved_to(sqlite_path(USUAL, settings.desk.data))
    if os.access(path, os.F_OK):
        problem = f"{path} holds all mail from before `intake move`, and erasures do not reach it"
        yield Finding("warning", "store", "url", problem, "Delete it once the new database works for you")
    folder = settings.desk.data / MOVED
    if os.access(folder, os.F_OK):
        problem = f"{folder} holds large mail from before `intake move`, and erasures do not reach it"
        yield Finding("warning", "store", "blobs", problem, "Delete it once the bucket works for you")


def _kind(url: str) -> str:
    return url.partition(":")[0]


def _file(settings: "Settings") -> Findings:
    from intake.config.backup_copy import holds_secrets
    from intake.config.settings import written

    text = settings.file.read_text(encoding="utf-8-sig")
    mode = settings.file.stat().st_mode
    secret = holds_secrets(written(settings.file), text)
    if secret and mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            "warning",
            str(settings.file),
            "",
            "holds a secret and others may read it",
            f"Run: chmod 600 {settings.file}",
        )
    else:
        yield Finding("ok", str(settings.file), "", "config is valid")


def _templates(desk: "Desk") -> Findings:
    from intake.commands.templates import faults

    mistakes = faults(desk)
    for section, mistake in mistakes:
        cure = "Correct that template, or delete it to use the shipped one"
        yield Finding("problem", section, "templates", mistake, cure)
    if not mistakes:
        yield Finding("ok", "desk", "templates", "all templates render")


def _people(desk: "Desk") -> Findings:
    agents = [agent for agent in desk.store.agents.list_agents() if agent.enabled]
    if not agents:
        yield Finding(
            "warning",
            "desk",
            "",
            "no agents: nobody will be notified",
            "Run: intake agent add ADDRESS --name NAME",
        )
        return
    yield Finding("ok", "desk", "", f"{len(agents)} agent{'s' if len(agents) > 1 else ''}")
    teams = {box.team for box in desk.settings.mailboxes.values() if box.team}
    for team in sorted(teams):
        if not desk.store.agents.enabled(team):
            yield Finding(
                "warning",
                f"team {team}",
                "",
                "no agents: nobody will be notified of its tickets",
                f"Run: intake agent add ADDRESS --team {team}",
            )


def _languages(desk: "Desk") -> Findings:
    """Report languages without templates; another would silently be used instead."""
    settings, known = desk.settings, desk.policy.languages
    folder = settings.desk.templates
    named = {"desk": settings.desk.language}
    named |= {f"mailbox {name}": box.language for name, box in settings.mailboxes.items()}
    for section, language in named.items():
        if not language or language in known:
            continue
        if section == "desk" and folder is not None and os.path.isdir(folder / "mail" / language):
            continue
        yield Finding(
            "problem",
            section,
            "language",
            f"no templates for {language!r}",
            f"Available: {', '.join(known)}",
        )


def _mailboxes(settings: "Settings", offline: bool, untried: set[str], desk: "Desk | None") -> Findings:
    """Ask each channel itself, which knows what it needs."""
    for name, box in settings.mailboxes.items():
        section = f"mailbox {name}"
        if section in untried:
            continue
        try:
            kind = channel_type(box.type)
        except NoChannel as err:
            yield Finding("problem", section, "type", *err.args)
            continue
        if not (offline and kind.remote) and kind.mode is not Mode.FED:
            auth = auth_of(box)
            if auth and desk is None:
                yield untold(section, auth)
                continue
            yield from _channel(section, box, kind.title, access_for(desk, auth))


def _channel(section: str, box: MailboxSettings, title: str, access: "Access | None") -> Findings:
    from intake.channels import opening

    try:
        looked = opening.check(box, access)
    except (Exception, SystemExit) as err:
        # A third party's channel may raise anything; the admin has to know.
        words = terminal.line(f"{type(err).__name__}: {err}")[:300]
        yield Finding("problem", section, "type", words, "Correct it, or ask the author of that channel")
        return
    for result in looked:
        yield Finding(result.level, section, result.key, result.what, result.cure)
    if not looked:
        yield Finding("ok", section, "type", f"nothing is wrong with it ({title})")


def _smtp(settings: "Settings", offline: bool, desk: "Desk | None") -> Findings:
    if offline:
        return
    for section, smtp, address in servers_of(settings):
        if smtp.auth and desk is None:
            yield untold(section, smtp.auth)
        else:
            yield from _server(section, smtp, address, settings, desk)


def _server(
    section: str, smtp: "SmtpSettings", address: str, settings: "Settings", desk: "Desk | None"
) -> Findings:
    """Yield what a server says that takes our mail, of which that from `address`."""
    for warning in in_the_clear(smtp.host, smtp.security):
        yield Finding(warning.level, section, warning.key, warning.what, warning.cure)
    from intake.channels.smtp import SmtpSession

    session = SmtpSession(smtp, address, access=access_for(desk, smtp.auth), section=section)
    try:
        session.check()
        login = f" from {smtp.user}" if smtp.user else ""
        yield Finding("ok", section, "host", f"{smtp.host}:{smtp.port} accepts mail{login}")
        yield from senders(section, smtp, address, settings, session.takes_sender)
    except NoLogin as err:
        yield Finding("problem", section, "auth", err.problem, err.cure)
    except Temporary as err:
        problem, _, cure = str(err).rpartition(": ")
        yield Finding("problem", section, "host", problem, cure[:1].upper() + cure[1:])
    finally:
        session.close()
