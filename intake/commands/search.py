"""`intake search`: tickets by their words."""

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, login, needs_desk
from intake.commands.ticket.listing import show_rows
from intake.desk.text.counting import counted


@needs_desk
@click.command()
@click.argument("words", nargs=-1)
@click.option("--rebuild", is_flag=True, help="Make the search anew from the tickets first.")
@limited
@as_json
@click.pass_obj
def search(given: Invocation, words: tuple[str, ...], rebuild: bool, limit: int, json_: bool) -> None:
    """Find tickets by words in all that belongs to them.

    In their subject, texts, file names or requester; closed ones, too.

    All WORDS must be there, in any language; case and accents make no difference. "two
    words" in quotes stand together, and wal* is any word that begins so.
    """
    from intake.views import TicketFilter

    if not (words or rebuild):
        raise click.UsageError("Say what to look for.")
    store = given.desk().store
    if rebuild:
        from intake.store.upgrade.reindex import again

        count = again(store.db, store.blobs)
        given.record(login(), "made the search anew")
        terminal.warn(f"{counted(count, 'ticket')} can be found again.")
    if words:
        # A word of the command line that holds a blank was in quotes there.
        asked = " ".join(f'"{one}"' if " " in one and '"' not in one else one for one in words)
        show_rows(store.listing.find_tickets(TicketFilter(search=asked), limit), json_)
