"""One part of the desk that ends stops no other, and is started again; told to stop, all end at once."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from config_files import config_text

from intake.app import SWEEP_SECONDS, Processor, build
from intake.cli import main
from intake.config.settings import load
from intake.ports import UserError
from intake.runtime.backoff import Backoff
from intake.runtime.threads import keep, once, run_pieces


@pytest.fixture
def signals() -> Iterator[None]:
    """Whatever takes the signals that end a desk has them no longer when the test is over."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_part_that_ends_is_started_again_until_told_to_stop(caplog: pytest.LogCaptureFixture) -> None:
    stop, runs = threading.Event(), []

    def piece(given: threading.Event) -> None:
        runs.append(given)
        if len(runs) == 1:
            raise OSError("the port is taken")
        if len(runs) == 3:
            given.set()

    with caplog.at_level(logging.WARNING):
        keep("mailbox support", piece, stop, backoff=Backoff((0.01, 0.02)))
    assert [stop] * 3 == runs
    again = [vars(one)["seconds"] for one in caplog.records if one.getMessage() == "starts again"]
    assert [0.01, 0.02] == again


def test_a_part_that_ends_again_and_again_is_told_to_a_person() -> None:
    stop, told, runs = threading.Event(), list[tuple[str, str]](), list[int]()

    def piece(given: threading.Event) -> None:
        runs.append(1)
        if len(runs) == 7:
            given.set()
        raise OSError("the port is taken")

    keep("web", piece, stop, backoff=Backoff((0.01,)), tell=lambda name, why: told.append((name, why)))
    assert [("web", "the port is taken")] * 3 == told


def test_a_stop_ends_the_pause(caplog: pytest.LogCaptureFixture) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=keep, args=("web", lambda _: None, stop, Backoff((60.0,))))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError("the port is taken"), "the port is taken"),
        (ValueError("my bank account is 12345"), "ValueError. The log line above says where."),
        (None, "by itself."),
    ],
    ids=["of our machine", "of a message", "no error"],
)
def test_why_it_ended_is_told_without_what_a_message_said(error: Exception | None, told: str) -> None:
    def piece(_: threading.Event) -> None:
        if error is not None:
            raise error

    assert told == once("web", piece, threading.Event())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("patient", [True, False])
def test_a_part_that_is_killed_ends_the_process_so_that_it_is_started_anew(
    patient: bool, signals: None
) -> None:
    ended = []

    def killed(_: threading.Event) -> None:
        # Nothing that a part catches.
        raise SystemExit

    def other(stop: threading.Event) -> None:
        stop.wait(30)
        ended.append("other")

    with pytest.raises(UserError, match="web died"):
        run_pieces({"web": killed, "other": other}, patient)
    assert ["other"] == ended


def test_what_waits_for_mail_is_told_of_a_stop_and_does_not_wait_on(tmp_path: Path, signals: None) -> None:
    config = tmp_path / "intake.ini"
    config.write_text(config_text(), encoding="utf-8")
    desk = build(load(config))
    processor = Processor(desk.service)
    told: list[float] = []

    def stop() -> None:
        told.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGTERM)

    # By then it has looked for what was left, and waits.
    threading.Timer(0.5, stop).start()
    run_pieces({"processor": processor.run}, wake=processor.nudge)
    took = time.monotonic() - told[0]
    desk.store.close()
    assert took < SWEEP_SECONDS / 2


def test_a_port_that_is_taken_is_told_with_its_cure(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = tmp_path / "intake.ini"
        config.write_text(config_text(web=f"port = {port}"), encoding="utf-8")
        result = CliRunner().invoke(main, ["--config", str(config), "web"])
    assert 1 == result.exit_code
    assert f"Cannot listen on 127.0.0.1:{port} (Address already in use)" in result.stderr
    assert "set another port in [web]" in result.stderr
