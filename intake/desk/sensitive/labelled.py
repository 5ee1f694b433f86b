"""Passwords and codes in a text, where a word says that one follows. Pure.

Nothing of their own tells them apart from other words, so only a label right before them does, and only what
no word looks like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labelled:
    """A password, or a `code` that is used once, at text[start:end], without its label."""

    start: int
    end: int
    code: bool


# In the twelve languages of the desk.
_PASSWORDS = (
    r"pass(?:word|phrase)|\bpwd\b|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|contraseña|senha"
    r"|mot de passe|passwort|kennwort|парол[ья]|şifre(?:m|si|niz)?|parola(?:m|sı)?|mật khẩu"
)
_CODES = (
    r"(?:verification|security|one[- ]time|login|authenticat(?:or|ion)|2fa|sms) (?:code|passcode|pin)|\botp\b"
    r"|验证码|驗證碼|校验码|認証コード|確認コード|ワンタイムパスワード|인증 ?번호|인증 ?코드"
    r"|código de (?:verificación|seguridad|verificação|segurança)|code de (?:vérification|sécurité)"
    r"|(?:bestätigungs|sicherheits|einmal)code|код (?:подтверждения|проверки|безопасности)"
    r"|(?:doğrulama|onay|güvenlik) kodu|mã (?:xác minh|xác nhận|xác thực|otp)"
)
# What stands between a label and its value: a colon or a small word, never a whole sentence.
_SAYS = r"\s{0,3}(?:[:：=]|\bis\b|是|为|為|は|\bes\b|\bé\b|\best\b|\bist\b|là)\s{0,3}"
_IS = rf"(?:{_SAYS}|\s{{0,3}}[—–-]\s{{0,3}}|[ \u00a0]{{1,3}})"
_PASSWORD = re.compile(rf"(?:{_PASSWORDS}){_SAYS}[\"'“”«»「」`]?([!#-&(-_a-~]{{6,64}})", re.IGNORECASE)
_CODE = re.compile(
    rf"(?:{_CODES}){_IS}[\"'“”「」]?([0-9]{{3,4}}[ -]?[0-9]{{1,4}})(?![0-9A-Za-z])", re.IGNORECASE
)
# In most texts no label is, which is told a hundred times sooner by these.
_STEMS = (
    "pass", "pwd", "kennwort", "contrase", "senha", "парол", "şifre", "parola", "mật khẩu", "密码", "密碼",
    "口令", "パス", "暗証", "비밀번호", "암호", "code", "otp", " pin", "código", "код ", "kodu", "mã ",
    "验证码", "驗證碼", "校验码", "コード", "인증",
)  # fmt: skip
_LINK = re.compile(r"https?:|www\.|@[\w-]+\.")
_STOPS = ".,;:)"


def find_labelled(text: str) -> Iterator[Labelled]:
    """Yield the passwords and codes in `text`, in no order. Linear in its length."""
    lowered = text.lower()
    if not any(stem in lowered for stem in _STEMS):
        return
    for match in _PASSWORD.finditer(text):
        value = match[1].rstrip(_STOPS)
        if _is_made_up(value):
            yield Labelled(match.start(1), match.start(1) + len(value), False)
    for match in _CODE.finditer(text):
        yield Labelled(match.start(1), match.end(1), True)


def _is_made_up(value: str) -> bool:
    """Whether a value looks like a password: no word, no number of a line, no link."""
    digits = sum(letter.isdigit() for letter in value)
    others = sum(not letter.isdigit() for letter in value)
    plain = value.isascii() and _LINK.search(value) is None
    return plain and len(value) >= 6 and digits > 0 and (others > 0 or digits >= 6)
