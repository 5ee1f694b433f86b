"""The tests see the bugs they are there for: each mutant of `mutants` fails its test."""

import os
import re
import subprocess
import sys

import pytest
from faults.mutants import CAUGHT_BY, MUTANTS
from faults.rig import ROOT


@pytest.mark.parametrize("name", MUTANTS)
def test_a_deliberate_bug_is_caught(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "faults.mutants", "-p", "no:cacheprovider"]
        + ["-p", "no:xdist", "--no-header", "-o", "faulthandler_timeout=0", CAUGHT_BY[name]],
        cwd=ROOT,
        env={**os.environ, "INTAKE_MUTANT": name, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert 1 == done.returncode, (
        f"{CAUGHT_BY[name]} does not see it:\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
    )
    assert re.search(r"^(FAILED|.* failed)", done.stdout, re.MULTILINE), done.stdout[-3000:]


def test_the_table_in_the_manual_names_every_mutant() -> None:
    manual = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [] == [name for name in MUTANTS if f"`{name}`" not in manual]
    assert [] == [
        node for node in CAUGHT_BY.values() if node.partition("::")[2].partition("[")[0] not in manual
    ]
