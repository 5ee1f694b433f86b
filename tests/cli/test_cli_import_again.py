"""`intake import tickets`: what is kept whole, what a later run mends, and what it says of that."""

import email
import email.policy
import json
from pathlib import Path
from typing import Any

from command_line import Run
from imports import exports

MAIL = b"From: ann@customers.example\r\nMessage-ID: <a@customers.example>\r\n\r\nFrom the mail\r\n"


def report(intake: Run, *args: str, code: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("import", "tickets", *args, "--json", code=code).stdout)
    return made


def shown(intake: Run, number: int) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(intake("ticket", "show", str(number), "--full", "--json").stdout)
    return made


def test_a_text_that_is_too_long_to_show_is_kept_whole_in_the_ledger(intake: Run, tmp_path: Path) -> None:
    text = "word " * 300_000 + "THE_END_OF_IT"
    record = exports.ticket(1)
    for place in (0, 3):
        record["entries"][place]["text"] = text
    done = report(intake, str(exports.write(tmp_path / "old", [record])))
    told = [remark for remark in done["remarks"] if "longer than 1,000,000 characters" in remark["what"]]
    assert [("line 1, entry 1", "t1"), ("line 1, entry 4", "t1")] == [(r["where"], r["ticket"]) for r in told]
    kept = [
        email.message_from_bytes(
            intake("message", "show", str(number), "--bytes").stdout_bytes, policy=email.policy.default
        )
        for number in range(1, 5)
    ]
    assert [True, False, False, True] == ["THE_END_OF_IT" in mail.get_content() for mail in kept]


def test_a_mail_that_is_missing_and_has_no_text_is_missing_until_it_is_there(
    intake: Run, tmp_path: Path
) -> None:
    record = exports.ticket(1)
    record["entries"][0] |= {"text": "", "raw": {"path": "files/a.eml"}}
    old = exports.write(tmp_path / "old", [record])
    for args in (["--dry-run"], []):
        done = report(intake, str(old), *args, code=1)
        assert (done["entries"], done["missing_files"], done["equal"]) == (3, 1, False)
        assert any("has no text and is not imported" in remark["cure"] for remark in done["remarks"])
    assert "They differ" in intake("import", "verify", "1", str(old), code=1).stdout
    (old / "files").mkdir()
    (old / "files/a.eml").write_bytes(MAIL)
    done = report(intake, str(old))
    assert (done["tickets"], done["entries"], done["equal"]) == (0, 1, True)
    entries = shown(intake, 1)["entries"]
    assert "From the mail" in next(entry["text"] for entry in entries if entry["kind"] == "customer")
    assert "Both sides are equal" in intake("import", "verify", "1", str(old)).stdout
    assert "No problems found" in intake("fsck").stdout
