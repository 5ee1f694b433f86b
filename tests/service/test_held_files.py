"""What agents are sent of files: nothing that was not looked into, and nothing with a secret in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from desk_mail import text_of
from file_desk import LIN, NO_PAGES, FileDesk, letter, links
from office_files import docx, encrypted, packed
from screens import ENGLISH, drawn

from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.reading import CLEAN, Reading
from intake.desk.ticket import EntryKind
from intake.runtime.deferred_readings import look_into_waiting
from intake.runtime.file_reading import Asked, FileReader
from intake.service.confirming import Confirmation
from intake.store.previews import AGAIN
from intake.store.upkeep.erasure import Erasing
from intake.web import progress

EVE = "eve@other.example"
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
LETTER = docx("an ordinary letter to the support about an order that did not arrive")
SCREEN = drawn(PHRASE.split(), "list", True, ENGLISH, (540, "JPEG")).content
Make = Callable[..., FileDesk]


def _making(folder: Path, url: str = "") -> Iterator[Make]:
    made: list[FileDesk] = []

    def desk(more: str = NO_PAGES) -> FileDesk:
        made.append(FileDesk(folder / f"desk{len(made)}", more, url))
        return made[-1]

    yield desk
    for each in made:
        each.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    yield from _making(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    """For what the database does: the rest is decided before it is asked."""
    yield from _making(
        tmp_path, request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    )


def _busy(desk: FileDesk) -> None:
    """Nothing is ready at once."""

    def none(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        return [None] * len(files), False

    desk.service = replace(desk.service, look_into=FileReader(read=none, known=desk.store.readings.known))


def _later(desk: FileDesk) -> None:
    """Time passes, and files are looked into."""
    desk.clock.later(seconds=5)
    look_into_waiting(desk.store, desk.clock)
    desk.service.follow_files()


def _text(mail: Outgoing) -> str:
    return text_of(mail)


def _names(mail: Outgoing) -> list[str]:
    names = (part.get_filename() for part in message_from_bytes(mail.raw, policy=default).walk())
    return [name for name in names if name]


SECRET_FILES = {
    "backup.txt": PHRASE.encode(),
    "backup.docx": docx(PHRASE),
    "words.zip": packed({"a.txt": PHRASE}),
    "screen.jpg": SCREEN,
}


@pytest.mark.parametrize("name", SECRET_FILES)
def test_a_file_with_a_secret_is_not_sent_on_whenever_it_is_read(make: Make, name: str) -> None:
    desk = make()
    desk.lin_sends({name: SECRET_FILES[name], "letter.docx": LETTER})
    notices = desk.out(MailKind.NOTICE)
    _later(desk)
    mails = [*notices, *desk.out(MailKind.ALERT)]
    assert any("[hidden: seed phrase]" in _text(mail) and name in _text(mail) for mail in mails)
    assert {"letter.docx"} == {name for mail in mails for name in _names(mail)}
    assert not any(b"sausage" in mail.raw for mail in mails)
    _is_told(desk)


def test_what_was_not_looked_into_yet_follows_once_in_a_mail_of_its_own(on_both: Make) -> None:
    desk = on_both()
    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER, "notes.txt": b"My order number is 4711."})
    (notice,) = desk.out(MailKind.NOTICE)
    assert ["notes.txt"] == _names(notice)
    assert "Being checked, to be sent to you afterwards: letter.docx" in _text(notice)

    _later(desk)
    (second,) = desk.out(MailKind.ALERT)
    assert ["letter.docx"] == _names(second)
    assert notice.rcpt == second.rcpt
    _later(desk)
    assert [] == desk.out(MailKind.ALERT)


def test_a_file_of_a_merged_ticket_follows_in_the_last_of_those_it_went_into(make: Make) -> None:
    desk = make()
    _busy(desk)
    for number in range(3):
        desk.lin_sends({f"letter{number}.docx": docx(f"letter {number}")}, f"Letter {number}.")
    desk.anna_says("#merge 2", 1)
    desk.anna_says("#merge 3", 2)
    desk.out(MailKind.NOTICE)
    _later(desk)
    mails = [mail for mail in desk.out(MailKind.ALERT) if _names(mail)]
    assert 3 == len(mails)
    assert all(b"[#3]" in mail.raw.partition(b"\r\n\r\n")[0] for mail in mails)


def test_a_secret_that_is_found_later_is_told_and_the_file_does_not_follow(on_both: Make) -> None:
    desk = on_both()
    _busy(desk)
    desk.lin_sends({"screen.jpg": SCREEN})
    (notice,) = desk.out(MailKind.NOTICE)
    assert [] == _names(notice)
    _later(desk)
    (second,) = desk.out(MailKind.ALERT)
    assert [] == _names(second)
    assert "screen.jpg [hidden: seed phrase]" in " ".join(_text(second).split())
    _is_told(desk)
    _later(desk)
    assert 1 == len(desk.store.finds.list_finds())


def test_who_sent_a_secret_that_is_found_later_is_warned_and_nobody_else(on_both: Make) -> None:
    desk = on_both()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    desk.anna_says(f"#cc add {EVE}")
    _busy(desk)
    for author in (EVE, "mallory@nowhere.example"):
        raw = letter(desk.reply_address(1), {f"{author}.docx": docx(f"{author}: {PHRASE}")})
        desk.take(raw.replace(LIN.encode(), author.encode()), sender=author)
    _later(desk)
    assert [EVE] == [mail.rcpt for mail in desk.out(MailKind.WARNING)]


def _is_told(desk: FileDesk) -> None:
    """The ticket says what stands where, is urgent and the security team's."""
    texts = [entry.text for entry in desk.store.tickets.entries(1)]
    assert 1 == texts.count("hidden in a file: seed phrase, 12 words")
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    assert ("urgent", "security") == (ticket.priority, ticket.category)
    (find,) = desk.store.finds.list_finds()
    assert ("seed phrase", "file:1", 12) == (find.kind, find.part, find.words)


def test_what_cannot_be_looked_into_is_sent_and_named(make: Make) -> None:
    desk = make()
    desk.lin_sends(
        {"locked.zip": encrypted(packed({"a.txt": PHRASE})), "film.mp4": b"\0\0\0\x18ftypmp42" * 9}
    )
    _later(desk)
    mails = [*desk.out(MailKind.NOTICE)]
    _later(desk)
    text = " ".join(_text(mail) for mail in mails)
    assert "Could not be fully checked: " in text
    assert "film.mp4" in text


def test_a_file_that_ends_its_reader_three_times_is_sent_as_not_looked_into(on_both: Make) -> None:
    desk, tries = on_both(), 0

    def dies(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        nonlocal tries
        tries += 1
        return [None], True

    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER})
    assert [] == _names(desk.out(MailKind.NOTICE)[0])
    for _ in range(5):
        look_into_waiting(desk.store, desk.clock, dies)
        desk.service.follow_files()
        desk.clock.later(seconds=AGAIN.total_seconds() + 1)
    (second,) = desk.out(MailKind.ALERT)
    assert 3 == tries
    assert ["letter.docx"] == _names(second)
    assert "Could not be fully checked: letter.docx" in _text(second)


def test_files_that_are_asked_for_come_without_what_is_withheld(make: Make) -> None:
    desk = make()
    desk.lin_sends({"backup.txt": PHRASE.encode(), "notes.txt": b"My order number is 4711."})
    desk.out(MailKind.NOTICE)
    desk.anna_says("#files")
    (answer,) = desk.out(MailKind.ANSWER)
    assert ["notes.txt"] == _names(answer)
    assert "backup.txt [hidden: seed phrase]" in " ".join(_text(answer).split())


def test_files_that_are_asked_for_too_early_follow(on_both: Make) -> None:
    desk = on_both()
    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER})
    desk.out(MailKind.NOTICE)
    desk.anna_says("#files")
    (answer,) = desk.out(MailKind.ANSWER)
    assert [] == _names(answer)
    assert [] == links(_text(answer))
    _later(desk)
    (second,) = desk.out(MailKind.ALERT)
    assert ["letter.docx"] == _names(second)


def test_a_file_of_an_agent_with_a_secret_in_it_stays_here_and_they_are_told(make: Make) -> None:
    desk = make()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    desk.out(MailKind.NOTICE)
    desk.anna_sends({"phrase.docx": docx(PHRASE), "manual.txt": b"Open the settings."}, "See the files.")
    desk.deliver()
    relays = [mail for mail in desk.sent if mail.kind is MailKind.RELAY]
    (told,) = (mail for mail in desk.sent if mail.kind is MailKind.ALERT)
    assert [["manual.txt"]] == [_names(mail) for mail in relays]
    said = " ".join(_text(told).split())
    assert "sent without these files, because they contain what must not leave: phrase.docx" in said


def test_a_file_of_a_draft_that_its_agent_says_yes_to_is_looked_into_too(make: Make) -> None:
    desk = make()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    # A line for colleagues makes it a draft.
    files = {"phrase.docx": docx(PHRASE), "manual.txt": b"Open the settings."}
    desk.anna_sends(files, "@all who knows this customer?\n\nSee the files.")
    entry = next(entry for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.DRAFT)
    desk.out(MailKind.ALERT)
    desk.anna_confirms(entry.id)
    desk.deliver()
    relays = [mail for mail in desk.sent if mail.kind is MailKind.RELAY]
    assert [["manual.txt"]] == [_names(mail) for mail in relays]


def test_what_was_found_in_an_agents_file_is_noted_with_their_answer(make: Make) -> None:
    desk = make()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    desk.anna_sends({"phrase.txt": PHRASE.encode()}, "See the file.")
    assert [("seed phrase", "file:1")] == [(row.kind, row.part) for row in desk.store.finds.list_finds(1)]
    desk.deliver()
    # They are told of the file once, and of no text.
    assert 1 == len([mail for mail in desk.sent if mail.kind is MailKind.ALERT])


def test_what_was_found_in_the_files_of_a_forwarded_mail_is_noted(make: Make) -> None:
    desk = make()
    desk.anna_forwards({"phrase.txt": PHRASE.encode()})
    assert ["seed phrase"] == [row.kind for row in desk.store.finds.list_finds(1)]


def test_an_admin_who_lets_out_a_draft_sends_no_secret_in_its_files(make: Make) -> None:
    desk = make()
    desk.lin_sends({"notes.txt": b"My order number is 4711."})
    desk.anna_sends({"phrase.docx": docx(PHRASE)}, "@all who knows this customer?\n\nSee the files.")
    entry = next(entry for entry in desk.store.tickets.entries(1) if entry.kind is EntryKind.DRAFT)
    desk.service.confirm(Confirmation(1, entry.id, "root", "command line", anyway=True))
    desk.deliver()
    relays = [mail for mail in desk.sent if mail.kind is MailKind.RELAY]
    assert [[]] == [_names(mail) for mail in relays]


def test_a_file_with_a_secret_is_on_no_page_of_its_ticket(make: Make) -> None:
    desk = make()
    desk.lin_sends({"backup.txt": PHRASE.encode(), "notes.txt": b"My order number is 4711."})
    desk.anna_says("Thank you, we look into it.")
    entries, ticket = desk.store.tickets.entries(1), desk.store.tickets.get(1)
    assert ticket is not None
    shown = progress.view(ticket, entries, True, desk.clock.now)
    assert ["notes.txt"] == [file.name for said in shown.said for file in said.files]
    files = next(entry for entry in entries if entry.files)
    assert [False, True] == [bool(progress.public_file(entries, files.id, place)) for place in (0, 1)]


def test_the_same_file_is_looked_into_once_and_known_the_next_time(on_both: Make) -> None:
    desk, asked = on_both(), []

    def counted(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        asked.extend(file.name for file in files)
        return [CLEAN] * len(files), False

    desk.service = replace(desk.service, look_into=FileReader(read=counted, known=desk.store.readings.known))
    desk.lin_sends({"letter.docx": LETTER})
    desk.lin_sends({"again.docx": LETTER}, "Once more.")
    assert ["letter.docx"] == asked


def test_pictures_are_sent_unread_where_that_is_wanted(make: Make) -> None:
    desk = make(f"{NO_PAGES}\n[secrets]\npictures = off")
    desk.lin_sends({"screen.jpg": SCREEN})
    assert ["screen.jpg"] == _names(desk.out(MailKind.NOTICE)[0])


def test_with_hold_no_notice_goes_before_its_pictures_are_read(make: Make) -> None:
    desk = make(f"{NO_PAGES}\n[secrets]\npictures = hold")
    desk.lin_sends({"screen.jpg": SCREEN})
    (notice,) = desk.out(MailKind.NOTICE)
    assert "screen.jpg [hidden: seed phrase]" in " ".join(_text(notice).split())


def test_nothing_is_lost_when_the_process_ends_between_reading_and_sending(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make()
    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER})
    desk.out(MailKind.NOTICE)

    def killed(files: Sequence[Asked]) -> tuple[list[Reading | None], bool]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look_into_waiting(desk.store, desk.clock, killed)
    desk.clock.later(seconds=61)
    look_into_waiting(desk.store, desk.clock)
    # And again, before anything is sent.
    desk.service.follow_files()
    desk.service.follow_files()
    (second,) = desk.out(MailKind.ALERT)
    assert ["letter.docx"] == _names(second)


def test_files_that_lay_there_wait_behind_those_that_agents_wait_for(on_both: Make) -> None:
    desk = on_both(f"{NO_PAGES}\n[secrets]\npictures = off")
    desk.lin_sends({"old.jpg": SCREEN})
    wanted = [desk.store.readings.want([1, 2, 3], unread, desk.clock.now) for unread in (["image/"], [], [])]
    assert [0, 1, 0] == wanted
    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER})
    desk.clock.later(seconds=5)
    waiting = desk.store.readings.waiting(desk.clock.now, 9)
    assert ["letter.docx", "old.jpg"] == [file.name for file in waiting]
    assert [[True], [False]] == [
        [place.old for place in desk.store.readings.places(file.sha256)] for file in reversed(waiting)
    ]


def test_what_an_erased_ticket_waited_for_is_forgotten(on_both: Make) -> None:
    desk = on_both()
    _busy(desk)
    desk.lin_sends({"letter.docx": LETTER})
    assert 1 == len(desk.store.readings.held(1))
    erasing = Erasing(desk.desk.database.db, desk.desk.database.blobs)
    erasing.erase([1], "", [], desk.desk.keys[-1], "a test", desk.clock.now)
    assert [] == desk.store.readings.held(1)
    assert [] == desk.store.readings.waiting(desk.clock.now, 9)
