"""Commit before acknowledgement, read from the trace of syscalls (I2).

When a peer is told that a mail is ours, nothing of it may still be unsynced: not the
log of the database, not a file of bytes, not the folder that names the file.
"""

import re
from pathlib import Path

import pytest
from faults import rig
from faults.clients import LISTENERS, deliver_to, post_to, template_of
from faults.rig import Stable, Truth, letter

from intake.testing import SinkServer, imap_append, imap_messages, wait_until
from intake.testing.dovecot import Dovecot

TRACED = "trace=pwrite64,write,fdatasync,fsync,rename,sendto"
CALL = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?:\(| resumed>)(.*)")
PATH = re.compile(r"^-?\d+<([^>]*)>")


def unsynced_at(trace: Path, said: str) -> list[tuple[int, set[str]]]:
    """For each time `said` is sent: how often anything was synced since the time before, and what was not."""
    dirty: set[str] = set()
    syncs = 0
    open_calls: dict[tuple[str, str], str] = {}
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        call = CALL.match(line)
        if call is None:
            continue
        thread, name, rest = call.groups()
        if "resumed>" in line:
            path = open_calls.pop((thread, name), "")
        else:
            on = PATH.match(rest)
            path = on[1] if on else ""
            if "<unfinished" in line:
                open_calls[thread, name] = path
        kept = path.endswith("-wal") or "/blobs" in path
        if name in ("fdatasync", "fsync"):
            # It counts from when it returned.
            if "<unfinished" not in line:
                dirty.discard(path)
                syncs += kept
        elif name in ("pwrite64", "write") and kept:
            dirty.add(path)
        elif name == "rename" and "/blobs/" in rest and "resumed>" not in line:
            dirty.add(str(Path(re.findall(r'"([^"]+)"', rest)[-1]).parent))
        elif name == "sendto" and said in rest and "resumed>" not in line:
            found.append((syncs, set(dirty)))
            syncs = 0
    return found


def assert_synced(trace: Path, said: str, times: int) -> None:
    found = unsynced_at(trace, said)
    assert times == len(found), trace.read_text(errors="replace")[-3000:]
    for syncs, dirty in found:
        assert set() == dirty
        assert syncs >= 1, "nothing was made durable before it"


@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_a_listener_says_250_when_all_of_it_is_synced(
    kind: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    folder = template_of(tmp_path, sink, LISTENERS[kind])
    child = stable.start("listen", folder, "-e", TRACED)
    deliver_to(child, kind, Truth())
    child.end()
    assert_synced(folder / "trace", "250 2.0.0 received", 3)
    # The large one of the three went through all of it: file, folder, database.
    trace = (folder / "trace").read_text(errors="replace")
    assert re.search(r"fsync\(\d+<\S*/blobs/\w\w>\)", trace)


def test_the_form_says_303_when_all_of_it_is_synced(tmp_path: Path, sink: SinkServer, stable: Stable) -> None:
    folder = template_of(tmp_path, sink)
    child = stable.start("form", folder, "-e", TRACED)
    assert post_to(child.port(), {})
    child.end()
    assert_synced(folder / "trace", "HTTP/1.1 303", 1)


def test_the_form_says_303_to_a_large_post_when_all_of_it_is_synced(
    tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    """It goes from file to file: the unnamed one that it came in is no part of what is kept."""
    folder = template_of(tmp_path, sink)
    child = stable.start("form", folder, "-e", TRACED)
    assert post_to(child.port(), {}, b"x" * 3_000_000)
    child.end()
    assert_synced(folder / "trace", "HTTP/1.1 303", 1)
    trace = (folder / "trace").read_text(errors="replace")
    synced, named, folded, told = (
        trace.index(found[0])
        for found in (
            re.search(r"fsync\(\d+<\S*/blobs/\w\w/\.\w", trace),
            re.search(r"rename\(.*/blobs/", trace),
            re.search(r"fsync\(\d+<\S*/blobs/\w\w>\)", trace),
            re.search(r"sendto\(.*HTTP/1\.1 303", trace),
        )
        if found is not None
    )
    assert synced < named < folded < told


@pytest.mark.parametrize(("after", "command"), [("move", "UID MOVE"), ("flag", "UID STORE")])
def test_the_server_is_told_when_all_of_it_is_synced(
    after: str, command: str, tmp_path: Path, sink: SinkServer, stable: Stable, dovecot: Dovecot, user: str
) -> None:
    kind = f"type = imap\nhost = {dovecot.host}\nport = {dovecot.port}\nsecurity = none\nuser = {user}\n"
    kind += f"password = {dovecot.password}\nafter = {after}"
    folder = template_of(tmp_path, sink, kind)
    imap_append(dovecot, user, [letter("ann"), letter("bob", 1_100_000)])
    child = stable.start("imap", folder, "-e", TRACED)
    if after == "move":
        wait_until(lambda: len(imap_messages(dovecot, user, "Intake")) == 2, 20)
    else:
        wait_until(lambda: all("$Intake" in one.flags for one in imap_messages(dovecot, user)), 20)
    child.end()
    assert_synced(folder / "trace", command, 1)


def test_data_begins_when_that_it_may_have_been_taken_is_synced(
    tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    folder = template_of(tmp_path, sink, "type = ingest", letter("ann"), letter("bob"))
    desk = rig.desk_in(folder)
    desk.service.process_pending()
    owed = len(desk.store.outbox.due(desk.service.clock(), 100))
    desk.store.close()
    child = stable.start("deliver", folder, "-e", TRACED)
    assert child.wait(), (folder / "log").read_text()
    assert owed == len(sink.mails)
    assert_synced(folder / "trace", r'"DATA\r\n"', owed)
