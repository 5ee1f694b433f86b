"""`intake search`: find tickets by words."""

import click

from intake import terminal
from intake.commands.common import Invocation, as_json, limited, needs_desk
from intake.commands.reads import count_reading
from intake.commands.ticket.listing import show_rows
from intake.commands.who import login
from intake.desk.reading import Reading
from intake.desk.text.counting import counted


@needs_desk
@click.command()
@click.argument("words", nargs=-1)
@click.option("--rebuild", is_flag=True, help="Rebuild the index first.")
@limited
@as_json
@click.pass_obj
def search(ctx: Invocation, words: tuple[str, ...], rebuild: bool, limit: int, json_: bool) -> None:
    """Search tickets.

    Searches subjects, texts, file names and requesters, of closed tickets too.

    All WORDS must match, in any language; case and accents make no difference. "two
    words" in quotes match as a phrase, and wal* matches any word that starts with wal.
    """
    from intake.views import TicketFilter

    if not (words or rebuild):
        raise click.UsageError("Give words to search for.")
    desk = ctx.desk()
    store = desk.store
    if rebuild:
        from intake.store.upgrade.reindex import again

        count = again(desk.database.db, desk.database.blobs)
        ctx.record(login(), "rebuilt the search index")
        terminal.warn(f"{counted(count, 'ticket')} indexed.")
    if words:
        count_reading(ctx, Reading.SEARCH)
        # A word with a blank in it was in quotes on the command line.
        asked = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
        show_rows(store.listing.find_tickets(TicketFilter(search=asked), limit), json_)
