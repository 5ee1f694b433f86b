"""Archives of mail as tickets: who asked, who answered, who may see what, and in which order."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import Header

import pytest

from intake.desk.message import Address
from intake.imports.archive import Found, Left
from intake.imports.mail_source import Lately, MailSource, Reading
from intake.imports.model import ImportedTicket, Kind, Remark
from intake.imports.threads import Threads
from intake.mail.parse import parse
from intake.ports import UserError

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
START = datetime(2024, 1, 1, 10, tzinfo=UTC)
DESK, MIA, ANN, BO, EVE = (
    "help@desk.example",
    "mia@desk.example",
    "ann@example.org",
    "bo@example.net",
    "eve@evil.example",
)


def mail(
    number: int,
    sender: str = ANN,
    to: str = DESK,
    answers: str = "",
    subject: str = "Coins",
    at: int | None = None,
    more: str = "",
) -> bytes:
    """A mail with the id `number`, of the hour `at` (else `number`); `answers` are the ids in References."""
    date = START + timedelta(hours=number if at is None else at)
    references = " ".join(f"<{name}@x>" for name in answers.split())
    fields = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: <{number}@x>"]
    fields += [f"Date: {date:%a, %d %b %Y %H:%M:%S +0000}"]
    fields += [f"References: {references}"] if references else []
    fields += [more] if more else []
    return "\r\n".join([*fields, "", f"text {number}", ""]).encode()


class Box:
    """An archive in memory: bytes are mails, and what was left is said as it is."""

    def __init__(self, items: Sequence[bytes | Left], at: datetime | None = None) -> None:
        self._items, self._at = items, at
        # What reading one mail answers, by its number in the archive.
        self.failing: dict[int, OSError] = {}

    def find(self) -> Iterator[Found | Left]:
        for number, item in enumerate(self._items):
            if isinstance(item, Left):
                yield item
            else:
                head = item.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                yield Found(str(number), 0, len(item), head, at=self._at)

    def place(self, path: str, number: int) -> str:
        return f"mail {path}"

    def read(self, path: str, start: int, size: int, number: int) -> bytes:
        item = self._items[int(path)]
        if int(path) in self.failing:
            raise self.failing[int(path)]
        assert isinstance(item, bytes)
        return item


def source(items: Sequence[bytes | Left], closed: bool = True, at: datetime | None = None) -> MailSource:
    def ours(address: Address) -> bool:
        return address.domain == "desk.example"

    return MailSource(
        "mail", Box(items, at), Reading(parse, ours, lambda message: message, NOW, 10_000, closed)
    )


def tickets(items: Sequence[bytes | Left], closed: bool = True) -> list[ImportedTicket]:
    return [item for item in source(items, closed).tickets() if isinstance(item, ImportedTicket)]


def said(made: Iterable[ImportedTicket]) -> list[tuple[str, list[str]]]:
    """Return each ticket's requester and its entries, such as "message 1"."""
    return [
        (
            ticket.requester.address or ticket.requester.name,
            [f"{entry.kind.value} {entry.message_id.removesuffix('@x')}" for entry in ticket.entries],
        )
        for ticket in made
    ]


CONVERSATIONS = {
    "a question and its answer": (
        [mail(1), mail(2, MIA, ANN, "1"), mail(3, answers="1 2")],
        [(ANN, ["message 1", "answer 2", "message 3"])],
    ),
    "files that are not in order": (
        [mail(3, answers="1 2"), mail(1), mail(2, MIA, ANN, "1")],
        [(ANN, ["message 1", "answer 2", "message 3"])],
    ),
    "the question is missing": (
        [mail(2, MIA, ANN, "1"), mail(3, answers="1")],
        [(ANN, ["answer 2", "message 3"])],
    ),
    "what is answered is missing, and those who answer it stay together": (
        [mail(2, answers="1"), mail(3, answers="1")],
        [(ANN, ["message 2", "message 3"])],
    ),
    "a wrong clock": (
        [mail(1, at=5), mail(2, MIA, ANN, "1", at=4)],
        [(ANN, ["message 1", "answer 2"])],
    ),
    "two questions of one person": (
        [mail(1), mail(2)],
        [(ANN, ["message 1"]), (ANN, ["message 2"])],
    ),
    "a stranger names a mail of somebody else's": (
        [mail(1), mail(2, MIA, ANN, "1"), mail(3, EVE, answers="1 2"), mail(4, MIA, EVE, "1 2 3")],
        [(ANN, ["message 1", "answer 2"]), (EVE, ["message 3", "answer 4"])],
    ),
    "a mail that names two conversations joins neither to the other": (
        [mail(1), mail(2, BO), mail(3, EVE, answers="1 2")],
        [(ANN, ["message 1"]), (BO, ["message 2"]), (EVE, ["message 3"])],
    ),
    "agents among themselves": (
        [
            mail(1),
            mail(2, MIA, "tom@desk.example", "1"),
            mail(3, "tom@desk.example", MIA, "1 2"),
            mail(4, MIA, ANN, "1"),
        ],
        [(ANN, ["message 1", "note 2", "note 3", "answer 4"])],
    ),
    "an agent asks a partner": (
        [mail(1), mail(2, MIA, BO, "1"), mail(3, BO, MIA, "1 2"), mail(4, MIA, ANN, "1 2 3")],
        [(ANN, ["message 1", "answer 4"]), (BO, ["answer 2", "message 3"])],
    ),
    "who stands in copy may answer": (
        [mail(1, to=f"{DESK}, {BO}"), mail(2, MIA, f"{ANN}, {BO}", "1"), mail(3, BO, DESK, "1 2")],
        [(ANN, ["message 1", "answer 2", "message 3"])],
    ),
    "a letter to many, and each answers for themselves": (
        [
            mail(1, MIA, ", ".join([ANN, BO, *(f"p{n}@example.com" for n in range(30))])),
            mail(2, ANN, answers="1"),
            mail(3, BO, answers="1"),
        ],
        [(MIA, ["note 1"]), (ANN, ["message 2"]), (BO, ["message 3"])],
    ),
    "a machine": (
        [
            mail(1),
            mail(2, MIA, ANN, "1"),
            mail(3, "daemon@example.org", answers="2", more="Auto-Submitted: auto-replied"),
        ],
        [(ANN, ["message 1", "answer 2", "message 3"])],
    ),
    "an answer without a reference": (
        [
            mail(1),
            mail(2, MIA, ANN, subject="Re: Coins"),
            mail(900, MIA, ANN, subject="Re: Coins", at=24 * 60),
        ],
        [(ANN, ["message 1", "answer 2"]), (ANN, ["answer 900"])],
    ),
    "one mail twice": ([mail(1), mail(1)], [(ANN, ["message 1"])]),
    "Outlook's and Google's conversations": (
        [
            mail(1, more="X-GM-THRID: 17"),
            mail(2, MIA, ANN, more="X-GM-THRID: 17"),
            mail(3, more="X-GM-THRID: 18"),
        ],
        [(ANN, ["message 1", "answer 2"]), (ANN, ["message 3"])],
    ),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_mails_become_the_tickets_of_those_who_wrote_them(name: str) -> None:
    mails, expected = CONVERSATIONS[name]
    assert said(tickets(mails)) == expected


def test_a_machines_mail_is_kept_as_one() -> None:
    made = tickets([mail(1), mail(2, "daemon@example.org", answers="1", more="Auto-Submitted: auto-replied")])
    assert [entry.automatic for entry in made[0].entries] == [False, True]


NEWS = "List-Unsubscribe: <mailto:leave@example.org>\r\nPrecedence: bulk"


@pytest.mark.parametrize(
    ("more", "answers", "automatic"),
    [
        (NEWS, "", True),
        ("Precedence: bulk", "", True),
        ("List-Unsubscribe: <https://example.org/leave>", "", True),
        # What people write who answer, write over a group, or have Exchange.
        (NEWS, "9", False),
        ("List-Id: <all.example.org>\r\nList-Post: <mailto:all@example.org>\r\n" + NEWS, "", False),
        ("Precedence: list", "", False),
        ("X-Auto-Response-Suppress: All", "", False),
    ],
)
def test_a_newsletter_waits_for_no_answer(more: str, answers: str, automatic: bool) -> None:
    (made,) = tickets([mail(1, answers=answers, more=more)], closed=False)
    assert (automatic, automatic) == (made.status == "closed", made.tags == ("automatic",))
    assert [automatic] == [entry.automatic for entry in made.entries]


def test_tickets_have_the_same_names_in_every_archive_that_holds_them() -> None:
    whole = [mail(1), mail(2, MIA, ANN, "1"), mail(3, answers="1 2"), mail(4, BO), mail(5, EVE, answers="1")]
    names = {ticket.ref for ticket in tickets(whole)}
    assert len(names) == 3
    assert {ticket.ref for ticket in tickets(list(reversed(whole)))} == names
    assert {ticket.ref for ticket in tickets(whole[1:3])} < names
    assert {ticket.ref for ticket in tickets(whole[2:3])} < names


@pytest.mark.parametrize(
    ("mails", "status"),
    [
        ([mail(1)], "new"),
        ([mail(1), mail(2, MIA, ANN, "1")], "closed"),
        ([mail(1), mail(2, MIA, ANN, "1"), mail(3, answers="1 2")], "open"),
        ([mail(1), mail(2, MIA, "tom@desk.example", "1")], "new"),
        (
            [mail(1), mail(2, MIA, ANN, "1"), mail(3, answers="2", more="Auto-Submitted: auto-replied")],
            "closed",
        ),
        ([mail(1, more="X-Gmail-Labels: Spam")], "closed"),
    ],
)
def test_who_waits_for_an_answer_has_an_open_ticket_only_where_that_is_asked(
    mails: list[bytes], status: str
) -> None:
    assert [ticket.status for ticket in tickets(mails, closed=False)] == [status]
    assert [ticket.status for ticket in tickets(mails)] == ["closed"]


def test_labels_become_tags_and_places_do_not() -> None:
    labels = "=?UTF-8?Q?Inbox,Opened,Category_updates,Wallet/Lost_coins,M=C3=BCnzen?="
    (ticket,) = tickets(
        [mail(1, more=f"X-Gmail-Labels: {labels}"), mail(2, MIA, ANN, "1", more="X-Gmail-Labels: Sent,VIP")]
    )
    assert ticket.tags == ("wallet-lost-coins", "münzen", "vip")


def test_what_was_deleted_or_never_sent_is_counted_and_not_imported() -> None:
    box = source(
        [
            mail(1, more="X-Gmail-Labels: Trash"),
            mail(2, more="X-Gmail-Labels: Drafts"),
            Left("x", "it was deleted there", mail=False, out=True),
            Left("y", "no mail", mail=False),
            mail(3),
            mail(3),
        ]
    )
    assert len(list(box.tickets())) == 1
    assert box.left_out == {
        "it was deleted there": 2,
        "it is a draft that was never sent": 1,
        "the same mail lies there more than once": 1,
    }


@pytest.mark.parametrize(
    ("language", "trash", "drafts", "spam"),
    [
        ("en-GB", "Bin", "Drafts", "Spam"),
        ("de", "Papierkorb", "Entwürfe", "Spam"),
        ("fr", "Corbeille", "Brouillons", "Spam"),
        ("es", "Papelera", "Borradores", "Spam"),
        ("pt-BR", "Lixeira", "Rascunhos", "Spam"),
        ("pt-PT", "Lixo", "Rascunhos", "Spam"),
        ("ru", "Корзина", "Черновики", "Спам"),
        ("tr", "Çöp kutusu", "Taslaklar", "Spam"),
        ("vi", "Thùng rác", "Thư nháp", "Thư rác"),
        ("ja", "ゴミ箱", "下書き", "迷惑メール"),
        ("ko", "휴지통", "임시보관함", "스팸함"),
        ("zh-Hans", "已删除邮件", "草稿", "垃圾邮件"),
        ("zh-Hant", "垃圾桶", "草稿", "垃圾郵件"),
    ],
)
def test_what_was_deleted_never_sent_or_spam_is_known_in_the_language_of_the_account(
    language: str, trash: str, drafts: str, spam: str
) -> None:
    def labelled(number: int, name: str) -> bytes:
        return mail(number, more=f"X-Gmail-Labels: {Header(name + ',Wallet', 'utf-8').encode()}")

    box = source([labelled(1, trash), labelled(2, drafts), labelled(3, spam)])
    (ticket,) = box.tickets()
    assert isinstance(ticket, ImportedTicket)
    assert (ticket.spam, ticket.tags) == (True, ("wallet",))
    assert box.left_out == {"it was deleted there": 1, "it is a draft that was never sent": 1}


def test_a_mail_that_is_too_big_is_told_of_and_its_neighbours_are_imported() -> None:
    box = source([mail(1), mail(2, answers="1") + b"x" * 20_000, mail(3, answers="1")])
    remark, ticket = box.tickets()
    assert isinstance(remark, Remark)
    assert remark.lost
    assert remark.what.endswith("more than desk.max_message_mb")
    assert isinstance(ticket, ImportedTicket)
    assert [entry.message_id for entry in ticket.entries] == ["1@x", "3@x"]


@pytest.mark.parametrize(
    ("date", "came", "at"),
    [
        ("Mon, 1 Jan 2024 12:00:00 +0200", None, START),
        ("Mon, 1 Jan 2099 12:00:00 +0200", START, START),
        ("Mon, 1 Jan 1900 12:00:00 +0200", START, START),
        ("yesterday", START, START),
        ("Wed, 3 Jan 2024 10:00:00 +0000", START, START + timedelta(days=2)),
        ("yesterday", None, NOW),
    ],
)
def test_a_date_that_cannot_be_is_that_of_the_arrival(date: str, came: datetime | None, at: datetime) -> None:
    raw = f"From: {ANN}\r\nDate: {date}\r\nMessage-ID: <1@x>\r\n\r\nx\r\n".encode()
    items = list(source([raw], at=came).tickets())
    (ticket,) = (item for item in items if isinstance(item, ImportedTicket))
    assert ticket.entries[0].at == at
    assert len(items) == (2 if at == NOW else 1)


def test_a_conversation_of_any_length_is_tickets_of_a_size() -> None:
    mails = [mail(1), *(mail(n, answers="1") for n in range(2, 1203))]
    made = tickets(mails)
    assert [len(ticket.entries) for ticket in made] == [500, 500, 202]
    assert len({ticket.ref for ticket in made}) == 3
    assert [ticket.status for ticket in tickets(mails, closed=False)] == ["closed", "closed", "new"]


def test_a_mail_is_read_back_as_it_lies_there() -> None:
    box = source([mail(1), mail(2, MIA, ANN, "1")])
    (ticket,) = (item for item in box.tickets() if isinstance(item, ImportedTicket))
    raws = [box.read(entry.raw) for entry in ticket.entries if entry.raw]
    assert raws == [mail(1), mail(2, MIA, ANN, "1")]
    assert [entry.kind for entry in ticket.entries] == [Kind.MESSAGE, Kind.ANSWER]
    assert box.count() == 1


@pytest.mark.parametrize("code", [errno.ESTALE, errno.ENOENT, errno.EIO])
@pytest.mark.parametrize("late", [False, True])
def test_a_mail_that_has_gone_ends_the_import_and_one_that_cannot_be_read_is_passed_over(
    code: int, late: bool
) -> None:
    """Whether that shows as it is put in order, or as it is written."""
    mails = [mail(1), mail(2, BO)]
    box = Box(mails)
    made = MailSource("mail", box, Reading(parse, lambda _: False, lambda message: message, NOW, 10_000))
    failing = {0: OSError(code, "no more")}
    if late:
        first = next(item for item in made.tickets() if isinstance(item, ImportedTicket))
        assert first.entries[0].raw is not None
        made._kept = Lately()
        box.failing = failing
        with pytest.raises(OSError if code == errno.EIO else UserError, match="no more"):
            made.read(first.entries[0].raw)
        return
    box.failing = failing
    if code != errno.EIO:
        with pytest.raises(UserError, match=r"mail 0 cannot be read any more: no more\. Import again"):
            list(made.tickets())
        return
    remark, ticket = made.tickets()
    assert isinstance(remark, Remark)
    assert (remark.lost, remark.what) == (True, "it cannot be read: no more")
    assert isinstance(ticket, ImportedTicket)


@pytest.mark.parametrize("chain", [True, False])
def test_a_conversation_of_thousands_is_counted_as_it_is_read(chain: bool) -> None:
    """Whether each answers the one before, or all answer the first."""
    many, bare, threads = 4100, parse(b"Subject: x\r\n\r\n"), Threads()
    for number in range(many):
        answers = () if not number else (f"{number - 1}@x" if chain else "0@x",)
        message = replace(bare, message_id=f"{number}@x", in_reply_to=answers)
        threads.add(message, START + timedelta(minutes=many - number if chain else number), [ANN])
    assert threads.count() == 3
    assert [len(numbers) for _, numbers in threads.groups()] == [2000, 2000, 100]
    threads.add(replace(bare, message_id="other@x"), START, [BO])
    assert threads.count() == 4
