"""The clients' forms of fifteen languages: a reply's new part is found, and no word of its author is lost."""

from collections.abc import Iterator

import pytest
from client_forms import FORMS, Forms

from intake.mail.quoting import new_text

NAME, ADDRESS = "Desk Helper", "help@desk.example"


def quote(text: str, mark: str = "> ") -> str:
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def block(form: Forms, date: str, *, bold: bool = False, person: str = f"{NAME} <{ADDRESS}>") -> str:
    values = (person, date, "Ann <ann@example.com>", "RE: Login")
    star = "*" if bold else ""
    return "\n".join(f"{star}{label}:{star} {value}" for label, value in zip(form.labels, values, strict=True))


def introductions(form: Forms) -> Iterator[tuple[str, str]]:
    """Yield (client, how it introduces a quote that is marked with ">")."""
    for client in ("gmail", "apple", "thunderbird", "bare"):
        yield client, getattr(form, client).format(n=NAME, a=ADDRESS)
    folded = form.gmail.format(n=NAME, a=ADDRESS)
    at = folded.find(f"<{ADDRESS}>") + 1
    yield "gmail-folded-in-the-address", f"{folded[:at]}\n{folded[at:]}"
    yield "horde", f'Quoting {NAME} <{ADDRESS}>:'
    yield "roundcube", f"On 2024-08-09 18:42, {NAME} wrote:"


def unquoted(form: Forms) -> Iterator[tuple[str, str]]:
    """Yield (client, the line or header it puts over a mail quoted whole, unmarked)."""
    yield "outlook", block(form, form.dated[0])
    yield "outlook-with-its-line", f"{form.original}\n{block(form, form.dated[0])}"
    yield "outlook-web", "_" * 32 + "\n" + block(form, form.dated[0])
    yield "outlook-bold", block(form, form.dated[0], bold=True)
    yield "exchange-old", block(form, form.dated[0], person=f"{NAME} [mailto:{ADDRESS}]")
    yield "exchange-inside", block(form, form.dated[0], person=NAME)
    mac = Forms(**{**{k: getattr(form, k) for k in form.__slots__}, "labels": form.labels}) if False else form
    values = (f"{NAME} <{ADDRESS}>", form.dated[0], "Ann <ann@example.com>", "Re: Login")
    labels = (form.labels[0], form.mac_date, *form.labels[2:])
    yield "outlook-mac", "\n".join(f"{one}: {value}" for one, value in zip(labels, values, strict=True))
    yield "proton", f"------- Original Message -------\n{form.gmail.format(n=NAME, a=ADDRESS)}"


def cases() -> Iterator[tuple[str, str, str]]:
    """Yield (name, the mail, its author's words)."""
    for language, form in FORMS.items():
        words, more = form.words
        for client, over in introductions(form):
            said = f"{over}\n{quote(form.quoted)}"
            yield f"{language}-{client}-top", f"{words}\n\n{said}\n", words
            yield f"{language}-{client}-tight", f"{words}\n{said}\n", words
            yield f"{language}-{client}-below", f"{said}\n\n{words}\n", words
            if client != "bare":
                both = f"{words}\n\n{quote(form.quoted)}\n\n{more}"
                yield f"{language}-{client}-between", f"{words}\n\n{said}\n\n{more}\n", both
            yield f"{language}-{client}-device", f"{words}\n\n{form.device}\n\n{said}\n", words
        for client, over in unquoted(form):
            yield f"{language}-{client}-top", f"{words}\n\n{over}\n\n{form.quoted}\n", words
            yield f"{language}-{client}-tight", f"{words}\n{over}\n\n{form.quoted}\n", words
            yield (
                f"{language}-{client}-mobile",
                f"{words}\n\n{form.outlook_mobile}<https://aka.ms/o0ukef>\n{over}\n\n{form.quoted}\n",
                words,
            )
        for client, over in (("gmail", form.gmail), ("apple", form.apple)):
            said = over.format(n=NAME, a=ADDRESS)
            yield f"{language}-{client}-unmarked", f"{words}\n\n{said}\n\n{form.quoted}\n", words
        yield f"{language}-device-only", f"{words}\n\n{form.device}\n", words
        yield f"{language}-signature", f"{words}\n\n-- \nAnn Example\n+49 30 1234\n", words
        yield f"{language}-nothing-quoted", f"{words}\n\n{more}\n", f"{words}\n\n{more}"


CASES = {name: (mail, words) for name, mail, words in cases()}


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", CASES)
def test_the_new_part_is_the_authors(name: str) -> None:
    mail, words = CASES[name]
    assert folded(new_text(mail, "")) == folded(words)
