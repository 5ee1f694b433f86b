"""`intake template`: what there is, what it says, how it reads, and what is wrong with one's own."""

import json
from pathlib import Path

import pytest

from intake.desk.effects import STATUS_EVENTS, MailKind
from intake.desk.mails import INCIDENT, MALWARE, OVERSIZE, REPORTING
from intake.desk.text.language import LANGUAGES
from intake.rendering.catalogue import Catalogue


@pytest.fixture
def own(config: Path, tmp_path: Path) -> Path:
    """A folder of one's own templates, named by the config."""
    folder = tmp_path / "own"
    (folder / "mail" / "de").mkdir(parents=True)
    config.write_text(config.read_text().replace("[desk]\n", "[desk]\ntemplates = own\n"))
    return folder


def test_every_mail_is_listed_with_its_languages_and_ones_own_files(intake, own: Path) -> None:
    (own / "mail" / "de" / "words.j2").write_text(
        '{% extends "default/mail/de/words.j2" %}{% block resolved_lead %}Gelöst.{% endblock %}'
    )
    rows = {
        one["name"]: one
        for one in json.loads(intake("template", "list", "--json").stdout)
        if one["kind"] == "mail"
    }
    kinds = {kind.value for kind in MailKind if kind is not MailKind.STATUS}
    assert kinds | set(STATUS_EVENTS) | {OVERSIZE, MALWARE, INCIDENT, REPORTING} == set(rows)
    for row in rows.values():
        assert set(LANGUAGES) == set(row["languages"])
    assert {"resolved": ["mail/de/words.j2"]} == {
        name: row["own"] for name, row in rows.items() if row["own"]
    }
    assert "mail/de/words.j2" in intake("template", "list").stdout


def test_a_mail_is_shown_sentence_by_sentence_with_the_names_to_change_them_by(intake, own: Path) -> None:
    (own / "mail" / "de" / "words.j2").write_text(
        '{% extends "default/mail/de/words.j2" %}{% block resolved_lead %}Gelöst.{% endblock %}'
    )
    shown = intake("template", "show", "resolved", "--lang", "de").stdout
    assert "resolved_lead (yours)\n    Gelöst.\n" in shown
    assert 'extends "default/mail/de/words.j2"' in shown
    assert "resolved_not\n" in shown
    rows = json.loads(intake("template", "show", "resolved", "--lang", "de-AT", "--json").stdout)
    assert {"resolved_lead"} == {row["block"] for row in rows if row["own"]}
    assert "{{ p(self.resolved_lead()) }}" in intake("template", "show", "resolved", "--source").stdout
    assert "<form" in intake("template", "show", "form").stdout
    assert "thanks_title" in intake("template", "show", "thanks", "--page").stdout
    assert "There is no email or page" in intake("template", "show", "nothing", code=1).output
    assert "No templates for 'fi'" in intake("template", "show", "resolved", "--lang", "fi", code=1).output


def test_a_preview_reads_like_the_mail_and_sends_nothing(intake, mail) -> None:
    intake("ingest", str(mail("Wo ist mein Geld?", "Guten Tag, bitte helfen Sie mir, mein Geld ist weg.")))
    owed = len(json.loads(intake("outbox", "list", "--json").stdout))
    text = intake("template", "preview", "delayed", "--ticket", "1").stdout
    assert "Ihre Anfrage #1 dauert leider länger" in text
    assert "您的工单 #1" in intake("template", "preview", "delayed", "--lang", "zh", "--ticket", "1").stdout
    page = intake("template", "preview", "delayed", "--lang", "zh", "--ticket", "1", "--html").stdout
    assert page.startswith("<!doctype html>")
    assert 'lang="zh-Hans"' in page
    assert "Subject: Re: How do I change my address?" in intake("template", "preview", "assigned").stdout
    assert owed == len(json.loads(intake("outbox", "list", "--json").stdout))
    assert "#note" in intake("template", "preview", "notice", "--html").stdout
    assert "There is no email or page" in intake("template", "preview", "nothing", code=1).output
    assert "There is no ticket 9" in intake("template", "preview", "survey", "--ticket", "9", code=1).output


@pytest.mark.parametrize("name", Catalogue().mails)
def test_every_mail_can_be_previewed(intake, name: str) -> None:
    shown = intake("template", "preview", name, "--lang", "ja").stdout
    # A warning has a subject of its own, to be noticed.
    own = {"warning": "リカバリーフレーズ", "malware": "届いていません"}
    # The words of an incident hold nothing that anybody wrote.
    own |= dict.fromkeys(("incident", "reporting"), "残っている資産を守るために")
    assert own.get(name, "How do I change my address?") in shown


# What stands on each page: of a made-up ticket in Chinese, of Lin's in its own language.
PAGES = {
    "form": ("发送", "Senden"),
    "sent": ("#1042", "#1<"),
    "ticket": ("1042", "mein Geld ist weg"),
    "survey": ("1042", "#1"),
    "thanks": ("谢谢", "Vielen"),
    "file": ("工单 #1042", "Ticket #1"),
    "file_gone": ("#files", "#files"),
    "problem": ("页面", "Seite"),
    "check": ("真的是我们发的吗", "wirklich von uns"),
    "help": ("帮助文章", "Hilfeartikel"),
    "help_article": ("这篇文章有帮助吗", "Hat das geholfen"),
}


def test_every_page_can_be_previewed(intake, mail, config: Path) -> None:
    assert set(PAGES) == set(Catalogue().pages)
    intake("ingest", str(mail("Wo ist mein Geld?", "Guten Tag, bitte helfen Sie mir, mein Geld ist weg.")))
    intake("agent", "add", "anna@desk.example", "--name", "Anna")
    intake("ticket", "reply", "1", "--as", "anna@desk.example", "--text", "Es kommt.")
    before = intake("ticket", "show", "1", "--json").stdout
    for name, (chinese, german) in PAGES.items():
        made = intake("template", "preview", name, "--page", "--lang", "zh").stdout
        assert made.startswith("<!doctype html>")
        assert ('<html lang="zh-Hans">' in made, chinese in made) == (True, True), name
        own = intake("template", "preview", name, "--page", "--ticket", "1").stdout
        assert ('<html lang="de">' in own, german in own) == (True, True), name
    assert before == intake("ticket", "show", "1", "--json").stdout


def test_a_page_kept_as_a_file_finds_its_style(intake, config: Path) -> None:
    config.write_text(config.read_text().replace("[web]\n", "[web]\nbase_url = https://help.example/desk\n"))
    made = intake("template", "preview", "form").stdout
    assert '<base href="https://help.example/desk/">' in made
    assert '<link rel="stylesheet" href="/desk/static/style.css?' in made


def test_sound_templates_are_told_so(intake, own: Path) -> None:
    (own / "mail" / "de" / "words.j2").write_text(
        '{% extends "default/mail/de/words.j2" %}{% block resolved_lead %}{{ name }}: gelöst.{% endblock %}'
    )
    assert "All templates render in every language" in intake("template", "check").stdout


EXTENDS = '{% extends "default/mail/de/words.j2" %}'
MISTAKES = {
    "a block nobody shows": (
        "mail/de/words.j2",
        EXTENDS + "\n{% block resolved_led %}x{% endblock %}",
        "mail/de/words.j2, line 2: the shipped template has no block resolved_led",
    ),
    "a value there is not": (
        "mail/de/words.j2",
        EXTENDS + "\n{% block resolved_lead %}{{ nummer }}{% endblock %}",
        "mail/de/words.j2, line 2: there is no value nummer",
    ),
    "a forgotten end": (
        "mail/de/words.j2",
        EXTENDS + "\n\n{% block resolved_lead %}x",
        "mail/de/words.j2, line 3: Unexpected end of template",
    ),
    "a name nobody asks for": ("mail/de/resolve.txt.j2", "x", "no mail or page is called so"),
    "words no page has": (
        "web/words.de.html.j2",
        '{% set titel = "Hallo" %}',
        "web/words.de.html.j2, line 1: no page has the words titel",
    ),
    "a template there is not": (
        "mail/resolved.j2",
        '{% extends "default/mail/resolve.j2" %}',
        "there is no template default/mail/resolve.j2",
    ),
    "a copy that lacks a sentence": (
        "mail/de/words.j2",
        "{% extends mail %}{% block hello %}Hallo{% endblock %}",
        "mail/de/words.j2: these are missing: acknowledgement_lead, acknowledgement_more",
    ),
    "a language begun": (
        "mail/nl/words.j2",
        "{% extends mail %}{% block hello %}Hallo{% endblock %}",
        "mail/nl/words.j2: these are missing: ",
    ),
    "what fails only when it is written": (
        "mail/de/words.j2",
        EXTENDS + "{% block resolved_lead %}{{ number / 0 }}{% endblock %}",
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize(("path", "text", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_its_place(intake, own: Path, path: str, text: str, said: str) -> None:
    (own / path).parent.mkdir(exist_ok=True)
    (own / path).write_text(text)
    assert said in intake("template", "check", code=1).output


def test_the_check_of_everything_tells_mistakes_in_templates_too(intake, own: Path) -> None:
    path, text, said = MISTAKES["a block nobody shows"]
    (own / path).write_text(text)
    assert said in intake("check", "--offline", code=1).output


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_start_says_what_is_wrong_and_goes_on(
    intake, own: Path, mistake: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, text, said = mistake
    (own / path).parent.mkdir(exist_ok=True)
    (own / path).write_text(text)
    begun: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda program, command: begun.append(command))
    told = intake("run").stderr
    assert said in told
    assert "The shipped one is used instead." in told
    assert ["-m", "intake.runtime.supervisor"] == begun[0][1:3], "it starts all the same"


def test_a_mail_is_acknowledged_whatever_check_says_of_the_templates(intake, own: Path, mail) -> None:
    (own / "mail" / "de" / "words.j2").write_text(EXTENDS + "{% block hello %}{{ nickname }}{% endblock %}")
    intake("ingest", str(mail("Wo ist mein Geld?", "Guten Tag, bitte helfen Sie mir, mein Geld ist weg.")))
    assert "acknowledgement" in intake("outbox", "list").output
    assert "there is no value nickname" in intake("check", "--offline", code=1).output


def test_a_language_of_ones_own_is_spoken(intake, own: Path, mail) -> None:
    (own / "mail" / "nl").mkdir()
    (own / "mail" / "nl" / "words.j2").write_text(
        '{% extends "default/mail/en/words.j2" %}{% block hello %}Beste {{ name }},{% endblock %}'
    )
    intake("template", "check")
    assert "nl" in json.loads(intake("template", "list", "--json").stdout)[0]["languages"]
    intake("ingest", str(mail("Hulp", "Hallo, ik kan niet inloggen op mijn account, kunt u mij helpen?")))
    assert "nl" == json.loads(intake("ticket", "show", "1", "--json").stdout)["language"]
    assert "Beste Sam," in intake("template", "preview", "resolved", "--lang", "nl").stdout
