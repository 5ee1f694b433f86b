"""Real mail that lies beside the project, scored by its own rules; not collected where it is not there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from shared_corpora import CORPORA

ROOT = Path(__file__).parents[2]

# Percent of messages with every field right that must be reached.
AT_LEAST = {
    "ALL": 98.9,
    "autoreply_synth": 100.0,
    "chatwoot": 100.0,
    "freescout": 100.0,
    "libredesk": 100.0,
    # What is read otherwise than expected is in docs/benchmarks.md, with the reason.
    "flufl": 95.6,
    "hostile": 99.5,
    "mimetools": 100.0,
    # Three mails whose bytes are not what their label says: what is expected of them is mojibake.
    "real_charset": 98.3,
    "reply_clients": 98.0,
    "reply_crisp": 93.5,
    "reply_github": 100.0,
    "reply_reply_trimmer": 96.8,
    "robust": 100.0,
    "sisimai": 99.3,
    "stalwart": 94.8,
    "synth": 100.0,
    "zammad": 96.2,
    "zbateson": 100.0,
}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """The whole set, read as anybody else would score it: 1,969 mails, about ten seconds."""
    out = tmp_path_factory.mktemp("scored") / "scores.json"
    command = [sys.executable, str(CORPORA / "score.py"), "intake.testing:score_parse"]
    ran = subprocess.run(
        [*command, "--path", str(ROOT), "--json", str(out)], capture_output=True, text=True, timeout=110
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, dict] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_no_mail_is_a_crash(scored: dict[str, dict]) -> None:
    assert {} == scored["crash"]


def test_the_whole_set_was_read(scored: dict[str, dict]) -> None:
    assert set(AT_LEAST) <= set(scored["msg"])
    assert scored["msg"]["ALL"][1] >= 1900


@pytest.mark.parametrize("corpus", AT_LEAST)
def test_as_many_as_were_reached_are_still_read_right(scored: dict[str, dict], corpus: str) -> None:
    right, total = scored["msg"][corpus]
    assert 100 * right / total >= AT_LEAST[corpus], f"{right} of {total}"
