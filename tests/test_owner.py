"""Who holds a lease, and when nobody needs to wait for its end."""

import os
import socket
import subprocess

import pytest

from intake.runtime import lease_owner

HOST = socket.gethostname()


def test_a_running_process_is_not_gone_and_an_ended_one_is():
    with subprocess.Popen(["sleep", "30"]) as process:
        mine = lease_owner.name().split()
        started = lease_owner._started(process.pid)
        other = f"{HOST} {process.pid} {started} {mine[3]}"
        assert not lease_owner.gone(other)
        process.kill()
        process.wait()
        assert lease_owner.gone(other)


def test_two_claims_of_one_process_have_two_names():
    assert lease_owner.name() != lease_owner.name()


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        (lease_owner.name(), False),
        (f"{HOST} {os.getpid()} 1 earlier", True),
        ("elsewhere 1 1 run", False),
        ("", False),
        ("a b", False),
        (f"{HOST} x 1 run", False),
    ],
    ids=["we ourselves", "our number, an earlier run", "another machine", "free", "nonsense", "no number"],
)
def test_only_a_process_known_to_have_ended_is_gone(name, gone):
    assert gone is lease_owner.gone(name)
