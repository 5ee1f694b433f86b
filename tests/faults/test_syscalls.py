"""kill -9 at every syscall that makes something durable or tells somebody: nothing lost, nothing doubled.

Covers F1 of the fault plan for the pipelines create, LMTP, SMTP, form, IMAP, process, deliver
and sweep (I1, I3, I5, I8, I11, I21). A sample of the points in each run, all in `make faults`.
"""

import contextlib
import http.client
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from faults import rig
from faults.clients import LARGE, LISTENERS, THREE, deliver_to, post_to, template_of, with_file
from faults.pipelines import SESSIONS
from faults.rig import Child, Stable, Truth, letter

from intake.cli import main as cli
from intake.key_file import signing_keys
from intake.ports import UserError
from intake.store.upkeep.integrity import IntegrityCheck
from intake.testing import SinkServer, imap_append, imap_messages, wait_until
from intake.testing.dovecot import Dovecot


def sweep_points(
    stable: Stable,
    pipeline: str,
    template: Path,
    sink: SinkServer,
    check: Callable[[Path, str], None],
    sample: int,
    at_work: Callable[[Child], None] = lambda child: None,
    before: Callable[[Path], None] = lambda folder: None,
    names: Sequence[str] = rig.DURABLE,
) -> int:
    """Count the syscalls of one whole run, then kill one run after another at each; return how many died."""
    whole = rig.again(template, template.with_name("whole"))
    sink.clear()
    before(whole)
    child = stable.start(pipeline, whole, "-e", f"trace={','.join(rig.DURABLE)}")
    at_work(child)
    assert child.wait(), (whole / "log").read_text()
    check(whole, "not killed")
    killed = 0
    for name, k in rig.in_time(rig.points(rig.syscalls(whole / "trace"), names, sample)):
        folder = rig.again(template, template.with_name(f"{name}-{k}"))
        sink.clear()
        before(folder)
        child = stable.start(
            pipeline, folder, "-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={k}"
        )
        at_work(child)
        assert child.wait(), f"{name} {k} hangs"
        killed += "killed by SIGKILL" in (folder / "trace").read_text(errors="replace")
        rig.note(f"kills at a syscall: {pipeline}", 1)
        check(folder, f"killed at {name} number {k}")
    return killed


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_a_listener_killed_at_any_syscall(
    kind: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    truth = Truth()

    def at_work(child: Child) -> None:
        truth.accepted.clear()
        deliver_to(child, kind, truth)
        child.end()

    def check(folder: Path, when: str) -> None:
        desk = rig.desk_in(folder, 60)
        stored = {row.sha256 for row in desk.store.ledger.list_messages(limit=100)}
        assert truth.accepted <= stored, f"{when}: told it was accepted, and lost"
        # The client sends again what it was not told of; and, not having noted the answers, all the rest.
        rig.give(desk, *THREE)
        truth.accepted |= truth.given.keys()
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), when
        desk.store.close()

    template = template_of(tmp_path, sink, LISTENERS[kind])
    assert sweep_points(stable, "listen", template, sink, check, 9, at_work) > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("file", [b"", b"y" * LARGE], ids=["text", "large file"])
def test_the_form_killed_at_any_syscall(
    file: bytes, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    told: list[bool] = []
    page: dict[str, bytes] = {}

    def at_work(child: Child) -> None:
        told.clear()
        page.clear()
        with contextlib.suppress(OSError, http.client.HTTPException):
            told.append(post_to(child.port(), page, file))
        child.end()

    def check(folder: Path, when: str) -> None:
        desk = rig.desk_in(folder)
        assert not told or len(desk.store.ledger.list_messages()) == 1, f"{when}: told it was sent, and lost"
        desk.store.close()
        again = stable.start("form", folder)
        assert post_to(again.port(), page, file), when
        again.end()
        desk = rig.desk_in(folder, 60)
        rig.settle(desk)
        assert ["lin@customer.example"] == [row.requester for row in desk.store.listing.list_tickets()], when
        assert 1 == len(sink.mails), when
        assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults()), when
        desk.store.close()

    assert sweep_points(stable, "form", template_of(tmp_path, sink), sink, check, 6, at_work) > 0


@pytest.mark.timeout(900)
def test_reading_a_mailbox_killed_at_any_syscall(
    tmp_path: Path, sink: SinkServer, stable: Stable, dovecot: Dovecot, user: str
) -> None:
    truth = Truth()
    raws = [letter("ann"), letter("bob", 3000)]
    kind = f"type = imap\nhost = {dovecot.host}\nport = {dovecot.port}\nsecurity = none\nuser = {{}}\n"
    kind += f"password = {dovecot.password}\npoll_seconds = 5"
    runs = [0]

    def box() -> str:
        return f"{user}-{runs[0]}"

    def moved() -> list[bytes]:
        return [one.raw for one in imap_messages(dovecot, box(), "Intake")]

    def before(folder: Path) -> None:
        runs[0] += 1
        truth.accepted.clear()
        config = folder / "intake.ini"
        config.write_text(config.read_text().replace("user = {}", f"user = {box()}"))
        imap_append(dovecot, box(), raws)

    def at_work(child: Child) -> None:
        wait_until(lambda: not child.alive or len(moved()) == 2, 30)
        child.end()

    def check(folder: Path, when: str) -> None:
        for raw in raws:
            truth.give(raw)
        desk = rig.desk_in(folder)
        stored = {row.sha256 for row in desk.store.ledger.list_messages()}
        desk.store.close()
        assert {truth.give(raw) for raw in moved()} <= stored, f"{when}: moved, and lost"
        assert [] == [one for one in imap_messages(dovecot, box()) if "\\Seen" in one.flags], when
        again = stable.start("imap", folder)
        wait_until(lambda: len(moved()) == 2, 30)
        assert again.end(), when
        truth.accepted |= truth.given.keys()
        desk = rig.desk_in(folder, 60)
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), when
        desk.store.close()

    template = rig.prepare(tmp_path / "template", sink.port, kind)
    assert sweep_points(stable, "imap", template, sink, check, 8, at_work, before) > 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("pipeline", ["process", "deliver", "together", "sweep"])
def test_what_follows_receiving_killed_at_any_syscall(
    pipeline: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    raws = [letter("ann"), with_file("bob"), letter("cyd")]
    # So that each of several sessions has a mail, and a mail after it.
    raws += [letter(f"more{number}") for number in range(4)] * (pipeline == "together")
    template = template_of(tmp_path, sink, "type = ingest", *raws)
    truth = Truth()
    for raw in raws:
        truth.accept(raw)
    if pipeline in ("deliver", "together"):
        desk = rig.desk_in(template)
        desk.service.process_pending()
        desk.store.close()
    if pipeline == "sweep":
        # One row whose sender died before DATA, one that died within it, one that nobody began,
        # and a message that nobody has looked at yet.
        desk = rig.desk_in(template)
        desk.service.process_pending()
        first, second, _ = desk.store.outbox.list_mails()
        now, soon = desk.service.clock(), timedelta(minutes=5)
        assert desk.store.outbox.claim(first.id, "elsewhere 1 1 a", now, soon) is not None
        doubtful = desk.store.outbox.claim(second.id, "elsewhere 1 1 b", now, soon)
        assert doubtful is not None
        assert desk.store.outbox.data_started(doubtful, now)
        truth.accept(letter("dan"))
        rig.give(desk, letter("dan"))
        desk.store.close()
        (template / "minutes").write_text("30")
    begun = 1 if pipeline == "sweep" else 0

    def check(folder: Path, when: str) -> None:
        desk = rig.desk_in(folder, 120)
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), when
        # Each session sends one mail at a time, so no more than that many can have an unclear end.
        sessions = SESSIONS if pipeline == "together" else 1
        unclear = len(desk.store.outbox.list_mails(state="unknown")) - begun
        assert 0 <= unclear <= sessions, when
        desk.store.close()

    assert sweep_points(stable, pipeline, template, sink, check, 8) > 0


@pytest.mark.timeout(600)
def test_making_the_database_killed_at_any_syscall(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    template = rig.prepare(tmp_path / "template", sink.port)
    truth = Truth()
    truth.accept(THREE[0])

    def check(folder: Path, when: str) -> None:
        desk = rig.desk_in(folder)
        rig.give(desk, THREE[0])
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), when
        desk.store.close()

    assert sweep_points(stable, "process", template, sink, check, 6) > 0


# What an admin starts is killed at fewer points in each run of the tests.
FEW = rig.DURABLE if rig.FULL else ("pwrite64", "fdatasync", "unlink")


def typed(folder: Path, *words: str) -> Result:
    """Type a command for the desk of a folder."""
    return CliRunner().invoke(cli, ["--config", str(folder / "intake.ini"), *words])


@pytest.mark.timeout(600)
def test_an_erasure_killed_at_any_syscall(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    """Done again it is done: no byte of hers is left, in the database or beside it."""
    template = template_of(tmp_path, sink, "type = ingest", letter("ann"), letter("canary", LARGE))
    desk = rig.desk_in(template)
    desk.service.process_pending()
    desk.store.close()

    def before(folder: Path) -> None:
        (folder / "command").write_text("erase canary@customer.example --yes")

    def check(folder: Path, when: str) -> None:
        again = typed(folder, "erase", "canary@customer.example", "--yes")
        assert again.exit_code == 0, (when, again.output)
        kept = [
            one.name
            for one in (folder / "data").rglob("*")
            if one.is_file() and b"canary" in one.read_bytes()
        ]
        assert [] == kept, when
        desk = rig.desk_in(folder)
        assert ["ann@customer.example"] == [row.requester for row in desk.store.listing.list_tickets()], when
        assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults()), when
        desk.store.close()

    assert sweep_points(stable, "command", template, sink, check, 2, before=before, names=FEW) > 0


@pytest.mark.timeout(600)
def test_a_merge_killed_at_any_syscall(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    """It was, or it was not; done again it was."""
    raws = [letter("ann"), letter("bob")]
    template, truth = template_of(tmp_path, sink, "type = ingest", *raws), Truth()
    desk = rig.desk_in(template)
    desk.service.process_pending()
    desk.store.close()
    for raw in raws:
        truth.accept(raw)

    def before(folder: Path) -> None:
        (folder / "command").write_text("ticket merge 2 1 anyway")

    def check(folder: Path, when: str) -> None:
        typed(folder, "ticket", "merge", "2", "1", "anyway")
        desk = rig.desk_in(folder)
        merged = desk.store.tickets.get(2)
        assert merged is not None
        assert 1 == merged.merged_into, when
        assert [2] == list(desk.store.tickets.merged(1)), when
        told = [one for one in desk.store.tickets.entries(1) if "merged" in one.text]
        assert 1 == len(told), when
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), when
        desk.store.close()

    assert sweep_points(stable, "command", template, sink, check, 2, before=before, names=FEW) > 0


@pytest.mark.timeout(600)
def test_an_upgrade_killed_at_any_syscall(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    template = rig.prepare(tmp_path / "template", sink.port)
    (template / "data").mkdir()
    (template / "data" / "secret.key").write_text(f"{'5a' * 32}\n")
    old = (rig.ROOT / "tests/store/tables-of-version-1.sql").read_text(encoding="ascii")
    with contextlib.closing(sqlite3.connect(template / "data" / "intake.db")) as database:
        database.executescript(old + "INSERT INTO meta (name, value) VALUES ('schema', '1')")
        database.executescript(
            "INSERT INTO ticket (id, subject, status, requester, requester_name, flood, language, mailbox,"
            " team, channel, priority, created_at, updated_at, link) VALUES (7, 'Printer', 'new',"
            " 'old@x.example', '', '', 'en', 'support', '', 'imap', 'normal', 1, 1, 1)"
        )

    def check(folder: Path, when: str) -> None:
        desk = rig.desk_in(folder)
        rig.give(desk, THREE[0])
        rig.settle(desk)
        requesters = {row.requester for row in desk.store.listing.list_tickets()}
        assert {"old@x.example", "ann@customer.example"} == requesters, when
        assert [] == list(IntegrityCheck(desk.store.db, desk.store.blobs).faults()), when
        desk.store.close()

    assert sweep_points(stable, "process", template, sink, check, 2, names=FEW) > 0


@pytest.mark.parametrize("content", ["", "\n", "not hex\n"])
def test_a_key_file_without_a_key_is_told_and_not_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret.key").write_text(content)
    with pytest.raises(UserError, match=r"secret\.key contains no key\. Restore it"):
        signing_keys(tmp_path)
