"""The list of sections and keys, with their defaults.

The tables below are the only one: the reader, the example file, `intake init` and
the tests of the documentation go by them. How a text is read stands in `intake.config.converters`.
"""

from collections.abc import Mapping

from intake.channels.registry import CHANNELS, NoChannel, channel_type
from intake.config.converters import (
    Key,
    as_address,
    as_addresses,
    as_colour,
    as_flag,
    as_number,
    as_optional_address,
    as_optional_path,
    as_optional_url,
    as_path,
    as_text,
    as_url,
    as_words,
    as_zone,
    one_of,
    some_of,
)
from intake.config.form_keys import FIELD, FORM, LOOKS
from intake.config.service_level_keys import (
    as_dates,
    as_domains,
    as_extra_days,
    as_ladder,
    as_length,
    as_optional_ladder,
    as_places,
    as_week,
)
from intake.config.triage_keys import RULE, TRIAGE

# The mails that tell a requester how it goes. intake/desk/effects.py has the same; a test compares them.
STATUS_EVENTS = ("assigned", "waiting", "delayed", "resolved", "reopened", "thanks")

DESK = (
    Key("name", as_text),
    Key("address", as_address),
    Key("command_address", as_optional_address, ""),
    Key("canned", as_optional_path, ""),
    Key("data", as_path, "data"),
    Key("language", as_text, "en"),
    Key("timezone", as_zone, "UTC"),
    Key("signature", as_text, ""),
    Key("templates", as_optional_path, ""),
    Key("colour", as_colour, "#1b5e8c"),
    Key("status_mails", some_of(*STATUS_EVENTS), "waiting, delayed, resolved, reopened"),
    Key("reopen_days", as_number(0, 3650), "14"),
    Key("reply_days", as_number(1, 3650), "180"),
    Key("agent_authority", one_of("strict", "token"), "strict"),
    Key("undo_seconds", as_number(0, 3600), "60"),
    Key("quote_subject", one_of("verified", "always", "never"), "verified"),
    Key("automatic_per_hour", as_number(0, 1_000_000), "300"),
    Key("automatic_per_address_hour", as_number(0, 10_000), "3"),
    Key("automatic_per_address_day", as_number(0, 10_000), "10"),
    Key("automatic_per_unverified_day", as_number(0, 10_000), "1"),
    Key("automatic_per_domain_hour", as_number(0, 1_000_000), "60"),
    Key("automatic_per_ticket_burst", as_number(0, 10_000), "5"),
    Key("automatic_per_ticket_day", as_number(0, 10_000), "25"),
    Key("automatic_per_robot_day", as_number(0, 10_000), "3"),
    Key("alerts_per_hour", as_number(0, 10_000), "60"),
    # Counting ends at 1,000, see intake/store/rate_counts.py.
    Key("flood_per_address_hour", as_number(0, 1000), "20"),
    Key("flood_per_domain_hour", as_number(0, 1000), "200"),
    Key("flood_digest_minutes", as_number(1, 1440), "15"),
    Key("admin", as_optional_address, ""),
    Key("retention_days", as_number(0, 36_500), "0"),
    Key("max_message_mb", as_number(1, 100), "35"),
    Key("log_level", one_of("debug", "info", "warning", "error"), "info"),
    Key("log_format", one_of("plain", "json"), "plain"),
)
STORE = (Key("url", as_url("sqlite", "postgresql"), "sqlite:///intake.db"),)
QUEUE = (
    Key("url", as_url("sqlite", "redis", "unix"), "sqlite:///queue.db"),
    Key("workers", as_number(1, 32), "2"),
)
WEB = (
    Key("enabled", as_flag, "yes"),
    Key("host", as_text, "127.0.0.1"),
    Key("port", as_number(0, 65535), "8080"),
    Key("base_url", as_text, ""),
    Key("mailbox", as_text, ""),
    Key("max_post_mb", as_number(1, 100), "25"),
    Key("trusted_proxy", as_text, ""),
    Key("show_conversation", as_flag, "yes"),
    Key("link_days", as_number(1, 365), "30"),
    *LOOKS,
    Key("logo", as_optional_path, ""),
    Key("metrics_token", as_text, "", secret=True),
)
SURVEY = (
    Key("enabled", as_flag, "yes"),
    Key("delay_hours", as_number(0, 160), "24"),
    Key("per_person_days", as_number(1, 3650), "30"),
    Key("poor", as_number(0, 5), "2"),
    Key("poor_action", one_of("alert", "reopen", "nothing"), "alert"),
    Key("ask_consent", as_flag, "no"),
)
REPORT = (
    Key("mail", as_addresses, ""),
    Key("every", one_of("day", "week", "month"), "week"),
    Key("hour", as_number(0, 23), "7"),
)
SMTP = (
    Key("host", as_text),
    Key("port", as_number(1, 65535), "587"),
    Key("security", one_of("starttls", "tls", "none"), "starttls"),
    Key("ca_file", as_optional_path, ""),
    Key("user", as_text, ""),
    Key("password", as_text, "", secret=True),
    Key("timeout", as_number(1, 300), "30"),
    Key("helo", as_text, ""),
    Key("archive", as_optional_address, ""),
)
DKIM = (
    Key("key_file", as_optional_path, ""),
    Key("selector", as_text, "intake"),
    Key("domain", as_words, ""),
)
MAILBOX_COMMON = (
    Key("type", as_text, "imap"),
    Key("address", as_optional_address, ""),
    Key("team", as_text, ""),
    Key("language", as_text, ""),
    Key("acknowledge", as_flag, "yes"),
    Key("trusted_authserv", as_text, ""),
)
# Of our own channels alone; the keys of any, somebody else's included, are `own_keys`.
MAILBOX: Mapping[str, tuple[Key, ...]] = {name: kind.keys or () for name, kind in CHANNELS.items()}
TEAM = (
    Key("name", as_text, ""),
    Key("lead", as_optional_address, ""),
    Key("assign", one_of("nobody", "round_robin", "least_loaded"), "nobody"),
    Key("reassign_away", as_flag, "no"),
)
CALENDAR = (
    Key("timezone", as_text, ""),
    Key("hours", as_week, "mon-fri 9:00-17:00"),
    Key("holidays", as_places, ""),
    Key("make_up_days", as_flag, "yes"),
    Key("days_off", as_dates, ""),
    Key("working_days", as_extra_days, ""),
)
GROUP = (Key("addresses", as_words, ""), Key("domains", as_domains, ""))
SLA = (
    Key("priority", as_words, ""),
    Key("category", as_words, ""),
    Key("team", as_words, ""),
    Key("language", as_words, ""),
    Key("group", as_words, ""),
    Key("first_response", as_length, ""),
    Key("next_response", as_length, ""),
    Key("resolution", as_length, ""),
    Key("calendar", as_text, "always"),
    Key("ladder", as_ladder, "50% remind, 75% lead, 90% late, 100% priority high, 150% page"),
    Key("resolution_ladder", as_optional_ladder, ""),
    Key("extension", as_number(1, 1000), "50"),
)
PAGE = (
    Key("webhook", as_optional_url, "", secret=True),
    Key("token", as_text, "", secret=True),
    Key("on_call", as_optional_address, ""),
)

# Every section but the mailboxes. `Settings` has an attribute of the same name for one that stands
# once; for one with a name of its own ("team support"), NAMED says which attribute holds them all.
SECTIONS: Mapping[str, tuple[Key, ...]] = {
    "desk": DESK,
    "store": STORE,
    "queue": QUEUE,
    "web": WEB,
    "form": FORM,
    "field": FIELD,
    "survey": SURVEY,
    "report": REPORT,
    "smtp": SMTP,
    "page": PAGE,
    "dkim": DKIM,
    "team": TEAM,
    "group": GROUP,
    "calendar": CALENDAR,
    "sla": SLA,
    "triage": TRIAGE,
    "rule": RULE,
}
NAMED: Mapping[str, str] = {
    "team": "teams",
    "group": "groups",
    "calendar": "calendars",
    "sla": "slas",
    "rule": "rules",
    "field": "fields",
}


def own_keys(type_: str) -> tuple[Key, ...] | None:
    """Return the keys that a mailbox of this type has beside the common ones; None where nobody says."""
    try:
        return channel_type(type_.strip()).keys
    except NoChannel:
        return None
