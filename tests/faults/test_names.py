"""The names of the mail servers cannot be looked up for a while (F14): told, and gone when they can."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import unavailable
from faults.rig import ROOT

# A network and mounts of its own; the rights for that come with a user namespace where they are missing.
ALONE = ("unshare", "--map-root-user", "--mount", "--net")

LATER = "the name 'imap.test' cannot be looked up now. It is tried again"


def test_names_that_cannot_be_looked_up(tmp_path: Path) -> None:
    if subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        unavailable("this user may not make a network of its own (unshare --map-root-user --mount --net)")
    done = subprocess.run(
        [*ALONE, sys.executable, "-m", "faults.nameless", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert 0 == done.returncode, done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert ["SERVFAIL", "NXDOMAIN", "silence"] == list(told)[:3]
    for name in list(told)[:3]:
        assert ("retry", 0) == (told[name]["result"], told[name]["still in vain"])
        # glibc was told to give up after a second; by itself it would after ten.
        assert told[name]["took"] < 5
        said = told[name]["status"]
        failed = r"1 email could not be sent; last error: relay\.test:\d+ cannot be reached"
        assert re.search(failed, said), said
        mailbox = "there is no host 'imap.test'" if name == "NXDOMAIN" else LATER
        assert mailbox in said
    assert sorted(f"{way}.{name}" for way in ("in", "out") for name in list(told)[:3]) == told["sent"]
    assert [] == told["faults"]
