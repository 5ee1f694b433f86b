"""`intake demo`: a whole desk on this machine, with nothing to set up."""

import click

from intake.commands.common import needs_no_desk
from intake.ports import UserError


@needs_no_desk
@click.command()
@click.option("--once", is_flag=True, help="Send one email through the desk, show the outcome, and exit.")
@click.pass_context
def demo(ctx: click.Context, once: bool) -> None:
    """Try Intake on this machine.

    Starts a mail server, a desk and a conversation, which are deleted when it exits.
    """
    try:
        from intake.demo import main
    except ImportError as err:
        raise UserError("The demo needs its mail server. Run: pip install 'intake-desk[demo]'") from err
    ctx.exit(main(once))
