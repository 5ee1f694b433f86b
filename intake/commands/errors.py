"""How a failed command ends: with a sentence for a person, never with a traceback."""

import difflib
import os
import re
from typing import Any

import click

from intake import refusals, terminal
from intake.commands.common import EX_TEMPFAIL, FAILED, Invocation
from intake.ports import Temporary, UserError
from intake.runtime import exhausted

# If set, an unexpected error shows its traceback, for a bug report.
TRACEBACK = "INTAKE_TRACEBACK"


class Errors(click.Group):
    """A group whose commands end without a traceback: the last line says what to do next."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; UserError and ConfigError end with 1, Temporary with 75."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as err:
            if err.option_name != "--config":
                raise
            where = "--config comes before the command: intake --config FILE COMMAND."
            raise click.UsageError(where, err.ctx) from err
        except click.ClickException as err:
            meant = _meant(err)
            if meant is not None:
                raise meant from err
            # Click prints what was typed, which a script may have taken from a ticket.
            vars(err)["message"] = terminal.shown(err.message)
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except UserError as err:
            terminal.warn(str(err))
            ctx.exit(FAILED)
        except Temporary as err:
            terminal.warn(f"Temporarily unavailable: {err}. Nothing was changed; try again later.")
            ctx.exit(EX_TEMPFAIL)
        except BrokenPipeError:
            # The reader of our output is gone; there is nobody to notify.
            raise
        except Exception as err:
            if exhausted.exhausted(err):
                terminal.warn(exhausted.SENTENCE)
                ctx.exit(EX_TEMPFAIL)
            problem = refusals.told(err)
            if not problem and os.environ.get(TRACEBACK):
                raise
            terminal.warn(problem or _unforeseen(err))
            ctx.exit(FAILED)
        finally:
            invocation = ctx.find_object(Invocation)
            if invocation is not None:
                invocation.close()


def _unforeseen(err: Exception) -> str:
    words = terminal.shown(terminal.line(str(err)))[:200]
    return (
        f"Unexpected error: {type(err).__name__}{f': {words}' if words else ''}.\n"
        f"This is a bug in intake. To report it, set {TRACEBACK}=1, run the command again and send "
        "its output."
    )


def _meant(err: click.ClickException) -> click.UsageError | None:
    """Return the error of an unknown command with the command that was most likely meant; None of another."""
    said = re.match(r"No such command ['\"](.+?)['\"]", err.message)
    if said is None or not isinstance(err, click.UsageError) or err.ctx is None:
        return None
    if not isinstance(err.ctx.command, click.Group):
        return None
    known = [name for name in err.ctx.command.list_commands(err.ctx) if not name.startswith("_")]
    near = difflib.get_close_matches(said[1], known, 1, 0.6)
    if not near or "Did you mean" in err.message:
        return None
    path = err.ctx.command_path
    return click.UsageError(
        f"No such command '{terminal.shown(said[1])}'. Did you mean `{path} {near[0]}`?", err.ctx
    )


class Number(click.types.IntParamType):
    """A number as rows have them: one that no column holds is wrong usage, not a fault of the database."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if not -MOST <= number <= MOST:
            self.fail(f"{value} is too large.", param, ctx)
        return number


# What an id holds on PostgreSQL, where it is the smaller one.
MOST = 2**31 - 1


def bound_numbers(command: click.Command) -> None:
    """Have each whole number that a command, and all below it, takes be one that the database can hold."""
    for param in command.params:
        if type(param.type) is click.types.IntParamType:
            param.type = Number()
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        bound_numbers(below)
