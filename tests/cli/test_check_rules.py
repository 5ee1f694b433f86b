"""`intake check` warns of rules that keep all customers from an answer, however they are written."""

from pathlib import Path

import pytest
from config_files import config_text

from intake.commands.check.findings import Finding
from intake.commands.check.ordinary import ordinary
from intake.commands.check.rules import rules
from intake.config.settings import load

TWO = "type = ingest\n[mailbox sales]\ntype = ingest\naddress = sales@desk.example"
VOUCHED = "trusted_authserv = mx.desk.example"


def warned(folder: Path, rule: str, mailbox: str = "type = ingest") -> list[Finding]:
    path = folder / "intake.ini"
    path.write_text(config_text(mailbox=mailbox, more=f"[rule one]\n{rule}"), encoding="utf-8")
    return list(rules(load(path, {}), set()))


# Each catches every mail, and none of them looks like it.
CATCHES = {
    "a mailbox": "mailbox = support",
    "a recipient": "recipient = support@desk.example",
    "the desk's domain": "recipient = @desk.example",
    "a field that each mail has": "header = From: *",
    "a pattern in one": "header = Message-ID: /@/",
    "another": "header = Received: *",
    "any letter": "pattern = .",
    "nothing at all": "pattern = x*",
    "unproven, where nobody proves": "verified = no",
    "all of them together": "mailbox = support\nverified = no\npattern = .+",
    "every language": "language = en, zh, ja, ko, es, pt, fr, de, ru, tr, vi",
    "top-level domains": "sender = @com, @example, @net, @ru, @de, @fr, @jp, @tw, @br, @uk",
}


@pytest.mark.parametrize("outcome", ["quarantine = yes", "quiet = yes", "close = yes"])
@pytest.mark.parametrize("name", CATCHES)
def test_a_rule_that_catches_every_mail_is_told_with_what_comes_of_it(
    name: str, outcome: str, tmp_path: Path
) -> None:
    (finding,) = warned(tmp_path, f"{CATCHES[name]}\n{outcome}")
    assert ("warning", "rule one", outcome.partition(" ")[0]) == (finding.level, finding.section, finding.key)
    assert finding.what.startswith("it catches every ordinary email: ")
    assert "`intake rules test`" in finding.cure


def test_one_that_lets_in_automatic_mail_of_anybody_is_told(tmp_path: Path) -> None:
    (finding,) = warned(tmp_path, "header = From: *\nmachine = allow")
    assert "automatic email is let in from anybody" in finding.what


def test_of_several_mailboxes_those_are_named_whose_mail_it_catches(tmp_path: Path) -> None:
    (finding,) = warned(tmp_path, "mailbox = sales\nquiet = yes", TWO)
    assert "every ordinary email of mailbox sales: no customer gets an automatic email" in finding.what
    assert "of mailbox" not in warned(tmp_path, "pattern = .\nquiet = yes", TWO)[0].what


NARROW = (
    "sender = @gmail.com", "sender = noreply@shop.example", "subject = printer", "text = refund, invoice",
    "pattern = [0-9]{6}", "language = zh", "header = List-Id: *", "header = X-Mailer: *",
    "header = Precedence: bulk",
    "attachments = 1", "attachments = none", "attachment = *.exe", "field = product=wallet",
    "recipient = abuse@desk.example",
    "mailbox = support\nsubject = out of office",
)  # fmt: skip


@pytest.mark.parametrize("condition", NARROW)
@pytest.mark.parametrize("outcome", ["quarantine = yes", "quiet = yes", "close = yes"])
def test_a_rule_for_some_mail_is_none_of_them(condition: str, outcome: str, tmp_path: Path) -> None:
    assert [] == warned(tmp_path, f"{condition}\n{outcome}")


@pytest.mark.parametrize("sets", ["category = technical", "tags = mail", "team = printers", "priority = low"])
def test_a_rule_that_only_sorts_may_catch_everything(sets: str, tmp_path: Path) -> None:
    found = warned(tmp_path, f"pattern = .\n{sets}\n[team printers]\nlead = boss@desk.example")
    assert [] == found


def test_what_is_not_proven_is_some_where_a_server_vouches(tmp_path: Path) -> None:
    assert [] == warned(tmp_path, "verified = no\nquarantine = yes", f"type = ingest\n{VOUCHED}")


def test_what_is_proven_never_fits_where_no_server_vouches(tmp_path: Path) -> None:
    (finding,) = warned(tmp_path, "verified = yes\ntags = sure")
    assert ("warning", "rule one", "verified") == (finding.level, finding.section, finding.key)
    assert "it never fits" in finding.what
    assert "trusted_authserv" in finding.cure
    assert [] == warned(tmp_path, "verified = yes\ntags = sure", f"type = ingest\n{VOUCHED}")
    # The server vouches in another mailbox than the rule is for.
    assert [finding] == warned(
        tmp_path,
        "verified = yes\ntags = sure\nmailbox = sales",
        TWO.replace("ingest\n", f"ingest\n{VOUCHED}\n", 1),
    )


@pytest.mark.parametrize(("key", "value"), [("text", "*"), ("subject", "?, *"), ("text", "…")])
def test_words_of_marks_alone_never_fit(key: str, value: str, tmp_path: Path) -> None:
    (finding,) = warned(tmp_path, f"{key} = {value}\nquiet = yes")
    assert ("warning", key, "holds no word: it never fits") == (finding.level, finding.key, finding.what)


def test_nothing_is_said_of_a_rule_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "intake.ini"
    path.write_text(config_text(more="[rule one]\npattern = .\nquiet = yes"), encoding="utf-8")
    assert [] == list(rules(load(path, {}), {"rule one"}))


def test_the_mails_are_of_all_our_languages_and_differ_in_what_rules_look_at() -> None:
    mails = list(ordinary("support", "help@desk.example"))
    assert 12 == len({mail.language for mail in mails})
    assert 2 == len({len(mail.attachments) for mail in mails})
    assert any(not mail.subject for mail in mails)
    assert len({mail.sender for mail in mails}) == len(mails)
