"""From settings to policy: what the config says, in the words of the desk."""

import logging
import os
from pathlib import Path

from intake.config import canned_files, triage_keys
from intake.config.brands import accounts_of, addresses_of, template_folders
from intake.config.converters import ALSO_LISTS
from intake.config.incident_keys import incident_policy
from intake.config.sections import Settings
from intake.config.to_guard import guard_of
from intake.config.to_service_levels import calendars_of, levels_of, survey_hours
from intake.desk.kept_files import MIB
from intake.desk.people import TeamPolicy
from intake.desk.policy import MailboxPolicy, Policy, SilencePolicy
from intake.desk.text.language import LANGUAGES

log = logging.getLogger("intake.app")


def policy_of(settings: Settings) -> Policy:
    """Return the part of the settings that the rules read."""
    desk = settings.desk
    mailboxes = {
        name: MailboxPolicy(
            name,
            box.address,
            box.team,
            box.language,
            box.trusted_authserv,
            box.acknowledge != "no",
            box.spam == "quiet",
            box.brand,
            box.acknowledge == ALSO_LISTS,
        )
        for name, box in settings.mailboxes.items()
    }
    calendars = calendars_of(settings)
    own = {address.lower() for address in addresses_of(settings)}
    own |= {desk.command_address.lower()} - {""}
    answers = _canned(desk.canned)
    return Policy(
        mailboxes=mailboxes,
        own_addresses=frozenset(own),
        language=desk.language,
        languages=languages_of(*template_folders(settings)),
        reopen_days=desk.reopen_days,
        quote_subject=desk.quote_subject,
        limits=desk.limits,
        agent_authority=desk.agent_authority,
        replies=desk.reply_address,
        undo_seconds=desk.undo_seconds,
        attach_bytes=desk.attach_mb * MIB,
        max_message_mb=desk.max_message_mb,
        admin=desk.admin,
        hours=survey_hours(settings, calendars),
        survey=settings.survey,
        silence=_silence(settings),
        levels=levels_of(settings, calendars),
        calendars=calendars,
        on_call=settings.page.on_call,
        webhook=bool(settings.page.webhook),
        triage=triage_keys.policy_of(settings.triage, settings.rules, settings.teams),
        teams={
            name: TeamPolicy(name, team.lead, team.assign, team.reassign_away)
            for name, team in settings.teams.items()
        },
        command_address=desk.command_address.lower(),
        accounts=accounts_of(settings),
        canned=answers,
        guard=guard_of(settings, answers),
        incidents=incident_policy(settings.incidents),
    )


def _silence(settings: Settings) -> SilencePolicy:
    wanted, shipped = settings.lifecycle, SilencePolicy()
    before = wanted.remind_waiting_before or shipped.remind_before
    return SilencePolicy(wanted.close_waiting_after, before, "closing" in settings.desk.status_mails)


def _canned(folder: Path | None) -> dict[str, dict[str, str]]:
    """Return the prepared answers that can be read: one that cannot stops no desk, and is told."""
    answers, faults = canned_files.readable(folder)
    for fault in faults:
        log.error("[desk] canned: %s", fault)
    return answers


def languages_of(*templates: Path | None) -> tuple[str, ...]:
    """Return the languages that mails are written in: the shipped ones, then those of an admin's folders."""
    folders = [folder / "mail" for folder in templates if folder]
    own = [
        name
        for folder in folders
        if os.path.isdir(folder)
        for name in sorted(path.name for path in folder.iterdir() if path.is_dir())
    ]
    return tuple(dict.fromkeys((*LANGUAGES, *own)))
