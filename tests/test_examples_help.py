"""The starter set of help articles, `examples/help`: whole in both languages, and safe to follow."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "help"
ENGLISH = {
    path.stem: path.read_text(encoding="utf-8")
    for path in FOLDER.glob("[!.]*.md")
    if path.suffixes == [".md"]
}
CHINESE = {
    path.name.partition(".")[0]: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.zh-Hans.md")
}
# Of these a machine never asserts anything: they attract what is an incident in truth (knowledge.md, 2.2).
SUGGESTED = ("forgot-password", "wallet-password", "withdrawal-limited", "withdrawal-time", "balance-wrong")
CATEGORIES = {"transaction", "account", "technical", "security", "enquiry"}


def head(text: str) -> dict[str, str]:
    """The lines between the fences."""
    lines = text.split("---\n")[1].splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def test_there_are_forty_and_each_is_in_both_languages() -> None:
    assert len(ENGLISH) >= 40
    assert set(ENGLISH) == set(CHINESE)


def test_each_has_its_head_and_a_short_answer() -> None:
    wrong = []
    for slug, text in [*ENGLISH.items(), *CHINESE.items()]:
        keys, short = head(text), text.split("---\n", 2)[2].strip().split("\n\n")[0]
        if not 3 <= len(keys["also"].split(";")) <= 8:
            wrong.append(f"{slug}: other ways to ask")
        if keys["category"] not in CATEGORIES:
            wrong.append(f"{slug}: category")
        if not (keys["title"] and len(keys["title"]) <= 80 and 40 <= len(short) <= 600):
            wrong.append(f"{slug}: title or short answer")
        if not set(keys["see"].split(", ")) <= set(ENGLISH):
            wrong.append(f"{slug}: see")
    assert [] == wrong


def test_what_attracts_incidents_is_never_answered_by_a_machine_alone() -> None:
    careful = {slug for slug, text in ENGLISH.items() if head(text)["automatic"] in ("never", "suggest")}
    assert {slug for slug, text in ENGLISH.items() if head(text)["category"] == "security"} <= careful
    assert set(SUGGESTED) <= careful


def test_a_translation_says_which_text_it_was_made_of() -> None:
    from hashlib import sha256

    made_of = {slug: head(text)["source"] for slug, text in CHINESE.items()}
    assert {slug: f"en@{sha256(text.encode()).hexdigest()[:12]}" for slug, text in ENGLISH.items()} == made_of


@pytest.mark.parametrize(
    "ask",
    [r"send us (your|the) \w+ ?(phrase|key|password|code)", "请(提供|发送)(您的)?(助记词|私钥|密码|验证码)"],
)
def test_none_asks_for_a_secret(ask: str) -> None:
    texts = [*ENGLISH.values(), *CHINESE.values()]
    assert [] == [
        text[:60] for text in texts if re.search(rf"(?<!Don't )(?<!never ){ask}", text, re.IGNORECASE)
    ]
