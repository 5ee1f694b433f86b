"""Acts that need a second person, at the command line."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from command_line import Run
from phones import Phone

from intake import app
from intake.config import settings as configs

ERASE = ("erase", "wang@customer.example", "--yes")
ASKED = (*ERASE, "--reason", "they asked us to")
AS_ANNA, AS_BEN = ("--as", "anna@staff.example"), ("--as", "ben@staff.example")


@pytest.fixture
def phones(intake: Run, mail: Callable[..., Path]) -> dict[str, Phone]:
    """Anna and Ben have a factor each; a customer has a ticket."""
    intake("ingest", str(mail()))
    held = {}
    for name in ("anna", "ben"):
        intake("agent", "add", f"{name}@staff.example", "--name", name.title())
        held[name] = Phone(intake("agent", "factor", f"{name}@staff.example").output)
    return held


def said(output: str) -> str:
    return " ".join(output.split())


def told(intake: Run) -> Counter[str]:
    """How many alerts are owed to each."""
    rows = json.loads(intake("outbox", "list", "--json").stdout)
    return Counter(row["rcpt"] for row in rows if row["kind"] == "alert")


def later(config: Path, hours: int) -> None:
    """Let time pass for what was asked for."""
    desk = app.build(configs.load(config))
    with desk.store.transaction():
        for name in ("at", "ready_at", "expires_at"):
            shift = int(timedelta(hours=hours) / timedelta(microseconds=1))
            desk.database.db.sql(f"UPDATE act_request SET {name} = {name} - {shift}")
    desk.store.close()


def test_an_erasure_waits_for_a_second_person_and_is_done_once(intake: Run, phones: dict[str, Phone]) -> None:
    assert "needs a reason" in said(intake(*ERASE, code=1).output)
    assert "Leave the address out" in said(intake(*ASKED[:-1], "wang@customer.example asks", code=2).output)

    asking = (*ASKED, *AS_ANNA)
    first = said(intake(*asking, *phones["anna"].code(), code=75).output)
    assert "Nothing was done yet. This is act 1: erase wang@customer.example; tickets: 1" in first
    assert "Nothing was done yet. This is act 1" in said(intake(*asking, code=75).output)

    # Nobody agrees to their own act, without a code, with a wrong one, or with one that was used.
    used = phones["ben"].code()
    for who, given, why in (
        (AS_ANNA, phones["anna"].code(), "another person than who asked"),
        (AS_BEN, ("--code", "000000"), "wrong"),
        (AS_BEN, ("--code", ""), "wrong"),
    ):
        assert why in said(intake("act", "approve", "1", *who, *given, code=1, text="1\n").output), who
    intake("act", "approve", "1", *AS_BEN, *used)
    assert "settled or over" not in said(intake("act", "list").output)

    assert "Erased 1 ticket, 1 message" in intake(*asking).output
    # Its plan named them: nothing of it is left, and the same words are another act.
    assert "No act was asked for." in intake("act", "list").output
    assert "wang@customer.example" not in intake("outbox", "list", "--json").output
    assert "they asked us to" in intake("audit").output
    intake(*asking, code=75)


def test_a_code_that_was_used_agrees_to_nothing_more(intake: Run, phones: dict[str, Phone]) -> None:
    used = phones["ben"].code()
    for reason in ("first reason", "second reason"):
        intake(*ERASE, "--reason", reason, *AS_ANNA, code=75)
    intake("act", "refuse", "1")
    intake(*ASKED, *AS_ANNA, code=75)
    assert "another person" in said(intake("act", "approve", "2", *AS_BEN, *used, code=1).output)
    assert "wrong, or was used" in said(intake("act", "approve", "2", *AS_BEN, *used, code=1).output)


def test_a_ticket_that_came_meanwhile_makes_it_another_act(
    intake: Run, phones: dict[str, Phone], mail: Callable[..., Path]
) -> None:
    intake(*ASKED, *AS_ANNA, *phones["anna"].code(), code=75)
    intake("act", "approve", "1", *AS_BEN, *phones["ben"].code())
    intake("ingest", str(mail("又一个", "还有一个问题。", "two")))
    assert "This is act 2" in said(intake(*ASKED, *AS_ANNA, code=75).output)


def test_where_nobody_else_has_a_factor_it_waits_for_a_day_and_can_be_stopped(
    intake: Run, config: Path, mail: Callable[..., Path]
) -> None:
    intake("ingest", str(mail()))
    intake("agent", "add", "anna@staff.example", "--name", "Anna")
    intake("agent", "factor", "anna@staff.example")
    assert "There is no second person: run the same command again after" in said(
        intake(*ASKED, *AS_ANNA, code=75).output
    )
    later(config, 23)
    intake(*ASKED, *AS_ANNA, code=75)
    intake("act", "refuse", "1")
    intake(*ASKED, *AS_ANNA, code=75)
    later(config, 24)
    assert "Erased 1 ticket" in intake(*ASKED, *AS_ANNA).output


def test_breaking_the_glass_is_told_to_everybody_and_stays_red_until_two_saw_it(
    intake: Run, phones: dict[str, Phone]
) -> None:
    before = told(intake)
    intake("agent", "factor", "ben@staff.example", "--reason", "lost phone", "--break-glass")
    # That it was done alone, and that Ben's factor is another.
    assert {who: number + 2 for who, number in before.items()} == told(intake)
    red = "act 1 (factor) was done without a second person"
    assert red in said(intake("check", "--offline", code=1).output)
    assert "Give --as AGENT and --code" in said(intake("act", "acknowledge", "1", code=2).output)
    intake("act", "acknowledge", "1", *AS_ANNA, *phones["anna"].code())
    assert red in said(intake("check", "--offline", code=1).output)
    # The same person twice is one.
    intake("act", "acknowledge", "1", *AS_ANNA, *phones["anna"].code())
    assert red in said(intake("check", "--offline", code=1).output)


def test_a_lost_phone_needs_a_second_person_and_five_wrong_codes_lock(
    intake: Run, phones: dict[str, Phone]
) -> None:
    # Whoever can give a factor could become a second person: all are told of each.
    assert intake("outbox", "list", "--json").output.count('"anna@staff.example"') == 2
    replace = ("agent", "factor", "ben@staff.example")
    assert "needs a reason" in said(intake(*replace, code=1).output)
    intake(*replace, "--remove", *phones["ben"].code())
    assert "no second factor to remove" in said(intake(*replace, "--remove", code=2).output)
    wrong = (*ASKED, *AS_ANNA, "--code", "000000")
    outputs = [said(intake(*wrong, code=1).output) for _ in range(5)]
    assert "Try again in an hour" in outputs[-1]
    assert "Try again in an hour" in said(intake(*ASKED, *AS_ANNA, *phones["anna"].code(), code=1).output)


def test_a_redaction_at_the_keyboard_waits_as_well_and_names_no_words(
    intake: Run, phones: dict[str, Phone]
) -> None:
    redact = ("ticket", "redact", "1", "打印机", "--reason", "a secret of theirs", *AS_ANNA)
    intake(*redact, *phones["anna"].code(), code=75)
    assert "打印机" not in intake("act", "show", "1").output
    assert "打印机" in intake("ticket", "show", "1").output
    intake("act", "approve", "1", *AS_BEN, *phones["ben"].code())
    intake(*redact)
    assert "打印机" not in intake("ticket", "show", "1").output
    assert "redaction of #1: a secret of theirs" in said(intake("audit").output)
