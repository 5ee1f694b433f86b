"""A mailbox read through a server that breaks at any byte and lies at any command (F4, F5; I15).

Within a few polls the ledger equals the mailbox; nothing is lost, doubled, or marked as read unread.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faults import rig
from faults.proxy import Proxy, once
from faults.rig import Truth, letter

from intake.runtime.backoff import Backoff
from intake.testing import SinkServer, imap_append, imap_connect, imap_messages, wait_until
from intake.testing.dovecot import Dovecot

RAWS = [letter("ann"), letter("bob", 900)]
STEP = 1 if rig.FULL else 64
# So many connections in turn break over one mailbox.
AT_ONCE = 12


@pytest.fixture
def read(
    tmp_path: Path, dovecot: Dovecot, sink: SinkServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Read a fresh mailbox with two mails through the proxy until both are settled; then judge."""
    monkeypatch.setattr("intake.channels.imap_connect.SLICE_SECONDS", 0.05)
    # A mail that ended two connections would be left for an hour, as if it were to blame.
    monkeypatch.setattr("intake.channels.imap.SUSPECT_SECONDS", 0)
    runs = [0]
    kind = (
        f"type = imap\nhost = 127.0.0.1\nport = 1\nsecurity = none\nuser = x\npassword = {dovecot.password}"
    )
    desk = rig.desk_in(rig.prepare(tmp_path / "desk", sink.port, f"{kind}\npoll_seconds = 5"))
    truth = Truth()

    @contextmanager
    def one(proxy: Proxy, after: str = "move", timeout: float = 5, expected: int = 2) -> Iterator[str]:
        runs[0] += 1
        rig.note("IMAP sessions broken", 1)
        name = f"{user}-{runs[0]}"
        raws = [raw.replace(b"@customer", b"@c%d.customer" % runs[0]) for raw in RAWS]
        imap_append(dovecot, name, raws)
        channel: Any = desk.channel("support")
        channel._backoff, channel._login_backoff = Backoff((0.01, 0.02, 0.05)), 0.05
        channel._section = replace(
            channel._section, port=proxy.port, user=name, after=after, timeout=timeout, poll_seconds=0.2
        )
        channel.name = channel._lease._name = name
        stop = threading.Event()
        thread = threading.Thread(target=channel.run, args=(stop,))
        thread.start()
        try:
            yield name

            def stored() -> int:
                rows = desk.store.ledger.list_messages(limit=10**6)
                return sum(row.mailbox == name for row in rows)

            wait_until(lambda: stored() == expected, 20, "all is stored")
            if after == "move" and expected == 2:
                wait_until(lambda: len(imap_messages(dovecot, name, "Intake")) == 2, 20, "all is moved")
        finally:
            stop.set()
            thread.join(20)
        moved = [x.raw for x in imap_messages(dovecot, name, "Intake")]
        assert len(moved) == len(set(moved))
        for raw in raws:
            truth.give(raw)
        for raw in moved:
            truth.accept(raw)

    yield one
    rows = desk.store.ledger.list_messages(limit=10**6)
    assert len(rows) == len({row.sha256 for row in rows})
    while desk.service.process_pending():
        pass
    assert [] == rig.judge(desk, truth)
    desk.store.close()


def session_bytes(dovecot: Dovecot, read: Any) -> tuple[int, int]:
    """How much is said and sent in a session that goes well."""
    with Proxy(dovecot.port) as proxy:
        with read(proxy):
            pass
        return proxy.said, proxy.sent


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("how", ["close", "reset", "silence"])
def test_the_server_s_words_end_at_any_byte(how: str, dovecot: Dovecot, read: Any) -> None:
    said, _ = session_bytes(dovecot, read)
    # Silence costs a timeout each time.
    step = {"close": STEP, "reset": STEP * 4, "silence": STEP * 16}[how]
    timeout = 0.3 if how == "silence" else 5
    at_every_place(dovecot, read, list(range(0, said, step)), "cuts", how, timeout)


def at_every_place(
    dovecot: Dovecot, read: Any, places: list[int], whose: str, how: str = "close", timeout: float = 5
) -> None:
    """End connections at each of these places, of one mailbox as long as there is something to read in it.

    A place that no connection came to, because all was settled by then, gets a fresh mailbox.
    """
    some_at_once = [places[start : start + AT_ONCE] for start in range(0, len(places), AT_ONCE)]
    batches = rig.in_time(some_at_once, AT_ONCE)
    again: list[int] = []
    while some := again or next(batches, []):
        with Proxy(dovecot.port) as proxy:
            proxy.how = how
            setattr(proxy, whose, list(some))
            with read(proxy, timeout=timeout):
                pass
            left = getattr(proxy, whose)
        # The first of a fresh mailbox is always reached, or the session is shorter than it was.
        again = sorted({*left, *proxy.missed} - {some[0]})
        rig.note("IMAP connections ended at a byte", len(some) - len(again))


@pytest.mark.timeout(3600)
def test_our_words_end_at_any_byte(dovecot: Dovecot, read: Any) -> None:
    _, sent = session_bytes(dovecot, read)
    at_every_place(dovecot, read, list(range(0, sent, STEP)), "cuts_sent")


def test_answers_in_pieces_of_one_byte(dovecot: Dovecot, read: Any) -> None:
    with Proxy(dovecot.port) as proxy:
        proxy.split, proxy.always = 1, True
        with read(proxy):
            pass


COMMANDS = (
    b"LOGIN",
    b"SELECT",
    b"LIST",
    b"CREATE",
    b"UID SEARCH",
    b"UID FETCH .*SIZE",
    b"UID FETCH .*PEEK",
    b"UID MOVE",
)
REPLIES = {
    "NO": b"%t NO not now\r\n",
    "BAD": b"%t BAD what\r\n",
    "BYE": b"* BYE going down\r\n",
    "nothing in it": b"%t OK done\r\n",
}


@pytest.mark.parametrize("reply", REPLIES)
def test_any_command_is_answered_so_once(reply: str, dovecot: Dovecot, read: Any) -> None:
    for command in COMMANDS:
        with Proxy(dovecot.port) as proxy:
            proxy.answer, proxy.always = once(command, REPLIES[reply]), True
            with read(proxy):
                pass


def test_another_client_takes_a_mail_between_our_steps(dovecot: Dovecot, read: Any) -> None:
    """What somebody deleted is not ours; the other mail is read."""
    for step in (b"FETCH", b"PEEK"):
        with Proxy(dovecot.port) as proxy:
            done: list[bytes] = []
            proxy.hold.clear()
            with read(proxy, expected=1) as name:

                def delete(
                    line: bytes, name: str = name, step: bytes = step, done: list[bytes] = done
                ) -> None:
                    if step in line and not done:
                        done.append(line)
                        with imap_connect(dovecot, name) as client:
                            client.select()
                            client.store("1", "+FLAGS", "\\Deleted")
                            client.expunge()

                proxy.told, proxy.always = delete, True
                proxy.hold.set()
                wait_until(lambda done=done: done, 10, "the other client was there")  # type: ignore[misc]


def test_uids_that_mean_something_else_now(dovecot: Dovecot, read: Any) -> None:
    """A new UIDVALIDITY: all is received again and known, and what came in between is received too."""
    with Proxy(dovecot.port) as proxy:
        proxy.always = True
        changed: list[bytes] = []

        def rewrite(data: bytes) -> bytes:
            if b"UIDVALIDITY" in data and changed:
                changed.append(data)
            return re.sub(rb"UIDVALIDITY \d", b"UIDVALIDITY 9", data) if changed else data

        proxy.rewrite = rewrite
        with read(proxy, after="leave"):
            wait_until(lambda: b"IDLE" in seen(proxy), 10)
            proxy.answer = once(b"", b"* BYE rebuilding\r\n")
            changed.append(b"")
            wait_until(lambda: proxy.connections > 1 and len(changed) > 2, 20, "it was opened again")


def seen(proxy: Proxy) -> bytes:
    return b" ".join(proxy.lines)
