"""`intake import mail`: archives of mail become tickets, once, as they were, and nobody is written to."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command_line import Run
from imports import archives

from intake import testing
from intake.imports.copies import PASSING, in_use, passing
from intake.ports import UserError
from intake.testing import imap_append, imap_create, imap_messages

# Everybody at the desk.
OWN = ("--own", "@desk.example")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Twenty conversations of one to five mails each: 60 mails in no order."""
    path = tmp_path / "old.mbox"
    archives.shuffled(20, path)
    return path


def report(intake: Run, *args: str, code: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("import", "mail", *args, *OWN, "--json", code=code).stdout)
    return made


def ticket_of(intake: Run, address: str) -> dict[str, Any]:
    """The only ticket of a requester, whole."""
    (row,) = json.loads(intake("ticket", "list", "--status", "all", "--requester", address, "--json").stdout)
    shown: dict[str, Any] = json.loads(intake("ticket", "show", str(row["id"]), "--full", "--json").stdout)
    return shown


def test_an_archive_is_taken_in_once_and_nobody_is_written_to(intake: Run, box: Path) -> None:
    done = report(intake, str(box))
    assert (done["tickets"], done["entries"], done["equal"], done["left_out"]) == (20, 60, True, {})
    again = report(intake, str(box))
    assert (again["tickets"], again["entries"], again["known"], again["run"]) == (0, 0, 20, None)
    assert again["table"] == done["table"]
    assert json.loads(intake("outbox", "list", "--json").stdout) == []
    assert json.loads(intake("ticket", "list", "--json").stdout) == []
    assert "No problems" in intake("fsck").output


def test_a_conversation_is_as_it_was(intake: Run, box: Path) -> None:
    report(intake, str(box))
    made = ticket_of(intake, "customer4@mail.example")
    assert (made["subject"], made["status"]) == ("Wallet 4", "closed")
    entries = [
        (entry["kind"], entry["text"].split()[0], entry["created_at"][:16]) for entry in made["entries"]
    ]
    assert entries == [
        ("customer", "Text", "2019-03-05T09:00"),
        ("reply", "Text", "2019-03-05T10:00"),
        ("customer", "Text", "2019-03-05T11:00"),
        ("note", "zzprivate", "2019-03-05T12:00"),
        ("customer", "Text", "2019-03-05T13:00"),
    ]
    assert made["entries"][0]["text"].endswith("\nFrom here on it is odd.")


def test_a_dry_run_says_the_same_and_writes_nothing(intake: Run, box: Path, tmp_path: Path) -> None:
    dry = report(intake, str(box), "--dry-run")
    assert json.loads(intake("import", "list", "--json").stdout) == []
    assert json.loads(intake("ticket", "list", "--status", "all", "--json").stdout) == []
    done = report(intake, str(box))
    assert (dry["table"], dry["tickets"], dry["entries"]) == (done["table"], done["tickets"], done["entries"])
    assert not (tmp_path / "data" / "import-mail").exists()


def test_an_archive_is_verified_and_what_it_lacks_is_found(intake: Run, box: Path) -> None:
    report(intake, str(box))
    assert "equal" in intake("import", "verify", "1", str(box), *OWN).output
    more = archives.mailbox([archives.mail("new", "new@mail.example")])
    box.write_bytes(box.read_bytes() + more)
    intake("import", "verify", "1", str(box), *OWN, code=1)
    assert report(intake, str(box))["tickets"] == 1
    intake("import", "verify", "2", str(box), *OWN)


def test_an_archive_is_verified_with_the_agents_that_it_was_imported_with(
    intake: Run, tmp_path: Path
) -> None:
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    (tmp_path / "map.ini").write_text("mia@firm.example = anna@desk.example\n")
    mails = [
        archives.mail("1", "ann@mail.example"),
        archives.mail("2", "mia@firm.example", "ann@mail.example", ["1"]),
    ]
    (tmp_path / "old").write_bytes(archives.mailbox(mails))
    agents = ("--agents", str(tmp_path / "map.ini"))
    intake("import", "mail", str(tmp_path / "old"), *agents)
    assert "equal" in intake("import", "verify", "1", str(tmp_path / "old"), *agents).output
    said = " ".join(intake("import", "verify", "1", str(tmp_path / "old"), code=1).output.split())
    assert "Give the same --agents and --own as then" in said


def test_an_import_is_taken_back_but_for_what_was_touched(intake: Run, box: Path) -> None:
    report(intake, str(box))
    number = ticket_of(intake, "customer3@mail.example")["id"]
    intake("ticket", "tag", str(number), "kept")
    made = json.loads(intake("import", "forget", "1", "--yes", "--json").stdout)
    assert (made["tickets"], [kept["ticket"] for kept in made["kept"]]) == (19, [number])
    assert len(json.loads(intake("ticket", "list", "--status", "all", "--json").stdout)) == 1
    assert "No problems" in intake("fsck").output


def test_archives_of_questions_and_of_answers_are_one_conversation(intake: Run, tmp_path: Path) -> None:
    question, answer, thanks = archives.conversation(7)
    (tmp_path / "inbox").write_bytes(archives.mailbox([question, thanks]))
    (tmp_path / "sent").write_bytes(archives.mailbox([answer]))
    report(intake, str(tmp_path / "inbox"))
    second = report(intake, str(tmp_path / "sent"))
    assert (second["tickets"], second["entries"], second["equal"]) == (0, 1, True)
    made = ticket_of(intake, "customer7@mail.example")
    kinds = {entry["created_at"]: entry["kind"] for entry in made["entries"]}
    assert [kinds[at] for at in sorted(kinds)] == ["customer", "reply", "customer"]


def test_mail_that_the_desk_has_already_is_one_message(intake: Run, tmp_path: Path) -> None:
    question, _, _ = archives.conversation(7)
    (tmp_path / "a.eml").write_bytes(
        b"Received: by mx.desk.example; Fri, 1 Mar 2019 09:00:00 +0000\n" + question
    )
    intake("ingest", str(tmp_path / "a.eml"))
    (tmp_path / "old").write_bytes(archives.mailbox([question]))
    done = report(intake, str(tmp_path / "old"))
    assert (done["tickets"], done["entries"], done["found"], done["equal"]) == (0, 0, 1, True)
    made = ticket_of(intake, "customer7@mail.example")
    assert [entry["kind"] for entry in made["entries"]] == ["customer"]


def test_mail_that_comes_by_a_mailbox_after_its_import_is_a_duplicate(intake: Run, tmp_path: Path) -> None:
    question = archives.conversation(7)[0]
    (tmp_path / "old").write_bytes(archives.mailbox([question]))
    report(intake, str(tmp_path / "old"))
    (tmp_path / "a.eml").write_bytes(
        b"Received: by mx.desk.example; Fri, 1 Mar 2019 09:00:00 +0000\n" + question
    )
    assert "duplicate" in intake("ingest", str(tmp_path / "a.eml")).output
    assert json.loads(intake("outbox", "list", "--json").stdout) == []


def test_what_waits_for_an_answer_stays_open_where_that_is_asked(intake: Run, box: Path) -> None:
    report(intake, str(box), "--open", "--team", "printers")
    rows = json.loads(intake("ticket", "list", "--json").stdout)
    # One, three or five mails: the last one is the customer's. Behind four it is a note.
    assert len(rows) == 16
    assert {row["status"] for row in rows} == {"new", "open"}
    assert {row["team"] for row in rows} == {"printers"}
    assert json.loads(intake("outbox", "list", "--json").stdout) == []


def test_addresses_that_the_desk_had_say_who_answered(intake: Run, tmp_path: Path) -> None:
    mails = [
        archives.mail("1", "ann@mail.example", "old@firm.example"),
        archives.mail("2", "old@firm.example", "ann@mail.example", ["1"]),
        archives.mail("3", "ann@mail.example", "old@firm.example", ["1", "2"]),
        archives.mail("4", "tom@agents.example", "ann@mail.example", ["1", "2", "3"]),
    ]
    (tmp_path / "old").write_bytes(archives.mailbox(mails))
    report(intake, str(tmp_path / "old"), "--own", "old@firm.example", "--own", "@agents.example")
    made = ticket_of(intake, "ann@mail.example")
    assert [entry["kind"] for entry in made["entries"]] == ["customer", "reply", "customer", "reply"]


FORM = "Reply-To: ann@mail.example"


@pytest.mark.parametrize(
    ("to", "answers", "fields", "asked"),
    [
        (archives.DESK, (), FORM, True),
        (archives.DESK, (), f"{FORM}\nAuto-Submitted: auto-generated", True),
        # An agent's: to somebody outside, an answer, or out of a mail program.
        ("bo@mail.example", (), FORM, False),
        (archives.DESK, ("9",), FORM, False),
        (archives.DESK, (), f"{FORM}\nUser-Agent: Thunderbird", False),
        (archives.DESK, (), "Reply-To: mia@desk.example", False),
    ],
)
@pytest.mark.parametrize("own", [archives.DESK, "@desk.example"])
def test_what_stood_in_a_contact_form_of_the_desk_is_its_visitors(
    intake: Run, tmp_path: Path, own: str, to: str, answers: tuple[str, ...], fields: str, asked: bool
) -> None:
    mails = [
        archives.mail("1", archives.DESK, to, answers, fields=fields),
        archives.mail("2", archives.DESK, "ann@mail.example", subject="Re: Wallet"),
    ]
    (tmp_path / "form.mbox").write_bytes(archives.mailbox(mails))
    colleague = ("--own", "mia@desk.example")
    intake("import", "mail", str(tmp_path / "form.mbox"), "--own", own, *colleague)
    kinds = [entry["kind"] for entry in ticket_of(intake, "ann@mail.example")["entries"]]
    assert kinds == (["customer", "reply"] if asked else ["reply"])


def test_who_is_a_machine_and_what_has_a_label(intake: Run, tmp_path: Path) -> None:
    mails = [
        archives.mail("1", "ann@mail.example", fields="X-Gmail-Labels: Inbox,Lost coins"),
        archives.mail("2", "robot@mail.example", answers=["1"], fields="Auto-Submitted: auto-replied"),
        archives.mail("3", "news@mail.example", subject="News", fields="Auto-Submitted: auto-generated"),
        archives.mail("4", "ann@mail.example", fields="X-Gmail-Labels: Trash"),
    ]
    (tmp_path / "old").write_bytes(archives.mailbox(mails))
    done = report(intake, str(tmp_path / "old"))
    assert done["left_out"] == {"it was deleted there": 1}
    made = ticket_of(intake, "ann@mail.example")
    assert [entry["kind"] for entry in made["entries"]] == ["customer", "automatic"]
    assert made["tags"] == ["lost-coins"]
    assert ticket_of(intake, "news@mail.example")["tags"] == ["automatic"]


def test_what_is_wrong_with_an_archive_is_said_in_a_line_each(intake: Run, tmp_path: Path) -> None:
    whole = archives.mailbox(archives.conversation(1))
    cut = b"Content-Type: multipart/mixed; boundary=b\nFrom: bo@mail.example\n\n--b\n\nand the"
    (tmp_path / "cut.mbox").write_bytes(whole + archives.mailbox([cut])[:-3])
    (tmp_path / "old.mbox.gz").write_bytes(b"\x1f\x8b\x08" + b"x" * 50)
    output = intake(
        "import", "mail", str(tmp_path / "cut.mbox"), str(tmp_path / "old.mbox.gz"), code=1
    ).output
    assert "cut.mbox, mail 4: it may be cut: the file ends within it" in output
    assert "old.mbox.gz: not imported: it is compressed with gzip: Unpack it first" in output
    assert "2 tickets and 4 entries imported" in output


def test_a_mail_that_is_too_big_is_said_so_and_the_rest_is_imported(
    intake: Run, tmp_path: Path, config: Path
) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nmax_message_mb = 1\n"))
    mails = [*archives.conversation(1), archives.mail("big", "bo@mail.example", text="x" * 2_000_000)]
    (tmp_path / "old").write_bytes(archives.mailbox(mails))
    done = report(intake, str(tmp_path / "old"), code=1)
    assert (done["tickets"], done["lost"]) == (1, 1)
    assert "more than desk.max_message_mb" in done["remarks"][0]["what"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["/nowhere/old.mbox"], "There is no /nowhere/old.mbox"),
        (["imap:nobody"], "There is no IMAP mailbox nobody"),
        (["imap:support/INBOX"], "There is no IMAP mailbox support"),
        ([".", "--team", "nobody"], "There is no team nobody"),
    ],
)
def test_what_cannot_be_read_ends_with_a_cure(intake: Run, args: list[str], said: str) -> None:
    assert said in intake("import", "mail", *args, code=1).output


def test_open_and_closed_are_not_both(intake: Run) -> None:
    assert "not both" in intake("import", "mail", ".", "--open", "--closed", code=2).output


@pytest.fixture
def account(dovecot: testing.Dovecot, user: str, config: Path) -> str:
    """An IMAP account that the config calls `post`."""
    lines = f"type = imap\nhost = {dovecot.host}\nport = {dovecot.port}\nsecurity = none\nuser = {user}\n"
    more = f"password = {dovecot.password}\naddress = post@desk.example\nafter = leave\n"
    config.write_text(f"{config.read_text()}\n[mailbox post]\n{lines}{more}")
    return user


def test_a_folder_of_a_mailbox_is_imported_and_stays_as_it_is(
    intake: Run, dovecot: testing.Dovecot, account: str, tmp_path: Path
) -> None:
    imap_create(dovecot, account, "Old")
    at = datetime(2019, 3, 8, 12, tzinfo=UTC)
    imap_append(dovecot, account, archives.conversation(7), "Old", at=at)
    before = imap_messages(dovecot, account, "Old")
    done = report(intake, "imap:post/Old")
    assert (done["tickets"], done["entries"], done["equal"]) == (1, 3, True)
    assert imap_messages(dovecot, account, "Old") == before
    assert list((tmp_path / "data" / "import-mail").rglob("*:2,*")) == []
    imap_append(dovecot, account, archives.mail("x", "bo@mail.example"), "Old")
    intake("import", "verify", "1", "imap:post/Old", *OWN, code=1)
    assert report(intake, "imap:post/Old")["entries"] == 1
    intake("import", "verify", "2", "imap:post/Old", *OWN)


def test_of_a_mailbox_no_copy_stays_but_of_an_import_that_was_cut_off(
    intake: Run,
    dovecot: testing.Dovecot,
    account: str,
    tmp_path: Path,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\nmax_message_mb = 1\n"))
    imap_append(
        dovecot,
        account,
        [archives.mail("1", "ann@mail.example"), archives.mail("2", "b@c.de", text="x" * 2_000_000)],
    )

    def copies() -> int:
        return len(list((tmp_path / "data" / "import-mail").rglob("*:2,*")))

    def cut_off(*args: Any) -> bool:
        raise UserError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr("intake.commands.import_mail.carry_out", cut_off)
        intake("import", "mail", "imap:post", code=1)
    assert copies() == 1
    for said in (intake("import", "list").output, intake("check", "--offline", "--json").stdout):
        assert re.search(r"import-mail holds 1 email \(0\.1 MB\)", " ".join(said.split()))
    done = report(intake, "imap:post", code=1)
    assert (done["tickets"], done["lost"], done["remarks"][0]["where"]) == (1, 1, "'INBOX', UID 2")
    assert copies() == 0
    assert "import-mail" not in intake("import", "list").output


def test_a_copy_for_a_dry_run_goes_with_it_also_of_one_that_was_killed(
    intake: Run, dovecot: testing.Dovecot, account: str, tmp_path: Path
) -> None:
    imap_append(dovecot, account, [archives.mail("1", "ann@mail.example")])
    data, copies = tmp_path / "data", tmp_path / "data" / "import-mail"
    with passing(data) as used:
        (used / "a mail").write_text("x")
        left = copies / f"{PASSING}of-one-that-was-killed"
        left.mkdir()
        (left / "a mail").write_text("x")
        assert "import-mail holds 2 emails" in " ".join(intake("import", "list").output.split())
        report(intake, "imap:post", "--dry-run")
        assert list(copies.iterdir()) == [used]
    assert list(copies.iterdir()) == []
    assert [path.name for path in data.iterdir() if path.name.startswith("intake-import-")] == []
    assert "import-mail" not in intake("import", "list").output


def test_erasing_removes_the_copy_of_an_import_that_was_cut_off_and_none_that_is_in_use(
    intake: Run, tmp_path: Path
) -> None:
    mail = tmp_path / "data" / "import-mail" / "a" / "b" / "c" / "cur" / "7.1:2,"
    mail.parent.mkdir(parents=True)
    mail.write_bytes(archives.mail("1", "ann@mail.example"))
    with in_use(tmp_path / "data" / "import-mail"):
        said = " ".join(intake("erase", "ann@mail.example", "--yes").output.split())
        assert "An import uses its copy of mail" in said
        assert mail.exists()
    said = intake("erase", "ann@mail.example", "--yes").output
    assert "Removed the copy of 1 email that an import over IMAP had left behind." in said
    assert not mail.exists()
    assert "copy" not in intake("erase", "ann@mail.example", "--yes").output
