"""Whose turn it is where any number of processes decide: order within a conversation only."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_bench import NOW, Bench, InThreads

from intake.desk.effects import Finish, Outcome
from intake.ports import Pending, Taken, Temporary
from intake.store import SqlStore, engines, open_store, turns
from intake.store.schema.tables import Message, Meta
from intake.store.taking import HOLD
from intake.store.turns import SOON, Turn, Waiting, after_missing, keys_of


@pytest.fixture
def bench(emptied: Callable[[], str], tmp_path: Path) -> Iterator[Bench]:
    """An empty store on PostgreSQL."""
    url = emptied()
    store = open_store(url, tmp_path)
    yield Bench(store, url, tmp_path, "postgres")
    store.close()


def alive(owner: str) -> bool:
    return False


def mail(number: int, sender: str = "", about: int = 0, text: str = "") -> bytes:
    answered = f"In-Reply-To: <{about}@x.example>\n" if about else ""
    author = f"From: {sender}@x.example\n" if sender else ""
    return f"{author}Message-ID: <{number}@x.example>\n{answered}\n{text}\n".encode()


def take(bench: Bench, owner: str, limit: int = 50, again: bool = False, **how: Any) -> list[int]:
    taken = bench.store.ledger.take(bench.now, limit, owner, how.pop("gone", alive), again=again, **how)
    return [row.ledger_id for row in taken.rows]


def done(bench: Bench, *ids: int) -> None:
    for ledger_id in ids:
        bench.apply(Finish(Outcome.AUTOMATIC, None, "test", "of a test"), ledger_id=ledger_id)


# -- whose turn it is, by itself ---------------------------------------------------------------------------

A, B, C = (frozenset(letter) for letter in "xyz")
ANNA = frozenset(("a1", "t1"))
UNTRIED, CUT_OFF, FAILED, KILLED_TWICE = (0, ""), (1, ""), (1, "it failed"), (2, "")


def rows(*described: Any) -> list[Waiting]:
    """Rows in order: (keys, (attempts, reason), seconds until due)."""
    waiting = []
    for number, (keys, (attempts, reason), *due) in enumerate(described, start=1):
        at = NOW + timedelta(seconds=due[0] if due else 0)
        waiting.append(Waiting(number, 1, attempts, reason, at, keys))
    return waiting


TURNS: dict[str, tuple[list[Waiting], list[Any], dict[str, Any], list[int]]] = {
    "all that wait": (rows((A, UNTRIED), (B, UNTRIED), (A, UNTRIED)), [], {}, [1, 2, 3]),
    "nothing that another has in hand": (rows((A, UNTRIED), (B, UNTRIED)), [A], {}, [2]),
    "nothing that comes after what has to wait": (
        rows((A | B, UNTRIED), (B | C, UNTRIED), (C, UNTRIED), (frozenset("q"), UNTRIED)),
        [A],
        {},
        [4],
    ),
    "a mail without keys when nothing is in hand": (rows((None, UNTRIED), (A, UNTRIED)), [], {}, [1, 2]),
    "no mail without keys while anything is": (rows((None, UNTRIED), (B, UNTRIED)), [A], {}, []),
    "nothing while one without keys is in hand": (rows((A, UNTRIED)), [None], {}, []),
    "no mail without keys after what has to wait": (
        rows((B, UNTRIED), (A, UNTRIED), (None, UNTRIED)), [A], {}, [1]
    ),
    "one that was in hand at a death alone": (rows((A, CUT_OFF), (B, UNTRIED)), [], {}, [1]),
    "it after what came before, and nothing of its own conversation": (
        rows((B, UNTRIED), (A, CUT_OFF), (A, UNTRIED), (B, UNTRIED)), [], {}, [1, 4]
    ),
    "what comes after one that failed": (rows((A, FAILED), (A, UNTRIED)), [], {}, [2]),
    "what comes after one that killed twice": (rows((A, KILLED_TWICE), (A, UNTRIED)), [], {}, [2]),
    "one that failed, when asked for": (rows((A, FAILED), (B, FAILED)), [], {"again": True}, [1]),
    "none that failed before its turn": (rows((A, UNTRIED), (A, FAILED)), [], {"again": True}, []),
    "what comes after one that is put off": (rows((A, UNTRIED, 30), (A, UNTRIED)), [], {}, [2]),
    "what an agent wrote after one that waits for its proof": (
        rows((ANNA, UNTRIED, 1), (ANNA, UNTRIED), (frozenset(("t1",)), UNTRIED)),
        [],
        {},
        [3],
    ),
    "no more than asked for": (rows((A, UNTRIED), (B, UNTRIED), (C, UNTRIED)), [], {"limit": 2}, [1, 2]),
    "only those named": (rows((A, UNTRIED), (B, UNTRIED), (A, UNTRIED)), [], {"only": {2, 3}}, [2]),
    "what is named, whatever became of it": (
        rows((A, FAILED), (B, CUT_OFF), (C, UNTRIED)), [], {"only": {1, 2, 3}}, [1, 2, 3]
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TURNS)
def test_a_turn_chooses(what: str) -> None:
    waiting, in_hand, how, wanted = TURNS[what]
    turn = Turn(NOW, NOW, **({"limit": 50} | how))
    for keys in in_hand:
        turn.block(keys)
    for row in waiting:
        if not turn.full:
            turn.offer(row)
    assert wanted == [row.id for row in turn.chosen]


def test_those_that_wait_for_a_key_are_counted() -> None:
    turn = Turn(NOW, NOW, 50)
    turn.block(A)
    for row in rows((A, UNTRIED), (B, UNTRIED), (A | B, UNTRIED)):
        turn.offer(row)
    assert (2, [2]) == (turn.waits, [row.id for row in turn.chosen])


def test_a_thousand_mails_of_one_sender_are_looked_at_in_no_time() -> None:
    turn, begun = Turn(NOW, NOW, 50), time.process_time()
    turn.block(A)
    for number in range(10_000):
        turn.offer(Waiting(number, 1, 0, "", NOW, A | frozenset((f"m{number}",))))
    assert time.process_time() - begun < 0.5
    assert not turn.chosen


# -- on PostgreSQL -----------------------------------------------------------------------------------------


def test_two_processes_decide_at_the_same_time_on_what_shares_nothing(bench: Bench) -> None:
    for raw in (mail(1, "ann"), mail(2, "bob"), mail(3, "ann"), mail(4, "eve", about=2)):
        bench.receive(raw)
    assert [1] == take(bench, "one", 1)
    assert [2, 4] == take(bench, "two"), "ann's second mail waits for her first"
    assert [] == take(bench, "three")
    done(bench, 1)
    assert [3] == take(bench, "three")


KINDS = {
    "sender": (mail(1, "ann"), mail(2, "ann")),
    "id": (mail(1, "ann"), mail(2, "bob", about=1)),
    "siblings": (mail(2, "ann", about=1), mail(3, "bob", about=1)),
    "number": (b"From: a@x\nSubject: [#7]\n\n", b"From: b@x\nSubject: Re: [#7]\n\n"),
    "copy": (
        b"Date: Thu, 1 Jan 2026 08:00:00 +0000\n\nx",
        b"Received: x\nDate: Thu, 1 Jan 2026 08:00:00 +0000\n\nx",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_deciders_with_one_key_take_turns(bench: Bench, kind: str) -> None:
    first, second = (bench.receive(raw) for raw in KINDS[kind])
    assert [first] == take(bench, "one", 1)
    assert [] == take(bench, "two")
    done(bench, first)
    assert [second] == take(bench, "two")


def test_two_who_write_in_one_ticket_by_other_ids_take_turns(bench: Bench) -> None:
    bench.open(b"first", message_id="question@x.example")
    (ticket,) = [row.id for row in bench.store.listing.list_tickets()]
    by_id = bench.receive(b"From: a@x\nIn-Reply-To: <question@x.example>\n\nx")
    by_number = bench.receive(f"From: b@x\nSubject: [#{ticket}]\n\nx".encode())
    assert [by_id] == take(bench, "one", 1)
    assert [] == take(bench, "two")
    done(bench, by_id)
    assert [by_number] == take(bench, "two")


def test_an_earlier_mail_waits_for_a_later_one_that_is_in_hand(bench: Bench) -> None:
    first, second = bench.receive(mail(1, "ann")), bench.receive(mail(2, "ann"))
    take(bench, "one", 1)
    bench.store.ledger.postpone(first, "it failed", bench.now)
    assert [second] == take(bench, "one-again")
    assert [] == take(bench, "two", again=True), "never two of one conversation at the same time"
    done(bench, second)
    assert [first] == take(bench, "two", again=True)


def test_what_comes_back_is_what_was_received(bench: Bench) -> None:
    arrival = bench.arrival(mail(1, "ann", text="x" * 1000), sender="a@x", recipients=("b@x", "c@x"))
    bench.store.ledger.receive([arrival], bench.now)
    expected = (Pending(1, bytes(arrival.raw), arrival.envelope, 1, bench.now, "", "one"),)  # type: ignore[arg-type]
    assert Taken(expected) == bench.store.ledger.take(bench.now, 50, "one", alive)


def test_a_batch_is_taken_in_two_statements(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        bench.receive(mail(number + 1, f"p{number}"))
    database: Any = bench.store.db.database  # type: ignore[attr-defined]
    said: list[str] = []
    whole = type(database).execute_sql

    def execute(self: Any, text: Any, *args: Any) -> Any:
        said.append(text)
        return whole(self, text, *args)

    monkeypatch.setattr(type(database), "execute_sql", execute)
    assert 50 == len(take(bench, "one"))
    assert 2 == len(said)


def test_many_threads_take_each_mail_once_and_none_out_of_its_turn(
    bench: Bench, in_threads: InThreads
) -> None:
    order: list[tuple[str, int]] = []
    lock = threading.Lock()
    for number in range(120):
        bench.receive(mail(number + 1, f"p{number % 12}"))

    def work(number: int) -> None:
        for turn in range(200):
            taken = bench.store.ledger.take(bench.now, 5, f"{number} {turn}", alive)
            if not taken.rows and not bench.store.ledger.list_messages(state="waiting", limit=1):
                break
            with lock:
                order.extend((str(row.ledger_id % 12), row.ledger_id) for row in taken.rows)
            done(bench, *[row.ledger_id for row in taken.rows])
        bench.store.close()

    in_threads(6, work)
    assert list(range(1, 121)) == sorted(ledger_id for _, ledger_id in order)
    for sender in {sender for sender, _ in order}:
        of_one = [ledger_id for who, ledger_id in order if who == sender]
        assert sorted(of_one) == of_one


def test_a_lease_that_was_lost_in_the_middle_decides_nothing(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.receive(mail(number, f"p{number}"))
    assert [1, 2, 3] == take(bench, "slow")
    done(bench, 3)
    bench.now += HOLD
    assert [1] == take(bench, "other"), "what was in hand comes alone"
    with bench.store.transaction():
        # Not even what nobody took since: it may come after what another one has.
        assert set() == bench.store.ledger.lock_all([1, 2, 3], "slow", bench.now)
    with bench.store.transaction():
        assert {1} == bench.store.ledger.lock_all([1, 2, 3], "other", bench.now)
    bench.store.ledger.refund([1, 2], "slow")
    row = bench.store.db.first(Message.select().where(Message.id == 1))  # type: ignore[attr-defined]
    assert (2, "other") == (row.attempts, row.held_by), "nor gives anything back that is another's"


def test_of_a_process_that_is_known_dead_nobody_waits(bench: Bench) -> None:
    for number, sender in ((1, "ann"), (2, "ann"), (3, "bob")):
        bench.receive(mail(number, sender))
    assert [1] == take(bench, "killed", 1)
    assert [3] == take(bench, "two"), "its neighbours go on at once"
    assert [] == take(bench, "three")
    assert [1] == take(bench, "four", gone=lambda owner: owner == "killed")
    done(bench, 1)
    assert [2] == take(bench, "four")


def test_a_start_lets_go_only_of_what_dead_processes_hold(bench: Bench) -> None:
    for number in (1, 2):
        bench.receive(mail(number, f"p{number}"))
        take(bench, f"process{number}", 1)
    bench.store.ledger.unhold(lambda owner: owner == "process1")
    with bench.store.transaction():
        assert {2} == bench.store.ledger.lock_all([1], "process1", bench.now) | bench.store.ledger.lock_all(
            [2], "process2", bench.now
        ), "who was taken for dead decides nothing"
    assert [1] == take(bench, "other")
    assert [] == take(bench, "other2")


def test_who_never_heard_that_it_took_something_has_it_again(bench: Bench) -> None:
    bench.receive(mail(1, "ann"))
    assert [1] == take(bench, "one")
    # As after a commit whose answer was lost.
    assert [1] == take(bench, "one")


def test_what_somebody_has_locked_is_left_out_with_all_that_comes_after_it(bench: Bench) -> None:
    for number, sender in ((1, "ann"), (2, "bob"), (3, "ann")):
        bench.receive(mail(number, sender))
    taken: list[int] = []
    with bench.store.transaction():
        bench.store.ledger.lock_all([1], "")

        def beside() -> None:
            taken.extend(take(bench, "other"))
            bench.store.close()

        thread = threading.Thread(target=beside)
        thread.start()
        thread.join(10)
    assert [2] == taken
    assert [1, 3] == take(bench, "later")


def test_of_what_a_stopped_process_has_locked_only_its_own_keys_wait(bench: Bench) -> None:
    for number, sender in ((1, "ann"), (2, "eve"), (3, "ann"), (4, "bob")):
        bench.receive(mail(number, sender))
    assert [1, 2] == take(bench, "stopped", 2)
    taken: list[int] = []
    with bench.store.transaction():
        assert {1, 2} == bench.store.ledger.lock_all([1, 2], "stopped", bench.now)
        bench.now += HOLD

        def beside() -> None:
            taken.extend(take(bench, "other"))
            bench.store.close()

        thread = threading.Thread(target=beside)
        thread.start()
        thread.join(10)
    assert [4] == taken


def test_what_a_stopped_process_has_locked_is_free_after_a_minute(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its machine may be gone, and the server does not hear of that for hours.
    assert timedelta(seconds=engines.IDLE_TIMEOUT) <= HOLD
    monkeypatch.setattr(engines, "IDLE_TIMEOUT", 0.2)
    bench.receive(mail(1, "ann"))
    assert [1] == take(bench, "stopped")

    def stopped() -> None:
        with bench.store.transaction():
            assert {1} == bench.store.ledger.lock_all([1], "stopped", bench.now)
            time.sleep(0.8)
            bench.store.ledger.postpone(1, "it goes on", bench.now)

    with pytest.raises(Temporary):
        stopped()
    bench.now += HOLD
    assert [1] == take(bench, "stopped-again")


def test_by_a_clock_that_is_ahead_nothing_overtakes_what_was_taken(bench: Bench) -> None:
    for number, sender in ((1, "ann"), (2, "bob"), (3, "ann")):
        bench.receive(mail(number, sender))
    assert [1, 2, 3] == take(bench, "behind")
    now = bench.now
    bench.now += timedelta(minutes=2)
    assert [1] == take(bench, "ahead")
    with bench.store.transaction():
        assert {2} == bench.store.ledger.lock_all([1, 2, 3], "behind", now), (
            "ann's second waits for her first"
        )
    row = bench.store.db.first(Message.select().where(Message.id == 3))  # type: ignore[attr-defined]
    assert (0, None) == (row.attempts, row.held_until), "nobody waits for what it does not decide on"
    done(bench, 1, 2)
    assert [3] == take(bench, "behind-again")


def test_what_comes_after_a_missing_row_is_missing_too() -> None:
    waiting = [(1, A), (2, B), (3, A | C), (4, C), (5, None), (6, B)]
    assert {1, 3, 4, 5, 6} == after_missing(waiting, {2, 3, 4, 5, 6})
    assert set() == after_missing(waiting, {1, 2, 3, 4, 5, 6})
    assert {6} == after_missing(waiting, {1, 2, 3, 4, 5})


def test_rows_without_keys_are_decided_on_in_order_and_by_one_at_a_time(bench: Bench) -> None:
    # As received before the upgrade, or by the SQLite that the desk moved from.
    for number in (1, 2, 3, 4):
        bench.receive(mail(number, f"p{number}"))
    assert [1] == take(bench, "one", 1)
    db = bench.store.db  # type: ignore[attr-defined]
    db.run(Message.update(order_keys=None).where(Message.id == 2))
    assert [] == take(bench, "two"), "the second waits for all before it, and all wait for it"
    done(bench, 1)
    assert [2, 3, 4] == take(bench, "two")
    bench.receive(mail(5, "p5"))
    assert [] == take(bench, "three")


def test_keys_are_forgotten_with_the_end_of_a_message(bench: Bench) -> None:
    bench.receive(mail(1, "ann"))
    db = bench.store.db  # type: ignore[attr-defined]
    assert "s" in db.first(Message.select()).order_keys
    done(bench, 1)
    assert db.first(Message.select()).order_keys is None


def test_behind_thousands_that_have_to_wait_the_others_are_found(bench: Bench) -> None:
    bench.store.ledger.receive(
        [bench.arrival(mail(number + 1, "ann"), uid=number + 1) for number in range(1500)], bench.now
    )
    last = bench.receive(mail(9000, "bob"))
    assert [1] == take(bench, "one", 1)
    assert [last] == take(bench, "two")


def test_not_more_is_taken_than_memory_bears(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BATCH_BYTES", 100)
    for number in (1, 2, 3):
        bench.receive(mail(number, "ann", text="x" * 40))
    assert [1] == take(bench, "one")


def test_who_looked_before_another_took_looks_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    store = bench.store
    assert isinstance(store, SqlStore)
    for number in (1, 2):
        bench.receive(mail(number, "ann"))
    taking = store.ledger._taking
    whole, looks = taking._look, [0]

    def look(turn: Any, locked: Any) -> Any:
        seen = whole(turn, locked)
        looks[0] += 1
        if looks[0] == 1:
            # Between the two statements of one process another one takes the first.
            monkeypatch.setattr(taking, "_look", whole)
            assert [1] == take(bench, "quick", 1)
            monkeypatch.setattr(taking, "_look", look)
        return seen

    monkeypatch.setattr(taking, "_look", look)
    assert [] == take(bench, "slow")
    assert 2 == looks[0]
    assert "quick" == store.db.first(Message.select().where(Message.id == 1)).held_by


def test_the_counter_of_takings_is_there_from_the_first(bench: Bench) -> None:
    bench.receive(mail(1, "ann"))
    take(bench, "one")
    db = bench.store.db  # type: ignore[attr-defined]
    assert "1" == db.first(Meta.select().where(Meta.name == "claims")).value
    assert [] == take(bench, "two")
    assert "1" == db.first(Meta.select().where(Meta.name == "claims")).value, "looking changes nothing"


def test_keys_of_a_row_are_read_as_they_were_written() -> None:
    assert (None, frozenset(), frozenset(("sA", "mB"))) == (keys_of(None), keys_of(""), keys_of("sA mB"))
    assert SOON < HOLD
