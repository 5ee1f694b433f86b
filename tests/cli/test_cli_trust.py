# ruff: noqa: E501 (a header field stays on one line)
"""`intake check` says which `trusted_authserv` fits the mails that a mailbox has received."""

import json
from pathlib import Path

import pytest
from command_line import Run

MICROSOFT = (
    "Received: from {host}.eurprd02.prod.outlook.com (2603:10a6:8:cafe::9c) by\r\n"
    " DB7PR02CA0012.outlook.office365.com (2603:10a6::25) with Microsoft SMTP Server\r\n"
    "Authentication-Results: spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=customer.example;"
    " dkim=none (message not signed) header.d=none;\r\n dmarc=pass action=none header.from=customer.example;\r\n"
    "Received: from mx.customer.example (192.0.2.7) by\r\n {host}.mail.protection.outlook.com (10.167.8.4)\r\n"
)
FASTMAIL = (
    "Authentication-Results: {host}.messagingengine.com; dmarc=pass header.from=customer.example\r\n"
    "Received: from mx.customer.example ([192.0.2.7]) by mailmx.phl.internal (Postfix)\r\n"
)
GMAIL = (
    "Authentication-Results: mx.google.com; dmarc=pass (p=NONE) header.from=customer.example\r\n"
    "Received: from mx.customer.example ([192.0.2.7]) by mx.google.com with ESMTPS id a\r\n"
)
OURS = "Received: from mx.customer.example ([192.0.2.7]) by mx.desk.example (Postfix)\r\n"
FORGED = OURS + "Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example\r\n"


def came(intake: Run, folder: Path, form: str, many: int) -> None:
    for number in range(many):
        raw = (
            f"{form.format(host=f'mx{number}')}From: Ann <ann{number}@customer.example>\r\n"
            f"To: help@desk.example\r\nSubject: Mail {number}\r\nMessage-ID: <{number}-{len(form)}@customer.example>\r\n"
            f"Date: Sun, 22 Nov 2026 06:00:00 +0000\r\n\r\nHello {number}\r\n"
        )
        path = folder / f"{number}.eml"
        path.write_bytes(raw.encode())
        intake("ingest", str(path))


def told(intake: Run) -> dict[str, str] | None:
    """What `check` says of `trusted_authserv`."""
    said = json.loads(intake("check", "--offline", "--json").stdout)
    return next((one for one in said if one["key"] == "trusted_authserv"), None)


def trusting(config: Path, value: str) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("type = ingest\n", f"type = ingest\ntrusted_authserv = {value}\n"), "utf-8"
    )


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (MICROSOFT, "*.mail.protection.outlook.com"),
        (FASTMAIL, "*.messagingengine.com"),
        (GMAIL, "mx.google.com"),
    ],
    ids=["no name", "many names", "one name"],
)
def test_the_value_that_check_names_is_used_from_then_on(
    form: str, value: str, intake: Run, config: Path, tmp_path: Path
) -> None:
    came(intake, tmp_path, form, 6)
    said = told(intake)
    assert said is not None
    assert ("warning", f"Write trusted_authserv = {value}: it fits 6 of the last 6 emails") == (
        said["level"],
        said["cure"],
    )
    trusting(config, value)
    said = told(intake)
    assert said is not None
    assert ("ok", f"{value} is found in 6 of the last 6 emails") == (said["level"], said["what"])


def test_of_a_few_mails_it_says_that_they_may_be_one_persons(intake: Run, tmp_path: Path) -> None:
    came(intake, tmp_path, MICROSOFT, 2)
    said = told(intake)
    assert said is not None
    assert "it fits 2 of the last 2 emails. Compare it with an email that you sent yourself" in said["cure"]


@pytest.mark.parametrize("value", ["mx.google.com", "*.google.com", "mx0.messagingengine.com"])
def test_a_value_that_is_found_in_no_mail_or_few_is_told_with_what_fits(
    value: str, intake: Run, config: Path, tmp_path: Path
) -> None:
    form = FASTMAIL if "messaging" in value else MICROSOFT
    came(intake, tmp_path, form, 6)
    trusting(config, value)
    said = told(intake)
    assert said is not None
    assert "warning" == said["level"]
    assert f"{value} is found in {1 if form is FASTMAIL else 0} of the last 6 emails" in said["what"]
    assert "it fits 6 of the last 6 emails" in said["cure"]


def test_one_name_of_many_is_told_though_most_mails_have_it(
    intake: Run, config: Path, tmp_path: Path
) -> None:
    came(intake, tmp_path, FASTMAIL.replace("{host}", "mx1"), 6)
    came(intake, tmp_path, FASTMAIL.replace("{host}", "mx10"), 2)
    trusting(config, "mx1.messagingengine.com")
    said = told(intake)
    assert said is not None
    assert ("warning", "Write trusted_authserv = *.messagingengine.com: it fits 8 of the last 8 emails") == (
        said["level"],
        said["cure"],
    )


def test_what_a_few_senders_wrote_themselves_is_never_proposed(intake: Run, tmp_path: Path) -> None:
    came(intake, tmp_path, OURS, 6)
    came(intake, tmp_path, FORGED, 3)
    said = told(intake)
    assert said is not None
    assert "not configured" in said["what"]
    assert "mx.desk.example" not in said["cure"]


@pytest.mark.parametrize("value", ["mx.desk.example 1", "*.com", "mx1.desk.example mx2.desk.example", "a;b"])
def test_a_value_that_would_never_be_found_is_refused(value: str, intake: Run, config: Path) -> None:
    trusting(config, value)
    said = json.loads(intake("check", "--offline", "--json", code=1).stdout)
    (problem,) = [one for one in said if one["level"] == "problem"]
    assert "trusted_authserv" == problem["key"]
    assert problem["cure"]
