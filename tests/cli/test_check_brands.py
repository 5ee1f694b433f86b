"""`intake check` and `intake template` look at every brand."""

import json
from pathlib import Path

import pytest
from brand_desk import brands_text
from command_line import Run

from intake.commands.check.brands import brands
from intake.config.settings import load


def told(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    path = tmp_path / "sense.ini"
    path.write_text(text)
    return [(found.level, found.section, found.what) for found in brands(load(path, {}))]


def test_brands_that_are_as_they_should_be_are_not_spoken_of(tmp_path: Path) -> None:
    assert [] == told(tmp_path, brands_text())


@pytest.mark.parametrize(
    ("old", "new", "level", "section", "what"),
    [
        ("brand = beta\n", "", "problem", "brand beta", "no mailbox has it"),
        ("colour = #000033", "colour = #ffee00", "warning", "brand beta", "can hardly be seen"),
        ("colour = #330000\nadmin", "colour = #ffffff\nadmin", "warning", "desk", "can hardly be seen"),
        ("base_url = https://help.beta.example\n", "", "warning", "brand beta", "help.gamma.example"),
        ("https://help.beta", "http://help.beta", "warning", "brand beta", "is not encrypted"),
        ("https://help.beta", "https://me@help.beta", "problem", "brand beta", "holds a user"),
    ],
)
def test_what_was_not_meant_so_is_told(
    old: str, new: str, level: str, section: str, what: str, tmp_path: Path
) -> None:
    assert old in brands_text()
    text = brands_text().replace(old, new).replace("address = help@beta.example\n", "", "brand = b" in old)
    found = told(tmp_path, text)
    assert [] != [one for one in found if one[:2] == (level, section) and what in one[2]], found


def test_a_server_that_no_brand_sends_by_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, brands_text(more="[smtp spare]\nhost = smtp.example\n"))
    assert [("warning", "smtp spare", "no brand has it, so no email leaves by it")] == found


def test_each_server_is_tried_and_each_brands_templates_are_rendered(
    intake: Run, config: Path, tmp_path: Path
) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / name / "mail" / "en").mkdir(parents=True)
    (tmp_path / "beta" / "mail" / "en" / "words.j2").write_text("{% block hello %}{{ nobody }}")
    smtp = "[smtp beta]\nhost = 127.0.0.1\nport = 1\nsecurity = none\ntimeout = 2\n"
    config.write_text(brands_text(more=smtp, beta="smtp = beta"))
    said = intake("check", code=1).output
    assert "[smtp beta] host" in said
    assert "security in [smtp beta]" in " ".join(said.split())
    assert "[brand beta] templates" in said
    assert "[brand alpha] templates" not in said
    checked = intake("template", "check", code=1).output
    assert "[brand beta] mail/en/words.j2, line 1" in checked


def test_a_mail_is_previewed_as_a_brands_customers_get_it(intake: Run, config: Path, tmp_path: Path) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / name).mkdir()
    config.write_text(brands_text())
    shown = intake("template", "preview", "acknowledgement", "--brand", "alpha").stdout
    assert "Alpha Help" in shown
    assert "Gamma" not in shown
    assert "Gamma Desk" in intake("template", "preview", "acknowledgement").stdout
    assert "<span>Beta Help</span>" in intake("template", "preview", "form", "--brand", "beta").stdout
    assert "Known: alpha, beta" in intake("template", "preview", "relay", "--brand", "x", code=1).output


def test_a_backup_takes_what_brands_name(intake: Run, config: Path, tmp_path: Path) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / name / "mail").mkdir(parents=True)
        (tmp_path / name / "mail" / "x.j2").write_text(name)
    config.write_text(brands_text())
    intake("backup", str(tmp_path / "copy"))
    kept = {path.read_text() for path in (tmp_path / "copy").rglob("x.j2")}
    assert {"alpha", "beta"} == kept


def test_a_mailbox_that_was_removed_with_open_tickets_is_told_of(
    intake: Run, config: Path, tmp_path: Path
) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / name).mkdir()
    whole = brands_text(more="[queue]\n")
    config.write_text(whole)
    for number in range(3):
        mail = tmp_path / f"{number}.eml"
        mail.write_text(f"From: lin@customer.example\nSubject: Coins {number}\n\nHello {number}\n")
        intake("ingest", "--mailbox", "beta", str(mail))
    intake("ticket", "close", "3")

    def told(code: int) -> list[dict[str, str]]:
        found = json.loads(intake("check", "--offline", "--json", code=code).stdout)
        return [row for row in found if row["section"] == "mailbox beta" and "no longer" in row["what"]]

    assert [] == told(0)
    config.write_text(whole.partition("[mailbox beta]")[0] + "[queue]\n")
    (row,) = told(1)
    assert ("warning", "") == (row["level"], row["key"])
    assert "2 open tickets are of it: answered from help@gamma.example now" in row["what"]
    assert row["cure"].startswith("Write the section back")
    # One whose section has a mistake is there.
    config.write_text(whole.replace("[mailbox beta]\ntype = ingest", "[mailbox beta]\ntype = pigeon"))
    assert [] == told(1)
