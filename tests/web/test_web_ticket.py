"""The progress page with the real store: who may see what, and what a visit (nothing) and a post change."""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk
from webserving import body_of

from intake.app import Desk, build
from intake.desk import lifecycle, spam, tokens
from intake.desk.effects import AddEntry, AddParticipant, Amend, SetStatus
from intake.desk.message import Address, Attachment, Envelope
from intake.desk.policy import SilencePolicy
from intake.desk.silence import Note
from intake.desk.text.language import LANGUAGES
from intake.desk.ticket import DESK, EntryKind, Status, Ticket
from intake.desk.tokens import Purpose
from intake.ports import Arrival
from intake.web import make_app

MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: My coins\r\n"
    b"Cc: boss@customer.example\r\nAuthentication-Results: mx.desk.example; dmarc=pass"
    b" header.from=customer.example\r\n\r\nPlease help me.\r\n"
)
LINK = re.compile(r"https://help\.example(/t/[a-z2-7]{44})")
LIN = Address("lin@customer.example", "Lin")
TEMPLATES = Path(__file__).parents[2] / "templates"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "<a href=//x.example>",
)


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    """A desk with one ticket of Lin's and one agent."""
    desk = with_ticket(make_desk, clock)
    yield desk
    desk.store.close()


def with_ticket(make_desk: MakeDesk, clock: Clock, desk: str = "", mail: bytes = MAIL) -> Desk:
    built = build(make_desk("base_url = https://help.example", desk=desk).settings)
    built.service = replace(built.service, clock=clock)
    built.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    built.service.receive([Arrival(mail, Envelope("imap", "support"))])
    built.service.tick()
    clock.forward(minutes=1)
    return built


@pytest.fixture
def client(stored: Desk) -> FlaskClient:
    return make_app(stored, patience=0).test_client()


def ticket(desk: Desk) -> Ticket:
    found = desk.store.tickets.get(1)
    assert found is not None
    return found


def reply(desk: Desk, text: str = "Try again.", key: str = "k") -> None:
    desk.service.act(lifecycle.reply(ticket(desk), desk.store.agents.enabled()[0], text, key, desk.policy))


def path(desk: Desk, mailed: bool = True) -> str:
    """Return the path of the link that a mail, or else the form's page, has."""
    return desk.links.progress(ticket(desk), desk.service.clock(), mailed).removeprefix(
        "https://help.example"
    )


def fields(client: FlaskClient, page: str) -> dict[str, str]:
    found = re.search(r'name="token" value="([^"]+)"', client.get(page).text)
    assert found
    return {"token": found[1]}


def state(desk: Desk) -> Any:
    return (
        desk.store.tickets.get(1),
        desk.store.tickets.entries(1),
        desk.store.outbox.list_mails(),
        desk.store.ledger.list_messages(),
    )


def test_mails_to_the_requester_carry_the_link_and_no_other_mail_does(stored: Desk) -> None:
    reply(stored)
    stored.service.act(lifecycle.close(ticket(stored), "Anna", "k"))
    carry = {}
    for row in stored.store.outbox.list_mails():
        carry[row.kind] = bool(LINK.search((stored.store.outbox.raw(row.id) or b"").decode()))

    assert {"acknowledgement": True, "status": True, "relay": False, "notice": False} == carry


def test_what_happened_is_a_timeline(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    def steps() -> list[str]:
        return re.findall(r'<li class="(now|past|ahead)">', client.get(path(stored)).text)

    assert ["past", "ahead", "ahead", "ahead"] == steps()
    clock.forward(minutes=1)
    stored.service.act(lifecycle.assign(ticket(stored), stored.store.agents.enabled()[0], "", "Anna", "k"))
    assert ["past", "past", "ahead", "ahead"] == steps()
    reply(stored)
    assert ["past", "past", "past", "ahead"] == steps()
    stored.service.act(lifecycle.close(ticket(stored), "Anna", "k"))
    assert ["past", "past", "past", "past"] == steps()


def test_the_timeline_says_that_we_wait_only_after_we_said_so(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    def waits() -> bool:
        return "Waiting for your reply" in client.get(path(stored)).text

    clock.forward(minutes=1)
    # After any answer a ticket is pending; whoever was answered does not owe us one.
    reply(stored)
    assert not waits()
    clock.forward(minutes=1)
    stored.service.act(lifecycle.wait(ticket(stored), "Anna", "k"))
    assert waits()
    clock.forward(minutes=1)
    send_mail(stored, "Here it is.")
    assert not waits()
    clock.forward(minutes=1)
    reply(stored, "Thank you.", "k2")
    assert not waits()


def test_the_timeline_says_that_it_is_open_again(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    def steps() -> list[str]:
        return re.findall(r'<span class="step">([^<]*)</span>', client.get(path(stored)).text)

    reply(stored)
    clock.forward(minutes=1)
    stored.service.act(lifecycle.close(ticket(stored), "Anna", "k"))
    assert ["Received", "In progress", "Answered", "Solved"] == steps()
    clock.forward(minutes=1)
    stored.service.act(lifecycle.reopen(ticket(stored), "the requester", "k2"))
    assert ["Received", "In progress", "Answered", "Open again", "Solved"] == steps()
    clock.forward(minutes=1)
    reply(stored, "Try this.", "k3")
    assert ["Received", "In progress", "Open again", "Answered", "Solved"] == steps()


def send_mail(desk: Desk, text: str) -> None:
    """The requester writes again, to the ticket's own address."""
    now, who = desk.service.clock(), ticket(desk).requester.mailbox
    token = tokens.make(desk.keys[0], Purpose.CUSTOMER, 1, 0, now + timedelta(days=9))
    to = tokens.address(desk.policy.mailbox(ticket(desk).mailbox).address, token)
    raw = f"From: {who}\r\nTo: {to}\r\nSubject: Re\r\n\r\n{text}\r\n".encode()
    (got,) = desk.service.receive([Arrival(raw, Envelope("lmtp", "support", who, (to,)))])
    desk.service.process([got.ledger_id])


@pytest.mark.parametrize(
    ("zone", "language", "shown"),
    [
        ("UTC", "en", "Wednesday, May 6, 7:08 AM (UTC)"),
        ("Europe/Berlin", "de", "Mittwoch, 6. Mai, 09:08 Uhr (UTC+2)"),
        ("Asia/Shanghai", "zh-Hans", "5月6日（周三）15:08（UTC+8）"),
        ("America/St_Johns", "fr", "mercredi 6 mai à 4\u00a0h\u00a038 (UTC-2:30)"),
    ],
)
@pytest.mark.parametrize("date", ["", "Wed, 6 May 2026 07:08:00 +0000"], ids=["no date", "a date in UTC"])
def test_times_are_told_as_the_reader_writes_them(
    make_desk: MakeDesk, clock: Clock, zone: str, language: str, shown: str, date: str
) -> None:
    mail = f"Date: {date}\r\n".encode() + MAIL if date else MAIL
    desk = with_ticket(make_desk, clock, f"timezone = {zone}", mail)

    page = make_app(desk, patience=0).test_client().get(f"{path(desk)}?lang={language}").text
    desk.store.close()

    assert f'<time datetime="2026-05-06T07:08:09Z">{shown}</time>' in page


def test_times_are_told_by_the_clock_that_the_requesters_mail_showed(
    make_desk: MakeDesk, clock: Clock
) -> None:
    mail = b"Date: Wed, 6 May 2026 14:08:00 +0700\r\n" + MAIL
    desk = with_ticket(make_desk, clock, "timezone = Europe/Berlin", mail)

    page = make_app(desk, patience=0).test_client().get(path(desk)).text
    desk.store.close()

    assert '<time datetime="2026-05-06T07:08:09Z">Wednesday, May 6, 2:08 PM (UTC+7)</time>' in page


def test_only_what_is_public_is_shown(stored: Desk, client: FlaskClient) -> None:
    desk = Address("anna@desk.example", "Anna")
    secret = [
        AddEntry(1, kind, desk, f"secret {kind.value}", f"secret {kind.value}")
        for kind in EntryKind
        if kind not in (EntryKind.CUSTOMER, EntryKind.REPLY)
    ]
    reply(stored)
    eve, mallory = Address("eve@elsewhere.example", "eve@elsewhere.example"), Address("mallory@x.example")
    others = [
        AddParticipant(1, eve),
        AddEntry(1, EntryKind.CUSTOMER, eve, "Hm."),
        # Nobody let this one in: it is for agents to see.
        AddEntry(1, EntryKind.CUSTOMER, mallory, "secret of a stranger"),
    ]
    stored.service.act([*secret, *others])
    page = client.get(path(stored)).text

    for word in ("My coins", "Please help me.", "Try again.", "Anna", "Hm.", "Somebody else"):
        assert word in page
    for word in ("secret", "@desk.example", "@elsewhere", "boss@", "lin@customer.example"):
        assert word not in page


def test_before_an_answer_and_by_the_forms_link_no_words_are_shown(stored: Desk, client: FlaskClient) -> None:
    """Else anybody could have us show his words, or read answers to somebody else, by naming an address."""
    assert "My coins" not in client.get(path(stored)).text
    reply(stored)
    assert "My coins" in client.get(path(stored)).text
    page = client.get(path(stored, mailed=False)).text

    assert "Answered" in page
    for word in ("My coins", "Please help me.", "Try again."):
        assert word not in page


def test_t15_what_strangers_send_to_a_ticket_is_not_shown(stored: Desk, client: FlaskClient) -> None:
    """T15: who holds the link could have a code for signing in elsewhere sent to the ticket's address."""
    reply(stored)
    code = AddEntry(1, EntryKind.CUSTOMER, Address("noreply@elsewhere.example", "Shop"), "Your code: 314159")
    stored.service.act([code])
    page = client.get(path(stored)).text
    assert "Try again." in page
    assert "314159" not in page
    assert "Shop" not in page


QUOTE = "Yes.\n\n> Do you have it?\n> We need it.\n"


def said_with(stored: Desk, client: FlaskClient, whole: str, *more: AddEntry, author: Address = LIN) -> str:
    """Return the page after an answer and an entry that shows "Yes." of `whole`."""
    reply(stored)
    stored.service.act([AddEntry(1, EntryKind.CUSTOMER, author, "Yes.", whole), *more])
    return client.get(path(stored)).text


def test_the_requester_can_unfold_what_is_folded_of_their_own_text(stored: Desk, client: FlaskClient) -> None:
    page = said_with(stored, client, QUOTE)

    assert "<summary>2 more lines</summary>" in page
    assert "&gt; Do you have it?\n&gt; We need it.</p>\n</details>" in page
    assert 1 == page.count('class="folded"')
    stored.service.act([AddEntry(1, EntryKind.CUSTOMER, LIN, "Both.", "Both.\n-- \nLin Example\n")])
    stored.service.act([AddEntry(1, EntryKind.CUSTOMER, LIN, "Or one.", "Or one.\n\n> Hello\n")])
    assert "<summary>1 more line</summary>" in client.get(path(stored)).text


@pytest.mark.parametrize(
    ("whole", "more", "author"),
    [
        ("Yes.", (), LIN),
        ("", (), LIN),
        # Of a participant, who has no link.
        (QUOTE, (), Address("boss@customer.example", "Boss")),
        # What an agent forwarded with a remark: older desks kept all of it beside the customer's words.
        (QUOTE, (AddEntry(1, EntryKind.NOTE, Address("anna@desk.example"), "Careful", QUOTE),), LIN),
        # A notification, which an agent passed on to them.
        (f"Yes.\n> ##- Please type your reply above this line -##\n> #note careful\n{QUOTE}", (), LIN),
        (f"Yes.\n> From: <support+{'aia'.ljust(44, 'b')}@desk.example>\n", (), LIN),
    ],
)
def test_nothing_that_is_not_the_requesters_own_is_unfolded(
    stored: Desk, client: FlaskClient, whole: str, more: tuple[AddEntry, ...], author: Address
) -> None:
    stored.service.act([AddParticipant(1, Address("boss@customer.example", "Boss"))])
    page = said_with(stored, client, whole, *more, author=author)

    assert "Yes." in page
    assert 'class="folded"' not in page
    assert "Do you have it?" not in page


def test_what_an_agent_wrote_below_their_answer_is_not_shown(stored: Desk, client: FlaskClient) -> None:
    reply(stored)
    whole = "Try again.\n\n#note careful\n> Please help me."
    anna = stored.store.agents.enabled()[0]
    stored.service.act([AddEntry(1, EntryKind.REPLY, anna.as_address, "Try again.", whole, anna.id)])
    page = client.get(path(stored)).text

    assert "careful" not in page
    assert 'class="folded"' not in page


def test_a_secret_is_hidden_in_what_is_unfolded(stored: Desk, client: FlaskClient) -> None:
    halves = "legal winner thank year wave sausage", "worth useful legal winner thank yellow"
    page = said_with(stored, client, f"Yes.\n> {halves[0]}\n> {halves[1]}\n> or so")

    assert "<summary>3 more lines</summary>" in page
    assert "[hidden: seed phrase]" in page
    assert "winner" not in page


def test_a_desk_can_keep_the_conversation_off_the_page(make_desk: MakeDesk, clock: Clock) -> None:
    desk = build(make_desk("base_url = https://help.example\nshow_conversation = no").settings)
    desk.service = replace(desk.service, clock=clock)
    desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    desk.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    desk.service.tick()
    reply(desk)
    assert "My coins" not in make_app(desk).test_client().get(path(desk)).text
    desk.store.close()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_whoever_follows_the_link_changes_nothing(stored: Desk, client: FlaskClient, method: str) -> None:
    """T34: scanners fetch every link of every mail, and every link behind it."""
    reply(stored)
    page = path(stored)
    before = state(stored)
    for where in (page, f"{page}/solved", f"{page}/unsolved", f"{page}?done=solved"):
        for _ in range(13):
            getattr(client, method)(where)

    assert before == state(stored)
    assert 200 == client.get(page).status_code
    assert 405 == client.get(f"{page}/solved").status_code


def test_nothing_new_is_a_few_bytes(stored: Desk, client: FlaskClient) -> None:
    reply(stored)
    first = client.get(path(stored))
    tag = first.headers["ETag"]
    again = client.get(path(stored), headers={"If-None-Match": tag})

    assert (304, b"", tag) == (again.status_code, again.data, again.headers["ETag"])
    assert sum(len(f"{name}: {value}\r\n") for name, value in again.headers) < 120, "a few bytes"
    stored.service.act(lifecycle.note(ticket(stored), "They are nice.", "Anna", "k9"))
    assert 304 == client.get(path(stored), headers={"If-None-Match": tag}).status_code
    reply(stored, "And once more.", "k2")
    changed = client.get(path(stored), headers={"If-None-Match": tag})
    assert 200 == changed.status_code
    assert f'data-tag="{changed.headers["ETag"][3:-1]}"' in changed.text


def test_what_the_page_says_to_browsers(stored: Desk, client: FlaskClient) -> None:
    answer = client.get(path(stored))

    assert ("no-referrer", "no-store", "noindex", "nosniff") == tuple(
        answer.headers[name]
        for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag", "X-Content-Type-Options")
    )


def test_every_link_that_does_not_open_is_answered_alike(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    key, later = stored.keys[0], clock.now.replace(year=2027)
    revoked = path(stored)
    stored.service.act(lifecycle.revoke_links(ticket(stored), "Anna"))
    wrong = [
        revoked,
        "/t/" + "a" * 44,
        "/t/x",
        "/t/" + tokens.make(key, Purpose.CUSTOMER, 1, 5, later),
        "/t/" + tokens.make(key, Purpose.SURVEY, 1, 5, later),
        "/t/" + tokens.make(key, Purpose.PROGRESS, 9, 5, later),
        "/t/" + tokens.make(b"o" * 32, Purpose.PROGRESS, 1, 5, later),
    ]
    good = path(stored)
    assert 200 == client.get(good).status_code
    clock.forward(days=32)
    pages = {client.get(one).text for one in (*wrong, good)}

    assert 1 == len(pages)
    for one in (*wrong, good):
        for answer in (
            client.get(one),
            client.post(one, data={"message": "x"}),
            client.post(f"{one}/solved"),
            client.get(f"{one}/file/1/0"),
        ):
            assert 404 == answer.status_code


def test_a_progress_token_is_no_reply_address(stored: Desk) -> None:
    token = path(stored).removeprefix("/t/")
    raw = f"From: eve@x.example\r\nTo: support+{token}@desk.example\r\nSubject: Hi\r\n\r\nI am in.\r\n"
    stored.service.receive([Arrival(raw.encode(), Envelope("imap", "support"))])
    stored.service.tick()

    assert 1 == len(stored.store.tickets.entries(1))
    assert stored.store.tickets.get(2) is not None


def test_what_shows_at_once_is_not_said_to_show_later(stored: Desk, client: FlaskClient) -> None:
    """The desk may be quicker than the browser that is sent back to the page."""
    reply(stored)
    page = path(stored)
    place = client.post(page, data={**fields(client, page), "message": "It works."}).headers["Location"]
    soon = client.get(place).text
    stored.service.tick()
    now = client.get(place).text

    assert "It can take a moment until it shows here." in soon
    assert "Thank you, we have your message" in now
    assert "shows here" not in now
    for wrong in ("-1", "x", "9" * 30):
        assert 200 == client.get(f"{page}?done=sent&had={wrong}").status_code


def test_what_is_written_there_is_a_message_to_the_ticket(stored: Desk, client: FlaskClient) -> None:
    reply(stored)
    page = path(stored)
    data = {**fields(client, page), "message": "It works now.\r\n-- \r\nnot a signature"}
    places = []
    for _ in range(2):
        file = (io.BytesIO(PNG), "截图.png")
        places.append(client.post(page, data={**data, "files": file}).headers["Location"])
    stored.service.tick()

    assert [True, True] == ["done=sent" in place for place in places]
    assert "Thank you, we have your message" in client.get(places[0]).text
    assert 2 == len(stored.store.ledger.list_messages())
    last = stored.store.tickets.entries(1)[-1]
    assert (EntryKind.CUSTOMER, "lin@customer.example", "It works now.\n-- \nnot a signature") == (
        last.kind,
        last.author,
        last.text.strip(),
    )
    assert [("截图.png", "image/png")] == [(one.name, one.media_type) for one in last.files]
    assert Status.OPEN is ticket(stored).status
    assert "It works now." in client.get(page).text


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"message": " "}, 422, "Write your message."),
        ({"message": "x" * 300_000}, 422, "Please shorten it"),
        ({"token": ""}, 400, "press the button once more"),
    ],
    ids=["nothing", "too long", "no token"],
)
def test_what_is_wrong_is_said_and_the_text_stays(
    stored: Desk, client: FlaskClient, change: dict[str, Any], status: int, said: str
) -> None:
    page = path(stored)
    data = {**fields(client, page), "message": "My words <3", **change}
    answer = client.post(page, data=data)

    assert status == answer.status_code
    assert said in answer.text
    if data["message"] == "My words <3":
        assert "My words &lt;3</textarea>" in answer.text
    assert 1 == len(stored.store.ledger.list_messages())


@pytest.mark.parametrize(
    ("cut", "status", "said"),
    [
        ("", 400, "press the button once more"),
        ("files_large", 413, "too large"),
        ("unkept", 503, "in a minute"),
    ],
    ids=["broken off", "more than the server reads", "no room on the disk"],
)
def test_a_reply_whose_files_did_not_come_is_not_taken_without_them(
    stored: Desk, client: FlaskClient, cut: str, status: int, said: str
) -> None:
    page = path(stored)
    whole = body_of({**fields(client, page), "message": "My words"}, b"x" * 1000)
    answer = client.post(
        page,
        data=whole[:-500],
        headers={"Content-Type": "multipart/form-data; boundary=b"},
        environ_overrides={"intake.body_cut": cut},
    )

    assert status == answer.status_code
    assert said in answer.text
    assert "My words</textarea>" in answer.text
    assert "Please choose your files again" in answer.text
    assert 1 == len(stored.store.ledger.list_messages())


def test_files_over_the_limit_keep_the_text(stored: Desk, client: FlaskClient) -> None:
    page = path(stored)
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n{fields(client, page)["token"]}\r\n'
    ]
    parts.append('--b\r\nContent-Disposition: form-data; name="message"\r\n\r\nMy words.\r\n')
    parts.append('--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n')
    body = "".join(parts).encode() + b"x" * (26 * 1024 * 1024 - 500_000) + b"\r\n--b--\r\n"
    answer = client.post(page, data=body, content_type="multipart/form-data; boundary=b")

    assert 413 == answer.status_code
    assert "The files are too large: 25\u00a0MB in total at most." in answer.text
    assert "My words.</textarea>" in answer.text


def test_the_requester_closes_and_opens_his_ticket(stored: Desk, client: FlaskClient) -> None:
    reply(stored)
    page = path(stored)
    mails = len(stored.store.outbox.list_mails())
    for _ in range(2):
        done = client.post(f"{page}/solved", data=fields(client, page), follow_redirects=True)
        assert "Your request is closed." in done.text
    assert Status.CLOSED is ticket(stored).status
    assert "closed by the requester" == stored.store.tickets.entries(1)[-1].text
    assert mails == len(stored.store.outbox.list_mails())
    for _ in range(2):
        done = client.post(f"{page}/unsolved", data=fields(client, page), follow_redirects=True)
        assert "open again" in done.text
    assert Status.OPEN is ticket(stored).status
    # Whoever opens it again waits for an answer: a clock runs.
    assert ticket(stored).next_response_due is not None
    assert ["alert"] == [row.kind for row in stored.store.outbox.list_mails()][: -mails or None]


def test_thanks_written_on_the_page_leave_it_closed_and_its_button_reopens(
    stored: Desk, client: FlaskClient
) -> None:
    reply(stored)
    page = path(stored)
    client.post(f"{page}/solved", data=fields(client, page))
    mails = len(stored.store.outbox.list_mails())
    client.post(page, data={**fields(client, page), "message": "Thank you so much!"})
    stored.service.tick()
    assert (Status.CLOSED, "Thank you so much!") == (
        ticket(stored).status,
        stored.store.tickets.entries(1)[-1].text.strip(),
    )
    assert "thanks" == stored.store.ledger.list_messages()[0].rule
    assert mails == len(stored.store.outbox.list_mails())
    assert "Thank you so much!" in client.get(page).text
    client.post(f"{page}/unsolved", data=fields(client, page))
    assert Status.OPEN is ticket(stored).status


@pytest.mark.parametrize(("days", "says"), [("14", True), ("0", False)])
def test_a_page_says_that_it_can_be_opened_again_only_where_it_can(
    make_desk: MakeDesk, clock: Clock, days: str, says: bool
) -> None:
    desk = with_ticket(make_desk, clock, f"reopen_days = {days}")
    page, client = path(desk), make_app(desk).test_client()
    assert says == ("open it again later" in client.get(page).text)
    client.post(f"{page}/solved", data=fields(client, page))
    assert says == ("It is not solved" in client.get(page).text)
    desk.store.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answered", [False, True], ids=["unanswered", "answered"])
def test_a_page_of_spam_says_that_it_is_closed_and_how_to_open_it(
    stored: Desk, client: FlaskClient, language: str, answered: bool
) -> None:
    if answered:
        reply(stored)
    stored.service.act(spam.mark(ticket(stored), "Anna"))
    page = f"{path(stored)}?lang={language}"
    shown = client.get(page).text
    words = stored_words(language)
    for told in ("unsolved_hint", "unsolved_button", "step_received"):
        assert words[told] in shown
    # It is not solved, nobody will look at it, and nobody would read what is written here.
    for untrue in ("step_resolved", "ahead_seen", "ahead_answered", "ticket_unread", "write_title"):
        assert words[untrue] not in shown
    assert "<textarea" not in shown
    assert "spam" not in shown.casefold()


def test_what_is_written_on_a_page_that_was_open_before_is_not_lost_with_spam(
    stored: Desk, client: FlaskClient
) -> None:
    page = path(stored)
    token = fields(client, page)
    stored.service.act(spam.mark(ticket(stored), "Anna"))
    mails = len(stored.store.outbox.list_mails())
    answer = client.post(page, data={**token, "message": "Are you there?"})
    assert 409 == answer.status_code
    assert "Not sent" in answer.text
    assert "Are you there?</textarea>" in answer.text
    assert 1 == len(stored.store.ledger.list_messages())
    client.post(f"{page}/unsolved", data=fields(client, page))
    assert (Status.OPEN, False) == (ticket(stored).status, ticket(stored).spam)
    assert mails + 1 == len(stored.store.outbox.list_mails())
    assert 303 == client.post(page, data={**fields(client, page), "message": "Here?"}).status_code


def test_a_page_of_old_spam_takes_a_message_for_a_new_request(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    stored.service.act(spam.mark(ticket(stored), "Anna"))
    clock.forward(days=16)
    page = path(stored)
    assert "It is not solved" not in client.get(page).text
    client.post(page, data={**fields(client, page), "message": "Hello again."})
    stored.service.tick()
    assert "new" == stored.store.tickets.get(2).state  # type: ignore[union-attr]


def stored_words(language: str) -> dict[str, str]:
    text = (TEMPLATES / "web" / f"words.{language}.html.j2").read_text(encoding="utf-8")
    return {name: html.escape(said) for name, said in re.findall(r'set (\w+) = "(.*)" %}', text)}


def test_a_button_needs_its_form(stored: Desk, client: FlaskClient) -> None:
    page = path(stored)
    token = fields(client, page)
    for data, headers in (({}, {}), (token, {"Origin": "https://evil.example"}), ({"token": "x"}, {})):
        assert client.post(f"{page}/solved", data=data, headers=headers).status_code in (400, 403)
    assert Status.NEW is ticket(stored).status


def test_what_has_been_closed_for_long_is_not_opened_by_a_button(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    page = path(stored)
    client.post(f"{page}/solved", data=fields(client, page))
    clock.forward(days=15)
    assert "It is not solved" not in client.get(page).text
    client.post(f"{page}/unsolved", data=fields(client, page))
    assert Status.CLOSED is ticket(stored).status


def test_posts_are_limited(stored: Desk, client: FlaskClient) -> None:
    page = path(stored)
    answers = [client.post(f"{page}/solved", data=fields(client, page)) for _ in range(6)]
    assert [303, 303, 303, 303, 303, 429] == [one.status_code for one in answers]
    assert 1 <= int(answers[-1].headers["Retry-After"])


# -- files (T25) and hostile text (T27, T29) -------------------------------------------

FILES = {
    "shot.png": ("image/png", PNG, "image/png"),
    "a.svg": ("image/svg+xml", b"<svg onload=alert(1)>", "application/octet-stream"),
    "a.html": ("text/html", b"<script>alert(1)</script>", "application/octet-stream"),
    "a.xml": ("application/xml", b"<x/>", "application/octet-stream"),
    "a.pdf": ("application/pdf", b"%PDF-1.4", "application/pdf"),
    "截图.txt": ("text/plain", b"log", "text/plain"),
    'x";y="z\u202egpj.exe': ("image/png; charset=x\r\nX: y", b"GIF89a<script>", "application/octet-stream"),
}


def attach(desk: Desk, kind: EntryKind) -> int:
    """Add an entry with all FILES; return its id."""
    files = tuple(Attachment(name, given, content) for name, (given, content, _) in FILES.items())
    desk.service.act([AddEntry(1, kind, Address("lin@customer.example"), "Files.", attachments=files)])
    return desk.store.tickets.entries(1)[-1].id


def test_a_file_is_saved_and_never_shown_in_place(stored: Desk, client: FlaskClient) -> None:
    reply(stored)
    entry = attach(stored, EntryKind.CUSTOMER)
    for place, (_, content, kind) in enumerate(FILES.values()):
        answer = client.get(f"{path(stored)}/file/{entry}/{place}")
        assert 200 == answer.status_code
        assert content == answer.data
        assert kind == answer.headers["Content-Type"].partition(";")[0]
        assert "sandbox; default-src 'none'" == answer.headers["Content-Security-Policy"]
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        disposition = answer.headers["Content-Disposition"]
        assert re.fullmatch(r"""attachment; filename="[^"\\;\r\n]+"; filename\*=UTF-8''[!-~]+""", disposition)
        assert "%E2%80%AE" not in disposition


def test_files_of_notes_of_other_tickets_and_for_the_forms_link_stay_inside(
    stored: Desk, client: FlaskClient
) -> None:
    reply(stored)
    note, public = attach(stored, EntryKind.NOTE), attach(stored, EntryKind.CUSTOMER)
    full, limited = path(stored), path(stored, mailed=False)
    refused = [f"{full}/file/{note}/0", f"{full}/file/{public}/99", f"{full}/file/9999/0"]

    assert 200 == client.get(f"{full}/file/{public}/0").status_code
    assert {404} == {client.get(one).status_code for one in (*refused, f"{limited}/file/{public}/0")}


@pytest.mark.parametrize("hostile", XSS)
def test_hostile_text_is_only_text(stored: Desk, client: FlaskClient, hostile: str) -> None:
    raw = (
        f'From: "{hostile.replace(chr(34), "")}" <eve@customer.example>\r\nTo: support@desk.example\r\n'
        f"Subject: {hostile}\r\n\r\n{hostile}\r\n"
    )
    stored.service.receive([Arrival(raw.encode(), Envelope("imap", "support"))])
    stored.service.tick()
    second = stored.store.tickets.get(2)
    assert second is not None
    agent = stored.store.agents.enabled()[0]
    stored.service.act(lifecycle.reply(second, agent, hostile, "k", stored.policy))
    files = (Attachment(hostile, "image/png", PNG),)
    person = Address("x@y.example", hostile)
    stored.service.act([AddEntry(2, EntryKind.CUSTOMER, person, hostile, attachments=files)])
    link = stored.links.progress(second, stored.service.clock(), mailed=True)
    page = client.get(link.removeprefix("https://help.example")).text

    assert 1 <= page.count("alert(1)") + page.count("7*7") + page.count("x.example")
    for bad in ("<script>alert", "<img src", "<svg/", "<a href=//", 'href="javascript'):
        assert bad not in page
    assert "49" not in re.sub(r"<time.*?</time>|value=\"[^\"]*\"|[?&]v=|/t/\w+|data-tag=\"[^\"]*\"", "", page)


def test_the_forms_page_leads_to_the_ticket(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    clock.forward(seconds=10)
    good = {"email": "ada@example.com", "subject": "Log in", "message": "It says no."}
    sent = client.post("/", data={"token": found[1], **good}).headers["Location"]
    assert LINK.search(client.get(sent).text) is None
    stored.service.tick()
    link = LINK.search(client.get(sent).text)

    assert link
    assert "Your request #2" in client.get(link[1]).text
    desk = stored.store.tickets.get(2)
    assert desk is not None
    stored.service.act(lifecycle.reply(desk, stored.store.agents.enabled()[0], "Hush.", "k", stored.policy))
    assert "Hush." not in client.get(link[1]).text


# -- the promise -----------------------------------------------------------------------


def test_a_promise_is_shown_while_it_lies_ahead(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    due = clock.now + timedelta(hours=5)
    stored.service.act([Amend(1, {"first_response_due": due})])
    shown = f'Expected reply: <time datetime="{due:%Y-%m-%dT%H:%M:%SZ}">'

    page = client.get(path(stored))
    assert shown in page.text
    clock.forward(hours=6)
    later = client.get(path(stored), headers={"If-None-Match": page.headers["ETag"]})
    assert (200, False) == (later.status_code, "Expected reply" in later.text)


def test_the_day_of_closing_is_shown_until_something_is_said(
    stored: Desk, client: FlaskClient, clock: Clock
) -> None:
    closes = clock.now + timedelta(days=2)
    word = stored.store.tickets.entries(1)[-1].id
    stored.service.act([SetStatus(1, Status.PENDING)])
    stored.store.silence.remember(1, Note(word, timedelta(0), closes, clock.now, closes))
    said = "Closes unless you reply"
    assert said not in client.get(path(stored)).text, "where nothing is closed after silence"
    stored.policy = replace(stored.policy, silence=SilencePolicy(timedelta(days=7)))
    page = client.get(path(stored)).text
    assert f'{said}: <time datetime="{closes:%Y-%m-%dT%H:%M:%SZ}">' in page
    stored.service.act(
        [AddEntry(1, EntryKind.NOTE, DESK, "A note."), AddEntry(1, EntryKind.EVENT, DESK, "moved")]
    )
    assert said in client.get(path(stored)).text
    stored.service.act([AddEntry(1, EntryKind.EVENT, DESK, "the requester was asked for an answer, by Anna")])
    assert said not in client.get(path(stored)).text
    stored.store.silence.remember(1, Note(999, timedelta(0), closes, clock.now, closes))
    assert said in client.get(path(stored)).text
    stored.service.act([SetStatus(1, Status.OPEN)])
    assert said not in client.get(path(stored)).text


@pytest.mark.parametrize("status", [Status.PENDING, Status.CLOSED])
def test_nothing_is_promised_while_it_is_not_our_turn(
    stored: Desk, client: FlaskClient, clock: Clock, status: Status
) -> None:
    from datetime import timedelta

    stored.service.act(
        [Amend(1, {"next_response_due": clock.now + timedelta(hours=5)}), SetStatus(1, status)]
    )

    assert "Expected reply" not in client.get(path(stored)).text
