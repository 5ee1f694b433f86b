"""What the desk asks its requesters about theft, and how they say yes: a button, or a word. Pure."""

import re
from functools import cache

# Who presses the button of the form or of the progress page says this.
BUTTON = "the button"
# As it is written, and a whole word: "urgent" stands in every third mail. Chinese has no blanks between
# words; what is said to be not urgent, and the contact for emergencies, are no cry for help.
_WORD = re.compile(
    r"(?<![A-Za-z0-9_-])URGENT(?![A-Za-z0-9_-])"
    r"|(?<![不非没沒])(?<!不是)(?<!不太)(?<!没有)(?<!沒有)(?:紧急|緊急)(?!联系|聯絡|联络|聯繫|電話|电话|程度)"
)
# The sentence of the acknowledgement that names the word, in each language: templates/mail/LANGUAGE/words.j2.
# Programs that quote without a mark send it back, and then it is no answer.
QUESTIONS = {
    "en": "Has money left your wallet without you? Reply with the word URGENT, and your message goes to our "
    "security team at once.",
    "zh-Hans": "如果您的资产在您未操作的情况下被转走，请回复“紧急”二字，您的邮件会立即转给我们的安全团队。",
    "zh-Hant": "如果您的資產在您未操作的情況下被轉走，請回覆「緊急」二字，您的郵件會立即轉給我們的安全團隊。",
    "ja": "お客様の操作なしに資産が送金されていた場合は、「URGENT」と書いてご返信ください。"
    "すぐにセキュリティチームが確認します。",
    "ko": "고객님이 보내지 않았는데 지갑에서 자산이 빠져나갔다면 “URGENT”라고 적어 회신해 주세요. "
    "바로 보안팀에 전달됩니다.",
    "es": "¿Ha salido dinero de su billetera sin que usted lo enviara? Responda con la palabra URGENT y su "
    "mensaje llegará de inmediato a nuestro equipo de seguridad.",
    "pt": "Saiu dinheiro da sua carteira sem que você o enviasse? Responda com a palavra URGENT e sua "
    "mensagem irá imediatamente para a nossa equipe de segurança.",
    "fr": "De l’argent est parti de votre portefeuille sans vous\u202f? Répondez avec le mot URGENT\u00a0: "
    "votre message ira aussitôt à notre équipe de sécurité.",
    "de": "Ist ohne Ihr Zutun Geld aus Ihrer Wallet abgeflossen? Antworten Sie mit dem Wort URGENT, dann "
    "geht Ihre Nachricht sofort an unser Sicherheitsteam.",
    "ru": "Деньги ушли из вашего кошелька без вашего участия? Ответьте словом URGENT, и ваше письмо сразу "
    "попадёт в нашу службу безопасности.",
    "tr": "Cüzdanınızdan siz göndermeden para mı çıktı? URGENT kelimesiyle yanıtlayın; mesajınız hemen "
    "güvenlik ekibimize iletilir.",
    "vi": "Tiền rời khỏi ví mà không phải do bạn chuyển? Hãy trả lời bằng từ URGENT, tin nhắn của bạn sẽ đến "
    "ngay bộ phận bảo mật của chúng tôi.",
}


def urgent_word(text: str) -> str:
    """Return the word by which an answer asks for the security team, as it is written; "" for none."""
    hit = _WORD.search(without_question(text))
    return hit[0] if hit else ""


def without_question(text: str) -> str:
    """Return a text without our own sentence, however its lines were broken."""
    return _question().sub(" ", text) if _WORD.search(text) else text


@cache
def _question() -> re.Pattern[str]:
    return re.compile("|".join(_broken(sentence) for sentence in QUESTIONS.values()))


def _broken(sentence: str) -> str:
    """Return a pattern for a sentence whose lines may be broken: at a blank, and in Chinese anywhere."""
    return r"\s*".join(re.escape(letter) for letter in sentence if not letter.isspace())
