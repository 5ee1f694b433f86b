"""Words that short mails are made of, by which they are told from a few letters of a Western language.

A program that labels everything iso-8859-1 sends "Привет" as it sends "äöü". Of so few letters no statistics
tell anything; but all letters of such a word are beyond ASCII, and read as Western they are no word.
"""

import re

from intake.mail.charsets import plausible

# A longer text tells its charset by itself.
MAX_BYTES = 200
# What is shorter than three letters may be anything.
_WORD = re.compile(r"[^\W\d_]{3,40}")
_RUSSIAN = frozenset(
    _WORD.findall(
        "привет здравствуйте здравствуй спасибо пожалуйста помогите помощь добрый доброе день вечер утро нет "
        "тест проверка вопрос ошибка пароль кошелек кошелёк деньги "
        "проблема работает могу войти как где почему что "
        "когда мой моя мне это вход вам вас уважением дякую вітаю доброго дня "
        "будь ласка допоможіть благодаря здравейте здраво хвала"
    )
)
_GREEK = frozenset(
    _WORD.findall(
        "καλημέρα καλησπέρα γεια γειά σας ευχαριστώ ευχαριστω βοήθεια παρακαλώ δοκιμή τεστ πρόβλημα κωδικός "
        "ναι όχι ελλαδα καλημερα ερώτηση"
    )
)
_HEBREW = frozenset(_WORD.findall("שלום תודה עזרה בדיקה בבקשה רבה בעיה שאלה סיסמה בוקר טוב ערב היי"))
_ARABIC = frozenset(_WORD.findall("مرحبا شكرا مساعدة نعم السلام عليكم مشكلة تجربة سؤال اختبار أهلا من فضلك"))
_WORDS = (
    ("cp1251", _RUSSIAN), ("koi8_r", _RUSSIAN), ("cp1253", _GREEK), ("cp1255", _HEBREW), ("cp1256", _ARABIC),
)  # fmt: skip


def codec_of(data: bytes) -> str:
    """Return the codec in which a short text has the most of these words, at least a third of its own; "".

    `data` must not be text of one Western language.
    """
    if len(data) > MAX_BYTES:
        return ""
    for codec, known in _WORDS:
        text = data.decode(codec, "replace").lower()
        words = [word for word in _WORD.findall(text) if not word.isascii()]
        number = sum(word in known for word in words)
        if number and 3 * number >= len(words) and plausible.faults(text, codec) <= 0:
            return codec
    return ""
