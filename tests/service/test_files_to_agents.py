"""Every file that a customer sent reaches an agent, attached or by a link; what is refused goes again."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from desk_mail import text_of
from file_desk import LIN, MIB, NO_PAGES, FileDesk, letter, links

from intake.channels.smtp import SmtpSession
from intake.config.sections import SmtpSettings
from intake.desk.effects import MailKind, Outgoing
from intake.desk.sensitive.leaks import MARK
from intake.desk.ticket import EntryKind
from intake.mail.outgoing import compose, smaller

PNG = b"\x89PNG\r\n\x1a\n" + b"\x01" * 200
FILM = bytes(range(256)) * (11 * MIB // 256)

Make = Callable[..., FileDesk]


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[FileDesk] = []

    def build(*args: str, engine: str = "sqlite") -> FileDesk:
        url = request.getfixturevalue("postgres_url") if engine == "postgres" else ""
        made.append(FileDesk(tmp_path / f"desk{len(made)}", *args, store=url))
        return made[-1]

    yield build
    for desk in made:
        desk.close()


def names(mail: Outgoing) -> list[str]:
    """The names of the files of a mail."""
    return [
        str(part.get_filename()) for part in message_from_bytes(mail.raw, policy=default).iter_attachments()
    ]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.parametrize(
    ("ask", "where"), [("#files", 1), ("#files 1", 0), ("#文件", 1), ("#attachments 1", 1)]
)
def test_who_asks_gets_small_files_attached_and_large_ones_as_links(
    make: Make, engine: str, ask: str, where: int
) -> None:
    desk = make(engine=engine)
    desk.lin_sends({"error.png": PNG, "film.bin": FILM})
    desk.out(MailKind.NOTICE)
    desk.anna_says(ask, where)
    (answer,) = desk.out(MailKind.ANSWER)
    text = text_of(answer)
    assert ["error.png"] == names(answer)
    assert desk.agent == answer.rcpt
    assert "Ticket #1 has 2 files." in text
    assert 1 == len(links(text))
    assert "film.bin (11 MB)" in text
    assert "works once, until Friday, January 2" in text


def test_who_merges_into_a_ticket_gets_its_files_but_for_who_had_them_with_its_notices(make: Make) -> None:
    desk = make()
    wei = desk.store.agents.add("wei@staff.desk.example", "Wei", (), desk.clock())
    desk.lin_sends({"error.png": PNG})
    desk.lin_sends({"log.txt": b"it failed"})
    assert 2 == len({row.id for row in desk.store.listing.list_tickets()})
    desk.anna_says("#assign wei", 1)
    desk.out(MailKind.NOTICE)
    desk.anna_says("#merge 1", 2)
    (answer,) = desk.out(MailKind.ANSWER)

    assert (desk.agent, ["error.png"]) == (answer.rcpt, names(answer))
    assert "Ticket #1 has 1 file." in text_of(answer)
    assert wei.address != answer.rcpt


def test_the_notification_has_the_link_where_a_file_is_too_large_to_attach(make: Make) -> None:
    desk = make()
    desk.lin_sends({"film.bin": FILM, "error.png": PNG})
    (notice,) = desk.out(MailKind.NOTICE)
    assert ["error.png"] == names(notice)
    assert "Too large to forward, kept in the ticket: film.bin (11 MB)" in text_of(notice)
    assert 1 == len(links(text_of(notice)))


def test_without_pages_the_mail_says_how_an_admin_gets_the_files(make: Make) -> None:
    desk = make(NO_PAGES)
    desk.lin_sends({"film.bin": FILM})
    (notice,) = desk.out(MailKind.NOTICE)
    desk.anna_says("#files")
    (answer,) = desk.out(MailKind.ANSWER)
    for text in (text_of(notice), text_of(answer)):
        assert "film.bin (11 MB)" in text
        words = " ".join(text.split())
        assert "An admin can save all files of this ticket with: intake ticket files 1 --save FOLDER" in words
        assert [] == links(text)


@pytest.mark.parametrize(
    ("ask", "said"),
    [("#files", "Ticket #1 has no files."), ("#files 9", "there is no ticket #9")],
)
def test_what_is_not_there_is_said(make: Make, ask: str, said: str) -> None:
    desk = make()
    desk.take(letter(desk.address, {}), sender=LIN)
    desk.out(MailKind.NOTICE)
    desk.anna_says(ask)
    desk.deliver()
    assert said in " ".join(text_of(mail) for mail in desk.sent)


def test_the_limit_is_a_key(make: Make) -> None:
    desk = make(f"attach_mb = 0\n{NO_PAGES}")
    desk.lin_sends({"error.png": PNG})
    (notice,) = desk.out(MailKind.NOTICE)
    assert [] == names(notice)
    assert "error.png (1 KB)" in text_of(notice)


@pytest.mark.parametrize("language", ["zh-Hans", "ru", "ja"])
def test_it_is_said_in_the_language_of_the_desk(make: Make, language: str) -> None:
    desk = make(f"language = {language}\n{NO_PAGES}")
    desk.lin_sends({"film.bin": FILM})
    (notice,) = desk.out(MailKind.NOTICE)
    assert "An admin can" not in text_of(notice)
    assert "intake ticket files 1 --save FOLDER" in " ".join(text_of(notice).split())


def test_an_answer_that_holds_a_link_of_ours_stays_inside(make: Make) -> None:
    desk = make()
    desk.lin_sends({"film.bin": FILM})
    (notice,) = desk.out(MailKind.NOTICE)
    (link,) = links(text_of(notice))
    for text in (
        f"Look: https://help.example/{link}",
        f"{link.rpartition('/')[2]}",
        f"help.example/{link[:40]}\n{link[40:]}",
    ):
        desk.anna_says(f"Thank you. {text}")
    assert [] == desk.out(MailKind.RELAY)
    assert [] == [row for row in desk.store.tickets.entries(1) if row.kind is EntryKind.REPLY]


def test_a_link_in_a_quote_is_cut_off_with_it(make: Make) -> None:
    desk = make()
    desk.lin_sends({"film.bin": FILM})
    (notice,) = desk.out(MailKind.NOTICE)
    quoted = "\n".join(f"> {line}" for line in text_of(notice).splitlines())
    desk.anna_says(f"Thank you.\n\nOn Thu, the desk wrote:\n{quoted}")
    (relay,) = desk.out(MailKind.RELAY)
    (link,) = links(text_of(notice))
    assert link.rpartition("/")[2][:20].encode() not in relay.raw


def test_a_link_that_a_customer_quotes_back_is_no_link_in_another_agents_mail(make: Make) -> None:
    desk = make()
    desk.lin_sends({"film.bin": FILM})
    (notice,) = desk.out(MailKind.NOTICE)
    (link,) = links(text_of(notice))
    desk.lin_sends({}, f"What is https://help.example/{link} for?")
    mails = desk.out(MailKind.NOTICE)
    assert [] != mails
    for mail in mails:
        assert "What is https://help.example/file/" in text_of(mail)
        assert link.rpartition("/")[2].encode() not in mail.raw
        assert link.rpartition("/")[2] not in text_of(mail)


# -- refused for its size ------------------------------------------------------------------


class Small:
    """A real SMTP server that takes no large mails, and says so where the test wants it."""

    def __init__(self, step: str, words: str) -> None:
        self.step, self.words, self.kept, self.tried = step, words, list[bytes](), 0

    async def handle_MAIL(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]
        size = next((int(o[5:]) for o in options if o.upper().startswith("SIZE=")), 0)
        self.tried += size > MIB
        if self.step == "mail" and size > MIB:
            return self.words
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]
        if len(envelope.content) > MIB:
            return self.words
        self.kept.append(envelope.content)
        return "250 taken"


ROADS = {
    "known from EHLO": ("ehlo", "", 0),
    "at MAIL": ("mail", "552 5.3.4 Message size exceeds fixed limit", 1),
    "at the end of DATA": ("data", "552 5.3.4 Message too big for system", 1),
    "of the mailbox": ("data", "552 5.2.3 Message length exceeds administrative limit", 1),
    "in words alone": ("data", "554 Message too large", 1),
}


@pytest.mark.parametrize(("step", "words", "tries"), ROADS.values(), ids=ROADS)
@pytest.mark.parametrize("asked", [False, True], ids=["a notice", "an answer to #files"])
def test_what_is_refused_for_its_size_goes_again_at_once_without_its_files(
    make: Make, step: str, words: str, tries: int, asked: bool
) -> None:
    from aiosmtpd.smtp import SMTP
    from smtp_server import SmtpServer

    class Server(SmtpServer):
        def protocol(self) -> SMTP:
            return SMTP(self.handler, data_size_limit=MIB if step == "ehlo" else 64 * MIB)

    desk, taken = make(), Small(step, words)
    desk.lin_sends({"film.bin": FILM[: 3 * MIB]})
    if asked:
        desk.out(MailKind.NOTICE)
        desk.anna_says("#files")
    kind = "answer" if asked else "notice"
    server = Server(taken)
    server.start()
    session = SmtpSession(
        SmtpSettings(host="127.0.0.1", port=server.port, security="none", timeout=5), "help@desk.example"
    )
    try:
        for _ in range(2):
            for number in desk.service.tick():
                desk.service.deliver(number, session)
    finally:
        session.close()
        server.stop()
    rows = [row for row in desk.store.outbox.list_mails() if row.kind == kind]
    assert ["failed", "sent"] == sorted(row.state for row in rows)
    assert tries == taken.tried
    mails = [message_from_bytes(raw, policy=default) for raw in taken.kept]
    (again,) = [mail for mail in mails if mail["To"] and desk.agent in mail["To"]]
    text, page = (again.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    refused = "refused this email with its file, which is kept in the ticket: film.bin (3 MB)"
    for part in (text, page):
        content = str(part.get_content())
        assert refused in content
        assert 1 == len(set(links(content)))
        # No customer may read it, and the reference stays the last that is said.
        assert all(MARK in line for line in content.splitlines() if refused in line or links(line))
        assert asked or content.rindex("/file/") < content.rindex("ref:")
    assert [] == list(again.iter_attachments())
    # It is answered like any other, and in its thread.
    assert "help+a" in again["Reply-To"]
    assert again["References"]
    assert "My coins" in again["Subject"]
    assert len({row.message_id for row in rows}) == 2


def test_a_picture_that_stood_in_the_page_is_named_where_it_stood() -> None:
    headers = ("Subject: x",)
    page = (
        "<body><div>Look:<br>\n"
        + '<img class="w" src="cid:a@x" alt="[image: cat.png]" style="x">.</div>\n</body>'
    )
    raw = compose.message(headers, "Look: [image: cat.png].", (), "=_a", page)
    again = message_from_bytes(smaller.without_files(raw, ["Kept: cat.png"], "b@x", "=_b"), policy=default)
    text, html = (again.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert (
        f"Look: [image: cat.png].\n\n{MARK} Kept: cat.png" == text.get_content().replace("\r\n", "\n").strip()
    )
    assert "cid:" not in html.get_content()
    assert "[image: cat.png].<p" in html.get_content()


def test_the_second_one_has_no_files_and_is_not_sent_a_third_time(make: Make) -> None:
    from intake.ports import Permanent

    def nothing(mail: Outgoing) -> None:
        if mail.kind is MailKind.ANSWER:
            raise Permanent("552 5.3.4 too big")

    desk = make()
    desk.lin_sends({"film.bin": FILM[:MIB]})
    desk.out(MailKind.NOTICE)
    desk.anna_says("#files")
    for _ in range(4):
        desk.deliver(nothing)
    assert ["failed"] * 2 == [row.state for row in desk.store.outbox.list_mails() if row.kind == "answer"]
