"""`intake demo`: the whole desk on this machine, with nothing to set up."""

import click

from intake.commands.common import needs_no_desk
from intake.ports import UserError


@needs_no_desk
@click.command()
@click.option("--once", is_flag=True, help="Send one mail through the desk, show what became of it, and end.")
@click.pass_context
def demo(ctx: click.Context, once: bool) -> None:
    """Try Intake on this machine.

    Starts a mail server, a desk and a conversation, all gone when it ends.
    """
    try:
        from intake.demo import main
    except ImportError as err:
        raise UserError("The demo needs its mail server. Run: pip install 'intake-desk[demo]'") from err
    ctx.exit(main(once))
