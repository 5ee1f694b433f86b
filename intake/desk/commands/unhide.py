"""`#unhide`: what was hidden by mistake is shown again, in its ticket alone."""

import unicodedata
from dataclasses import replace

from intake.desk.commands.grammar import CommandContext, CommandSpec, Refused
from intake.desk.commands.queries import answer
from intake.desk.effects import AddEntry, Amend, Effect, Mail
from intake.desk.find_effects import ClearFind
from intake.desk.lookup import LookupRequest
from intake.desk.sensitive.excusing import HiddenFind, mark_of
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, EntryKind, Ticket

# So many are listed in one email.
MOST_LISTED = 30
_SHOWN = said("This is no secret and will be shown in this ticket:")


def read(text: str) -> str:
    """Read the number of a find, or nothing."""
    bare = unicodedata.normalize("NFKC", text).strip("#.。 ")
    if bare and not (bare.isascii() and bare.isdigit() and len(bare) <= 9):
        raise Refused(said("it needs the number of what is hidden"))
    return str(int(bare)) if bare else ""


def wants(argument: str) -> LookupRequest:
    """Ask what is hidden in the ticket at hand."""
    return LookupRequest(finds=True)


def unhide(scene: CommandContext, argument: str) -> list[Effect]:
    """Show a find in its ticket from now on, or without a number list those of which that can be asked."""
    if not argument:
        return answer(scene, scene.ticket.id, "unhide", _listed(scene))
    find = next((find for find in scene.looked.finds if find.id == int(argument)), None)
    if find is None:
        raise Refused(said("nothing with this number is hidden in this ticket"))
    effects = excused(scene.ticket, find, scene.by)
    for mail in answer(scene, scene.ticket.id, "unhide", _SHOWN):
        # Apart from our own words: they may be words of a list of phrases, too.
        effects.append(replace(mail, quoted=find.value) if isinstance(mail, Mail) else mail)
    return effects


def excused(ticket: Ticket, find: HiddenFind, by: str) -> list[Effect]:
    """Return the effects of calling a find of a ticket a false alarm. Raises Refused where it may not be."""
    if find.certain:
        raise Refused(said("it is certain to be a secret, because its checksum or form proves it"))
    if find.in_a_file:
        raise Refused(said("it is in a file; an admin can save the files of a ticket"))
    if not find.value:
        raise Refused(said("it is no longer in this ticket"))
    marks = dict.fromkeys((*ticket.excused, mark_of(find.kind, find.value)))
    event = f"number {find.id} is no secret and will be shown, by {by}"
    return [
        Amend(ticket.id, {"excused": tuple(marks)}),
        ClearFind(find.id),
        AddEntry(ticket.id, EntryKind.EVENT, DESK, event),
    ]


def _listed(scene: CommandContext) -> str:
    finds = [find for find in scene.looked.finds if find.value and not find.certain][:MOST_LISTED]
    if not finds:
        raise Refused(said("nothing is hidden in this ticket that could be shown"))
    return joined([f"#unhide {find.id}: [hidden: {find.kind}]" for find in finds], "\n")


# Its row of the table of commands.
UNHIDE = CommandSpec(
    "unhide",
    "[N]",
    "Show in this ticket what was hidden by mistake, by its number; without one, list what is hidden.",
    "在本工单中显示被误隐藏的内容（填编号）；不带编号则列出被隐藏的内容。",
    "在此案件中顯示被誤隱藏的內容（填編號）；不帶編號則列出被隱藏的內容。",
    ("取消隐藏", "显示内容", "取消隱藏", "顯示內容"),
    unhide,
    read,
    wants,
)
