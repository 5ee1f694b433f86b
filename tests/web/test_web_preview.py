"""The progress page shows a small picture of what a browser cannot show, and links the original."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk import lifecycle
from intake.desk.effects import AddEntry
from intake.desk.message import Address, Attachment, Envelope
from intake.desk.ticket import EntryKind
from intake.ports import Arrival
from intake.web import make_app

MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: My coins\r\n\r\nHelp me.\r\n"
)
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 200
SMALL = b"\xff\xd8\xff\xe0 a small picture"
NAME = "<b>IMG</b>.heic"


@pytest.fixture
def desk(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    """A desk with a ticket whose requester sent a HEIC with a preview and a PNG without."""
    made = build(make_desk("base_url = https://help.example").settings)
    made.service = replace(made.service, clock=clock)
    made.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    made.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    made.service.tick()
    ticket = made.store.tickets.get(1)
    assert ticket is not None
    heic = Attachment(NAME, "image/heic", HEIC)
    files = (
        replace(heic, preview=SMALL),
        Attachment("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 90),
    )
    lin = Address("lin@customer.example", "Lin")
    made.service.act([AddEntry(1, EntryKind.CUSTOMER, lin, "See this.", attachments=files)])
    made.service.act(lifecycle.reply(ticket, made.store.agents.enabled()[0], "I see.", "k", made.policy))
    made.service.act([AddEntry(1, EntryKind.NOTE, lin, "Not for Lin.", attachments=(files[0],))])
    yield made
    made.store.close()


def test_the_page_shows_the_small_picture_and_links_the_original(desk: Desk) -> None:
    client = make_app(desk).test_client()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    page = desk.links.progress(ticket, desk.service.clock(), True).removeprefix("https://help.example")
    entry = next(one.id for one in desk.store.tickets.entries(1) if one.files)

    html = client.get(page).text

    assert f'src="{page}/file/{entry}/0/preview" alt="&lt;b&gt;IMG&lt;/b&gt;.heic"' in html
    assert 1 == html.count('<img class="picture"')
    shown = client.get(f"{page}/file/{entry}/0/preview")
    assert (200, SMALL, "image/jpeg") == (shown.status_code, shown.data, shown.content_type)
    assert "sandbox; default-src 'none'" == shown.headers["Content-Security-Policy"]
    assert "nosniff" == shown.headers["X-Content-Type-Options"]
    whole = client.get(f"{page}/file/{entry}/0")
    assert HEIC == whole.data
    assert whole.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("place", [1, 2], ids=["a file without one", "no such file"])
def test_there_is_no_preview_where_there_is_none(desk: Desk, place: int) -> None:
    client = make_app(desk).test_client()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    page = desk.links.progress(ticket, desk.service.clock(), True).removeprefix("https://help.example")
    entry = next(one.id for one in desk.store.tickets.entries(1) if one.files)

    assert 404 == client.get(f"{page}/file/{entry}/{place}/preview").status_code


def test_a_picture_of_a_note_is_for_agents_alone_and_a_wrong_link_shows_none(desk: Desk) -> None:
    client = make_app(desk).test_client()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    now = desk.service.clock()
    entries = desk.store.tickets.entries(1)
    note = next(one.id for one in entries if one.kind is EntryKind.NOTE)
    public = next(one.id for one in entries if one.files)
    mailed = desk.links.progress(ticket, now, True).removeprefix("https://help.example")
    unmailed = desk.links.progress(ticket, now, False).removeprefix("https://help.example")

    wrong = mailed[:-1] + ("b" if mailed[-1] == "a" else "a")
    asked = ((mailed, note), (unmailed, public), (wrong, public), (mailed, public))
    got = [client.get(f"{page}/file/{entry}/0/preview").status_code for page, entry in asked]

    assert [404, 404, 404, 200] == got
