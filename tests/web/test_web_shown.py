"""No page shows a secret that somebody wrote, to whoever has the link. Every address there is stands here."""

import hashlib
from dataclasses import replace

from canaries import NASTY, SECRETS, acting, leaks
from every_page import OTHERS, TELLS
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk import lifecycle
from intake.desk.effects import SetStatus
from intake.desk.kept_files import KeptFile
from intake.desk.message import Envelope
from intake.desk.survey_effects import AskSurvey, RecordScore
from intake.desk.surveys import closing_of
from intake.desk.ticket import Status
from intake.ports import Arrival
from intake.store.schema.tables import Attachment, Entry, Ticket
from intake.web import make_app
from intake.web.keys import hashed

MAIL = (
    b"From: Lin <lin@customer.example>\r\nTo: support@desk.example\r\nSubject: My coins\r\n"
    b"Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\n" + SECRETS.encode() + b"\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n"
    b"Content-Disposition: attachment; filename=a.txt\r\n\r\nA file.\r\n--b--\r\n"
)
KEY = "ik_" + "a" * 43


def file_of(desk: Desk) -> KeptFile:
    """Return the file of the first ticket as the store names it."""
    found = desk.store.tickets.file_of(1, hashlib.sha256(b"A file.").hexdigest())
    assert found is not None
    return found


def test_no_page_shows_a_secret(make_desk: MakeDesk, clock: Clock) -> None:
    desk = build(make_desk("base_url = https://help.example").settings)
    desk.service = replace(desk.service, clock=clock)
    desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
    desk.service.receive([Arrival(MAIL, Envelope("imap", "support"))])
    desk.service.tick()
    clock.forward(minutes=1)
    found = desk.store.tickets.get(1)
    assert found is not None
    desk.service.act(lifecycle.reply(found, desk.store.agents.enabled()[0], "Look.", "k", desk.policy))
    desk.service.act([SetStatus(1, Status.CLOSED)])
    closed = desk.store.tickets.get(1)
    assert closed is not None
    assert closed.closed_at is not None
    closing = closing_of(closed.closed_at)
    desk.service.act([AskSurvey(1, closing), RecordScore(1, closing, 1, f"bad {NASTY}", False)])
    # Behind what a mail would have been cleaned of on its way.
    with desk.store.transaction():
        for table, column in (
            (Ticket, Ticket.subject),
            (Ticket, Ticket.requester_name),
            (Entry, Entry.text),
            (Entry, Entry.author_name),
            (Attachment, Attachment.name),
        ):
            desk.store.db.run(table.update({column: column.concat(f" x-1 {NASTY}")}))
    app = make_app(desk, patience=0)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(TELLS) | OTHERS
    root = "https://help.example"
    closed = desk.store.tickets.get(1)
    assert closed is not None
    places = {
        "ticket": desk.links.progress(closed, clock(), mailed=True).removeprefix(root),
        "survey": desk.links.survey(closed, clock()).removeprefix(root),
        "file": desk.links.file(1, 1, file_of(desk), clock()).removeprefix(root),
    }
    client, wrong, shown = app.test_client(), [], ""
    desk.store.web.add_api_key("app", hashed(KEY), ("read",), 100, clock())
    for endpoint, path in TELLS.items():
        answer = client.get(path.format(**places), headers={"Authorization": f"Bearer {KEY}"})
        heads = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        shown += answer.text
        wrong += [(endpoint, one) for one in (*leaks(f"{heads}\n{answer.text}"), *acting(heads))]
    assert [] == wrong
    assert shown.count("[hidden: seed phrase]") >= 5
    assert "A file." in shown
    assert "Look." in shown
    desk.store.close()
