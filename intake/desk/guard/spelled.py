"""Words that were taken apart so that no pattern sees them ("s e e d", "私.钥"), put together again."""

import re

# Four or more single letters with the same sign between them; a second one parts words.
_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_](?:([ ._*·・|/~-])[^\W\d_](?![^\W_]))(?:\1[^\W\d_](?![^\W_])){2,}")
# A few signs, or blanks, within a word of a script that puts none between words; no full stop ends one.
_WITHIN = r"[ .,·・、|/\\_*~+-]{1,2}"
_SECRETS_TEXT = """
    助记词 助記詞 註記詞 私钥 私鑰 密码 密碼 验证码 驗證碼 恢复短语 恢復短語 备份词 秘密鍵 暗証番号
    リカバリーフレーズ シードフレーズ 認証コード 니모닉 개인키 비밀번호 인증번호 복구문구 시드문구
    """
_APART = re.compile("|".join(f"(?:{_WITHIN})?".join(map(re.escape, word)) for word in _SECRETS_TEXT.split()))


def rejoined(text: str) -> str:
    """Return a text whose secrets are written in one piece. Linear."""
    text = _LETTERS.sub(lambda match: match[0].replace(match[1], ""), text)
    return _APART.sub(lambda match: "".join(filter(str.isalnum, match[0])), text)
