"""`intake parse`: what is read and what would be decided, and a copy that is safe to share."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from command_line import Run

from intake.cli import main
from intake.commands.effects_in_words import sentence
from intake.commands.parse import folded
from intake.desk import effects
from intake.desk.delivery_effects import MarkDelivery
from intake.desk.effects import AddEntry, Assign, Finish, Mail, MailKind, OpenTicket, Outcome, SetStatus
from intake.desk.message import Address, BounceKind
from intake.desk.ticket import EntryKind, Status, Withheld

CORPUS = Path(__file__).parents[1] / "corpus"
Write = Callable[..., Path]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place without a config."""
    for name in ("INTAKE_CONFIG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("intake.commands.common.PLACES", (tmp_path / "intake.ini",))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def alone(*args: str, text: bytes | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["parse", *args], input=text)
    assert code == result.exit_code, result.output
    return result


def test_without_a_config_it_decides_as_a_desk_that_knows_nobody(nowhere: Path, mail: Write) -> None:
    told = alone(str(mail())).stdout
    for one in (
        "王小明 <wang@customer.example>",
        "打印机坏了",
        "2026-11-22 06:00",
        "zh-Hans",
        "there is no config",
    ):
        assert one in told
    assert "open a ticket for 王小明 <wang@customer.example>: 打印机坏了" in told
    assert "done, it became a new ticket (rule new_ticket): no matching ticket" in told
    assert ["one.eml"] == [path.name for path in nowhere.iterdir()]


def test_standard_input_is_a_file_too(nowhere: Path, mail: Write) -> None:
    assert "打印机坏了" in alone("-", text=mail().read_bytes()).stdout


def test_what_is_folded_away_is_shown_apart(nowhere: Path) -> None:
    file = CORPUS / "thunderbird-reply-with-inline-answers.eml"
    new, _, rest = alone(str(file)).stdout.partition("New text")[2].partition("Quoted and hidden")
    assert "> Welches System?" in new
    assert "Hans Müller" in rest
    assert "Hans Müller" not in new


def test_json_has_the_documented_keys(nowhere: Path) -> None:
    found = json.loads(alone("--json", str(CORPUS / "bounce-from-postfix-of-an-unknown-user.eml")).stdout)
    manual = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert {"file", "read", "decided_on", "effects"} == set(found)
    assert [] == [key for key in found["read"] if f"`read.{key}`" not in manual]
    assert "failed" == found["read"]["bounce"]["kind"]
    assert {"name", "claimed", "media_type", "size", "content_id", "inline"} == set(
        found["read"]["attachments"][0]
    )
    last = found["effects"][-1]
    assert ("Finish", "automatic", "delivery_report") == (last["effect"], last["outcome"], last["rule"])
    assert last["words"].startswith("done, it is automatic")


def test_what_cannot_be_read_would_be_set_aside(nowhere: Path, tmp_path: Path) -> None:
    file = tmp_path / "loop.eml"
    file.write_bytes(b"Received: from a\n" * 60 + b"Subject: x\n\nx\n")
    assert "quarantined for a person" in alone(str(file)).stdout


def test_with_a_config_and_no_database_none_is_made(intake: Run, config: Path, mail: Write) -> None:
    before = sorted(path.name for path in config.parent.iterdir())
    told = intake("parse", str(mail())).stdout
    assert "there is no database yet" in told
    assert [*before, "one.eml"] == sorted(path.name for path in config.parent.iterdir())


def test_json_is_printed_too_where_an_agent_has_a_shift(intake: Run, mail: Write) -> None:
    intake("agent", "add", "wei@example.com")
    intake("agent", "set", "wei@example.com", "--shift", "mon-fri 9:00-17:00", "--timezone", "Asia/Shanghai")
    assert "Asia/Shanghai" in intake("parse", str(mail()), "--json").stdout


def test_with_a_database_it_decides_as_the_desk_would_and_changes_nothing(intake: Run, mail: Write) -> None:
    first = mail()
    intake("ingest", str(first))
    path = str(first.with_name("again.eml"))
    Path(path).write_bytes(
        b"Received: by another.example; Sun, 22 Nov 2026 06:00:01 +0000\n" + first.read_bytes()
    )
    told = intake("parse", path).stdout
    assert "on the config and the database" in told
    assert "the same email as message 1" in told
    assert 1 == len(json.loads(intake("message", "list", "--json").stdout))
    other = intake("parse", str(mail(name="two", subject="Other"))).stdout
    assert "open a ticket" in other
    assert "deadlines: first response by" in " ".join(other.split())
    assert 1 == len(json.loads(intake("ticket", "list", "--json").stdout))
    intake("parse", "--mailbox", "nowhere", path, code=1)


def test_a_copy_to_share_says_nothing_of_the_mail_and_is_read_alike(nowhere: Path, mail: Write) -> None:
    path = mail()
    out = nowhere / "share.eml"
    told = alone("--anonymise", str(path), "-o", str(out))
    assert ("", True) == (told.stdout, "Read it before" in told.stderr)
    copy = out.read_bytes()
    assert len(path.read_bytes()) == len(copy)
    assert b"wang" not in copy
    assert "open a ticket for" in alone(str(out)).stdout
    assert copy != alone("--anonymise", str(path)).stdout_bytes


def test_wrong_use_is_told(nowhere: Path, mail: Write, tmp_path: Path) -> None:
    alone("-o", "x", str(mail()), code=2)
    alone(str(tmp_path / "missing.eml"), code=1)
    alone("-", text=b"\n", code=1)


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("Hi.\n\n> Old.\n", "Hi.", "> Old."),
        ("> A?\nYes.\n> B?\nNo.\n-- \nAnn", "> A?\nYes.\n> B?\nNo.", "-- \nAnn"),
        ("Hi.", "Hi.", ""),
        ("Hello\nthere\n> Old", "Hello there\n> Old", "Hello\nthere"),
    ],
)
def test_folded_is_what_is_not_new(text: str, new: str, expected: str) -> None:
    assert expected == folded(text, new)


ANN = Address("ann@x.example", "Ann")


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (
            OpenTicket("", ANN, "en", "m", "keys", "imap", Status.CLOSED, 4),
            "open a ticket that is closed at once for Ann <ann@x.example>: (no subject)"
            " (language en, team keys, perhaps related to #4)",
        ),
        (
            OpenTicket("", ANN, "en", "m", "", "imap", Status.CLOSED, withheld=Withheld.NOTICES),
            "open a ticket in state spam for Ann <ann@x.example>: (no subject) (language en)",
        ),
        (
            AddEntry(7, EntryKind.AUTOMATIC, ANN, "x"),
            "add it to ticket #7 as automatic mail, without notifying anyone",
        ),
        (SetStatus(7, Status.OPEN), "make ticket #7 open"),
        (Assign(None, None, "keys"), "assign the new ticket to nobody, team keys"),
        (
            Mail(MailKind.STATUS, 7, ANN, "d", event="closed"),
            "send the status update to Ann <ann@x.example> (closed)",
        ),
        (MarkDelivery(3, BounceKind.FAILED, "x"), "mark outgoing mail 3 as failed"),
        (Finish(Outcome.DUPLICATE, rule="duplicate"), "done, it was received before (rule duplicate)"),
    ],
)
def test_each_effect_has_its_sentence(effect: effects.Effect, expected: str) -> None:
    assert expected == sentence(effect)
