"""What machines ask: is it ready, and how is it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from config_files import config_text

from intake.app import Desk, build
from intake.config.settings import load
from intake.desk.block_effects import Block
from intake.desk.message import Envelope
from intake.oauth.wire import Answer
from intake.ports import Arrival, Temporary
from intake.web import health
from intake.web.app import make_app

TOKEN = "a-token-of-the-tests"
ADDRESS = "support@desk.example"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def made(folder: Path, token: str) -> Desk:
    path = folder / "intake.ini"
    path.write_text(config_text(web=f"port = 0\nmetrics_token = {token}"), encoding="ascii")
    return build(load(path))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with a token for its metrics."""
    found = made(tmp_path, TOKEN)
    yield found
    found.store.close()


@pytest.fixture
def asked(desk: Desk) -> Any:
    return make_app(desk).test_client()


def test_it_is_ready_while_the_database_answers_and_there_is_room(
    desk: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (200, b"ready\n") == (asked.get("/readyz").status_code, asked.get("/readyz").data)

    def gone() -> Any:
        raise Temporary("the server at 10.0.0.7 is gone")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store.upkeep, "job_runs", gone)
        answer = asked.get("/readyz")
        assert (503, b"not ready\n") == (answer.status_code, answer.data)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=health.LEAST_FREE - 1))
    assert 503 == asked.get("/readyz").status_code


@pytest.fixture
def by_token(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose mail leaves by an account that nobody has logged in to."""
    account = "provider = microsoft\nclient_id = 1\ntenant = example.com\nsecret_expires = 2020-01-31"
    smtp = "host = smtp.office365.com\nuser = help@example.com\nauth = oauth:work"
    text = config_text(web=f"port = 0\nmetrics_token = {TOKEN}", smtp=smtp, more=f"[oauth work]\n{account}")
    (tmp_path / "intake.ini").write_text(text, encoding="ascii")
    found = build(load(tmp_path / "intake.ini"))
    yield found
    found.store.close()


def test_it_is_not_ready_while_a_person_must_log_in_to_its_account(by_token: Desk) -> None:
    assert 503 == make_app(by_token).test_client().get("/readyz").status_code
    by_token.accounts.tokens().accept("work", Answer({"access_token": "a", "refresh_token": "r"}))
    assert 200 == make_app(by_token).test_client().get("/readyz").status_code


def test_the_metrics_say_of_each_account_whether_it_is_logged_in_to_and_what_ends_when(
    by_token: Desk,
) -> None:
    def lines() -> list[str]:
        text = make_app(by_token).test_client().get("/metrics", headers=SHOWN).text
        return [line for line in text.splitlines() if line.startswith("intake_login")]

    assert 'intake_login_ok{account="work"} 0.0' in lines()
    by_token.accounts.tokens().accept("work", Answer({"access_token": "a", "refresh_token": "r"}))
    assert 'intake_login_ok{account="work"} 1.0' in lines()
    ends = [line for line in lines() if line.startswith('intake_login_ends_seconds{account="work"')]
    assert ["client secret", "login"] == sorted(line.split('"')[3] for line in ends)
    assert "-" == next(line for line in ends if "client secret" in line).split()[-1][0]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer "}, {"Authorization": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}],
)
def test_without_the_token_there_is_no_such_page(asked: Any, headers: dict[str, str]) -> None:
    assert 404 == asked.get("/metrics", headers=headers).status_code


def test_without_a_token_in_the_config_there_is_none_either(tmp_path: Path) -> None:
    bare = made(tmp_path, "")
    answer = make_app(bare).test_client().get("/metrics", headers={"Authorization": "Bearer "})
    bare.store.close()
    assert 404 == answer.status_code


def test_the_metrics_are_in_the_format_and_say_what_the_database_says(desk: Any, asked: Any) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    answer = asked.get("/metrics", headers=SHOWN)
    assert (200, True) == (answer.status_code, answer.content_type.startswith("text/plain; version=0.0.4"))
    found = {one.name: one for one in text_string_to_metric_families(answer.text)}
    wanted = {
        "intake_received",
        "intake_processed",
        "intake_sent",
        "intake_messages_quarantined",
        "intake_mails_failed",
        "intake_decide_lag_seconds",
        "intake_send_lag_seconds",
        "intake_promises_at_risk",
        "intake_promises_late",
        "intake_disk_free_bytes",
    }
    assert wanted <= set(found)
    states = {one.labels["state"]: one.value for one in found["intake_mails"].samples}
    assert {"due": 0, "sending": 0, "sent": 0, "failed": 0, "unknown": 0, "cancelled": 0} == states


def test_what_a_person_wants_kept_is_not_counted_as_what_needs_one(desk: Any, asked: Any) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    for sender in ("eve@evil.example", "lin@customer.example"):
        raw = f"From: {sender}\r\nTo: {ADDRESS}\r\nSubject: Hello\r\n\r\nHello\r\n".encode()
        desk.store.blocks.add(Block("@evil.example", "Anna"), desk.service.clock())
        (got,) = desk.service.receive([Arrival(raw, Envelope("ingest", "support", sender, (ADDRESS,)))])
        desk.service.process([got.ledger_id])
    faulty = desk.service.receive([Arrival(b"x", Envelope("ingest", "support", None))])[0].ledger_id
    desk.store.ledger.quarantine(faulty, "it is too deep", desk.service.clock())
    families = text_string_to_metric_families(asked.get("/metrics", headers=SHOWN).text)
    found = {(one.name, *one.labels.values()): one.value for made in families for one in made.samples}
    assert (1, 1, 0, 2) == (
        found[("intake_messages_quarantined",)],
        found[("intake_messages_kept", "blocked")],
        found[("intake_messages_kept", "held")],
        found[("intake_messages", "quarantined")],
    )


def test_the_sums_of_the_pace_do_not_go_backwards_when_a_process_is_restarted(
    desk: Any,
) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    def sums() -> dict[str, float]:
        # Another page each time, for this one remembers what it said.
        answer = make_app(desk).test_client().get("/metrics", headers=SHOWN)
        return {
            one.name: one.value
            for made in text_string_to_metric_families(answer.text)
            for one in made.samples
        }

    upkeep, now = desk.store.upkeep, desk.service.clock()
    assert {0.0} == {sums()[f"intake_{name}_total"] for name, _ in health.PACE}
    upkeep.record_pace("a 1", {"decided": 20, "decide_seconds": 1.5}, {"decided": 20}, now)
    assert (20, 1.5, 1) == tuple(
        sums()[f"intake_{name}"] for name in ("decided_total", "decide_seconds_total", "processes")
    )
    upkeep.forget_pace(now, lambda process: True)
    assert (20, 0) == (sums()["intake_decided_total"], sums()["intake_processes"])
    upkeep.record_pace("a 2", {"decided": 1}, {"decided": 1}, now)
    assert 21 == sums()["intake_decided_total"]


def test_the_figures_are_not_counted_anew_for_every_asker(
    desk: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []
    vitals = desk.store.upkeep.vitals
    monkeypatch.setattr(desk.store.upkeep, "vitals", lambda now: counted.append(now) or vitals(now))
    for _ in range(5):
        asked.get("/metrics", headers=SHOWN)
    assert 1 == len(counted)


def test_a_database_that_only_reads_is_not_ready(tmp_path: Path, postgres_url: str) -> None:
    read_only = f"{postgres_url}&options={quote('-cdefault_transaction_read_only=on', safe='')}"
    for url, answer in ((postgres_url, 200), (read_only, 503)):
        path = tmp_path / "intake.ini"
        path.write_text(config_text(store=f"url = {url}", web="port = 0"), encoding="ascii")
        there = build(load(path))
        try:
            client = make_app(there).test_client()
            assert [answer, answer] == [client.get("/readyz").status_code for _ in range(2)]
        finally:
            there.store.close()


def test_a_try_to_write_is_made_once_in_a_while(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[Any] = []
    real = desk.store.probe
    view = health.HealthPages(desk)
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.store), "probe", lambda self, now: (tries.append(now), real(now))[1])
        for _ in range(5):
            assert 200 == view.readyz().status_code
        assert 1 == len(tries)
        monkeypatch.setattr(health, "PROBED_SECONDS", 0.0)
        view.readyz()
        assert 2 == len(tries)
