"""Words that short mails are made of, by which they are told from a few letters of a Western language.

A program that labels everything iso-8859-1 sends "Привет" as it sends "äöü". Of so few letters no statistics
tell anything; but all letters of such a word are beyond ASCII, and read as Western they are no word.
"""

import re

from intake.mail.charsets import plausible, western

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
# What may be a whole mail. As Western text none of these is a word, and hardly a test of letters.
_WHOLE = {
    "cp1251": "да нет не так ні ага дякую спасибо привет тест",
    "koi8_r": "да нет не спасибо привет тест",
    "cp1253": "ναι όχι γεια γειά τεστ ευχαριστώ",
    "cp1255": "כן לא תודה שלום",
    "cp1256": "نعم لا شكرا مرحبا",
    "cp1250": "čau čus děkuji děkuju večer deň ďakujem ďakujeme dzięki dziękuję cześć część proszę mulţumesc "
    "žádost přihlášení účet zdravíčko dobrý",
    "iso8859_2": "čau čus děkuji děkuju večer deň ďakujem ďakujeme dzięki dziękuję cześć proszę mulţumesc "
    "živjo žádost přihlášení účet dobrý",
    "cp1254": "iyi günler günaydın akşamlar geceler teşekkürler teşekkür ederim şifre hayır lütfen yardım",
    "cp1257": "ačiū labas vakaras prašau lūdzu paldies čau",
}
MAX_WHOLE = 40
_HIGH_BYTES = bytes(range(0x80, 0x100))
_EDGES = b" \t\r\n.,!?"


def _written(words: str, codec: str) -> frozenset[bytes]:
    forms = [form for word in words.split() for form in (word, word.capitalize(), word.upper())]
    # Turkish has two letters i, and the large one of each.
    forms += [form.replace("I", "ı" if form.islower() else "İ") for form in forms if codec == "cp1254"]
    return frozenset([form.encode(codec, "ignore") for form in forms])


_BYTES = tuple((codec, _written(words, codec)) for codec, words in _WHOLE.items())


def codec_told(data: bytes) -> str:
    """Return the codec that the words of a short text labelled as Western tell, "" where they tell none."""
    if len(data) > MAX_BYTES:
        return ""
    return whole(data) or ("" if western.of_one_language(data) else codec_of(data))


def whole(data: bytes) -> str:
    """Return the codec in which each word of a very short text is one that mails are made of, "" for none."""
    data = data.strip(_EDGES)
    if len(data) > MAX_WHOLE or data.isascii():
        return ""
    words = [word.strip(_EDGES) for word in data.split()]
    beyond = [word for word in words if not word.isascii()]
    if len(beyond) < len(words) and not all([word.translate(None, _HIGH_BYTES) for word in beyond]):
        return ""  # a test of letters, and a word that says so
    for codec, known in _BYTES:
        # In Windows-1252, too, "prosím" is what it is.
        if known.issuperset(beyond) and data.decode(codec, "replace") != data.decode("cp1252", "replace"):
            return codec
    return ""


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
