"""What the form asks for, and everything that can be wrong with an answer. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made

from intake.config.form_keys import FieldSettings, Worded
from intake.config.sections import Settings
from intake.desk.addresses import MAX_ADDRESS
from intake.mail.outgoing import compose
from intake.web import text, validators
from intake.web.address import typed_address

MAX_NAME = compose.MAX_NAME
# What agents see in a list of mail; longer ones belong into the text.
MAX_SUBJECT = compose.MAX_SUBJECT
MAX_TEXT_BYTES = 256 * 1024
# No short field is shown again beyond this.
MAX_SHORT_BYTES = 16 * 1024
# A question of the config with several lines; what is longer belongs into the message.
MAX_LONG = 4000

# People never see this field, and programs that fill in every field do.
HONEYPOT = "website"
# Filled in by our script: how many minutes the clock of the browser is ahead of UTC.
ZONE = "zone"
# The button that says: money left without its author.
STOLEN = "stolen"
# Beyond 14 hours no clock is.
MOST_ZONE = 14 * 60


@dataclass(frozen=True, slots=True)
class FormRequest:
    """One question of the form. `wide` is a text of many lines; `autocomplete` is HTML's word.

    `label` and `hint` are the admin's; without them the words of the page are taken. `value` is
    the name in the ticket's fields, "" for what every message has. `check` names a validator.
    """

    name: str
    required: bool = True
    wide: bool = False
    kind: str = "text"
    autocomplete: str = "off"
    longest: int = MAX_SUBJECT
    label: Worded = made(default_factory=dict)
    hint: Worded = made(default_factory=dict)
    value: str = ""
    check: str = ""
    chains: tuple[str, ...] = ()
    pattern: str = ""
    choices: tuple[tuple[str, Worded], ...] = ()

    @property
    def custom(self) -> bool:
        """Whether the config asks it, so that its faults are told with its label in them."""
        return bool(self.label)


BEFORE = (
    FormRequest("name", required=False, autocomplete="name", longest=MAX_NAME),
    FormRequest("email", kind="email", autocomplete="email", longest=MAX_ADDRESS),
)
AFTER = (FormRequest("message", wide=True),)
SUBJECT = FormRequest("subject")
ASKED = (*BEFORE, SUBJECT, *AFTER)


def questions(settings: Settings) -> tuple[FormRequest, ...]:
    """Return what the form of this desk asks, in the order of the page."""
    form = settings.form
    category = (
        (FormRequest("category", required=form.category_required, kind="choice", choices=form.categories),)
        if form.categories
        else ()
    )
    own = tuple(_own(name, asked) for name, asked in settings.fields.items())
    return (*BEFORE, *category, SUBJECT, *own, *AFTER)


def _own(name: str, asked: FieldSettings) -> FormRequest:
    kind = asked.type
    return FormRequest(
        f"field-{name}",
        required=asked.required,
        wide=kind == "long",
        kind="choice" if kind == "choice" else "text",
        longest=MAX_LONG if kind == "long" else asked.longest,
        label=asked.label,
        hint=asked.help,
        value=name,
        check="" if kind in ("text", "long", "choice") else kind,
        chains=asked.chains,
        pattern=asked.pattern,
        choices=asked.choices,
    )


def zone(value: str) -> int | None:
    """Return how many minutes a browser's clock is ahead of UTC, None where it says nothing we believe."""
    if not re.fullmatch(r"-?[0-9]{1,3}", value, re.ASCII):
        return None
    return int(value) if abs(int(value)) <= MOST_ZONE else None


def said(worded: Worded, language: str) -> str:
    """Return a text of the config in `language`, else the one for all others."""
    return worded.get(language) or worded.get("", "")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to put right: the field it belongs to, and the key of its sentence in the words.

    The sentence may name the question, `label`, and the most letters it takes, `most`.
    """

    field: str
    key: str
    label: Worded = made(default_factory=dict)
    most: int = 0


def typed(fields: Mapping[str, str], asked: Sequence[FormRequest] = ASKED) -> dict[str, str]:
    """Return what was typed into each question, to be shown again just so ("" where nothing was)."""
    return {
        question.name: fields.get(question.name, "")
        if question.wide
        else fields.get(question.name, "")[:MAX_SHORT_BYTES]
        for question in asked
    }


def check(
    values: Mapping[str, str], problems: Sequence[str] = (), asked: Sequence[FormRequest] = ASKED
) -> list[FieldError]:
    """Return everything that is wrong, in the order of the page.

    `problems` are those of `body.Body`: what was wrong with the files or the post.
    """
    faults = [
        fault for question in asked if (fault := _fault(question, clean(question, values[question.name])))
    ]
    if "cut" in problems:
        faults.append(FieldError("message", "message_cut"))
    faults += [FieldError("files", key) for key in ("files_large", "files_many") if key in problems]
    return faults


def clean(question: FormRequest, value: str) -> str:
    """Return an answer as it is kept. Full-width letters of an input method are read as what they mean."""
    if question.wide:
        return text.body(value)
    kept = text.one_line(value)
    return unicodedata.normalize("NFKC", kept).strip() if question.check else kept


def _fault(question: FormRequest, value: str) -> FieldError | None:
    base = "field" if question.custom else question.name
    whole = question.wide and not question.custom
    long = len(value.encode()) > MAX_TEXT_BYTES if whole else len(value) > question.longest

    def fault(key: str) -> FieldError:
        return FieldError(question.name, key, question.label, question.longest)

    if not value:
        return fault(f"{base}_missing") if question.required else None
    if question.check and validators.secret(question.check, value):
        return fault("field_secret")
    if long:
        return fault(f"{base}_long")
    if question.kind == "email":
        return fault("email_wrong") if typed_address(value) is None else None
    if question.kind == "choice":
        known = value in {choice for choice, _ in question.choices}
        return None if known else fault("field_choice" if question.custom else "category_wrong")
    if question.check and not validators.fits(question.check, value, question.chains, question.pattern):
        return fault(f"field_{question.check}")
    return None


@dataclass(frozen=True, slots=True)
class Details:
    """What is kept of an answered form beside its message: the category's name and the fields.

    `lines` say the same for people, in the desk's own words. `language` is the one that was chosen.
    `stolen`: it was sent by the button that says that money left without its author.
    """

    category: str = ""
    language: str = ""
    fields: Mapping[str, str] = made(default_factory=dict)
    lines: tuple[str, ...] = ()
    stolen: bool = False


def in_a_hurry(values: Mapping[str, str], words: str) -> dict[str, str]:
    """Return what somebody typed whose money is moving: `words` stand for a subject and a text left out."""
    return {**values, **{name: values.get(name, "").strip() or words for name in ("subject", "message")}}


def pressing(faults: Sequence[FieldError]) -> list[FieldError]:
    """Return those faults that keep a cry for help as well: not the questions that were left out."""
    return [fault for fault in faults if fault.key not in ("field_missing", "category_missing")]


def details(
    values: Mapping[str, str],
    asked: Sequence[FormRequest],
    category_label: str,
    language: str,
    stolen: bool = False,
) -> Details:
    """Return the structured part of checked answers; `category_label` is what stands before the category."""
    lines: list[str] = []
    fields: dict[str, str] = {}
    category = ""
    for question in asked:
        value = clean(question, values[question.name])
        if not value or (not question.value and question.name != "category"):
            continue
        if question.value:
            fields[question.value] = value
        else:
            category = value
        label = said(question.label, language) if question.custom else category_label
        lines += _line(label, value, question, language)
    return Details(category, language, fields, tuple(lines), stolen)


def _line(label: str, value: str, question: FormRequest, language: str) -> list[str]:
    shown = next((said(worded, language) for choice, worded in question.choices if choice == value), value)
    first, *more = shown.split("\n")
    return [f"{text.one_line(label)}: {first}", *(f"  {line}" for line in more)]
