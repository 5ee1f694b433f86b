"""An admin's templates with mistakes of every kind: the shipped ones stand in, and the mistake is told."""

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import ANNA, KEY, LIN, NOW, a_policy, a_ticket, some_settings
from jinja2 import TemplateError

from intake.desk.effects import Mail
from intake.desk.mails import of_template
from intake.desk.ticket import Ticket
from intake.rendering.catalogue import Catalogue
from intake.rendering.composer import Composer
from intake.rendering.templates import RenderedMail, Renderer

MISTAKES = {
    "a value there is not": b"{{ nickname }}",
    "a forgotten end": b"{% if number %}",
    "a tag there is not": b"{% nonsense %}",
    "a filter there is not": b"{{ desk | shout }}",
    "what fails only when it is written": b"{{ 1 / 0 }}",
    "an include that is gone": b'{% include "mail/footer.j2" %}',
    "a call of what is none": b"{{ desk() }}",
    "a loop without an end": b"{% set all = [1] %}{% for one in all %}{{ all.append(1) or '' }}{% endfor %}",
    "a long range": b"{% for one in range(10 ** 12) %}x{% endfor %}",
    "loops in loops": b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a macro that calls itself": b"{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "bytes that are no text": b"\xff\xfe{{ desk }}",
}
# Where a mail has its words and its shape. What stands outside of a block of the words is not in a mail.
FILES = (
    "mail/en/words.j2",
    "mail/{name}.j2",
    "mail/letter.txt.j2",
    "mail/{look}.html.j2",
    "mail/en/{name}.txt.j2",
)
MAILS = Catalogue().mails


class Words(Composer):
    """A composer with a renderer of its own."""

    def __init__(self, folder: Path | None) -> None:
        self.made = Renderer(folder)
        super().__init__(some_settings(signature="Example Wallet"), a_policy(), (KEY,))

    def _renderer(self, ticket: Ticket) -> Renderer:
        return self.made


def mail_of(name: str) -> Mail:
    kind, event = of_template(name)
    return Mail(
        kind,
        1,
        LIN,
        "key",
        agent=ANNA,
        author=LIN,
        text="Some words.",
        event=event,
        due=NOW,
        stranger=True,
        proposed=("x@y.example",),
    )


def letter(words: Words, name: str, language: str = "en") -> RenderedMail:
    mail = mail_of(name)
    return words.letter(
        mail, a_ticket(language=language, related=7), NOW, language, True, ["a.mp4"], "<p>x</p>"
    )


@pytest.fixture(scope="module")
def shipped() -> dict[str, RenderedMail]:
    words = Words(None)
    return {name: letter(words, name) for name in MAILS}


def put(folder: Path, path: str, text: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("path", FILES)
def test_a_mail_is_written_whatever_is_wrong_in_a_file_of_the_admins(
    path: str, mistake: bytes, tmp_path: Path, shipped: dict[str, RenderedMail]
) -> None:
    for name in ("acknowledgement", "notice", "relay"):
        folder = tmp_path / name
        file = path.format(name=name, look="page" if name == "notice" else "letter")
        put(folder, file, mistake)
        words = Words(folder)
        assert shipped[name] == letter(words, name)
        (told,) = words.made.mistakes.known
        assert file in str(told) or f"mail/{name}.j2" in str(told)
        assert shipped[name] == letter(words, name)
        assert 1 == len(words.made.mistakes.take()), "each mistake is told once"
        assert [] == words.made.mistakes.take()


def test_every_sentence_may_be_wrong(tmp_path: Path, shipped: dict[str, RenderedMail]) -> None:
    path, catalogue = "mail/en/words.j2", Catalogue()
    said_in: dict[str, list[str]] = {}
    for name in MAILS:
        for sentence in catalogue.sentences(name, "en"):
            said_in.setdefault(sentence.block, []).append(name)
    met = 0
    for number, (block, names) in enumerate(said_in.items()):
        folder = tmp_path / str(number)
        text = f'{{% extends "default/{path}" %}}{{% block {block} %}}{{{{ nickname }}}}{{% endblock %}}'
        put(folder, path, text.encode())
        words = Words(folder)
        assert all(shipped[name] == letter(words, name) for name in names[:2]), block
        for told in words.made.mistakes.known:
            met += 1
            assert (path, 1, "'nickname' is undefined") == (told.path, told.line, told.what)
    assert met > 40, "most sentences stand in what one of these mails says of this ticket"


def test_a_broken_language_of_ones_own_is_spoken_in_the_desks(
    tmp_path: Path, shipped: dict[str, RenderedMail]
) -> None:
    put(tmp_path, "mail/eo/words.j2", b"{% extends mail %}{% block hello %}")
    made = letter(Words(tmp_path), "acknowledgement", "eo")
    assert shipped["acknowledgement"].text == made.text
    assert "en" == made.language


def test_a_mistake_names_its_place_and_nothing_that_a_customer_wrote(tmp_path: Path) -> None:
    put(
        tmp_path,
        "mail/en/words.j2",
        b'{% extends "default/mail/en/words.j2" %}\n\n{% block hello %}{{ [].index(subject) }}{% endblock %}',
    )
    words = Words(tmp_path)
    ticket = replace(a_ticket(), subject="my password is hunter2")
    words.letter(mail_of("acknowledgement"), ticket, NOW, "en", True)
    (told,) = words.made.mistakes.known
    assert "mail/en/words.j2, line 3: ValueError" == str(told)


def test_a_mistake_of_ours_is_not_laid_at_the_admins_door(tmp_path: Path) -> None:
    put(tmp_path, "mail/en/words.j2", b'{% extends "default/mail/en/words.j2" %}')
    made = Renderer(tmp_path)
    with pytest.raises(TemplateError):
        made.mail("acknowledgement", "en", desk="A desk without a number")
    assert not made.mistakes.known


def test_a_file_that_may_not_be_read_is_a_mistake(
    tmp_path: Path, shipped: dict[str, RenderedMail], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "mail/en/words.j2", b"")
    opened = open

    def refuse(path: Any, *more: Any, **named: Any) -> Any:
        # Root may read what has no mode at all, so the refusal is scripted.
        if str(path) == str(tmp_path / "mail/en/words.j2"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *more, **named)

    monkeypatch.setattr("builtins.open", refuse)
    words = Words(tmp_path)
    assert shipped["acknowledgement"] == letter(words, "acknowledgement")
    assert any("it cannot be read: Permission denied" in str(one) for one in words.made.mistakes.known)
