"""`intake outbox verify`: whether an email that somebody shows us was ours."""

from pathlib import Path

import click

from intake import terminal
from intake.commands.common import Invocation, as_json
from intake.desk.origin import Answer, Lacks, Origin
from intake.ports import UserError

_SAID = {
    Origin.YOURS: "Ours, and sent to {asker} on {at} UTC.",
    Origin.ELSEWHERE: "Ours, but sent to another address than {asker}: somebody copied it, or passed it on.",
    Origin.FOREIGN: "Not ours: this desk did not send it.",
}
_LACKS = {
    Lacks.INLINE: "It is not the email as it came. Ask for it as an attachment (.eml).",
    Lacks.CHANGED: "An email of ours has its Message-ID, and says something else. Do not trust it.",
    Lacks.OLD: "It is from a time of which not every email is known any more, and has no signature of ours.",
}
# Larger is no mail that anybody shows us.
MOST_BYTES = 64 << 20


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--for", "asker", required=True, metavar="ADDRESS", help="Who got it, and asks.")
@as_json
@click.pass_obj
def verify(ctx: Invocation, file: Path, asker: str, json_: bool) -> None:
    """Test whether an email was sent by this desk.

    FILE is the email as it came (.eml), or one that it is attached to. Compares it with what was sent, and
    its DKIM signature with the keys of this desk, replaced ones too. Nothing of it is kept, and no link in it
    is followed.
    """
    from intake.origin.asking import was_ours

    if file.stat().st_size > MOST_BYTES:
        raise UserError(f"{file} is too large to be an email.")
    made = was_ours(ctx.desk(), file.read_bytes(), asker)
    if json_:
        terminal.say_json(made)
    else:
        terminal.say(in_words(made, asker))


def in_words(made: Answer, asker: str) -> str:
    """Return an answer as a sentence."""
    if made.origin is Origin.UNKNOWN:
        return f"It cannot be told. {_LACKS[made.lacks]}"
    return _SAID[made.origin].format(asker=asker, at=terminal.clock(made.sent_at))
