"""Checks across the sections of a config that can be read one by one."""

from collections.abc import Container, Iterator

from intake.config.brands import brand_problems, servers_of
from intake.config.converters import LONGEST_LOCAL, too_long
from intake.config.form_keys import field_problem
from intake.config.incident_keys import unknown_kinds
from intake.config.mailboxes import ImapMailbox
from intake.config.oauth_keys import account_problems, login_problems
from intake.config.public_holidays import problem as holiday_problem
from intake.config.reading import Problem
from intake.config.sections import LifecycleSettings, Settings, SmtpSettings, StoreSettings
from intake.config.service_level_keys import CalendarSettings, SlaSettings
from intake.config.triage_keys import SETS, WHERE, RuleSettings
from intake.desk.reply_form import CATCHALL, PLUS
from intake.desk.sla_policies import Action

# Addresses that checkpoints are mailed to.
MOST_WITNESSES = 3
ALWAYS, WEEKDAYS = "always", "weekdays"


def cross_problems(settings: Settings, keys: Container[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what does not fit together.

    `keys` are the section and key of each problem that is known already: there the settings hold a
    default, of which nothing is said.
    """
    yield from _teams(settings)
    for name, asked in settings.fields.items():
        wrong = field_problem(name, asked)
        if wrong:
            yield Problem(f"field {name}", *wrong)
    yield from _bucket(settings.store)
    yield from _lifecycle(settings.lifecycle)
    if len(settings.audit.checkpoint_to) > MOST_WITNESSES:
        cure = f"Name {MOST_WITNESSES} at most, of different people: each gets a mail an hour"
        yield Problem("audit", "checkpoint_to", "names too many addresses", cure)
    box = settings.web.mailbox
    if box and box not in settings.mailboxes:
        cure = "Name one of the [mailbox …] sections or clear the key"
        yield Problem("web", "mailbox", f"there is no mailbox {box!r}", cure)
    for name, calendar in settings.calendars.items():
        yield from _calendar(name, calendar)
    for name, level in settings.slas.items():
        yield from _level(f"sla {name}", level, settings)
    yield from _category(settings)
    yield from _rules(settings, keys)
    yield from unknown_kinds(settings.incidents)
    yield from _addresses(settings)
    yield from brand_problems(settings)
    yield from _logins(settings, keys)


def _bucket(store: StoreSettings) -> Iterator[Problem]:
    if bool(store.blobs_key) != bool(store.blobs_secret):
        missing = "blobs_secret" if store.blobs_key else "blobs_key"
        cure = f"Set {missing} too, or clear both to use the environment or the machine's role"
        yield Problem("store", missing, "is missing", cure)
    if store.blobs_endpoint and not store.blobs:
        cure = (
            "Set blobs = s3://bucket/prefix, or clear blobs_endpoint to keep large files in the data folder"
        )
        yield Problem("store", "blobs", "is missing, though blobs_endpoint names a store", cure)


def _lifecycle(lifecycle: LifecycleSettings) -> Iterator[Problem]:
    after, before = lifecycle.close_waiting_after, lifecycle.remind_waiting_before
    if before is None:
        cure = "Write how many days before closing the customer is reminded, for example 2d"
        yield Problem("lifecycle", "remind_waiting_before", "is empty", cure)
    elif after is not None and before >= after:
        cure = f"Write less than close_waiting_after = {after.days}d"
        reason = f"{before.days}d leaves no time before the reminder"
        yield Problem("lifecycle", "remind_waiting_before", reason, cure)


def _teams(settings: Settings) -> Iterator[Problem]:
    for name, box in settings.mailboxes.items():
        if box.team and box.team not in settings.teams:
            cure = f"Add a section [team {box.team}] or clear the key"
            yield Problem(f"mailbox {name}", "team", f"there is no team {box.team!r}", cure)


def _calendar(name: str, calendar: CalendarSettings) -> Iterator[Problem]:
    section = f"calendar {name}"
    if name == ALWAYS:
        cure = "Give the calendar another name"
        yield Problem(section, "", f"{ALWAYS} means round the clock and has no hours", cure)
    for place in calendar.holidays:
        reason = holiday_problem(place)
        if reason:
            cure = "Write a code of ISO 3166 such as DE, DE-BE, US-CA or CN, or name the days in days_off"
            yield Problem(section, "holidays", reason, cure)


def _level(section: str, level: SlaSettings, settings: Settings) -> Iterator[Problem]:
    if level.calendar not in (ALWAYS, WEEKDAYS, *settings.calendars):
        cure = f"Add a section [calendar {level.calendar}], or write {ALWAYS} or {WEEKDAYS}"
        yield Problem(section, "calendar", f"there is no calendar {level.calendar!r}", cure)
    for key, names, known in (
        ("group", level.group, settings.groups),
        ("team", level.team, settings.teams),
    ):
        for name in names:
            if name not in known:
                cure = f"Add a section [{key} {name}] or clear the key"
                yield Problem(section, key, f"there is no {key} {name!r}", cure)
    for key, ladder in (("ladder", level.ladder), ("resolution_ladder", level.resolution_ladder or ())):
        for step in ladder:
            if step.action is Action.TEAM and step.argument not in settings.teams:
                cure = f"Add a section [team {step.argument}] or remove the rule"
                yield Problem(section, key, f"there is no team {step.argument!r} for {step.percent}%", cure)
            if step.action is Action.LATE and key == "resolution_ladder":
                cure = "Remove the rule: customers are told when we reply, not when it is solved"
                yield Problem(section, key, f"{step.percent}% late has nobody to notify", cure)
    if not (level.first_response or level.next_response or level.resolution):
        cure = "Set first_response, next_response or resolution"
        yield Problem(section, "", "has no SLA target", cure)


def _category(settings: Settings) -> Iterator[Problem]:
    categories, default = settings.triage.categories, settings.triage.default_category
    if default and categories and default not in categories:
        cure = f"Write one of: {', '.join(categories)}"
        yield Problem("triage", "default_category", f"{default!r} is not a valid category", cure)


def _rules(settings: Settings, keys: Container[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what a rule names and is nowhere, and rules that do nothing."""
    categories = settings.triage.categories
    for name, rule in settings.rules.items():
        section = f"rule {name}"
        if rule.category and categories and rule.category not in categories:
            cure = "Add it to [triage] categories"
            yield Problem(section, "category", f"{rule.category!r} is not a valid category", cure)
        if rule.team and rule.team not in settings.teams:
            cure = f"Add a section [team {rule.team}]"
            yield Problem(section, "team", f"there is no team {rule.team!r}", cure)
        for box in rule.mailbox:
            if box not in settings.mailboxes:
                cure = "Name one of the [mailbox …] sections"
                yield Problem(section, "mailbox", f"there is no mailbox {box!r}", cure)
        if not rule.sets_something and not any((section, key) in keys for key in SETS):
            yield Problem(section, "", "sets nothing", f"Give it one of: {', '.join(SETS)}")
        yield from _handling(section, rule, keys)


def _handling(section: str, rule: RuleSettings, keys: Container[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what is wrong with a rule that keeps, closes, silences or lets in mail."""
    if any((section, key) in keys for key in WHERE):
        return
    if rule.handles and not rule.chooses:
        cure = "Say which: sender, header, recipient or another condition"
        yield Problem(section, "", "would catch every email", cure)
    elif rule.machine and not (rule.sender or rule.header):
        cure = "Name whose with sender = …, or how it is known with header = …"
        yield Problem(section, "machine", "would let in automatic email from anybody", cure)
    if rule.quarantine and (rule.close or rule.quiet or rule.machine):
        cure = "Remove quarantine, or close, quiet and machine"
        yield Problem(section, "quarantine", "leaves no ticket for close, quiet or machine", cure)


def _addresses(settings: Settings) -> Iterator[Problem]:
    yield from _reply_domain(settings)
    if settings.desk.reply_address.kind != PLUS:
        return
    reason = f"the part before the @ is longer than {LONGEST_LOCAL} characters"
    for name, box in settings.mailboxes.items():
        if too_long(box.address):
            cure = "Reply addresses add 45 to it and 64 is the limit: use a shorter address"
            yield Problem(f"mailbox {name}", "address", reason, cure)
    if too_long(settings.desk.command_address):
        cure = "Agents' own addresses add 45 to it and 64 is the limit: use a shorter address"
        yield Problem("desk", "command_address", reason, cure)


def _reply_domain(settings: Settings) -> Iterator[Problem]:
    """Yield a problem where people have addresses in the domain that is taken for the desk's alone."""
    form, desk = settings.desk.reply_address, settings.desk
    people = [desk.address, desk.command_address, desk.admin]
    people += [box.address for box in settings.mailboxes.values()]
    people += [team.lead for team in settings.teams.values()]
    shared = next((address for address in people if form.owns(address.lower())), "")
    if shared:
        reason = f"{shared} is in this domain too, but every address of it would be a reply address"
        cure = f"Name a domain of its own, such as {CATCHALL}:@reply.{form.domain}, or write bare"
        yield Problem("desk", "reply_address", reason, cure)


def _logins(settings: Settings, keys: Container[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what is wrong with accounts, and with who logs in by them or by a password."""
    for name, account in settings.oauth.items():
        for problem in account_problems(name, account):
            if (problem.section, problem.key) not in keys:
                yield problem
    boxes = {f"mailbox {name}": box for name, box in settings.mailboxes.items()}
    servers = {section: smtp for section, smtp, _ in servers_of(settings)}
    for section, box in {**boxes, **servers}.items():
        if not isinstance(box, ImapMailbox | SmtpSettings) or (section, "auth") in keys:
            continue
        if box.auth:
            login = (box.auth, box.user, box.password, box.host, box.security)
            for problem in login_problems(section, settings.oauth, login):
                if (section, problem.key) not in keys:
                    yield problem
        elif isinstance(box, ImapMailbox) and not box.password and (section, "password") not in keys:
            cure = "Set password, password_file or password_env, or auth = oauth:NAME"
            yield Problem(section, "password", "is missing", cure)
