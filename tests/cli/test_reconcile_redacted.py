"""What was redacted or erased lies on the server as it came, and was received all the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pump import letter

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


DONE = {
    "redacted": ["ticket", "redact", "1", "--as", "anna@desk.example"],
    "erased": ["erase", "lin@customer.example", "--yes"],
}


@pytest.mark.parametrize("done", DONE.values(), ids=DONE)
def test_it_is_not_missing(done: list[str], intake: Callable[..., Any], config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text().replace("type = ingest", f"type = maildir\npath = {tmp_path}/box"))
    (tmp_path / "box").mkdir()
    (tmp_path / "box/1.eml").write_bytes(
        letter("lin@customer.example", "help@desk.example", "Help", f"My words: {PHRASE}")
    )
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("mailbox", "reconcile", "--take")
    assert "Nothing is missing" in intake("mailbox", "reconcile").output
    assert intake(*done)
    assert "Nothing is missing" in intake("mailbox", "reconcile").output
    # What was never received is told of as before.
    (tmp_path / "box/2.eml").write_bytes(letter("bob@other.example", "help@desk.example", "Bob", "New"))
    assert "missing" in intake("mailbox", "reconcile", code=1).output
