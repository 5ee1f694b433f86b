"""The settings the rules read: a plain value made from the config by `intake.app`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from intake.desk.business_time import Calendar, office
from intake.desk.people import Assignment, TeamPolicy
from intake.desk.sla_policies import ServiceLevel, shipped
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import Agent
from intake.desk.triage.engine import TriagePolicy


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """What the rules need of one mailbox.

    `address` is what the desk writes from for tickets of this mailbox.
    """

    name: str
    address: str
    team: str = ""
    language: str = ""
    trusted_authserv: str = ""
    acknowledge: bool = True


@dataclass(frozen=True, slots=True)
class SurveyPolicy:
    """When surveys are sent. `poor_action` is alert, reopen or nothing."""

    enabled: bool = True
    delay_hours: int = 24
    per_person_days: int = 30
    poor: int = 2
    poor_action: str = "alert"
    ask_consent: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The desk's own rules in numbers. `own_addresses` are lower-cased; we never answer them.

    The limits on automatic email (`automatic_…`) are those of one address in an hour
    and a day, of acknowledgements in a day to an unverified address (`unverified`),
    of a domain, of one ticket (ten minutes, a day), of a suspected robot in a
    day, and of the whole desk in an hour. `alerts_per_hour` bounds what agents and
    leads are notified. `agent_authority` is what an agent's email needs: "strict" (a reply
    token and an authenticated sender) or "token". `undo_seconds` is how long a reply waits
    before it is sent.
    `flood_…` are new tickets of an hour beyond which emails of that sender go into one
    ticket (0: never). `admin` is notified when automatic email is paused.
    `hours` are those of surveys, `levels` the SLA policies, of which the first that matches applies;
    `on_call` is who is paged by email, and `webhook` whether one is configured for paging.
    """

    mailboxes: Mapping[str, MailboxPolicy]
    own_addresses: frozenset[str] = field(default_factory=frozenset)
    language: str = "en"
    languages: tuple[str, ...] = LANGUAGES
    reopen_days: int = 14
    quote_subject: str = "verified"
    automatic_per_address_hour: int = 3
    automatic_per_address_day: int = 10
    automatic_per_unverified_day: int = 1
    automatic_per_hour: int = 300
    automatic_per_domain_hour: int = 60
    automatic_per_ticket_burst: int = 5
    automatic_per_ticket_day: int = 25
    automatic_per_robot_day: int = 3
    alerts_per_hour: int = 60
    agent_authority: str = "strict"
    undo_seconds: int = 0
    flood_per_address_hour: int = 20
    flood_per_domain_hour: int = 200
    flood_digest_minutes: int = 15
    admin: str = ""
    hours: Calendar = field(default_factory=office)
    survey: SurveyPolicy = field(default_factory=SurveyPolicy)
    levels: tuple[ServiceLevel, ...] = field(default_factory=shipped)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    on_call: str = ""
    webhook: bool = False
    triage: TriagePolicy = field(default_factory=TriagePolicy)
    teams: Mapping[str, TeamPolicy] = field(default_factory=dict)
    # Where agents write to other than in reply to a notification; "" where there is no such address.
    command_address: str = ""
    # Canned responses: by name, then by language ("" for all languages).
    canned: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def hands_out(self) -> bool:
        """Whether any team's tickets are assigned to its agents automatically."""
        return any(one.assign is not Assignment.NOBODY for one in self.teams.values())

    def zone_of(self, agent: Agent | None) -> tzinfo:
        """Return the time zone that an agent reads times in: that of their shift, or else the desk's."""
        return agent.shift.zone if agent is not None and agent.shift is not None else self.hours.zone

    def mailbox(self, name: str) -> MailboxPolicy:
        """Return the policy of the mailbox called `name`, or of the first one if it is gone."""
        return self.mailboxes.get(name) or next(iter(self.mailboxes.values()))
