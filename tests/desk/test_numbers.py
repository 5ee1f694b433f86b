"""Cards, account and identity numbers, passwords and codes, as people write them."""

import random
import time

import pytest
from each_case import each

from intake.desk.sensitive.finds import finds_in, fingerprint
from intake.desk.sensitive.scan import NEVER, hidden

# Test numbers of the issuers and of the standards: nobody's money, and nobody's papers.
HIDDEN = {
    "a Visa card": ("4111 1111 1111 1111", "[hidden: card number …1111]"),
    "full width": ("卡号：４１１１１１１１１１１１１１１１", "卡号：[hidden: card number …１１１１]"),
    "with dots": ("5555.5555.5555.4444", "[hidden: card number …4444]"),
    "with slashes": ("5555/5555/5555/4444", "[hidden: card number …4444]"),
    "with dashes of a word processor": ("5555–5555–5555–4444", "[hidden: card number …4444]"),
    "Maestro": ("6759 6498 2643 8453", "[hidden: card number …8453]"),
    "Mir": ("2200 0000 0000 0004", "[hidden: card number …0004]"),
    "RuPay": ("6069 8500 0000 0003", "[hidden: card number …0003]"),
    "IBAN": ("an DE89 3704 0044 0532 0130 00.", "an [hidden: identity number …3000]."),
    "IBAN in a word": ("IBAN: GB82WEST12345698765432 thanks", "IBAN: [hidden: identity number …5432] thanks"),
    "a Chinese identity card": (
        "身份证11010519491231002X，谢谢",
        "身份证[hidden: identity number …002X]，谢谢",
    ),
    "a passport's zone": (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n[hidden: identity number …6B10]",
    ),
    "a password": ("Password: hunter2X!", "Password: [hidden: password]"),
    "a password in Chinese": ("我的密码是abc12345，请看", "我的密码是[hidden: password]，请看"),
    "a password in German": ("Passwort: Sommer2024!", "Passwort: [hidden: password]"),
    "a password in Russian": ("Мой пароль: qwe123rty", "Мой пароль: [hidden: password]"),
    "a password in Vietnamese": ("mật khẩu là abc@12345", "mật khẩu là [hidden: password]"),
    "a code": ("Your verification code is 123456.", "Your verification code is [hidden: code]."),
    "a code in Chinese": ("验证码 123456", "验证码 [hidden: code]"),
    "a code in traditional Chinese": ("驗證碼：123456", "驗證碼：[hidden: code]"),
    "a code in Japanese": ("認証コード：123456", "認証コード：[hidden: code]"),
    "a code in Korean": ("인증번호: 123456", "인증번호: [hidden: code]"),
    "a code in Spanish": ("código de verificación: 123456", "código de verificación: [hidden: code]"),
    "a code in Portuguese": ("código de verificação: 123456", "código de verificação: [hidden: code]"),
    "a code in French": ("code de vérification : 123 456", "code de vérification : [hidden: code]"),
    "a code in Turkish": ("doğrulama kodu: 123456", "doğrulama kodu: [hidden: code]"),
}


@each(("text", "shown"), HIDDEN.values(), ids=HIDDEN)
def test_it_is_hidden_but_for_the_last_four_of_a_number(text: str, shown: str) -> None:
    assert shown == hidden(text)
    assert shown == hidden(shown)


@pytest.mark.parametrize(
    "text",
    [
        "Call +49 170 1234567 or 0086 138 0013 8000",
        "Version 2026.01.12.1022, build 4111/2",
        "Order 6069850000000003",
        "Block 21000000, nonce 2083236893",
        "DE89 3704 0044 0532 0130 01",
        "身份证110105194912310021",
        "I forgot my password: please reset it",
        "password: https://example.com/reset/12345678",
        "Error code: 123456",
        "My password is correct, I think",
        "The ZIP code is 12345",
        "the code of the country is 0049",
        "密码忘记了，请帮我重置",
        "0x8ba1f109551bD432803012645Ac136ddd64DBA72",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert text == hidden(text)


def test_an_agent_may_write_of_accounts_and_codes_but_not_of_cards_and_phrases() -> None:
    text = "Pay to DE89 3704 0044 0532 0130 00, code de vérification: 123456, not 4111 1111 1111 1111."
    assert text.replace("4111 1111 1111 1111", "[hidden: card number …1111]") == hidden(text, NEVER)


def test_a_number_is_known_again_however_it_is_written() -> None:
    marks = {find.fingerprint for text in ("4111 1111 1111 1111", "4111111111111111", "4111-1111-1111-1111")
             for find in finds_in(text, "text")}  # fmt: skip
    assert 1 == len(marks)
    assert fingerprint("password", "a1") != fingerprint("code", "a1")


@pytest.mark.parametrize(
    "piece", ["4111 1111 ", "1.", "DE89 3704 ", "password: ", "验证码", "A<", "1-", "es "]
)
def test_a_long_text_costs_linear_time(piece: str) -> None:
    def cost(length: int) -> float:
        text = (piece * length)[:length] + str(random.Random(length).random())
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            hidden(text)
            best = min(best, time.process_time() - began)
        return best

    assert cost(80_000) < 10 * cost(20_000) + 0.05
