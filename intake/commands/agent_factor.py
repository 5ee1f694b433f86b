"""`intake agent factor`: the second factor of an agent."""

import uuid

import click

from intake import terminal
from intake.commands.common import Invocation, now
from intake.commands.permits import actor, factors_of, guarded_act, permitted, two_persons
from intake.commands.who import login


@click.command()
@click.argument("address")
@click.option("--remove", is_flag=True, help="Take the second factor away instead.")
@guarded_act
@click.pass_obj
def factor(ctx: Invocation, address: str, remove: bool, reason: str, code: str, break_glass: bool) -> None:
    """Set the second factor of an agent: six digits of an app.

    Prints the secret once, as a link that authenticator apps read. To replace or remove one
    that is there, give its --code; for a phone that is lost a second person must agree.
    """
    from intake.desk.acts import Plan
    from intake.desk.factor import uri

    agent, desk, moment = ctx.agent(address), ctx.desk(), now()
    rows, factors = desk.database.factors, factors_of(desk)
    there = rows.get(agent.id) is not None
    if remove and not there:
        raise click.UsageError(f"{agent.address} has no second factor to remove.")
    permit = None
    if there and code:
        actor(ctx, address, code)
    elif there:
        words = {"do": "remove" if remove else "replace"}
        plan = Plan("factor", person=agent.address.lower(), details=words)
        permit = permitted(ctx, plan, reason, break_glass=break_glass)
    with desk.store.transaction():
        if permit is not None:
            two_persons(desk).use(permit, moment)
        if remove:
            rows.forget(agent.id)
        else:
            secret = factors.enrol(agent.id, moment)
        verb = "took away" if remove else "replaced" if there else "gave"
        ctx.record(login(), f"{verb} the second factor of agent {agent.address}")
        two_persons(desk).tell_of_factor(agent, uuid.uuid4().hex)
    if remove:
        terminal.say(f"{agent.address} has no second factor any more.")
        return
    terminal.say("Add this link to an authenticator app, as a QR code or by hand. It is shown only once:")
    terminal.say_own_secret(uri(secret, desk.settings.desk.name, agent.address))
