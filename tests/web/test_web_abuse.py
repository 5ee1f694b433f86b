"""What abuse costs whom: posts in a victim's name, programs, pressure, and addresses in what is typed."""

import os
import re
import resource
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.desk.effects import RevokeLinks
from intake.desk.message import Envelope
from intake.desk.tokens import Purpose, make
from intake.ports import Arrival
from intake.web import make_app, work
from intake.web.signing import Signer

GOOD = {"name": "Ada", "email": "ada@example.com", "subject": "Cannot log in", "message": "It says no."}
# The figures of the threat list take minutes; a run in between takes a tenth of them.
FULL = os.environ.get("INTAKE_FULL") == "1"


@pytest.fixture
def desk_of(make_desk: MakeDesk, clock: Clock) -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def build_one(web: str = "", desk: str = "") -> Desk:
        made.append(build(make_desk(f"base_url = https://help.example\n{web}", desk).settings))
        made[-1].service = replace(made[-1].service, clock=clock)
        return made[-1]

    yield build_one
    for one in made:
        one.store.close()


def app_of(desk: Desk) -> Flask:
    return make_app(desk, patience=0)


def token(desk: Desk, clock: Clock, key: str = "k", age: float = 10) -> str:
    """The token of a form that was opened `age` seconds ago."""
    return Signer(desk.keys).form(key, clock.now - timedelta(seconds=age))


def post(client: FlaskClient, token_: str, ip: str = "192.0.2.1", **fields: str) -> Any:
    data = {"token": token_, **GOOD, **fields}
    return client.post("/", data=data, environ_overrides={"REMOTE_ADDR": ip})


def ip_of(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def test_a_thousand_posts_in_a_victims_name(desk_of: Any, clock: Clock) -> None:
    """T2: three an hour are taken, the rest is told to wait; the victim gets one mail that says nothing."""
    desk = desk_of(desk="quote_subject = always")
    client = app_of(desk).test_client()
    words = {"name": "BUY-NOW", "subject": "BUY-NOW evil.example", "message": "BUY-NOW"}
    statuses = [
        post(client, token(desk, clock, f"k{n}"), ip_of(n), email="Victim@Example.com", **words).status_code
        for n in range(1000 if FULL else 100)
    ]
    desk.service.tick()
    mails = [desk.store.outbox.raw(row.id) or b"" for row in desk.store.outbox.list_mails()]

    assert [303] * 3 == statuses[:3]
    assert {429} == set(statuses[3:])
    assert (1, 3) == (len(mails), len(desk.store.listing.list_tickets()))
    assert b"BUY-NOW" not in mails[0]
    assert b"evil" not in mails[0]
    # Nothing is amplified: the mail is smaller than what three posts sent.
    assert len(mails[0]) < 3 * 1024
    # Over a whole day it stays at one.
    for hour in range(23):
        clock.forward(minutes=62)
        post(client, token(desk, clock, f"h{hour}"), ip_of(5000 + hour), email="victim@example.com")
    desk.service.tick()
    assert 1 == len(desk.store.outbox.list_mails())


def test_a_thousand_mails_in_a_victims_name(desk_of: Any, clock: Clock) -> None:
    """T1: where our server says whom it vouches for, a forger causes one mail a day, without his words."""
    desk = desk_of(desk="automatic_per_domain_hour = 1000")
    box = replace(desk.policy.mailbox("support"), trusted_authserv="mx.desk.example")
    desk.service = replace(desk.service, policy=replace(desk.service.policy, mailboxes={"support": box}))
    sent = 0
    for number in range(1000 if FULL else 60):
        raw = (
            f"From: BUY <victim@example.com>\r\nTo: support@desk.example\r\nSubject: BUY-NOW {number}\r\n"
            f"Message-ID: <{number}@evil.example>\r\n\r\nBUY-NOW at evil.example {number}\r\n"
        ).encode()
        sent += len(raw)
        desk.service.receive([Arrival(raw, Envelope("imap", "support"))])
    desk.service.tick()
    customer = [row for row in desk.store.outbox.list_mails(limit=2000) if row.rcpt == "victim@example.com"]
    mails = [desk.store.outbox.raw(row.id) or b"" for row in customer]

    assert 1 == len(mails)
    assert b"BUY" not in mails[0]
    assert len(mails[0]) < sent


def test_many_senders_meet_the_ceiling_and_no_ticket_is_lost(desk_of: Any, clock: Clock) -> None:
    """T3: the whole desk sends no more than its ceiling, its admin is told, and every mail has its ticket."""
    ceiling, senders = (300, 10_000) if FULL else (30, 120)
    desk = desk_of(
        desk=f"automatic_per_hour = {ceiling}\nadmin = boss@desk.example\nflood_per_domain_hour = 0"
    )
    arrivals = [
        Arrival(
            b"From: a%d@d%d.example\r\nTo: support@desk.example\r\nSubject: Help\r\n\r\nText\r\n" % (n, n),
            Envelope("imap", "support"),
        )
        for n in range(senders)
    ]
    for start in range(0, senders, 50):
        desk.service.receive(arrivals[start : start + 50])
    while desk.service.process_pending(200):
        pass
    kinds = [row.kind for row in desk.store.outbox.list_mails(limit=20_000)]

    assert senders == len(desk.store.listing.list_tickets(limit=20_000))
    assert ceiling == kinds.count("acknowledgement")
    assert 1 == kinds.count("alert")


def test_one_opened_form_sends_three_messages(desk_of: Any, clock: Clock) -> None:
    desk = desk_of()
    client, opened = app_of(desk).test_client(), token(desk, clock)
    statuses = [post(client, opened, ip_of(n), email=f"a{n}@example.com").status_code for n in range(5)]

    assert [303] * 3 + [429] * 2 == statuses


def test_what_is_counted_says_nothing_of_who_it_was(desk_of: Any, clock: Clock) -> None:
    desk = desk_of()
    post(app_of(desk).test_client(), token(desk, clock), "198.51.100.77")
    kept = b"".join(path.read_bytes() for path in desk.settings.desk.data.glob("intake.db*"))

    assert b"198.51.100.77" not in kept


# -- under pressure --------------------------------------------------------------------


def under_pressure(desk_of: Any, clock: Clock) -> tuple[Desk, FlaskClient]:
    desk = desk_of("[form]\npressure_per_minute = 3\nwork_bits = 10")
    client = app_of(desk).test_client()
    for n in range(3):
        assert 303 == post(client, token(desk, clock, f"p{n}"), ip_of(n), email=f"p{n}@x.example").status_code
    return desk, client


def test_under_pressure_a_form_shows_work_and_is_taken_at_once(desk_of: Any, clock: Clock) -> None:
    desk, client = under_pressure(desk_of, clock)
    given = token(desk, clock, "new")
    refused = post(client, given, "10.9.9.9")
    wrong = post(client, given, "10.9.9.9", work="1")
    taken = post(client, given, "10.9.9.9", work=work.solve(given, 10))

    assert (429, 429, 303) == (refused.status_code, wrong.status_code, taken.status_code)
    assert 'data-work="10"' in refused.text
    assert "It says no." in refused.text
    assert "please wait a minute, then press Send message once more" in refused.text
    assert 'data-work="10"' in client.get("/").text


def test_under_pressure_without_a_script_it_takes_a_minute(desk_of: Any, clock: Clock) -> None:
    desk, client = under_pressure(desk_of, clock)
    given = token(desk, clock, "new", age=30)
    early = post(client, given, "10.9.9.9")
    assert (429, "30") == (early.status_code, early.headers["Retry-After"])
    clock.forward(seconds=30)
    for n in range(3):  # The pressure goes on.
        fresh = token(desk, clock, f"q{n}")
        post(client, fresh, ip_of(100 + n), email=f"q{n}@x.example", work=work.solve(fresh, 10))

    assert 303 == post(client, given, "10.9.9.9").status_code
    # Such posts have a limit of their own, which programs meet first.
    more = [
        post(client, token(desk, clock, f"r{n}", 90), "10.9.9.9", email=f"r{n}@x.example") for n in range(2)
    ]
    assert [303, 429] == [one.status_code for one in more]


def test_pressure_ends(desk_of: Any, clock: Clock) -> None:
    desk, client = under_pressure(desk_of, clock)
    clock.forward(seconds=61)

    assert 'data-work="' not in client.get("/").text
    assert 303 == post(client, token(desk, clock, "new")).status_code


@pytest.mark.parametrize(("how", "expected"), [("always", 429), ("never", 303)])
def test_work_can_be_asked_for_always_or_never(desk_of: Any, clock: Clock, how: str, expected: int) -> None:
    desk = desk_of(f"[form]\nwork = {how}\npressure_per_minute = 1")
    client = app_of(desk).test_client()
    statuses = [post(client, token(desk, clock, f"k{n}"), ip_of(n), email=f"{n}@x.example") for n in range(2)]

    assert [expected] * 2 == [one.status_code for one in statuses]


@pytest.mark.parametrize("nonce", ["", "-1", "1e3", " 1", "١", "9" * 21, "0x1"])
def test_no_other_nonce_is_work(nonce: str) -> None:
    assert not work.solved("token", nonce, 0)
    assert work.solved("token", "1", 0)


# -- nothing is fetched (T33), nothing is guessed ----------------------------------------


def test_no_address_in_what_is_typed_is_ever_opened(desk_of: Any, clock: Clock, monkeypatch: Any) -> None:
    """T33: a server of ours listens where all the addresses lead."""
    opened: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        port = canary.getsockname()[1]
        real = socket.socket.connect

        def connect(self: socket.socket, address: Any) -> Any:
            opened.append(address)
            return real(self, address)

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: opened.append(a) or [])
        host = f"127.0.0.1:{port}"
        bait = (
            f"http://{host}/a https://canary.example/ file:///etc/passwd gopher://{host}/1 \\\\{host}\\share "
            f"<img src=http://{host}/i> url(http://{host}/c) //{host}/"
        )
        desk = desk_of()
        desk.store.agents.add("anna@desk.example", "Anna", (), clock.now)
        client = app_of(desk).test_client()
        assert (
            303
            == post(client, token(desk, clock), name=bait[:90], subject=bait[:200], message=bait).status_code
        )
        html = (
            f"From: {GOOD['email']}\r\nTo: support@desk.example\r\nSubject: {bait}\r\n"
            f"X-Face-URL: http://{host}/\r\nList-Unsubscribe: <http://{host}/u>\r\n"
            "Content-Type: text/html\r\n\r\n"
            f'<link rel=stylesheet href="http://{host}/s"><style>@import url(http://{host}/c)</style>'
            f'<img src="http://{host}/i" srcset="//{host}/2x"><svg><image href="http://{host}/v"/></svg>{bait}\r\n'
        ).encode()
        desk.service.receive([Arrival(html, Envelope("imap", "support"))])
        desk.service.tick()
        for number in (1, 2):
            ticket = desk.store.tickets.get(number)
            assert ticket is not None
            link = desk.links.progress(ticket, clock.now, mailed=True)
            assert 200 == client.get(link.removeprefix("https://help.example")).status_code
        with pytest.raises(TimeoutError):
            canary.accept()
    assert [] == opened


def test_links_that_do_not_open_take_the_same_time(desk_of: Any, clock: Clock) -> None:
    """2.2-31: one that was never made, one of another purpose, one that is over, one that is void."""
    desk = desk_of()
    client = app_of(desk).test_client()
    post(client, token(desk, clock))
    desk.service.tick()
    ticket = desk.store.tickets.get(1)
    assert ticket is not None
    key, far = desk.keys[0], clock.now.replace(year=2027)
    links = {
        "random": "a" * 44,
        "no ticket": make(key, Purpose.PROGRESS, 999_999, 3, far),
        "another purpose": make(key, Purpose.SURVEY, 1, 3, far),
        "over": make(key, Purpose.PROGRESS, 1, 3, clock.now.replace(year=2025)),
        "void": make(key, Purpose.PROGRESS, 1, 99, far),
    }
    took: dict[str, list[float]] = {name: [] for name in links}
    bodies = set()
    for _ in range(40):
        for name, link in links.items():
            # Of the processor, so that what else the machine does is not counted.
            began = time.thread_time()
            answer = client.get(f"/t/{link}")
            took[name].append(time.thread_time() - began)
            bodies.add((answer.status_code, answer.text))

    assert 1 == len(bodies)
    middle = [median(some) for some in took.values()]
    assert max(middle) - min(middle) < 0.005


# -- bodies that cost (T35) -----------------------------------------------------------------


HOSTILE = {
    "100,000 parts": b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n" * 100_000 + b"--b--\r\n",
    "a header of 1 MB": b"--b\r\nX: " + b"y" * (1 << 20) + b"\r\n\r\nz\r\n--b--\r\n",
    "no token": b"--b\r\nContent-Disposition: form-data; name=email\r\n\r\na@b.example\r\n--b--\r\n",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_body_is_cheap(desk_of: Any, case: str) -> None:
    """T35: at most a second of processor time, and memory stays flat."""
    client = app_of(desk_of()).test_client()
    client.get("/")
    body = HOSTILE[case]
    before = resource.getrusage(resource.RUSAGE_SELF)
    answer = client.post("/", data=body, content_type="multipart/form-data; boundary=b")
    after = resource.getrusage(resource.RUSAGE_SELF)

    assert 400 <= answer.status_code < 500
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1
    assert (after.ru_maxrss - before.ru_maxrss) * 1024 < 3 * len(body) + (16 << 20)


def test_a_foreign_page_and_a_filled_trap_are_refused(desk_of: Any, clock: Clock) -> None:
    desk = desk_of()
    client = app_of(desk).test_client()
    data = {"token": token(desk, clock), **GOOD}
    foreign = client.post("/", data=data, headers={"Origin": "https://evil.example"})
    framed = client.post("/embed", data=data, headers={"Origin": "https://evil.example"})
    trapped = client.post("/", data={**data, "website": "x"})

    assert (403, 403, 422) == (foreign.status_code, framed.status_code, trapped.status_code)
    assert [] == desk.store.ledger.list_messages()


def test_after_links_are_revoked_the_page_after_sending_gives_no_new_one(desk_of: Any, clock: Clock) -> None:
    desk = desk_of()
    client = app_of(desk).test_client()
    sent = post(client, token(desk, clock)).headers["Location"]
    desk.service.tick()

    assert re.search(r'href="https://help\.example/t/', client.get(sent).text)
    desk.service.act([RevokeLinks(1)])
    assert "help.example/t/" not in client.get(sent).text
