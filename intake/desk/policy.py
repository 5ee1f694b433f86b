"""The settings the rules read: a plain value made of the config by `intake.config.to_policy`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo

from intake.desk.business_time import Calendar, office
from intake.desk.guard.policy import GuardPolicy
from intake.desk.incident.kinds import IncidentPolicy
from intake.desk.people import Assignment, TeamPolicy
from intake.desk.reply_form import ReplyForm
from intake.desk.sla_policies import ServiceLevel, shipped
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Agent
from intake.desk.triage.engine import TriagePolicy


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """What the rules need of one mailbox.

    `address` is what the desk writes from for tickets of this mailbox. `quiet_spam`: nobody is told of
    what our own mail server marked as spam. `lists`: what people write through a list or a group is
    acknowledged too.
    """

    name: str
    address: str
    team: str = ""
    language: str = ""
    trusted_authserv: str = ""
    acknowledge: bool = True
    quiet_spam: bool = True
    # What its customers know the desk by, where there are several brands: the heading of the section.
    brand: str = ""
    lists: bool = False


def bounded(default: int, least: int, most: int) -> int:
    """Return a field for a number that the config holds between two bounds."""
    return field(default=default, metadata={"least": least, "most": most})


def chosen(*choices: str) -> str:
    """Return a field for a word that the config holds to these; the first is the default."""
    return field(default=choices[0], metadata={"choices": choices})


@dataclass(frozen=True, slots=True)
class SurveyPolicy:
    """When surveys are sent; the config's section [survey]."""

    enabled: bool = True
    delay_hours: int = bounded(24, 0, 160)
    per_person_days: int = bounded(30, 1, 3650)
    poor: int = bounded(2, 0, 5)
    poor_action: str = chosen("alert", "reopen", "nothing")
    ask_consent: bool = False


@dataclass(frozen=True, slots=True)
class SilencePolicy:
    """When a ticket of which nothing is heard is closed: `close_after` so much time without an answer (None:
    never), and its requester is reminded so long before (`remind_before`).

    `reminds`: the reminder is among the status mails that go out. Without it nothing is closed.
    """

    close_after: timedelta | None = None
    remind_before: timedelta = timedelta(days=2)
    reminds: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on email; keys of the config's section [desk].

    Those on automatic email (`automatic_…`) are of the whole desk in an hour, of one address in an hour
    and a day, of acknowledgements in a day to an unverified address (`unverified`),
    of a domain, of one ticket (ten minutes, a day) and of a suspected robot in a day.
    `alerts_per_hour` bounds what agents and leads are notified.
    `flood_…` are new tickets of an hour beyond which emails of that sender go into one
    ticket (0: never). Counting ends at 1,000, see intake/store/rate_counts.py. `reads_per_day` is how much
    one person reads in a day before the admin is told (0: never).
    """

    automatic_per_hour: int = bounded(300, 0, 1_000_000)
    automatic_per_address_hour: int = bounded(3, 0, 10_000)
    automatic_per_address_day: int = bounded(10, 0, 10_000)
    automatic_per_unverified_day: int = bounded(1, 0, 10_000)
    automatic_per_domain_hour: int = bounded(60, 0, 1_000_000)
    automatic_per_ticket_burst: int = bounded(5, 0, 10_000)
    automatic_per_ticket_day: int = bounded(25, 0, 10_000)
    automatic_per_robot_day: int = bounded(3, 0, 10_000)
    alerts_per_hour: int = bounded(60, 0, 10_000)
    flood_per_address_hour: int = bounded(20, 0, 1000)
    flood_per_domain_hour: int = bounded(200, 0, 1000)
    flood_digest_minutes: int = bounded(15, 1, 1440)
    reads_per_day: int = bounded(200, 0, 100_000)


@dataclass(frozen=True, slots=True)
class Policy:
    """The desk's own rules in numbers. `own_addresses` are lower-cased; we never answer them.

    `agent_authority` is what an agent's email needs: "strict" (a reply
    token and an authenticated sender) or "token". `undo_seconds` is how long a reply waits
    before it is sent. `admin` is notified when automatic email is paused.
    `hours` are those of surveys, `levels` the SLA policies, of which the first that matches applies;
    `on_call` is who is paged by email, and `webhook` whether one is configured for paging.
    """

    mailboxes: Mapping[str, MailboxPolicy]
    own_addresses: frozenset[str] = field(default_factory=frozenset)
    language: str = "en"
    languages: tuple[str, ...] = LANGUAGES
    reopen_days: int = 14
    quote_subject: str = "verified"
    limits: Limits = field(default_factory=Limits)
    agent_authority: str = "strict"
    replies: ReplyForm = field(default_factory=ReplyForm)
    undo_seconds: int = 0
    # So many bytes of files go with one email to an agent.
    attach_bytes: int = 10 * 1024 * 1024
    # A larger email is not taken in; of one that is left on its server only the header is.
    max_message_mb: int = 35
    admin: str = ""
    hours: Calendar = field(default_factory=office)
    survey: SurveyPolicy = field(default_factory=SurveyPolicy)
    silence: SilencePolicy = field(default_factory=SilencePolicy)
    levels: tuple[ServiceLevel, ...] = field(default_factory=shipped)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    on_call: str = ""
    webhook: bool = False
    triage: TriagePolicy = field(default_factory=TriagePolicy)
    teams: Mapping[str, TeamPolicy] = field(default_factory=dict)
    # Where agents write to other than in reply to a notification; "" where there is no such address.
    command_address: str = ""
    # Which account mail leaves by that is from these addresses (lower-cased); the others by [smtp].
    accounts: Mapping[str, str] = field(default_factory=dict)
    # Canned responses: by name, then by language ("" for all languages).
    canned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    guard: GuardPolicy = field(default_factory=GuardPolicy)
    incidents: IncidentPolicy = field(default_factory=IncidentPolicy)

    @property
    def hands_out(self) -> bool:
        """Whether any team's tickets are assigned to its agents automatically."""
        return any(team.assign is not Assignment.NOBODY for team in self.teams.values())

    @property
    def staff(self) -> frozenset[str]:
        """The addresses (lower-cased) of those who get alerts without being agents: leads, the admin, and
        who is on call."""
        alerted = (self.on_call, self.admin, *(team.lead for team in self.teams.values()))
        return frozenset(address.lower() for address in alerted if address)

    def zone_of(self, agent: Agent | None) -> tzinfo:
        """Return the time zone that an agent reads times in: theirs, or else the desk's."""
        return (agent.zone if agent is not None else None) or self.hours.zone

    def owns(self, key: str) -> bool:
        """Whether an address (lower-cased) is the desk's, with or without something after a plus."""
        local, _, domain = key.rpartition("@")
        parts = local.split("+")
        bare = (f"{'+'.join(parts[:end])}@{domain}" for end in range(1, len(parts) + 1))
        return self.replies.owns(key) or any(address in self.own_addresses for address in bare)

    def mailbox(self, name: str) -> MailboxPolicy:
        """Return the policy of the mailbox called `name`, or of the first one if it is gone."""
        return self.mailboxes.get(name) or next(iter(self.mailboxes.values()))
