# ruff: noqa: E501 (subjects stand side by side)
"""A ticket's number in a subject, in the words of every language, and numbers that are something else's."""

import re
from pathlib import Path

import pytest
from each_case import each

from intake.desk.text.subject_numbers import MOST, number_in

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_SENTENCE = re.compile(r"{% block (\w+) %}([^\n]*#{{ (?:number|related|event) }}[^\n]*){% endblock %}")
_TAG = re.compile(r"{%.*?%}")


def sentences() -> dict[str, str]:
    """Every sentence of ours with a number in it, by language and name, as it would stand in a subject."""
    out: dict[str, str] = {}
    for path in sorted((TEMPLATES / "mail").glob("*/words.j2")):
        for name, text in _SENTENCE.findall(path.read_text(encoding="utf-8")):
            text = re.sub(r"#{{ (?:number|related|event) }}", "#12", text)
            out[f"{path.parent.name} {name}"] = re.sub(r"{{.*?}}", "X", _TAG.sub("", text))
    return out


SENTENCES = sentences()
AS_WRITTEN = [
    "#12", "Re: #12", "Re: Your request #12", "AW: Ihre Anfrage #12", "RE: Su solicitud #12", "TR: Votre demande #12",
    "ENC: Sua solicitação #12", "Ответ: Ваше обращение #12", "YNT: #12 numaralı talebiniz", "Trả lời: Yêu cầu #12",
    "回复：您的工单 #12", "回覆：您的案件 #12", "返信：お問い合わせ #12", "회신: 문의(#12)",
    # -- as people write it who copy it
    "ticket#12", "(#12)", "#12: still broken", "#12, again", "#12.", "#12?", "Is #12 solved?", "„#12“", "#0012",
    "ticket_#12", "ticket-#12", "Re: Request_#12 again", "Ticket # 12", "Re: Ticket # 12: still broken", "TICKET_# 12",
    "AW: Ihre Anfrage # 12", "Ваше обращение # 12", "Yêu cầu # 12", "工单 # 12", "工单# 12", "お問い合わせ # 12について", "Ticket＃ １２",
    "工单#12的问题", "お問い合わせ#12について", "문의 #12입니다", "＃12", "#１２", "＃１２", "工单＃１２", "﹟12", "編號：＃１２。",
]  # fmt: skip
IN_BRACKETS = ["[#12]", "Re: [#12] Printer", "［#12］", "[＃１２]", "order #7 [#12]", "[#12] [#7]"]
OTHER = [
    "", "12", "Nr. 12", "No. 12", "C#12", "F#12", "&#12;", "https://x.example/#12", "12#12", "##12", "#12a", "#a12", "#12-34",
    "#12/34", "#12.5", "#12,000", "#12:30", "#1234567890", "# 12", "#", "#١٢", "#१२", "x_#12", "a.#12",
    "Re: # 12", "C # 12", "F# 12", "Ticket #  12", "Ticket # 12 34 56", "Call # 12 345", "Ticket # 12-34", "Ticket # 12a", "12 # 12",
    "12_#12", "C_#12", "&# 12;", "a.# 12", "(# 12)", "# # 12",
]  # fmt: skip


def mine(number: int) -> bool:
    return number == 12


def test_every_language_has_its_sentences() -> None:
    assert 12 == len({name.split()[0] for name in SENTENCES})
    assert all(
        len([name for name in SENTENCES if name.startswith(f"{one} ")]) > 5 for one in ("en", "ja", "tr")
    )


@each("subject", SENTENCES.values(), ids=SENTENCES)
def test_a_number_is_found_in_every_sentence_of_ours(subject: str) -> None:
    assert 12 == number_in(subject, mine)


@each("subject", AS_WRITTEN)
def test_a_number_without_brackets_counts_for_who_has_part_in_the_ticket(subject: str) -> None:
    assert 12 == number_in(subject, mine)
    assert number_in(subject, lambda number: False) is None


@pytest.mark.parametrize("subject", IN_BRACKETS)
def test_a_number_in_brackets_is_a_tickets_whoever_wrote_it(subject: str) -> None:
    assert 12 == number_in(subject, lambda number: False)


@each("subject", OTHER)
def test_what_is_no_number_of_ours_is_none(subject: str) -> None:
    assert number_in(subject, lambda number: True) is None


def test_of_several_the_senders_own_counts_and_a_list_of_many_is_none() -> None:
    assert 12 == number_in("My order #7 and my request #12", mine)
    asked: list[int] = []
    subject = " ".join(f"#{number}" for number in range(100))
    assert number_in(subject, lambda number: bool(asked.append(number))) is None
    assert MOST == len(asked)


def test_a_long_subject_takes_no_time() -> None:
    for subject in (
        "#" * 1000,
        "#1" * 500,
        "#1-" * 333,
        "[#" * 500,
        "a#" * 500,
        "abc # " * 200,
        "abc # 1 2" * 100,
    ):
        assert number_in(subject, mine) is None
