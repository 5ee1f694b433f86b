"""Real mail that lies beside the project when it is there, scored by its own rules."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from bench.scoring import parse

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
EVERY = 10
FIELDS = ("subject", "from_addr", "to", "text", "html_text", "att", "n_att")


@pytest.mark.skipif(not CORPORA.is_dir(), reason="no test mail beside the project (../shared/corpora)")
def test_a_tenth_of_the_test_mail_is_read_right():
    spec = importlib.util.spec_from_file_location("scorelib", CORPORA / "scorelib.py")
    assert spec is not None
    assert spec.loader is not None
    scorelib = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorelib)
    right = wrong = 0
    manifest = (CORPORA / "dev" / "manifest.jsonl").read_text(encoding="utf-8")
    for number, line in enumerate(manifest.splitlines()):
        row = json.loads(line)
        expected = {name: row["exp"][name] for name in FIELDS if name in row["exp"]}
        if number % EVERY or not expected:
            continue
        got = scorelib.compare(expected, parse((CORPORA / "dev" / row["file"]).read_bytes()))
        right += all(ok for ok, _ in got.values())
        wrong += not all(ok for ok, _ in got.values())
    sys.modules.pop("scorelib", None)
    assert right >= 50
    assert right / (right + wrong) >= 0.95
