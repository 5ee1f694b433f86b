"""What every channel keeps to, as tests to inherit: ours do, and so can those of other people.

    class TestPigeons(ChannelContract):
        channel = "pigeons.loft"

        @pytest.fixture(autouse=True)
        def loft(self, tmp_path):
            self.path = tmp_path

        def bring(self, text, pad=0): ...
        def kept(self): ...
        def open(self, ledger): ...

A test brings messages that hold a text of their own, runs the channel in a thread, and looks at what
came, and at what the other side still holds. Nothing of ours is asked how it does that.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from intake.ports import Arrival, Channel, NotKept, Temporary
from intake.testing.ledger import Ledger, raw_of
from intake.testing.tools import wait_until

LINE = "A line of padding, as long as lines in mail are, and no longer than that.\n"


def mail(text: str, pad: int = 0) -> bytes:
    """Return a mail that holds the text and at least `pad` bytes more, for channels that carry mail."""
    more = LINE * (pad // len(LINE) + 1) if pad else ""
    body = f"{text}\n{more}".replace("\n", "\r\n")
    return f"From: Ann <ann@example.org>\r\nSubject: {text}\r\n\r\n{body}".encode()


class ChannelContract:
    """Inherit from it, and say how the other side is played: `bring`, `kept`, `open`, `disturbances`."""

    channel = ""
    """What its arrivals call it in their envelope."""
    name = "box"
    """The mailbox that `open` opens."""
    max_bytes = 2**20
    # Whether the header of a message that is too large comes in its place (channels.oversize).
    stands_in = False
    """[desk] max_message_mb of what `open` opens, in bytes."""
    seconds = 15.0
    """How long anything may take, tries with growing pauses included."""
    stop_seconds = 5.0
    """How long stopping may take."""

    def bring(self, text: str, pad: int = 0) -> None:
        """Have a message that holds `text` and `pad` bytes more wait for the channel. Waits for nothing.

        The same arguments again make the same message again, as when a peer was not heard.
        """
        raise NotImplementedError

    def kept(self) -> Sequence[bytes]:
        """Return the messages that the other side still holds for its own, in any form that has the text.

        What it was told is received is not among them; what was refused for good is, for it knows.
        """
        raise NotImplementedError

    def open(self, ledger: Ledger) -> Channel:
        """Return a new channel of the mailbox `name`, whose store is `ledger` and which hands over to it."""
        raise NotImplementedError

    def disturbances(self) -> Iterable[Callable[[], object]]:
        """Return what may go wrong on the other side, or be said by it, and must not end the channel."""
        return ()

    # -- what it keeps to ----------------------------------------------------------------

    def test_what_is_brought_is_handed_over_and_then_released(self) -> None:
        ledger, texts = Ledger(), [_text() for _ in range(3)]
        with self._running(ledger):
            for text in texts:
                self.bring(text)
            self._wait(lambda: self._came(ledger, texts), "the messages")
            self._wait(lambda: not self._held(texts), "their release")
            self._wait(lambda: ledger.state == "", "word that the mailbox is well (store.mailboxes.seen)")
        ways = {(arrival.envelope.channel, arrival.envelope.mailbox) for arrival in ledger.arrivals}
        assert ways == {(self.channel, self.name)}, ways

    def test_what_is_brought_is_durable_before_it_is_released(self) -> None:
        ledger, texts = Ledger(), [_text() for _ in range(3)]
        early: list[str] = []

        def look(arrivals: Sequence[Arrival]) -> None:
            # Before it is taken, and again after that: the channel has not heard of it yet.
            handed = [text for text in texts for arrival in arrivals if text.encode() in raw_of(arrival)]
            early.extend(set(handed) - set(self._held(handed)))

        ledger.refuse = ledger.stumble = look
        with self._running(ledger):
            for text in texts:
                self.bring(text)
            self._wait(lambda: self._came(ledger, texts), "the messages")
            self._wait(lambda: not self._held(texts), "their release")
        assert not early, f"released before they were durable: {early}"

    def test_what_a_failing_store_does_not_take_stays_with_the_peer(self) -> None:
        ledger, text, tries = Ledger(), _text(), [0]

        def full(arrivals: Sequence[Arrival]) -> None:
            tries[0] += 1
            raise Temporary("the disk is full")

        ledger.refuse = full
        with self._running(ledger):
            self.bring(text)
            self._wait(lambda: tries[0] > 1, "a second try")
            assert self._held([text]) == [text], "it was released, and nobody has it"
            ledger.refuse = lambda arrivals: None
            self._wait(lambda: self._came(ledger, [text]), "the message, without a restart")
            self._wait(lambda: not self._held([text]), "its release")

    def test_what_fails_by_our_own_mistake_stays_with_the_peer(self) -> None:
        ledger, text, tries = Ledger(), _text(), [0]

        def mistaken(arrivals: Sequence[Arrival]) -> None:
            tries[0] += 1
            raise ValueError("a mistake of ours")

        ledger.refuse = mistaken
        with self._running(ledger):
            self.bring(text)
            self._wait(lambda: tries[0] > 0, "a try")
            time.sleep(0.3)
            assert self._held([text]) == [text], "it was released, and nobody has it"
        ledger.refuse = lambda arrivals: None
        with self._running(ledger):
            self._wait(lambda: self._came(ledger, [text]), "the message, after a restart")

    def test_one_message_that_cannot_be_kept_holds_up_no_other(self) -> None:
        ledger, texts = Ledger(), [_text() for _ in range(4)]
        bad, *good = texts

        def refuse(arrivals: Sequence[Arrival]) -> None:
            if any(bad.encode() in raw_of(arrival) for arrival in arrivals):
                raise NotKept("a folder does not take a file (Permission denied)")

        ledger.refuse = refuse
        with self._running(ledger):
            for text in texts:
                self.bring(text)
            self._wait(lambda: self._came(ledger, good), "the others")
            self._wait(lambda: not self._held(good), "the others' release")
            assert self._held([bad]) == [bad], "it was released, and nobody has it"

    def test_the_same_arrival_twice_is_one(self) -> None:
        ledger, text = Ledger(), _text()
        with self._running(ledger):
            for _ in range(2):
                self.bring(text)
                self._wait(lambda: self._came(ledger, [text]), "the message")
                self._wait(lambda: not self._held([text]), "its release, of the second one too")
        assert len(self._rows(ledger, text)) == 1, "the same message has other bytes when it comes again"

    def test_what_was_stored_and_not_released_comes_again_and_is_known(self) -> None:
        """As after a kill between the two: the store has it, and the channel never heard so."""
        ledger, text = Ledger(), _text()
        lost_once: list[bool] = []

        def lost(arrivals: Sequence[Arrival]) -> None:
            if not lost_once:
                lost_once.append(True)
                raise Temporary("the answer of the database was lost")

        ledger.stumble = lost
        with self._running(ledger):
            self.bring(text)
            self._wait(lambda: lost_once, "the message")
            self._wait(lambda: not self._held([text]), "its release")
        assert self._came(ledger, [text])
        assert len(self._rows(ledger, text)) == 1, "the same message has other bytes when it comes again"

    def test_a_new_start_reads_nothing_again(self) -> None:
        ledger, first, second = Ledger(), _text(), _text()
        for text in (first, second):
            with self._running(ledger):
                self.bring(text)
                self._wait(lambda text=text: self._came(ledger, [text]), "the message")  # type: ignore[misc]
                self._wait(lambda text=text: not self._held([text]), "its release")  # type: ignore[misc]
        assert sum(first.encode() in raw for raw in ledger.raws) == 1, "what was released came again"

    def test_a_big_message_comes_whole_and_one_too_big_stays(self) -> None:
        ledger, big, huge, small = Ledger(), _text(), _text(), _text()
        with self._running(ledger):
            self.bring(huge, self.max_bytes * 2)
            self.bring(big, self.max_bytes // 2)
            self.bring(small)
            self._wait(lambda: self._came(ledger, [big, small]), "the others")
            self._wait(lambda: not self._held([big, small]), "the others' release")
            assert self._held([huge]) == [huge], "it is over max_message_mb, and nobody has it"
        for arrival in ledger.arrivals:
            if huge.encode() in raw_of(arrival):
                assert self.stands_in, "it is over max_message_mb, and was handed over"
                assert arrival.envelope.oversize > self.max_bytes, "it came though it is too large"
                assert len(raw_of(arrival)) < self.max_bytes, "it came whole though it is too large"
        (whole,) = self._rows(ledger, big)
        assert len(whole) > self.max_bytes // 2, "a part of it is missing"

    def test_a_store_that_cannot_be_told_how_it_goes_keeps_no_mail_away(self) -> None:
        ledger, texts = Ledger(), [_text() for _ in range(2)]

        def locked(error: str) -> None:
            raise Temporary("the database is locked")

        ledger.note = locked
        with self._running(ledger):
            for text in texts:
                self.bring(text)
                self._wait(lambda text=text: self._came(ledger, [text]), "the message")  # type: ignore[misc]
                self._wait(lambda text=text: not self._held([text]), "its release")  # type: ignore[misc]

    def test_nothing_the_peer_does_ends_the_channel(self) -> None:
        ledger = Ledger()
        with self._running(ledger):
            for number, disturb in enumerate(self.disturbances(), 1):
                disturb()
                text = _text()
                self.bring(text)
                self._wait(lambda text=text: self._came(ledger, [text]), f"mail after disturbance {number}")  # type: ignore[misc]

    def test_it_stops_in_time(self) -> None:
        ledger, text = Ledger(), _text()
        with self._running(ledger):
            self.bring(text)
            self._wait(lambda: self._came(ledger, [text]), "the message")
            self._wait(lambda: not self._held([text]), "its release")
        # Leaving `_running` is the test.

    def test_it_stops_in_time_while_the_store_fails(self) -> None:
        ledger, text, tries = Ledger(), _text(), [0]

        def full(arrivals: Sequence[Arrival]) -> None:
            tries[0] += 1
            raise Temporary("the disk is full")

        ledger.refuse = full
        with self._running(ledger):
            self.bring(text)
            self._wait(lambda: tries[0] > 0, "a try")
        assert self._held([text]) == [text], "it was released, and nobody has it"
        tried = tries[0]
        time.sleep(0.5)
        assert tries[0] == tried, "it goes on after it was stopped"

    # -- how that is looked at -----------------------------------------------------------

    @contextmanager
    def _running(self, ledger: Ledger) -> Iterator[None]:
        """Run a new channel in a thread; it must not end by itself, and end in time when told to."""
        channel, stop, raised = self.open(ledger), threading.Event(), []

        def run() -> None:
            try:
                channel.run(stop)
            except BaseException as err:
                raised.append(err)

        self._thread = thread = threading.Thread(target=run, name="channel")
        thread.start()
        try:
            yield
            assert thread.is_alive(), f"the channel ended by itself: {raised}"
        finally:
            stop.set()
            thread.join(self.stop_seconds)
        assert not thread.is_alive(), f"the channel did not stop within {self.stop_seconds:g} s"
        assert not raised, f"the channel ended by an error: {raised}"

    def _wait(self, until: Callable[[], object], label: str) -> None:
        def ended() -> bool:
            return bool(until()) or not self._thread.is_alive()

        wait_until(ended, self.seconds, label)
        assert until(), f"the channel ended before: {label}"

    def _held(self, texts: Sequence[str]) -> list[str]:
        there = self.kept()
        return [text for text in texts if any(text.encode() in raw for raw in there)]

    def _came(self, ledger: Ledger, texts: Sequence[str]) -> bool:
        raws = ledger.raws
        return all(any(text.encode() in raw for raw in raws) for text in texts)

    def _rows(self, ledger: Ledger, text: str) -> set[bytes]:
        return {raw for raw in ledger.raws if text.encode() in raw}


def _text() -> str:
    """Return a text that no other message holds, and no encoding changes."""
    return f"contract{uuid.uuid4().hex}"
