"""`intake brake …`: the circuit breaker for automatic email."""

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, needs_no_desk, now


@needs_no_desk
@click.group()
def brake() -> None:
    """Resume automatic email after a pause."""


@brake.command()
@acting_as
@click.pass_obj
def release(ctx: Invocation, as_: str) -> None:
    """Resume automatic email at once and reset the hourly counter."""
    who, store = ctx.actor(as_), ctx.desk().store
    if not store.rates.release_brake(now()):
        terminal.say("Automatic email was not paused; counter reset.")
        return
    ctx.record(who, "resumed automatic email")
    terminal.say("Automatic email resumed.")
