"""A login that ends is told by roads that do not hang on it, and what ends by itself is told before."""

import email
import re
from dataclasses import replace
from datetime import timedelta
from email import policy
from types import SimpleNamespace
from typing import Any

import pytest
from factories import some_settings
from oauth_desk import KEYS, Clock, account, log_in

from intake.config.brand_keys import BrandSettings
from intake.config.mailboxes import ImapMailbox
from intake.config.sections import Settings
from intake.oauth.accounts import Accounts
from intake.oauth.standing import End, State, standings
from intake.oauth.telling import Keeper
from intake.ports import OwedPage, Permanent, Temporary
from intake.rendering.sayings import in_language
from intake.service.troubles import Teller
from intake.testing.memory import MemoryStore
from intake.testing.oauth import AuthServer, Fault

ADMIN = "root@desk.example"


class Desk(SimpleNamespace):
    """What keeps the accounts of a desk: one mailbox and, where it says so, SMTP log in by `work`."""

    def mails(self) -> list[str]:
        """The text of each mail that is owed, oldest first."""
        owed = self.store.outbox.list_mails(limit=100)
        raws = [self.store.outbox.raw(row.id) for row in sorted(owed, key=lambda row: row.id)]
        return [
            " ".join(email.message_from_bytes(raw, policy=policy.default).get_content().split())
            for raw in raws
        ]


@pytest.fixture
def desk(server: AuthServer, clock: Clock) -> Desk:
    store, calls, answers = MemoryStore(), [], []
    box = ImapMailbox(host="h", user="u", auth="work", address="help@desk.example")
    base: Settings = some_settings()
    settings = replace(base, oauth={"work": account(server)}, mailboxes={"support": box})
    made = Desk(server=server, clock=clock, store=store, calls=calls, answers=answers, settings=settings)
    made.language = "en"

    def post(page: OwedPage) -> None:
        calls.append(page)
        if answers:
            raise answers.pop(0)

    def look() -> None:
        accounts = Accounts(made.settings.oauth, store.logins, KEYS, clock)
        tells = Teller(store, "Desk", "help@desk.example", ADMIN, language=made.language, say=in_language)
        made.keeper = getattr(made, "keeper", None) or Keeper(
            made.settings, accounts, store, tells, clock, post
        )
        made.keeper.look()

    made.look, made.accounts = look, Accounts(settings.oauth, store.logins, KEYS, clock)
    log_in(made.accounts.tokens(), server)
    return made


def test_while_all_is_well_nobody_is_told_and_the_token_is_kept_fresh(desk: Desk, server: AuthServer) -> None:
    for _ in range(24 * 6):
        desk.clock.on(minutes=10)
        desk.look()
    assert [] == desk.mails() + desk.calls
    assert 22 < server.refreshes < 30


def test_a_login_that_was_revoked_is_told_within_the_life_of_a_token_by_mail_and_webhook(
    desk: Desk, server: AuthServer
) -> None:
    server.life = 300
    log_in(desk.accounts.tokens(), server)
    desk.look()
    server.revoke()
    begun = desk.clock()
    while not desk.calls:
        desk.clock.on(minutes=1)
        desk.look()
    assert desk.clock() - begun <= timedelta(minutes=10)
    [mail] = desk.mails()
    assert "Account work: the login is over" in mail
    assert "intake oauth login work" in mail
    assert "mailbox support is not read" in mail
    assert {"event": "login", "account": "work"}.items() <= desk.calls[0].details.items()
    assert ["account work cannot be logged in to"] == [row.what for row in desk.store.upkeep.list_audit()]


def test_it_is_told_once_a_day_and_no_more_after_a_new_login(desk: Desk, server: AuthServer) -> None:
    server.revoke()
    for _ in range(50):
        desk.clock.on(minutes=60)
        desk.look()
    assert 2 <= len(desk.mails()) <= 3
    assert len(desk.mails()) == len(desk.calls)
    log_in(desk.accounts.tokens(), server)
    desk.look()
    assert [] == desk.store.troubles.current(desk.clock())
    before = len(desk.mails())
    desk.clock.on(hours=30)
    desk.look()
    assert before == len(desk.mails())


def test_a_webhook_that_is_away_is_called_again(desk: Desk, server: AuthServer) -> None:
    server.revoke()
    desk.clock.on(hours=2)
    desk.answers[:] = [Temporary("away"), Temporary("away"), Permanent("it answered 404")]
    for _ in range(5):
        desk.look()
        desk.clock.on(minutes=1)
    assert 3 == len(desk.calls)
    assert 1 == len({page.key for page in desk.calls})


def test_a_server_that_is_away_for_a_moment_is_not_told_and_one_that_stays_away_is(
    desk: Desk, server: AuthServer
) -> None:
    server.judge = lambda form: Fault(503)
    desk.clock.on(minutes=61)
    desk.look()
    assert [] == desk.mails()
    desk.clock.on(minutes=40)
    desk.look()
    [mail] = desk.mails()
    assert "is busy or out of order" in mail


@pytest.mark.parametrize(
    ("language", "said", "of_all"),
    [
        ("en", "no mail of brand acme, brand shop is sent, and nothing is lost", "no mail is sent"),
        (
            "de",
            "es wird keine E-Mail von brand acme, brand shop versandt, und nichts geht verloren",
            "keine E-Mail versandt",
        ),
    ],
)
def test_where_a_brand_alone_sends_by_an_account_its_name_says_whose_mail_waits(
    desk: Desk, server: AuthServer, language: str, said: str, of_all: str
) -> None:
    brands = {name: BrandSettings(name=name.title(), smtp="out") for name in ("acme", "shop")}
    smtps = {"out": replace(desk.settings.smtp, auth="work")}
    others = {"other": BrandSettings(name="Other")}
    desk.settings = replace(desk.settings, brands=brands | others, smtps=smtps, mailboxes={})
    desk.language = language
    (standing,) = standings(desk.settings, desk.accounts.tokens())
    assert (standing.sends, standing.brands) == (False, ("brand acme", "brand shop"))
    server.revoke()
    desk.clock.on(hours=2)
    desk.look()
    [mail] = desk.mails()
    assert said in mail
    assert of_all not in mail
    assert desk.calls[0].details["waits"] == "brand acme, brand shop"


def test_an_account_that_nothing_uses_is_left_alone(desk: Desk, server: AuthServer) -> None:
    desk.settings = replace(desk.settings, mailboxes={})
    server.revoke()
    desk.clock.on(days=2)
    desk.look()
    assert [] == desk.mails()
    assert 0 == server.refreshes


def test_the_end_of_a_secret_is_told_thirty_fourteen_seven_and_one_days_before(
    desk: Desk, server: AuthServer
) -> None:
    ends = desk.clock() + timedelta(days=40)
    secret = account(server, flow="client", client_secret="s", secret_expires=ends.date())
    desk.settings = replace(desk.settings, oauth={"work": secret})
    told: list[int] = []
    for day in range(40):
        for _ in range(3):
            desk.look()
            desk.clock.on(hours=8)
        if len(desk.mails()) > len(told):
            told.append(40 - day)
    assert [31, 15, 8, 2] == told or [30, 14, 7, 1] == told, told
    assert 4 == len(desk.mails())
    assert "The client secret of account work ends on" in desk.mails()[0]
    assert [] == desk.calls


def test_the_steps_before_an_end(clock: Clock) -> None:
    steps = {31: None, 30: 30, 20: 30, 14: 14, 8: 14, 7: 7, 2: 7, 1: 1, 0: 1, -5: 1}
    for days, step in steps.items():
        end = End("login", clock() + timedelta(days=days), "cure")
        assert step == end.step(clock()), days
    assert "ended on" in End("login", clock() - timedelta(days=1), "").text("work", clock())
    assert "less than a day" in End("login", clock() + timedelta(hours=2), "").text("work", clock())


def test_how_it_stands(desk: Desk, server: AuthServer) -> None:
    def state() -> Any:
        [standing] = standings(desk.settings, desk.accounts.tokens())
        return standing.state

    assert State.OK is state()
    desk.clock.on(hours=2)
    server.faults = [Fault(500)]
    desk.look()
    assert State.FAILING is state()
    desk.clock.on(minutes=1)
    desk.look()
    assert State.OK is state()
    desk.store.logins.forget("work")
    assert State.NEEDS_LOGIN is state()


def test_a_secret_that_ran_out_while_the_desk_runs_is_told_and_a_new_one_is_used_at_once(
    desk: Desk, server: AuthServer
) -> None:
    section = account(server, provider="microsoft", tenant="example.com", flow="client", client_secret="old")
    desk.settings = replace(desk.settings, oauth={"work": section})
    desk.look()
    over = Fault(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired")
    server.judge = lambda form: over if form["client_secret"] == "old" else None
    desk.clock.on(minutes=56)
    desk.look()
    [mail] = desk.mails()
    assert "the client secret is over (AADSTS7000222)" in mail
    assert "Certificates & secrets" in mail
    assert server.owner(
        Accounts(desk.settings.oauth, desk.store.logins, KEYS, desk.clock).tokens().token("work")
    )
    desk.keeper = None
    desk.settings = replace(desk.settings, oauth={"work": replace(section, client_secret="new")})
    desk.look()
    assert [] == desk.store.troubles.current(desk.clock())


OVER = {
    "de": ("die Anmeldung gilt nicht mehr", "Bis dahin: mailbox support wird nicht gelesen"),
    "ja": ("ログインが無効になりました", "それまでの間：mailbox support は読み込まれません"),
    "ru": ("вход больше не действует", "До тех пор: mailbox support не читается"),
}
ENDS = {
    "de": "Konto work, Client-Geheimnis: läuft am",
    "ja": "アカウント work のクライアント シークレットは",
    "ru": "Учётная запись work, секрет клиента: срок истекает",
}


@pytest.mark.parametrize("language", OVER)
def test_the_admin_reads_what_fails_and_what_ends_in_their_language(
    desk: Desk, server: AuthServer, language: str
) -> None:
    desk.language = language
    server.revoke()
    desk.clock.on(hours=2)
    desk.look()
    [mail] = desk.mails()
    assert all(piece in mail for piece in OVER[language]), mail
    assert "`intake oauth login work`" in mail
    secret = account(server, flow="client", client_secret="s", secret_expires=desk.clock().date())
    desk.keeper = None
    desk.settings = replace(
        desk.settings, oauth={"work": replace(secret, secret_expires=(desk.clock() + timedelta(7)).date())}
    )
    desk.look()
    mail = desk.mails()[-1]
    assert ENDS[language] in mail
    assert not re.search("ends|account|secret of|After|Until", mail)
