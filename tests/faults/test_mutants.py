"""The tests see the bugs they are there for: each mutant of `mutants` fails its test."""

import os
import re
import subprocess
import sys

import pytest
from faults.mutants import CAUGHT_BY, MUTANTS
from faults.rig import FULL, ROOT, note

# In each run of the tests those that were there first; all of them in `make faults`.
IN_EACH_RUN = 19


@pytest.mark.parametrize("name", list(MUTANTS)[: None if FULL else IN_EACH_RUN])
def test_a_deliberate_bug_is_caught(name: str) -> None:
    # The client that misses a reply would wait for it until the listener gives up.
    limit = 8 if name == "one_reply_for_all" else 120
    options = ["-q", "-x", "-p", "faults.mutants", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-o", f"timeout={limit}", CAUGHT_BY[name]],
        cwd=ROOT,
        env={
            **os.environ,
            "INTAKE_FAULTS": "",
            "INTAKE_FAULTS_NOTES": "",
            "INTAKE_MUTANT": name,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        },
        capture_output=True,
        text=True,
        timeout=200,
    )
    said = done.stdout[-3000:] + done.stderr[-2000:]
    assert 1 == done.returncode, f"{CAUGHT_BY[name]} does not see it:\n{said}"
    assert re.search(r"^FAILED ", done.stdout, re.MULTILINE), said
    note("mutants caught", 1)


def test_the_table_in_the_manual_names_every_mutant() -> None:
    manual = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [] == [name for name in MUTANTS if f"`{name}`" not in manual]
    assert [] == [
        node for node in CAUGHT_BY.values() if node.partition("::")[2].partition("[")[0] not in manual
    ]
