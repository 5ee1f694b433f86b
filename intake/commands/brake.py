"""`intake brake …`: the circuit breaker of automatic mail."""

import click

from intake import terminal
from intake.commands.common import Invocation, acting_as, needs_no_desk, now


@needs_no_desk
@click.group()
def brake() -> None:
    """See to it that automatic mail goes again after it was stopped."""


@brake.command()
@acting_as
@click.pass_obj
def release(given: Invocation, as_: str) -> None:
    """Let automatic mail go again at once, and begin counting anew."""
    who, store = given.actor(as_), given.desk().store
    if not store.rates.release_brake(now()):
        terminal.say("Automatic mail was not stopped. It is counted anew from now on.")
        return
    given.record(who, "released the brake on automatic mail")
    terminal.say("Automatic mail goes again.")
