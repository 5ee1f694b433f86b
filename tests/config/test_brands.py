"""The sections [brand NAME] and [smtp NAME]: what is refused, and which server a mail leaves by."""

from pathlib import Path

import pytest
from brand_desk import brands_text
from pump import Line

from intake.channels.smtp_accounts import SessionOfEach
from intake.config.backup_copy import config_copy
from intake.config.brands import Looks, accounts_of, dkim_domains, servers_of
from intake.config.sections import Settings
from intake.config.settings import ConfigError, load, written
from intake.desk.addresses import sent_from
from intake.desk.effects import MailKind, Outgoing

BETA_SMTP = "[smtp beta]\nhost = smtp.beta.example\nuser = beta\npassword = beta-secret\n"


def settings(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "intake.ini"
    path.write_text(text)
    return load(path, {})


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path, text)
    return [str(one) for one in refused.value.problems]


def test_a_mailbox_writes_from_the_address_of_its_brand(tmp_path: Path) -> None:
    made = settings(tmp_path, brands_text())
    boxes = {name: box.address for name, box in made.mailboxes.items()}
    assert {
        "support": "help@gamma.example",
        "alpha": "help@alpha.example",
        "beta": "help@beta.example",
    } == boxes


def test_a_mailbox_may_have_an_address_of_its_own_within_its_brand(tmp_path: Path) -> None:
    text = brands_text(more="[mailbox sales]\ntype = ingest\nbrand = alpha\naddress = sales@alpha.example\n")
    made = settings(tmp_path, text)
    assert "sales@alpha.example" == made.mailboxes["sales"].address
    assert "Alpha Help" == Looks(made).of("sales").name


def test_a_brand_never_takes_its_signature_or_colour_from_the_desk(tmp_path: Path) -> None:
    text = brands_text().replace("signature = alpha signature\n", "").replace("colour = #003300\n", "")
    look = Looks(settings(tmp_path, text)).of("alpha")
    assert ("", "#1b5e8c") == (look.signature, look.colour)


def test_the_length_of_a_brands_address_matters_only_where_tokens_are_added_to_it(tmp_path: Path) -> None:
    text = brands_text().replace("help@alpha.example", f"{'h' * 20}@alpha.example")
    told = [line for line in problems(tmp_path, text) if "longer than 19" in line]
    assert told
    for form in ("bare", "catchall:@reply.gamma.example"):
        made = text.replace("[desk]\n", f"[desk]\nreply_address = {form}\n", 1)
        assert f"{'h' * 20}@alpha.example" == settings(tmp_path, made).mailboxes["alpha"].address


def test_a_brand_that_is_written_otherwise_is_guessed(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, brands_text().replace("brand = alpha\n", "brand = Alpha\n"))
    assert "Did you mean alpha?" in told


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("way", ["file", "env"])
def test_the_blanks_of_a_password_are_part_of_it(tmp_path: Path, ending: str, way: str) -> None:
    (tmp_path / "secret").write_bytes(f"  two blanks  {ending}".encode())
    place = "password_file = secret" if way == "file" else "password_env = SECRET"
    text = brands_text().replace("[smtp]\n", f"[smtp]\nuser = us\n{place}\n", 1)
    path = tmp_path / "intake.ini"
    path.write_text(text)
    made = load(path, {"SECRET": f"  two blanks  {ending}"})
    assert "  two blanks  " == made.smtp.password


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("brand = alpha\n", "brand = delta\n"), "[mailbox alpha] brand: there is no brand 'delta'"),
        (
            ("address = help@beta.example", "address = help@alpha.example"),
            "[brand beta] address: help@alpha.example is already the address of [brand alpha]",
        ),
        (
            ("address = help@beta.example", "address = help@gamma.example"),
            "[mailbox support] address: help@gamma.example is already the address of [brand beta]",
        ),
        (
            ("https://help.beta.example", "https://help.alpha.example"),
            "[brand beta] base_url: help.alpha.example is already the host of [brand alpha]",
        ),
        (
            ("https://help.beta.example", "https://help.gamma.example"),
            "[brand beta] base_url: help.gamma.example is already the host of [web]",
        ),
        (
            ("https://help.beta.example", "https://help.beta.example/desk"),
            "[brand beta] base_url: has another path than base_url of [web]",
        ),
        (
            ("address = help@beta.example", "address = a-very-long-address-of-ours@beta.example"),
            "[brand beta] address: the part before the @ is longer than 19 characters",
        ),
        (("name = Beta Help\n", ""), "[brand beta] name: is missing"),
        (("templates = beta\n", "smtp = beta\n"), "[brand beta] smtp: there is no section [smtp beta]"),
        (("colour = #000033", "colour = navy"), "[brand beta] colour: 'navy' is not a valid colour"),
    ],
)
def test_what_does_not_fit_together_is_refused(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    assert brands_text().count(change[0])
    told = problems(tmp_path, brands_text().replace(*change))
    assert [] != [line for line in told if line.startswith(said)], told


def test_the_desks_own_address_may_be_that_of_a_brand_where_no_mailbox_is_the_desks(tmp_path: Path) -> None:
    text = brands_text().replace("address = help@gamma.example", "address = help@alpha.example")
    made = settings(tmp_path, text.replace("[mailbox support]\ntype = ingest", ""))
    assert ["alpha", "beta"] == list(made.mailboxes)


def test_each_mail_leaves_by_the_account_of_its_brand(tmp_path: Path) -> None:
    made = settings(tmp_path, brands_text(more=BETA_SMTP, beta="smtp = beta"))
    assert {"help@beta.example": "beta"} == accounts_of(made)
    assert [("smtp", "help@gamma.example"), ("smtp beta", "help@beta.example")] == [
        (section, address) for section, _, address in servers_of(made)
    ]
    went: dict[str, list[str]] = {"": [], "beta": []}
    lines = {name: Line(lambda mail, name=name: went[name].append(mail.rcpt)) for name in went}
    session = SessionOfEach(lines, accounts_of(made))
    for name in ("alpha", "beta", "gamma"):
        raw = f'From: "Help"\r\n <help@{name}.example>\r\nTo: x@y.example\r\n\r\nFrom: help@beta.example'
        session.send(Outgoing(MailKind.RELAY, "", name, "id", raw.encode()), lambda: True)
    assert {"": ["alpha", "gamma"], "beta": ["beta"]} == went
    session.close()


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (b"From: a@x.example", "a@x.example"),
        (b'From: "A, <b@y.example>" <A@x.example>', "a@x.example"),
        (b"Subject: From: b@y.example\r\nFROM: =?utf-8?q?=C3=A4?=\r\n <a@x.example>", "a@x.example"),
        (b'From: "a..b"@x.example', "a..b@x.example"),
        (b"Subject: none", ""),
    ],
)
def test_whom_a_mail_of_ours_is_from(head: bytes, address: str) -> None:
    assert address == sent_from(head + b"\r\n\r\nFrom: other@z.example\r\n")


def test_one_section_smtp_and_others_by_name_stand_beside_each_other(tmp_path: Path) -> None:
    made = settings(tmp_path, brands_text(more=BETA_SMTP, beta="smtp = beta"))
    assert "127.0.0.1" == made.smtp.host
    assert "smtp.beta.example" == made.smtps["beta"].host
    copy = config_copy(written(tmp_path / "intake.ini"))
    assert "[smtp]\nhost = 127.0.0.1" in copy
    assert "host = smtp.beta.example" in copy
    assert "beta-secret" not in copy


def test_mail_of_every_brand_is_signed_unless_domains_are_named(tmp_path: Path) -> None:
    assert ("gamma.example", "alpha.example", "beta.example") == dkim_domains(
        settings(tmp_path, brands_text())
    )
    named = settings(tmp_path, brands_text(more="[dkim]\ndomain = alpha.example\n"))
    assert ("alpha.example",) == dkim_domains(named)
