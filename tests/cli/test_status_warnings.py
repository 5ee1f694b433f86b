"""What `intake status` warns of."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from intake import app
from intake.config import settings as configs
from intake.desk.message import Envelope
from intake.ports import Arrival
from intake.store.schema.tables import Outbox


# The last is a reading of before the clock was put back.
@pytest.mark.parametrize(("minutes", "warned"), [(9, False), (11, True), (-60 * 24 * 30, True)])
def test_a_mailbox_that_is_not_read_for_ten_minutes(intake, config, minutes, warned) -> None:
    with config.open("a") as file:
        file.write("[mailbox post]\ntype = maildir\npath = mail\n")
    assert "post has not been read yet" in intake("status").output
    desk = app.build(configs.load(config))
    desk.store.mailboxes.seen("post", datetime.now(UTC) - timedelta(minutes=minutes))
    desk.store.close()
    assert warned == ("post has not been read since" in intake("status").output)
    assert warned == any(
        "post" in one["what"] for one in json.loads(intake("status", "--json").stdout)["warnings"]
    )
    assert "post" in intake("mailbox", "list").output
    assert "cannot be read" in intake("mailbox", "reconcile", "post", code=1).output


@pytest.mark.parametrize(("hours", "warned"), [(23, False), (25, True)])
def test_a_quarantine_that_nobody_looks_into(intake, mail, config, hours, warned) -> None:
    desk = app.build(configs.load(config))
    long_ago = datetime.now(UTC) - timedelta(hours=hours)
    (got,) = desk.store.ledger.receive(
        [Arrival(mail().read_bytes(), Envelope("ingest", "support"))], long_ago
    )
    desk.store.ledger.quarantine(got.ledger_id, "it cannot be read", long_ago)
    desk.store.close()
    assert warned == ("1 message has been in quarantine for more than a day" in intake("status").output)


def test_the_brake_is_seen_and_released(intake, config) -> None:
    desk = app.build(configs.load(config))
    desk.store.rates.pull_brake(datetime.now(UTC))
    desk.store.close()
    assert "Automatic email has been paused since" in intake("status").output
    assert "email resumed" in intake("brake", "release").output
    assert "was not paused" in intake("brake", "release").output
    assert "Automatic email has been paused" not in intake("status").output


@pytest.mark.parametrize(("minutes", "warned"), [(9, False), (11, True)])
def test_mail_that_the_server_does_not_take(intake, mail, config, minutes, warned) -> None:
    """Not at once: it may only have asked to come again later."""
    intake("ingest", str(mail()))
    assert "could not be sent" not in intake("status").output
    desk = app.build(configs.load(config))
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    desk.store.db.run(Outbox.update(due_since=began))
    (row,) = desk.store.outbox.list_mails()
    claimed = desk.store.outbox.claim(row.id, "somebody", datetime.now(UTC), timedelta(minutes=5))
    assert claimed is not None
    desk.store.outbox.retry(
        claimed, "mail.example:25 cannot be reached", datetime.now(UTC) + timedelta(hours=1)
    )
    desk.store.close()
    said = "1 email could not be sent; last error: mail.example:25 cannot be reached"
    assert warned == (said in " ".join(intake("status").output.split()))
    assert warned == any(
        said == one["what"] for one in json.loads(intake("status", "--json").stdout)["warnings"]
    )


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("pages", "The webhook has not"),
        ("previews", "No image previews"),
        ("record", "Nothing has been recorded"),
        ("files", "No files have been checked"),
    ],
)
def test_a_part_of_the_worker_that_gives_no_sign_of_life(intake, config, part, what) -> None:
    with config.open("a") as file:
        file.write("[page]\nwebhook = https://pager.example/x\n")
    assert what not in intake("status").output
    desk = app.build(configs.load(config))
    for minutes, warned in ((14, False), (16, True)):
        desk.store.upkeep.record_job(part, datetime.now(UTC) - timedelta(minutes=minutes))
        assert warned == (what in " ".join(intake("status").output.split()))
    desk.store.close()


def test_what_fails_again_and_again_until_it_goes_well(intake, config) -> None:
    desk = app.build(configs.load(config))
    began = datetime.now(UTC) - timedelta(hours=1)
    for minutes in (0, 10, 20):
        desk.store.troubles.met("step x", "Sending digests fails", began + timedelta(minutes=minutes))
    said = "Sending digests fails (3 times since"
    assert said in " ".join(intake("status").output.split())
    (one,) = [one for one in json.loads(intake("status", "--json").stdout)["warnings"] if said in one["what"]]
    assert "see the log" in one["cure"]
    assert desk.store.troubles.over("step x")
    desk.store.close()
    assert "Sending digests" not in intake("status").output


def test_what_nobody_met_for_three_days_is_told_no_more(intake, config) -> None:
    desk = app.build(configs.load(config))
    desk.store.troubles.met("step x", "Sending digests fails", datetime.now(UTC) - timedelta(days=4))
    desk.store.close()
    assert "Sending digests" not in intake("status").output
