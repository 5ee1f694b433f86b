"""Acts at the command line that cannot be taken back: who asks, and whether it may be done.

A command guards itself with three lines (`intake erase` does):

    permit = permitted(ctx, Plan("export", ticket, details={...}), reason, as_, code, break_glass)
    with ctx.desk().store.transaction():
        two_persons(ctx.desk()).use(permit, now())
        ... the act ...

`permitted` ends the command with exit code 75 where the act has to wait. What the options are called is in
`guarded_act`, a decorator that adds `--reason`, `--code` and `--break-glass`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from intake import terminal
from intake.commands.common import EX_TEMPFAIL, Invocation, now
from intake.commands.who import by_hand, login
from intake.ports import UserError

if TYPE_CHECKING:
    from intake.app import Desk
    from intake.desk.acts import Actor, Plan
    from intake.service.factors import Factors
    from intake.service.two_persons import Permit, TwoPersons

F = TypeVar("F", bound=Callable[..., Any])


def guarded_act(command: F) -> F:
    """Add the options of an act that needs a second person: `reason`, `code` and `break_glass`."""
    for option in (
        click.option(
            "--break-glass",
            is_flag=True,
            help="Do it now, without a second person. Everybody gets an email; `intake check` fails.",
        ),
        click.option("--code", default="", help="Six digits of the second factor of --as AGENT."),
        click.option("--reason", default="", help="Why. Needed where a second person must agree."),
    ):
        command = option(command)
    return command


def factors_of(desk: "Desk") -> "Factors":
    """Return the second factors of a desk."""
    from intake.oauth.factor_seals import factor_seals
    from intake.service.factors import Factors

    return Factors(desk.database.factors, *factor_seals(desk.keys))


def two_persons(desk: "Desk") -> "TwoPersons":
    """Return what asks a second person."""
    from intake.service.two_persons import TwoPersons

    agents, admin = desk.store.agents.enabled, desk.policy.admin
    rows, factors = desk.database.acts, desk.database.factors
    return TwoPersons(rows, factors, agents, admin, desk.service.act, desk.store.transaction)


def actor(ctx: Invocation, as_: str, code: str) -> "Actor":
    """Return who is at the keyboard: the login, the agent they act as, and whether a code proves it.

    Raises UserError for a code that is wrong, or without an agent.
    """
    from intake.desk.acts import Actor
    from intake.service.factors import Checked

    if not as_:
        if code:
            raise click.UsageError("Whose code is it? Give --as AGENT.")
        return Actor(login())
    agent = ctx.agent(as_)
    if not code:
        return Actor(login(), agent.address.lower())
    checked = factors_of(ctx.desk()).check(agent.id, code, now())
    if checked is Checked.RIGHT:
        return Actor(login(), agent.address.lower(), proven=True)
    ctx.record(agent.name, "wrong code of the second factor")
    raise UserError(_WRONG[checked])


NEEDS_CODE = "Agents of this desk have second factors: give --as AGENT and a --code of theirs."
_WRONG = {
    "no factor": "This agent has no second factor. Give them one: `intake agent factor ADDRESS`.",
    "wrong": "That code is wrong, or was used. Wait for the next one and try again.",
    "locked": "There were too many wrong codes. Try again in an hour.",
}


def permitted(
    ctx: Invocation, plan: "Plan", reason: str, as_: str = "", code: str = "", break_glass: bool = False
) -> "Permit":
    """Return the permit for an act, or end the command (75) because a second person must agree first.

    The permit is used up by `TwoPersons.use`, in the transaction of the act.
    """
    from intake.service.two_persons import Permit

    moment, by = now(), actor(ctx, as_, code)
    answer = two_persons(ctx.desk()).ask(plan, reason, by, moment, by_hand(), break_glass)
    if isinstance(answer, Permit):
        return answer
    request = answer.request
    terminal.warn(f"Nothing was done yet. This is act {request.id}: {plan.in_words}")
    if request.ready_at is not None:
        when = terminal.clock(request.ready_at)
        terminal.warn(f"There is no second person: run the same command again after {when}.")
    else:
        until = terminal.clock(request.expires_at)
        terminal.warn(
            f"A second person must agree until {until}: `intake act approve {request.id} --as AGENT`. "
            "Then run the same command again."
        )
    raise click.exceptions.Exit(EX_TEMPFAIL)
