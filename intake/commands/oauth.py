"""`intake oauth …`: logging in to accounts that take no password, and how it stands with them."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import click

from intake import terminal
from intake.commands.common import FAILED, Invocation, as_json, needs_no_desk, not_found, now
from intake.commands.who import login
from intake.config.oauth_keys import DEVICE, OAuthSettings
from intake.ports import NoLogin, Temporary, UserError
from intake.terminal import Column

if TYPE_CHECKING:
    from intake.oauth.standing import Standing
    from intake.oauth.wire import Answer

COLUMNS = (
    Column("Account"),
    Column("Provider", spare=True),
    Column("Flow", spare=True),
    Column("State"),
    Column("Refreshed (UTC)", spare=True),
    Column("Ends", gives_way=True),
    Column("Used by", gives_way=True),
)
_STYLES = {"ok": "green", "failing": "yellow", "needs_login": "bold red"}


@needs_no_desk
@click.group()
def oauth() -> None:
    """Manage logins to mail accounts with tokens."""


@oauth.command("login")
@click.argument("name")
@click.option("--paste", is_flag=True, help="The browser is on another machine: paste where it ends.")
@click.pass_obj
def login_(ctx: Invocation, name: str, paste: bool) -> None:
    """Log in to an account of [oauth NAME].

    A login that is known to end within days is refused, and nothing of it is kept.
    """
    account = _account(ctx, name)
    tokens = ctx.desk().accounts.tokens()
    if not account.person:
        _refreshed(ctx, name)
        terminal.say(f"The desk logs in to {name} by itself (flow = {account.flow}), and just did.")
    else:
        answer = _asked(name, account, lambda: _by_person(account, paste))
        tokens.accept(name, answer)
        ctx.record(login(), f"logged in to the account {name}")
        terminal.say(f"Logged in to {name}; the desk renews the login by itself from now on.")
    terminal.say(f"\nTry it with the mail servers:  intake oauth test {name}")


@oauth.command()
@as_json
@click.pass_obj
def status(ctx: Invocation, json_: bool) -> None:
    """Show the accounts, and what ends when."""
    from intake.oauth.standing import standings

    desk, moment = ctx.desk(), now()
    accounts = list(standings(desk.settings, desk.accounts.tokens()))
    if json_:
        terminal.say_json([_as_json(standing) for standing in accounts])
        return
    if not accounts:
        terminal.say("There is no [oauth NAME] in the config: every login is by password.")
        return
    rows = []
    for standing in accounts:
        state = str(standing.state)
        ends = ", ".join(f"{end.kind} {end.at:%Y-%m-%d}" for end in standing.ends)
        refreshed = terminal.clock(standing.row.refreshed_at)
        words = (standing.name, standing.account.provider, standing.account.flow)
        users = ", ".join(standing.used_by) or "nothing"
        rows.append((*words, (state.replace("_", " "), _STYLES[state]), refreshed, ends, users))
    terminal.table(COLUMNS, rows)
    for standing in accounts:
        if standing.problem:
            terminal.pairs([("Warning", (standing.problem, "bold red")), ("Fix", standing.cure)])
        for end in standing.ends:
            if end.step(moment) is not None:
                text = end.text(standing.name, moment)
                terminal.pairs([("Warning", (text, "bold yellow")), ("Fix", end.cure)])


@oauth.command()
@click.argument("name")
@click.pass_context
def test(click_ctx: click.Context, name: str) -> None:
    """Test an account and the servers that use it.

    Gets a new token now, and logs in to each mail server with it.
    """
    from intake.oauth.standing import users_of

    ctx: Invocation = click_ctx.obj
    _account(ctx, name)
    _refreshed(ctx, name)
    terminal.say(f"A new token for {name} was had: the login is good.")
    failed = False
    for section in users_of(ctx.desk().settings, name):
        problems = _tried(ctx, section)
        for problem, cure in problems:
            terminal.passage(f"[{section}] {problem}", cure, "bold red")
        if not problems:
            terminal.say(f"[{section}] the mail server takes it.")
        failed = failed or bool(problems)
    if failed:
        click_ctx.exit(FAILED)


@oauth.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(ctx: Invocation, name: str, yes: bool) -> None:
    """Discard the login of an account.

    What uses it can then neither read nor send mail.
    """
    if ctx.desk().store.logins.get(name) is None:
        not_found(f"Nothing is kept for [oauth {name}].", "`intake oauth status` lists them.")
    if not yes and not click.confirm(f"Discard the login of {name}?"):
        raise UserError("Nothing was changed.")
    ctx.desk().store.logins.forget(name)
    ctx.record(login(), f"discarded the login of the account {name}")
    terminal.say(
        f"Discarded the login of {name}. Revoke it at the provider as well, where it is good until it ends."
    )


def _account(ctx: Invocation, name: str) -> OAuthSettings:
    accounts = ctx.settings().oauth
    if name not in accounts:
        known = ", ".join(accounts) or "none"
        not_found(
            f"There is no [oauth {name}] in the config.",
            f"Correct the name ({known}), or add the section.",
        )
    return accounts[name]


def _refreshed(ctx: Invocation, name: str) -> None:
    try:
        ctx.desk().accounts.tokens().refresh(name)
    except NoLogin as err:
        raise UserError(f"{err.problem}. {err.cure}.") from None


def _by_person(account: OAuthSettings, paste: bool) -> "Answer":
    from intake.oauth.flows import Browser, Loopback, by_device

    if account.flow == DEVICE:
        return by_device(account, _show_code, time.sleep)
    with Loopback() as loopback:
        browser = Browser(account, loopback.port)
        terminal.say("Open this address in a browser, and log in with the account of the mailbox:\n")
        # In one piece: a person copies it, or clicks on it.
        click.echo(browser.address)
        if paste:
            terminal.say(
                "\nAt the end the browser shows an error: it cannot reach this machine. Copy the whole line "
                "from its address bar."
            )
            return browser.ended(click.prompt("\nAddress"))
        terminal.say("\nWaiting for the browser. If it runs on another machine, stop this and add --paste.")
        address = loopback.address()
    if not address:
        raise UserError("No browser came back in time. Log in again; on another machine with --paste.")
    return browser.ended(address)


def _show_code(address: str, code: str) -> None:
    terminal.say(
        f"Open {address} on any device, enter the code {code} and log in with the account of the mailbox.\n"
        "Waiting for it."
    )


def _asked(name: str, account: OAuthSettings, flow: "Callable[[], Answer]") -> "Answer":
    from intake.oauth import words
    from intake.oauth.wire import Refusal

    try:
        return flow()
    except Refusal as err:
        _not_in(*words.told(err, name, account, now())[:2])
    except Temporary as err:
        _not_in(str(err), "Log in again in a moment")


def _not_in(problem: str, cure: str) -> NoReturn:
    raise UserError(f"Not logged in: {problem}. {cure}.")


def _tried(ctx: Invocation, section: str) -> list[tuple[str, str]]:
    """Return what a mail server says against it, each with its cure."""
    from intake.channels.opening import check
    from intake.channels.smtp import SmtpSession
    from intake.config.brands import servers_of

    desk = ctx.desk()
    kind, _, box = section.partition(" ")
    if kind == "mailbox":
        mailbox = desk.settings.mailboxes[box]
        looked = check(mailbox, desk.accounts.access(getattr(mailbox, "auth", "")))
        return [(result.what, result.cure) for result in looked if result.level == "problem"]
    smtp, address = next((smtp, from_) for name, smtp, from_ in servers_of(desk.settings) if name == section)
    session = SmtpSession(smtp, address, access=desk.accounts.access(smtp.auth), section=section)
    try:
        session.check()
    except NoLogin as err:
        return [(err.problem, err.cure)]
    except Temporary as err:
        problem, _, cure = str(err).rpartition(": ")
        return [(problem, cure)]
    finally:
        session.close()
    return []


def _as_json(standing: "Standing") -> dict[str, object]:
    row = standing.row
    return {
        "name": standing.name,
        "provider": standing.account.provider,
        "flow": standing.account.flow,
        "used_by": list(standing.used_by),
        "state": str(standing.state),
        "problem": standing.problem,
        "cure": standing.cure,
        "expires_at": row.expires_at,
        "refreshed_at": row.refreshed_at,
        "obtained_at": row.obtained_at,
        "ends": [{"what": end.kind, "at": end.at} for end in standing.ends],
    }
