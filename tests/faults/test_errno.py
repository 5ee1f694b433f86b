"""Every syscall that stores something fails once, or from then on: 4xx, and later all of it (F3, I13).

No peer is ever refused for good because of a trouble of ours, what was accepted is there,
and with the trouble gone everything goes on without hands.
"""

import contextlib
import re
from pathlib import Path

import pytest
from faults import rig
from faults.clients import LISTENERS, THREE, deliver_to, template_of, with_file
from faults.rig import Child, Stable, Truth, letter

from intake.testing import SinkServer

FAILING = {
    "pwrite64": ("ENOSPC", "EIO"),
    "fdatasync": ("EIO", "ENOSPC"),
    "fsync": ("EIO",),
    "write": ("ENOSPC",),
    "rename": ("EACCES",),
    "openat": ("EMFILE", "EACCES"),
    "ftruncate": ("EIO",),
    "accept4": ("EMFILE",),
}


def cases(made: dict[str, int], names: list[str], sample: int) -> list[str]:
    """Return what strace is to inject: each error at every call, once (`k`) or from there on (`k+`)."""
    every = [
        f"{name}:error={error}:when={k}{more}"
        for name in names
        for error in FAILING[name]
        for k in range(1, made[name] + 1)
        for more in ("", "+")
    ]
    if rig.FULL or len(every) <= sample:
        return every
    # An odd step, so that "once" and "from there on" both are among them.
    step = max(1, len(every) // sample) | 1
    return every[::step]


def count(stable: Stable, pipeline: str, folder: Path) -> Child:
    return stable.start(pipeline, folder, "-e", f"trace={','.join(FAILING)}")


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["lmtp", "smtp"])
def test_a_listener_whose_syscalls_fail_refuses_nobody_for_good(
    kind: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    template = template_of(tmp_path, sink, LISTENERS[kind])
    whole = rig.again(template, tmp_path / "whole")
    child = count(stable, "listen", whole)
    deliver_to(child, kind, Truth())
    child.end()
    made = rig.syscalls(whole / "trace")
    for number, case in enumerate(rig.in_time(cases(made, list(FAILING), 12))):
        folder = rig.again(template, tmp_path / f"run-{number}")
        rig.note(f"failing syscalls: {kind}", 1)
        sink.clear()
        truth = Truth()
        name = case.partition(":")[0]
        child = stable.start("listen", folder, "-e", f"trace={name}", "-e", f"inject={case}")
        tries = 1 if case.endswith("+") else 4
        for _ in range(tries):
            with contextlib.suppress(TimeoutError):
                deliver_to(child, kind, truth, 2 if tries == 1 else 30)
            if len(truth.accepted) == len(THREE) or not child.alive:
                break
        alive = child.alive
        child.end(2 if case.endswith("+") else 30)
        if alive and not case.endswith("+"):
            assert len(THREE) == len(truth.accepted), f"{case}: it did not go on by itself"
        desk = rig.desk_in(folder, 60)
        stored = {row.sha256 for row in desk.store.ledger.list_messages()}
        assert truth.accepted <= stored, f"{case}: accepted and lost"
        rig.give(desk, *THREE)
        truth.accepted |= truth.given.keys()
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), case
        desk.store.close()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("pipeline", ["process", "deliver"])
def test_what_follows_receiving_outlives_failing_syscalls(
    pipeline: str, tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    raws = [letter("ann"), with_file("bob"), letter("cyd")]
    template = template_of(tmp_path, sink, "type = ingest", *raws)
    truth = Truth()
    for raw in raws:
        truth.accept(raw)
    if pipeline == "deliver":
        desk = rig.desk_in(template)
        desk.service.process_pending()
        desk.store.close()
    whole = rig.again(template, tmp_path / "whole")
    assert count(stable, pipeline, whole).wait()
    made = rig.syscalls(whole / "trace")
    names = [name for name in FAILING if name != "accept4"]
    for number, case in enumerate(rig.in_time(cases(made, names, 10))):
        folder = rig.again(template, tmp_path / f"run-{number}")
        rig.note(f"failing syscalls: {pipeline}", 1)
        sink.clear()
        name = case.partition(":")[0]
        child = stable.start(pipeline, folder, "-e", f"trace={name}", "-e", f"inject={case}")
        assert child.wait(), f"{case}: hangs"
        desk = rig.desk_in(folder, 120)
        rig.settle(desk)
        assert [] == rig.judge(desk, truth, sink), case
        assert [] == [row for row in desk.store.ledger.list_messages() if row.state == "quarantined"], case
        desk.store.close()


def test_a_listener_goes_on_after_it_ran_out_of_descriptors(
    tmp_path: Path, sink: SinkServer, stable: Stable
) -> None:
    """SQLite opens its log for reading only when it gets no descriptor, and would stay so for ever."""
    folder = template_of(tmp_path, sink, LISTENERS["lmtp"])
    child = stable.start("listen", folder)
    assert child.port()
    log = folder / "data" / "intake.db-wal"
    # Of each thread that answers somebody, the first look at the log.
    child.attach("-P", str(log), "-e", "trace=openat", "-e", "inject=openat:error=EMFILE:when=1")
    truth = Truth()
    for _ in range(3):
        deliver_to(child, "lmtp", truth)
    child.end()
    trace = (folder / "trace").read_text()
    assert re.search(r'intake\.db-wal".*EMFILE.*INJECTED', trace), trace
    assert len(THREE) == len(truth.accepted)
