"""How it stands with each account: whether it is logged in to, what fails, what ends soon."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from intake.config.brands import servers_of
from intake.config.mailboxes import auth_of
from intake.config.oauth_keys import CLIENT, GOOGLE, MICROSOFT, OAuthSettings
from intake.config.sections import Settings
from intake.desk.text.said import counted, said
from intake.oauth import kept, words
from intake.ports import UserError
from intake.views import LoginRow

if TYPE_CHECKING:
    from intake.oauth.tokens import Tokens

# So many days before an end people are told, each time once.
DAYS = (30, 14, 7, 1)
# What may pass by itself is told after it has kept us out for so long.
PASSES = timedelta(minutes=30)


class State(StrEnum):
    """Whether an account can be logged in to."""

    OK = "ok"
    FAILING = "failing"
    NEEDS_LOGIN = "needs_login"


@dataclass(frozen=True, slots=True)
class End:
    """What ends by itself: what, when, and what to do before."""

    kind: str
    at: datetime
    cure: str

    def days(self, now: datetime) -> int:
        """Return in how many whole days, 0 where less than one is left."""
        return max(0, (self.at - now) // timedelta(days=1))

    def step(self, now: datetime) -> int | None:
        """Return the last of DAYS that has come, None before the first."""
        left = self.at - now
        return min((days for days in DAYS if left <= timedelta(days=days)), default=None)

    def text(self, name: str, now: datetime) -> str:
        """Return a sentence about it."""
        about = {"kind": self.kind, "name": name, "day": self.at.date()}
        if self.at <= now:
            return said("The {kind} of account {name} ended on {day}", **about)
        days = self.days(now)
        left = (
            counted(days, single="{count} day", several="{count} days") if days else said("less than a day")
        )
        return said("The {kind} of account {name} ends on {day}, in {left}", left=left, **about)


@dataclass(frozen=True, slots=True)
class Standing:
    """An account: its section, who logs in by it, its state, what is wrong and its cure ("" while well)."""

    name: str
    account: OAuthSettings = field(repr=False)
    used_by: tuple[str, ...]
    state: State
    problem: str
    cure: str
    row: LoginRow
    ends: tuple[End, ...]
    # The brands whose mail leaves by it, where the desk's own leaves by another.
    brands: tuple[str, ...] = ()

    @property
    def out(self) -> bool:
        """Whether nobody gets in until a person logs in."""
        return self.state is State.NEEDS_LOGIN

    @property
    def sends(self) -> bool:
        """Whether the desk's own mail leaves by it: what tells of it as well."""
        return "smtp" in self.used_by


def users_of(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the sections that log in by an account: "mailbox support", "smtp", "smtp acme"."""
    boxes = [f"mailbox {box}" for box, section in settings.mailboxes.items() if auth_of(section) == name]
    servers = [section for section, smtp, _ in servers_of(settings) if smtp.auth == name]
    return (*boxes, *servers)


def brands_of(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the brands whose mail leaves by an account, as sections: "brand acme"."""
    return tuple(
        f"brand {brand}"
        for brand, section in settings.brands.items()
        if section.smtp in settings.smtps and settings.smtps[section.smtp].auth == name
    )


def standings(settings: Settings, tokens: "Tokens") -> Iterator[Standing]:
    """Yield how it stands with each account of the config. Asks only our own database and files."""
    rows = {row.name: row for row in tokens.store.rows()}
    for name, account in settings.oauth.items():
        row = rows.get(name)
        state, (problem, cure) = State.OK, ("", "")
        if (lack := tokens.problem(name, row)) is not None:
            state, (problem, cure) = State.NEEDS_LOGIN, lack
        elif row is not None and row.failures and row.error:
            problem, cure = kept.parted(row.error, words.AGAIN)
            state = State.FAILING
        ends = tuple(_ends(name, account, row))
        users, brands = users_of(settings, name), brands_of(settings, name)
        known = row or LoginRow(name)
        yield Standing(name, account, users, state, problem, cure, known, ends, brands)


def _ends(name: str, account: OAuthSettings, row: LoginRow | None) -> Iterator[End]:
    if row is not None and row.dies_at is not None and row.sealed:
        yield End(said("login"), row.dies_at, words.login(name))
    if account.secret_expires is not None:
        # It is good until that day is over, somewhere.
        at = datetime.combine(account.secret_expires, time(), UTC)
        yield End(said("client secret"), at, _NEW_SECRET.get(account.provider, _NEW))
    if account.certificate is not None and account.flow == CLIENT:
        from intake.oauth.assertions import certificate

        try:
            ends = certificate(account.certificate).ends
        except UserError:
            # What is wrong with it is told as the account's problem.
            return
        cure = said(
            "Make a new one and upload it at the provider, put it into certificate and restart intake"
        )
        yield End(said("certificate"), ends, cure)


_NEW = said("Make a new one at the provider")
_NEW_SECRET = {
    MICROSOFT: said(
        "Make a new one (app registration > Certificates & secrets), put it into client_secret and "
        "its last day into secret_expires, and restart intake"
    ),
    GOOGLE: said(
        "Make a new one (Google Auth Platform > Clients), put it into client_secret and restart intake"
    ),
}
