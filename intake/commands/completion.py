"""`intake completion`: a shell's completion script."""

import click

from intake import terminal
from intake.commands.common import needs_no_desk


@needs_no_desk
@click.command(epilog="Example: intake completion fish > ~/.config/fish/completions/intake.fish")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script."""
    from click.shell_completion import get_completion_class

    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"{shell} is not a supported shell.")
    script = completer(ctx.find_root().command, {}, "intake", "_INTAKE_COMPLETE")
    terminal.say(script.source().rstrip("\n"))
