"""Answers of a hijacked mailbox and ordinary ones: a half that the guard's words were chosen by, and one not.

The half called "held" was written with the other and never looked at; docs/security.md says what it gives.
"""

import json
from pathlib import Path

import pytest

from intake.desk.guard import asks
from intake.desk.guard.policy import GuardPolicy
from intake.desk.guard.spelled import rejoined
from intake.desk.guard.verdict import Known, Words, judge
from intake.desk.guard.wallets import addresses

TEXTS: dict[str, dict[str, list[str]]] = json.loads((Path(__file__).parent / "guard_halves.json").read_text())
POLICY = GuardPolicy(own=frozenset({"desk.example"}), hosts=frozenset({"example.com"}))
SECURITY = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
EVM = "0x52908400098527886E0F7030069857D2E4169EE7"
BECH32 = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
TON = "UQBvW8Z5huBkMJYdnfAEM5JqTNkuWX3diqYENkWsIL0XggGG"
SOLANA = "7EYnhQoR9YM3N7UoaKRoA44Uy8JeaZV3qyouov87awMs"


def names(text: str) -> str:
    return ", ".join(finding.name for finding in judge(Words(text), Known(), POLICY).findings)


def held(kind: str, half: str) -> tuple[int, int]:
    """How many of these texts are held, and how many there are."""
    texts = TEXTS[kind][half]
    return sum(bool(names(text)) for text in texts), len(texts)


def test_hijacks_that_the_words_were_chosen_by_are_held_and_ordinary_answers_are_not() -> None:
    left = [text for text in TEXTS["hijacks"]["tuned"] if not names(text)]
    asked = [text for text in TEXTS["ordinary"]["tuned"] if names(text)]

    assert (len(TEXTS["hijacks"]["tuned"]) >= 100, len(TEXTS["ordinary"]["tuned"]) >= 150) == (True, True)
    assert ([], []) == (left[1:], asked)


@pytest.mark.parametrize(
    ("kind", "half", "said"),
    [
        ("hijacks", "held", "{0} of {1} hijacked answers that no word was chosen by are held"),
        ("ordinary", "held", "{0} of {1} ordinary answers about secrets are asked about"),
        ("hijacks", "strangers", "{0} of {1} that a stranger wrote"),
    ],
)
def test_the_docs_say_how_many_of_these_texts_are_held(kind: str, half: str, said: str) -> None:
    assert said.format(*held(kind, half)) in " ".join(SECURITY.split())


def test_nine_of_ten_answers_of_a_stranger_are_held() -> None:
    caught, all_ = held("hijacks", "strangers")

    assert (60, True) == (all_, caught >= 0.9 * all_)


def test_a_denial_covers_its_own_clause_alone() -> None:
    table = {
        "We never ask for your recovery phrase. Please send it to me now so that I can check it.": True,
        "Do not send your recovery phrase to anyone else; just reply with it here.": True,
        "请勿把助记词发给他人，只需回复给我即可。": True,
        "Never share your recovery phrase. Please send us the transaction hash.": False,
        "Never share your recovery phrase, not even with us. Tell us which version you use.": False,
        "Share your recovery phrase with nobody but me.": True,
        "如果助记词丢了，请告诉我们。": False,
        "Write the recovery phrase on paper and keep it safe.": False,
        "Write the recovery phrase on paper and send me a photo of it.": True,
    }
    wrong = [text for text, asked in table.items() if bool(asks.asked(text)) is not asked]

    assert [] == wrong


def test_a_form_with_a_secret_among_its_fields_asks_and_headings_do_not() -> None:
    table = {
        "Please answer with these data:\n1. Name:\n2. Wallet:\n3. Recovery phrase:\n4. Date:\nAnna": True,
        "Please fill in: Name: ____ Private key: ____ Date: ____": True,
        "请填写：姓名： 私钥： 日期：": True,
        "Please complete and return it: Name, Wallet name, Mnemonic, Date.": True,
        "Recovery phrase:\nKeep it on paper.\n\nPIN:\nYou choose it in the app.": False,
        "Please answer:\n1. App version:\n2. Phone model:\n3. Network:": False,
    }
    wrong = [text for text, asked in table.items() if bool(asks.asked(text)) is not asked]

    assert [] == wrong


def test_words_taken_apart_are_put_together() -> None:
    table = {
        "s e e d  p h r a s e": "seed phrase",
        "s.e.e.d": "seed",
        "私.钥 and 助、记、词": "私钥 and 助记词",
        "A b c": "A b c",
        "a I can do it": "a I can do it",
    }

    assert table == {text: " ".join(rejoined(text).split()) for text in table}


def test_addresses_are_found_in_pieces_and_without_their_checksum() -> None:
    table = {
        f"Send it to {EVM[:20]}\n> {EVM[20:]} please": [EVM],
        "0x 5290 8400 0985 2788 6E0F 7030 0698 57D2 E416 9EE7": [EVM],
        "0x5290-8400-0985-2788-6E0F-7030-0698-57D2-E416-9EE7": [EVM],
        f"Send it to {EVM[2:]}": [EVM],
        f"The fix is commit {EVM[2:].lower()}.": [],
        f"Our address {BECH32[:20]}\n{BECH32[20:]} (one line)": [BECH32],
        f"Send TON to {TON}": [TON],
        f"Solana: {SOLANA}": [SOLANA],
        "See 1234 5678 1234 5678 1234 5678 1234 5678": [],
    }

    assert table == {text: addresses(text) for text in table}


def test_programs_that_work_a_device_from_afar_are_held_and_warnings_of_them_are_not() -> None:
    table = {
        "Install AnyDesk and tell me the nine digit number it shows.": True,
        "请下载向日葵，我远程帮您处理。": True,
        "If somebody asks you to install AnyDesk or TeamViewer, refuse.": False,
        "Did anybody have you install AnyDesk?": False,
        "Please uninstall TeamViewer at once.": False,
        "We never use TeamViewer.": False,
    }
    wrong = [text for text, asked in table.items() if bool(names(text)) is not asked]

    assert [] == wrong


def test_a_call_and_a_messenger_are_other_channels() -> None:
    table = {
        "Call me on +44 7700 900123, I'll guide you.": True,
        "Our specialist on Signal will help you, add him: walletdesk.77": True,
        "加我Q：2283372211，我一步步教您。": True,
        "Reach our colleague at t . me / walletdesk": True,
        "Please go on at support-wallet dot help, they know your case.": True,
        "I'll call you tomorrow at five on the number you gave us.": False,
        "Your order 48213377 was shipped, tracking 00340434161094042557.": False,
        "There is no signal on the phone; connect the dot to the line.": False,
    }
    wrong = [text for text, asked in table.items() if bool(names(text)) is not asked]

    assert [] == wrong
