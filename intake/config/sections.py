"""The sections of the config, each a frozen dataclass, and all of them together: `Settings`.

This is the only list of sections and keys. How a text is read stands in `intake.config.converters`.
"""

# `key` and its like make a field, as `dataclasses.field` does.
# ruff: noqa: RUF009

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from intake.config.brand_keys import BrandSettings
from intake.config.converters import (
    as_address,
    as_addresses,
    as_bucket,
    as_colour,
    as_days,
    as_digests,
    as_flag,
    as_hosts,
    as_number,
    as_optional_address,
    as_optional_colour,
    as_optional_path,
    as_optional_url,
    as_path,
    as_reply_form,
    as_signing_keys,
    as_site,
    as_text,
    as_url,
    as_wallets,
    as_words,
    as_zone,
    member_of,
    one_of,
    some_of,
)
from intake.config.form_keys import FieldSettings, FormSettings, as_origins
from intake.config.incident_keys import IncidentSettings
from intake.config.keys import Key, key, keys_of, part
from intake.config.mailboxes import MailboxSettings
from intake.config.oauth_keys import OAuthSettings, as_auth
from intake.config.service_level_keys import CalendarSettings, GroupSettings, SlaSettings
from intake.config.triage_keys import RuleSettings, TriageSettings
from intake.desk.effects import STATUS_EVENTS
from intake.desk.people import Assignment
from intake.desk.policy import Limits, SurveyPolicy
from intake.desk.reply_form import ReplyForm

T = TypeVar("T")
M = TypeVar("M", bound=MailboxSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """The desk as a whole. Its `limits` are keys of this section too."""

    name: str = key(as_text)
    address: str = key(as_address)
    command_address: str = key(as_optional_address, "")
    canned: Path | None = key(as_optional_path, "")
    data: Path = key(as_path, "data")
    language: str = key(as_text, "en")
    timezone: tzinfo = key(as_zone, "UTC")
    signature: str = key(as_text, "")
    templates: Path | None = key(as_optional_path, "")
    colour: str = key(as_colour, "#1b5e8c")
    status_mails: tuple[str, ...] = key(
        some_of(*STATUS_EVENTS), "waiting, closing, delayed, resolved, reopened"
    )
    reopen_days: int = key(as_number(0, 3650), "14")
    reply_days: int = key(as_number(1, 3650), "180")
    reply_address: ReplyForm = key(as_reply_form, "plus")
    agent_authority: str = key(one_of("strict", "token"), "strict")
    undo_seconds: int = key(as_number(0, 3600), "60")
    quote_subject: str = key(one_of("verified", "always", "never"), "verified")
    limits: Limits = part(Limits)
    admin: str = key(as_optional_address, "")
    retention_days: int = key(as_number(0, 36_500), "0")
    max_message_mb: int = key(as_number(1, 100), "35")
    attach_mb: int = key(as_number(0, 100), "10")
    log_level: str = key(one_of("debug", "info", "warning", "error"), "info")
    log_format: str = key(one_of("plain", "json"), "plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where the database is, by a URL that may hold a password, and the bucket of large files."""

    url: str = key(as_url("sqlite", "postgresql"), "sqlite:///intake.db", shown=False)
    blobs: str = key(as_bucket, "")
    blobs_endpoint: str = key(as_site, "")
    blobs_region: str = key(as_text, "")
    blobs_key: str = key(as_text, "")
    blobs_secret: str = key(as_text, "", secret=True)
    blobs_ca_file: Path | None = key(as_optional_path, "")
    blobs_path_style: bool = key(as_flag, "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """Where the jobs are, and how many threads do them. A URL may hold a password."""

    url: str = key(as_url("sqlite", "redis", "rediss", "unix"), "sqlite:///queue.db", shown=False)
    workers: int = key(as_number(1, 32), "2")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The form and the pages."""

    enabled: bool = key(as_flag, "yes")
    host: str = key(as_text, "127.0.0.1")
    port: int = key(as_number(0, 65535), "8080")
    base_url: str = key(as_text, "")
    mailbox: str = key(as_text, "")
    max_post_mb: int = key(as_number(1, 100), "25")
    trusted_proxy: str = key(as_text, "")
    show_conversation: bool = key(as_flag, "yes")
    link_days: int = key(as_number(1, 365), "30")
    embed_origins: tuple[str, ...] = key(as_origins, "")
    brand_name: str = key(as_text, "")
    colour: str = key(as_optional_colour, "")
    logo: Path | None = key(as_optional_path, "")
    metrics_token: str = key(as_text, "", secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsSettings:
    """How files are looked into for what nobody should have sent, and how long sealed copies are kept."""

    pictures: str = key(one_of("later", "hold", "off"), "later")
    sealed_days: int = key(as_number(1, 3650), "30")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """What scans files for malware, and what judges mail."""

    clamd: Path | None = key(as_optional_path, "")
    fail: str = key(one_of("hold", "pass"), "hold")
    rspamd: str = key(as_site, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleSettings:
    """When tickets are closed of which nothing is heard, and how long before that customers are reminded."""

    close_waiting_after: timedelta | None = key(as_days, "")
    remind_waiting_before: timedelta | None = key(as_days, "2d")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """Who gets the report by mail, and when."""

    mail: tuple[str, ...] = key(as_addresses, "")
    every: str = key(one_of("day", "week", "month"), "week")
    hour: int = key(as_number(0, 23), "7")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server that mail leaves by. `timeout` is in seconds; `auth` names an [oauth NAME], "" for none."""

    host: str = key(as_text)
    port: int = key(as_number(1, 65535), "587")
    security: str = key(one_of("starttls", "tls", "none"), "starttls")
    ca_file: Path | None = key(as_optional_path, "")
    user: str = key(as_text, "")
    auth: str = key(as_auth, "password")
    password: str = key(as_text, "", secret=True)
    timeout: float = key(as_number(1, 300), "30")
    helo: str = key(as_text, "")
    archive: str = key(as_optional_address, "")
    sender: str = key(as_optional_address, "")

    @property
    def account(self) -> str:
        """The envelope sender that the server is surest to take; "" where only the null sender is known."""
        return self.sender or (self.user if "@" in self.user else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """What answers of agents are looked through for, and what is never asked about."""

    links: str = key(one_of("confirm", "two", "off"), "confirm")
    channels: str = key(one_of("confirm", "two", "off"), "confirm")
    addresses: str = key(one_of("two", "confirm", "off"), "two")
    asks: str = key(one_of("confirm", "two", "off"), "confirm")
    files: str = key(one_of("refuse", "confirm", "two", "off"), "refuse")
    allow_hosts: tuple[str, ...] = key(as_hosts, "")
    allow_addresses: tuple[str, ...] = key(as_wallets, "")
    allow_files: tuple[str, ...] = key(as_digests, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """How somebody is called out of bed."""

    webhook: str = key(as_optional_url, "", secret=True)
    token: str = key(as_text, "", secret=True)
    secret: str = key(as_signing_keys, "", secret=True)
    on_call: str = key(as_optional_address, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """The key that mail is signed with."""

    key_file: Path | None = key(as_optional_path, "")
    selector: str = key(as_text, "intake")
    domain: tuple[str, ...] = key(as_words, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Whom the checkpoints of the record are mailed to, and the key they are signed with."""

    checkpoint_to: tuple[str, ...] = key(as_addresses, "")
    key_file: Path | None = key(as_optional_path, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSettings:
    """A team: `name` is what people read, "" for the one in the heading."""

    name: str = key(as_text, "")
    lead: str = key(as_optional_address, "")
    assign: Assignment = key(member_of(Assignment), "nobody")
    reassign_away: bool = key(as_flag, "no")


class SectionKind(NamedTuple):
    """A kind of section: the word in its heading, the attribute of `Settings`, what it is read into.

    One that is `named` has a name of its own, and the attribute holds all of them by name.
    """

    word: str
    attribute: str
    section: type[Any]
    named: bool


def once(section: type[T]) -> T:
    """Declare a section that stands once, under the attribute's name."""
    needs = any(declaration.default is None for declaration in keys_of(section))
    metadata = {"section": section}
    made: T = field(metadata=metadata) if needs else field(default_factory=section, metadata=metadata)
    return made


def named(word: str, section: type[T]) -> Mapping[str, T]:
    """Declare the sections [word NAME], by their names."""
    return field(default_factory=dict, metadata={"section": section, "word": word})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole config. Relative paths in it have been made absolute against its folder."""

    file: Path
    desk: DeskSettings = once(DeskSettings)
    store: StoreSettings = once(StoreSettings)
    queue: QueueSettings = once(QueueSettings)
    web: WebSettings = once(WebSettings)
    form: FormSettings = once(FormSettings)
    fields: Mapping[str, FieldSettings] = named("field", FieldSettings)
    survey: SurveyPolicy = once(SurveyPolicy)
    lifecycle: LifecycleSettings = once(LifecycleSettings)
    report: ReportSettings = once(ReportSettings)
    smtp: SmtpSettings = once(SmtpSettings)
    smtps: Mapping[str, SmtpSettings] = named("smtp", SmtpSettings)
    brands: Mapping[str, BrandSettings] = named("brand", BrandSettings)
    secrets: SecretsSettings = once(SecretsSettings)
    scan: ScanSettings = once(ScanSettings)
    page: PageSettings = once(PageSettings)
    guard: GuardSettings = once(GuardSettings)
    dkim: DkimSettings = once(DkimSettings)
    audit: AuditSettings = once(AuditSettings)
    oauth: Mapping[str, OAuthSettings] = named("oauth", OAuthSettings)
    mailboxes: Mapping[str, MailboxSettings] = named("mailbox", MailboxSettings)
    teams: Mapping[str, TeamSettings] = named("team", TeamSettings)
    groups: Mapping[str, GroupSettings] = named("group", GroupSettings)
    calendars: Mapping[str, CalendarSettings] = named("calendar", CalendarSettings)
    slas: Mapping[str, SlaSettings] = named("sla", SlaSettings)
    triage: TriageSettings = once(TriageSettings)
    incidents: Mapping[str, IncidentSettings] = named("incident", IncidentSettings)
    rules: Mapping[str, RuleSettings] = named("rule", RuleSettings)

    def mailbox(self, name: str, kind: type[M]) -> M:
        """Return the mailbox called `name`, which is known to be of this kind."""
        box = self.mailboxes[name]
        if not isinstance(box, kind):
            raise TypeError(f"[mailbox {name}] is of the type {box.type}, not {kind.__name__}")
        return box


KINDS: tuple[SectionKind, ...] = tuple(
    SectionKind(
        setting.metadata.get("word", setting.name),
        setting.name,
        setting.metadata["section"],
        "word" in setting.metadata,
    )
    for setting in fields(Settings)
    if "section" in setting.metadata
)
"""Every kind of section, in the order of `Settings`."""
SECTIONS: Mapping[str, tuple[Key[Any], ...]] = {
    kind.word: keys_of(kind.section) for kind in KINDS if kind.word != "mailbox"
}
"""The keys of every section but the mailboxes (see `intake.config.mailboxes`), by the word of its heading."""
NAMED: Mapping[str, str] = {
    kind.word: kind.attribute for kind in KINDS if kind.named and kind.word != "mailbox"
}
"""Those that have a name of their own, and the attribute of `Settings` that holds them."""
ONCE: tuple[str, ...] = tuple(kind.word for kind in KINDS if not kind.named)
"""Those that stand once, under their word alone; [smtp] may stand beside any [smtp NAME]."""
