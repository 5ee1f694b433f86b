"""Keys of the API: made, listed without the key, and revoked."""

import json
from pathlib import Path

from command_line import Run

from intake.web import keys


def test_a_key_is_shown_once_and_kept_as_a_hash(intake: Run, config: Path) -> None:
    made = json.loads(intake("apikey", "create", "Wallet app", "--per-hour", "7", "--json").output)
    listed = json.loads(intake("apikey", "list", "--json").output)

    assert made["key"].startswith(keys.PREFIX)
    assert ("Wallet app", 7, ["create", "read"], None) == tuple(
        listed[0][name] for name in ("name", "per_hour", "scopes", "revoked_at")
    )
    assert made["key"] not in intake("apikey", "list").output
    kept = b"".join(path.read_bytes() for path in (config.parent / "data").glob("intake.db*"))
    assert made["key"].encode() not in kept
    assert keys.hashed(made["key"]).encode() in kept


def test_a_key_is_revoked_once(intake: Run) -> None:
    intake("apikey", "create", "Wallet app", "--scope", "read")

    assert "Key 1 revoked" in intake("apikey", "revoke", "1").output
    assert "revoked" in intake("apikey", "list").output
    assert "There is no active key 1" in intake("apikey", "revoke", "1", code=1).output


def test_what_was_done_with_keys_is_written_down_without_the_key(intake: Run, config: Path) -> None:
    import sqlite3
    from contextlib import closing

    intake("apikey", "create", "Wallet app")
    intake("apikey", "revoke", "1")

    with closing(sqlite3.connect(config.parent / "data" / "intake.db")) as database:
        said = [row[0] for row in database.execute("SELECT what FROM audit ORDER BY id")]
    assert ["made API key 1", "revoked API key 1"] == said
