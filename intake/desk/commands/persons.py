"""Commands about a person: what the desk knows of them, and notes that agents alone see."""

from collections.abc import Sequence

from intake.desk.commands.grammar import CommandContext, Refused, address
from intake.desk.commands.queries import answer
from intake.desk.effects import AddEntry, Effect
from intake.desk.listing import table_of
from intake.desk.lookup import FROM, LookupRequest
from intake.desk.persons import MAX_NOTE, MAX_NOTES, AddPersonNote, DropPersonNote, Person, PersonNote
from intake.desk.text.argument_words import native, spelled
from intake.desk.text.language_names import SPOKEN
from intake.desk.text.said import joined, said
from intake.desk.ticket import DESK, EntryKind

_NOTE, _NOTES, _FORGET = "note", "notes", "forget"
_SHOWING = (
    "notes", "list", "所有备注", "全部备注", "查看备注", "列出备注", "所有備註", "全部備註", "查看備註",
    "列出備註",
)  # fmt: skip
_WORDS = {
    **native(_NOTES, _NOTE, _FORGET),
    **dict.fromkeys(_SHOWING, _NOTES),
    **dict.fromkeys(("note", "add", "备注", "備註"), _NOTE),
    **dict.fromkeys(("forget", "remove", "delete", "删除", "刪除"), _FORGET),
}

# Behind the word for a note: all of them.
_LISTS = frozenset(
    (
        *(word for word, action in _WORDS.items() if action == _NOTES),
        "列表", "清单", "清單", "一覧", "リスト", "목록", "lista", "liste", "список", "listele", "danh sách",
        "all", "所有", "全部", "show", "查看",
    )
)  # fmt: skip


def read_who(text: str) -> str:
    """Read an address, or nothing: that is the requester of the ticket at hand."""
    return address(text) if text.strip(".。 ") else ""


def wants_who(argument: str) -> LookupRequest:
    """Ask for a person and their tickets."""
    return LookupRequest(persons=frozenset({argument}), lists=frozenset({f"{FROM}{argument}"}))


def who(scene: CommandContext, argument: str) -> list[Effect]:
    """Send what is known of a person: of an address, or the requester of the ticket at hand."""
    person = _known(scene, argument)
    tickets = scene.looked.lists.get(f"{FROM}{argument}", ())
    table = table_of(said("Tickets of {address}", address=person.address), tickets)
    ticket = scene.ticket.id if not argument else 0
    return answer(scene, ticket, "who", card(person), table)


def read_person(text: str) -> str:
    """Read what is to be done: "note TEXT", "notes", or "forget N"."""
    bare = text.strip()
    word = next((word for word in sorted(_WORDS, key=len, reverse=True) if _begins(bare, word)), "")
    rest = bare[len(word) :].strip(" :：")
    action = _WORDS.get(word, "")
    # "note list" and 备注列表 ask for them: a note says more than the word for a list.
    lists = rest.rstrip(".。 ").casefold() in _LISTS
    if (action == _NOTES and not rest) or (action in (_NOTE, _NOTES) and lists):
        return _NOTES
    if action == _FORGET and rest.strip("#.").isdecimal() and len(rest) < 10:
        return f"{_FORGET} {int(rest.strip('#.'))}"
    if action == _NOTE and rest:
        if len(rest) > MAX_NOTE:
            raise Refused(said("a note about a person has at most {most} characters", most=MAX_NOTE))
        return f"{_NOTE} {rest}"
    wanted = joined(map(spelled, (f"{_NOTE} TEXT", _NOTES, f"{_FORGET} N")), ", ")
    raise Refused(said("it needs one of: {words}", words=wanted))


def _begins(text: str, word: str) -> bool:
    rest = text[len(word) :]
    return text.casefold().startswith(word) and (not rest or not rest[0].isalnum() or not word.isascii())


def wants_person(argument: str) -> LookupRequest:
    """Ask for the requester of the ticket at hand."""
    return LookupRequest(persons=frozenset({""}))


def person(scene: CommandContext, argument: str) -> list[Effect]:
    """Write, list or remove notes about the requester of the ticket."""
    known = _known(scene, "")
    action, _, rest = argument.partition(" ")
    if action == _NOTES:
        return answer(scene, scene.ticket.id, "person", _notes(known.notes) or said("There are no notes."))
    done = said("note about the requester added, by {by}", by=scene.by)
    effect: Effect = AddPersonNote(known.address, scene.by, rest, scene.agent.id if scene.agent else None)
    if action == _FORGET:
        effect, done = (
            removed(known, int(rest)),
            said("note about the requester removed, by {by}", by=scene.by),
        )
    elif len(known.notes) >= MAX_NOTES:
        raise Refused(
            said("there are {most} notes about this person: remove one with #person forget N", most=MAX_NOTES)
        )
    return [effect, AddEntry(scene.ticket.id, EntryKind.EVENT, DESK, done)]


def removed(known: Person, number: int) -> DropPersonNote:
    """Return what removes a note about a person. Raises Refused where there is none of that number."""
    if number not in {note.id for note in known.notes}:
        raise Refused(
            said("there is no note {note} about this person; #person notes lists them", note=number)
        )
    return DropPersonNote(known.address, number)


def card(known: Person) -> str:
    """Return what is known of a person, a fact on each line; what is not known has none."""
    names = ", ".join(known.names)
    scores = ", ".join(f"{score}/5 (#{ticket})" for ticket, score in known.scores)
    spoken = SPOKEN.get(known.language, known.language)
    language = said("Language: {language}", language=spoken)
    if known.told:
        language = said("Language: {language}, set by an agent", language=spoken)
    counts = {"open": known.open, "closed": known.closed, "spam": known.spam}
    lines = [
        f"{names} <{known.address}>" if names else known.address,
        said("Tickets: {open} open, {closed} closed, {spam} spam", **counts),
        said("First contact: {at}", at=known.first_at) if known.first_at else "",
        said("Last contact: {at}", at=known.last_at) if known.last_at else "",
        language if known.language else "",
        said("Clock: {offset}", offset=_clock(known.utc_offset)) if known.utc_offset is not None else "",
        said("Survey scores: {scores}", scores=scores) if scores else "",
        said("Email to this address fails: {reason}", reason=known.failed) if known.failed else "",
        joined([said("Notes:"), _notes(known.notes)], "\n") if known.notes else "",
    ]
    return joined(lines, "\n")


def _notes(notes: Sequence[PersonNote]) -> str:
    lines = (said("{number}: {text} ({by}, {at})", number=n.id, text=n.text, by=n.by, at=n.at) for n in notes)
    return joined(lines, "\n")


def _clock(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def _known(scene: CommandContext, argument: str) -> Person:
    known = scene.looked.persons.get(argument)
    if known is None:
        raise Refused(said("it needs an email address: there is no requester here"))
    return known
