"""The JSON API: keys, tickets, problems, idempotency, and its description put to the test."""

import base64
import io
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_desk import Clock, MakeDesk

from intake.app import Desk, build
from intake.web import keys, make_app

CONFIG = """
base_url = https://help.example
[form]
categories =
    account = My account
    transfer = A transfer
[field app]
label = App version
type = version
required = yes
[field wallet]
label = Wallet
type = wallet
[triage]
default_category =
[rule own]
subject = no subject of these tests
tags = own
"""
GOOD = {
    "email": "ada@example.com",
    "name": "Ada",
    "subject": "Cannot log in",
    "message": "It says no.",
    "category": "transfer",
    "fields": {"app": "4.12.0"},
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def stored(make_desk: MakeDesk, clock: Clock) -> Iterator[Desk]:
    desk = build(make_desk(CONFIG).settings)
    desk.service = replace(desk.service, clock=clock)
    yield desk
    desk.store.close()


@pytest.fixture
def key(stored: Desk, clock: Clock) -> str:
    made = keys.make()
    stored.store.web.add_api_key("App", keys.hashed(made), keys.SCOPES, 1000, clock.now)
    return made


@pytest.fixture
def client(stored: Desk) -> FlaskClient:
    """Each message is processed before its answer, as a desk at rest does it within the patience."""
    return make_app(stored, lambda: stored.service.process_pending(), patience=0).test_client()


def headed(key: str, **more: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {key}",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def create(client: FlaskClient, key: str, value: Any = None, **headers: str) -> Any:
    return client.post(
        "/api/v1/tickets", json=GOOD if value is None else value, headers=headed(key, **headers)
    )


def test_a_request_becomes_a_ticket(stored: Desk, client: FlaskClient, key: str) -> None:
    files = [{"name": "截图.png", "content": base64.b64encode(PNG).decode()}]
    answer = create(client, key, {**GOOD, "attachments": files, "language": "zh-Hans"})
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert (201, "/api/v1/messages/1") == (answer.status_code, answer.headers["Location"])
    told = answer.json
    progress = told.pop("progress")
    assert {"id": 1, "state": "ticketed", "ticket": 1, "status": "new"} == told
    assert ("api", "ada@example.com", "transfer", {"app": "4.12.0"}) == (
        ticket.channel, ticket.requester.mailbox, ticket.category, ticket.fields,
    )  # fmt: skip
    [entry] = stored.store.tickets.entries(1)
    assert [("截图.png", "image/png", 72)] == [(f.name, f.media_type, f.size) for f in entry.files]
    # A key does not show whose address it is: the page tells how far it is, and none of the words.
    page = client.get(progress.removeprefix("https://help.example"))
    assert (200, False) == (page.status_code, "Cannot log in" in page.text)


@pytest.mark.parametrize(("named", "expected"), [({"language": "tr"}, "tr"), ({}, "en")])
def test_the_language_that_a_program_names_is_the_tickets(
    stored: Desk, client: FlaskClient, key: str, named: dict[str, str], expected: str
) -> None:
    create(client, key, {**GOOD, **named, "subject": "4711", "message": "0x12ab 12345"})
    ticket = stored.store.tickets.get(1)

    assert ticket is not None
    assert expected == ticket.language


def test_files_may_come_as_a_form(stored: Desk, client: FlaskClient, key: str) -> None:
    data = {"ticket": json.dumps(GOOD), "files": [(io.BytesIO(PNG), "a.png"), (io.BytesIO(b"x"), "b.txt")]}
    answer = client.post("/api/v1/tickets", data=data, headers=headed(key))

    assert 201 == answer.status_code
    assert ["a.png", "b.txt"] == [one.name for one in stored.store.tickets.entries(1)[0].files]


def test_what_became_of_a_message_is_told_to_its_own_key(
    stored: Desk, client: FlaskClient, key: str, clock: Clock
) -> None:
    create(client, key)
    other, reader = keys.make(), keys.make()
    stored.store.web.add_api_key("Other", keys.hashed(other), keys.SCOPES, 10, clock.now)
    stored.store.web.add_api_key("Writer", keys.hashed(reader), (keys.CREATE,), 10, clock.now)

    assert "ticketed" == client.get("/api/v1/messages/1", headers=headed(key)).json["state"]
    assert 404 == client.get("/api/v1/messages/1", headers=headed(other)).status_code
    assert 404 == client.get("/api/v1/messages/99", headers=headed(key)).status_code
    assert 404 == client.get(f"/api/v1/messages/{1 << 80}", headers=headed(key)).status_code
    assert 403 == client.get("/api/v1/messages/1", headers=headed(reader)).status_code


def test_without_a_key_nothing_is_taken(stored: Desk, client: FlaskClient, key: str, clock: Clock) -> None:
    stored.store.web.revoke_api_key(1, clock.now)
    refused = [
        client.post("/api/v1/tickets", json=GOOD, headers=headers)
        for headers in ({}, {"Authorization": "Basic x"}, headed("intake_wrong"), headed(key), headed(""))
    ]

    assert [401] * 5 == [one.status_code for one in refused]
    assert {"application/problem+json"} == {one.content_type for one in refused}
    assert {'Bearer realm="intake"'} == {one.headers["WWW-Authenticate"] for one in refused}
    assert [] == stored.store.ledger.list_messages()


def test_guessing_keys_is_slow(client: FlaskClient, key: str, clock: Clock) -> None:
    statuses = [create(client, f"intake_{number}").status_code for number in range(12)]

    assert [401] * 10 + [429] * 2 == statuses
    clock.forward(seconds=61)
    assert 201 == create(client, key).status_code


WRONG: dict[str, tuple[Any, set[str]]] = {
    "an empty object": ({}, {"email", "subject", "message", "fields.app"}),
    "not an object": ([], {""}),
    "a wrong address": ({**GOOD, "email": "ada"}, {"email"}),
    "a number": ({**GOOD, "subject": 7}, {"subject"}),
    "an unknown name": ({**GOOD, "priority": "high"}, {"priority"}),
    "an unknown field": ({**GOOD, "fields": {"app": "1", "x": "y"}}, {"fields.x"}),
    "fields that are not an object": ({**GOOD, "fields": "x"}, {"fields", "fields.app"}),
    "a wrong field": ({**GOOD, "fields": {"app": "newest"}}, {"fields.app"}),
    "a field that is no text": ({**GOOD, "fields": {"app": 4}}, {"fields.app"}),
    "a private key": ({**GOOD, "fields": {"app": "1", "wallet": "ab" * 32}}, {"fields.wallet"}),
    "a wrong category": ({**GOOD, "category": "other"}, {"category"}),
    "a wrong language": ({**GOOD, "language": "xx"}, {"language"}),
    "a long subject": ({**GOOD, "subject": "x" * 251}, {"subject"}),
    "no list of files": ({**GOOD, "attachments": {}}, {"attachments"}),
    "a file without content": ({**GOOD, "attachments": [{"name": "x"}]}, {"attachments.0"}),
    "a file that is no base64": (
        {**GOOD, "attachments": [{"name": "x", "content": "%"}]}, {"attachments.0.content"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_every_fault_is_told_at_once(stored: Desk, client: FlaskClient, key: str, case: str) -> None:
    value, fields = WRONG[case]
    answer = create(client, key, value)

    assert (422, "application/problem+json") == (answer.status_code, answer.content_type)
    assert fields == {one["field"] for one in answer.json["errors"]}
    assert [] == stored.store.ledger.list_messages()


BODIES = {
    "not JSON": (b"{", "application/json", 400),
    "not UTF-8": (b'{"a": "\xff"}', "application/json", 400),
    "deep": (b"[" * 100_000, "application/json", 400),
    "too large": (b'"' + b"x" * (8 << 20) + b'"', "application/json", 413),
    "another type": (b"a=b", "application/x-www-form-urlencoded", 415),
    "no type": (b"{}", "", 415),
    "a broken form": (b"x", "multipart/form-data; boundary=b", 400),
    "too many parts": (b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 100,
                       "multipart/form-data; boundary=b", 413),
}  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_what_cannot_be_read_is_a_problem(client: FlaskClient, key: str, case: str) -> None:
    body, kind, status = BODIES[case]
    answer = client.post("/api/v1/tickets", data=body, content_type=kind, headers=headed(key))

    assert (status, "application/problem+json") == (answer.status_code, answer.content_type)
    assert status == answer.json["status"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/tickets", 405), ("GET", "/api/v2", 404)]
)
def test_other_addresses_of_the_api_are_problems(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)

    assert (status, "application/problem+json") == (answer.status_code, answer.content_type)
    assert (status == 405) == ("POST" in answer.headers.get("Allow", ""))


def test_the_same_idempotency_key_is_one_ticket(
    stored: Desk, client: FlaskClient, key: str, clock: Clock
) -> None:
    first = create(client, key, Idempotency_Key="order-7")
    clock.forward(seconds=30)
    again = create(client, key, Idempotency_Key="order-7")
    other = create(client, key, {**GOOD, "subject": "Else"}, Idempotency_Key="order-7")
    plain = create(client, key)

    told = [{**one.json, "progress": ""} for one in (first, again)]
    assert (201, 201, told[0]) == (first.status_code, again.status_code, told[1])
    assert (422, "This Idempotency-Key was used for another request.") == (
        other.status_code,
        other.json["detail"],
    )
    assert (201, 2) == (plain.status_code, plain.json["ticket"])
    assert 400 == create(client, key, Idempotency_Key="x" * 256).status_code


def test_two_at_once_with_one_idempotency_key_are_one_ticket(stored: Desk, key: str) -> None:
    app = make_app(stored, patience=0)
    start, answers = threading.Barrier(6), []

    def work() -> None:
        client = app.test_client()
        start.wait()
        answers.append(create(client, key, Idempotency_Key="k"))
        stored.store.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert ({202}, {1}) == ({one.status_code for one in answers}, {one.json["id"] for one in answers})
    assert 1 == len(stored.store.ledger.list_messages())


def test_a_key_and_an_address_have_their_limits(stored: Desk, client: FlaskClient, clock: Clock) -> None:
    made = keys.make()
    stored.store.web.add_api_key("Small", keys.hashed(made), keys.SCOPES, 4, clock.now)
    to_one = [create(client, made).status_code for _ in range(4)]
    to_many = [create(client, made, {**GOOD, "email": f"a{n}@x.example"}).status_code for n in range(2)]
    answer = create(client, made, {**GOOD, "email": "b@x.example"})

    assert ([201] * 3 + [429], [201, 429]) == (to_one, to_many)
    assert 0 < int(answer.headers["Retry-After"]) <= 3601


def test_an_address_named_by_an_app_gets_one_mail_without_its_words(
    stored: Desk, client: FlaskClient, key: str
) -> None:
    for _ in range(3):
        create(client, key, {**GOOD, "subject": "BUY NOW", "name": "Casino", "message": "evil.example"})
    mails = [stored.store.outbox.raw(row.id) or b"" for row in stored.store.outbox.list_mails()]

    assert 1 == len(mails)
    for words in (b"BUY", b"Casino", b"evil"):
        assert words not in mails[0]


def test_a_full_disk_is_a_problem_that_passes(
    stored: Desk, client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intake.ports import Temporary

    def full(*_: Any) -> None:
        raise Temporary("the disk is full")

    monkeypatch.setattr(type(stored.store.web), "receive_request", full)
    answer = create(client, key)

    assert (503, "application/problem+json") == (answer.status_code, answer.content_type)
    assert "disk" not in answer.text


def test_the_description_keeps_its_word(stored: Desk, key: str) -> None:
    """schemathesis: requests made from the description, valid and not, are answered as it says."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, settings
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
    ]
    app = make_app(stored, patience=0)
    create(app.test_client(), key)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen: dict[str, set[int]] = {}
    # More in a night: INTAKE_SCHEMATHESIS=2000.
    examples = int(os.environ.get("INTAKE_SCHEMATHESIS", "6"))
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in schemathesis.GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            statuses = seen.setdefault(f"{operation.label} {mode.value}", set())
            _try_out(strategy, key, checks, statuses, examples, settings, HealthCheck, Phase)
    assert {200, 404} & seen["GET /api/v1/messages/{id} positive"]
    assert {201, 202, 429} & seen["POST /api/v1/tickets positive"]
    assert {400, 415, 422} & seen["POST /api/v1/tickets negative"]


def _try_out(
    strategy: Any,
    key: str,
    checks: Any,
    statuses: set[int],
    examples: int,
    settings: Any,
    health: Any,
    phase: Any,
) -> None:
    from hypothesis import given

    @given(case=strategy)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(health),
        phases=[phase.generate],
    )
    def check(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {key}"})
        statuses.add(response.status_code)
        case.validate_response(response, checks=checks)

    check()
