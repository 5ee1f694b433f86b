"""Which language a text is in, and which of ours a mail is written in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from struct import Struct

from intake.desk.text import other_words
from intake.desk.text.language_words import WORDS

# The languages that every mail and page is written in: BCP 47 tags, and folders of the templates.
LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ja", "ko", "es", "pt", "fr", "de", "ru", "tr", "vi")
# This much of a text decides; more changes nothing but the time it takes.
MAX_TEXT = 1000
# This many characters of a foreign script tell which one it is.
MAX_SAMPLE = 300

# Frequent characters, simplified and traditional side by side. Only those that one
# way of writing has and the other has not (后 and 里, say, are words of both).
_PAIRS = (
    "们們这這为為发發对對时時个個说說国國会會来來没沒问問过過还還进進应應开開关關题題单單请請账帳录錄电電话話"
    "谢謝认認证證给給现現图圖报報错錯钱錢转轉买買卖賣东東车車两兩么麼样樣让讓从從见見间間长長门門马馬边邊动動"
    "员員产產业業实實际際办辦选選择擇务務总總经經线線网網络絡页頁码碼设設户戶显顯无無连連输輸换換帮幫试試启啟"
    "软軟统統张張陈陳刘劉杨楊赵趙吴吳订訂货貨费費价價额額级級达達运運确確载載数數据據机機点點击擊号號处處"
    "邮郵件件诉訴复復导導术術检檢测測协協议議请請变變这這标標该該较較归歸备備书書购購应應结結与與万萬"
    "闪閃汇匯币幣链鏈钥鑰词詞记記忆憶坏壞断斷权權销銷读讀谁誰虽雖难難紧緊终終绑綁验驗丢丟赔賠骗騙盗盜冻凍锁鎖"
    "异異环環约約"
)
_SIMPLIFIED_ONLY = frozenset(_PAIRS[0::2]) - frozenset(_PAIRS[1::2])
_TRADITIONAL_ONLY = frozenset(_PAIRS[1::2]) - frozenset(_PAIRS[0::2])

_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff\uff66-\uff9f]+")),
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+")),
    ("zh", re.compile("[\u3400-\u9fff]+")),
    ("ru", re.compile("[\u0400-\u04ff]+")),
    ("ar", re.compile("[\u0600-\u06ff]+")),
    ("th", re.compile("[\u0e00-\u0e7f]+")),
    ("el", re.compile("[\u0370-\u03ff]+")),
    ("he", re.compile("[\u0590-\u05ff]+")),
    ("hi", re.compile("[\u0900-\u097f]+")),
)
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+")
# A hard sign before another letter than these: Bulgarian has it in the middle of a word, Russian has not.
_BULGARIAN = re.compile("\u044a(?![\u0435\u0451\u044e\u044f])")
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af]+")
_FOREIGN = re.compile("[^\x00-\u036f\u1e00-\u2e7f\u3000-\u303f\uff00-\uff65]+")
_WORD = re.compile(r"[^\W\d_]+")
# What a text is in whose script we know nothing of.
_UNKNOWN = "und"
# Bytes of Windows-1252 as those of lower-case letters and of blanks.
_LETTERS_ALONE = b"".join(
    char.lower().encode("cp1252") if _WORD.match(char) else b" "
    for char in (bytes((code,)).decode("cp1252", "replace") for code in range(256))
)


def _plain(word: str) -> str:
    """Return a word without its accents, as many type it: written so it counts, too."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("ı", "i").replace("ß", "ss")


# A letter that hints at a language, and what one of them is worth beside a word's vote of 2.
_LETTERS = {
    "de": "äöüß",
    "fr": "èêçàùœîûë",
    "es": "ñ¿¡óíá",
    "pt": "ãõçáê",
    "tr": "ğışİ",
    "vi": "ơưđạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ",
    # Of the others those that tell them from their neighbours: none that one of ours has and is not given.
    "it": "òìàè",
    "pl": "ąęłńśźżć",
    "ro": "ăâîșțşţ",
    "ca": "òàèïç·",
    "gl": "ñ",
    "da": "æøå",
    "no": "æøå",
    "sv": "åä",
    "is": "ðþæ",
    "cs": "ěřůčšžýďťňáí",
    "sk": "ľĺŕčšžýďťňáíó",
    "sl": "čšž",
    "hr": "čćšžđ",
    "hu": "őűáíó",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "fi": "ä",
    "et": "õä",
    "az": "əğış",
    "sq": "ëç",
    "mt": "ġħżċ",
    "cy": "ŵŷ",
    "eo": "ĉĝĥĵŝŭ",
    "ru": "ыэё",
    "uk": "іїєґ",
    "be": "іўыэё",
    "sr": "јљњћђџ",
    "mk": "јљњџѓќѕ",
    "kk": "әғқңөұүһіыэ",
    "ky": "ңөүыэ",
    "mn": "өүыэё",
    "tt": "әҗңөүһыэ",
    "tg": "ғӣқӯҳҷэё",
}


class _Voters:
    """What speaks for each of some languages: frequent words and letters.

    The votes of a word for all languages are one number, of 16 bits for each: they are added at once.
    """

    def __init__(self, words: Mapping[str, str], accents: bool) -> None:
        self.languages = tuple(words)
        self._words: dict[str, int] = {}
        self._letters: dict[str, int] = {}
        self._packed = Struct(f"<{len(words)}H")
        for place, language in enumerate(words):
            voted: set[str] = set()
            for word in words[language].split():
                # Two letters without their accents are a word of every language.
                voted |= {word, _plain(word)} if accents and len(word) > 2 else {word}
            for word in voted:
                self._words[word] = self._words.get(word, 0) + (2 << 16 * place)
            for letter in _LETTERS.get(language, ""):
                self._letters[letter] = self._letters.get(letter, 0) + (1 << 16 * place)

    def votes(self, words: Iterable[str], text: str) -> tuple[int, ...]:
        """Return what speaks for each language; `words` are all of the text, in lower case."""
        votes = sum(filter(None, map(self._words.get, words)))
        if not text.isascii():
            votes += sum(filter(None, map(self._letters.get, text.lower())))
        return self._packed.unpack(votes.to_bytes(self._packed.size, "little"))


@cache
def _latin() -> _Voters:
    """Made when first asked: most commands read no mail."""
    return _Voters({**WORDS, **other_words.LATIN}, accents=True)


@cache
def _in_cyrillic() -> _Voters:
    return _Voters(other_words.CYRILLIC, accents=False)


# What speaks for a language that is none of ours: a word, and a letter or another word.
MIN_OTHER = 3
# A text of fewer letters than this may be a name and a word or two that many languages have.
CLEAR_TEXT = 25
# Languages that the letters alone tell.
SCRIPTS = frozenset({"zh-Hans", "zh-Hant", "uk", "fa", *(tag for tag, _ in _SCRIPTS if tag != "zh")})
_TRADITIONAL_READERS = frozenset({"hant", "tw", "hk", "mo"})


def detect(text: str) -> str:
    """Return a language tag such as "en" or "zh-Hans", "" when the text gives no hint.

    The script decides where it can, then frequent words and letters. `text` is
    what the person wrote now, without quotes. Takes under 0.3 ms: no model.
    """
    # Addresses and links are of no language, and mostly of Latin letters.
    text = text[:MAX_TEXT]
    if "@" in text or "://" in text:
        text = " ".join([word for word in text.split() if "@" not in word and "://" not in word])
    try:
        # None of its signs is of another script, and bytes are looked through five times as fast.
        codec = "ascii" if text.isascii() else "cp1252"
        words = text.encode(codec).translate(_LETTERS_ALONE).decode(codec).split()
    except UnicodeEncodeError:
        script = _by_script(text)
        if script:
            return script if script != _UNKNOWN else ""
        # A capital İ is no i in lower case, but that and a dot of its own.
        text = text.replace("\u0130", "\u0131")
        words = _WORD.findall(text.lower())
    return _chosen(_latin().votes(words, text))


def _by_script(text: str) -> str:
    foreign = "".join(_FOREIGN.findall(text))
    if not foreign:
        return ""
    latin = sum(map(len, _LATIN.findall(text)))
    sample = foreign[:MAX_SAMPLE]
    counts = {tag: sum(map(len, pattern.findall(sample))) for tag, pattern in _SCRIPTS}
    # Japanese is written with more Han than kana; no other language has kana.
    if counts["ja"] * 8 >= counts["zh"] and counts["ja"]:
        counts["ja"] += counts["zh"]
        counts["zh"] = 0
    if counts["ko"] * 4 >= counts["zh"] and counts["ko"]:
        counts["ko"] += counts["zh"]
        counts["zh"] = 0
    best = max(counts, key=counts.__getitem__)
    # A Han character or a syllable says as much as some letters of a word.
    weight = 3 if best in ("zh", "ja", "ko") else 1
    if counts[best] * weight * len(foreign) <= latin * len(sample):
        # A script that is none of these: what Latin letters are in it are names.
        return "" if counts[best] or sum(map(str.isalpha, foreign)) <= latin else _UNKNOWN
    if best == "zh":
        return _chinese(text)
    if best == "ru":
        return _cyrillic(text)
    if best == "ar" and len(_PERSIAN.findall(text)) > 2:
        return "fa"
    return best


def _chinese(text: str) -> str:
    traditional = sum(map(_TRADITIONAL_ONLY.__contains__, text))
    simplified = sum(map(_SIMPLIFIED_ONLY.__contains__, text))
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _cyrillic(text: str) -> str:
    """Return the language of a text in Cyrillic letters: Russian unless more speaks for another."""
    voters, text = _in_cyrillic(), text.lower()
    votes = dict(zip(voters.languages, voters.votes(_WORD.findall(text), text), strict=True))
    votes["bg"] += len(_BULGARIAN.findall(text)) if "\u044a" in text else 0
    best = max(votes, key=votes.__getitem__)
    return best if votes[best] > votes["ru"] else "ru"


def _chosen(votes: Sequence[int]) -> str:
    """Return the language in Latin letters for which most speaks, "" where that is no hint.

    Of two of ours neither is taken; what a neighbour of ours has as well speaks for ours.
    """
    most = max(votes)
    ours = max(votes[: len(WORDS)])
    if most > ours:
        return _latin().languages[votes.index(most)] if most >= MIN_OTHER else ""
    # One shared word, or one letter in a name, is no hint.
    alone = votes[: len(WORDS)].count(ours) == 1
    return _latin().languages[votes.index(ours)] if ours >= 2 and alone else ""


def nearest(tag: str, available: tuple[str, ...]) -> str:
    """Return the language of `available` that serves a reader of `tag` ("zh-TW", "pt-BR"), "" when none."""
    wanted = tag.strip().lower().replace("_", "-")
    primary, _, rest = wanted.partition("-")
    if primary in ("zh", "cmn", "yue"):
        wanted = "zh-hant" if primary == "yue" or set(rest.split("-")) & _TRADITIONAL_READERS else "zh-hans"
        primary = "zh"
    for candidate in (wanted, primary):
        for language in available:
            if candidate and candidate in (language.lower(), language.lower().partition("-")[0]):
                return language
    return ""


def written_or_chosen(text: str, subject: str, chosen: str) -> str:
    """Return the language of what was typed into a page or an app of the `chosen` language.

    The text decides, as far as it is clear: a few words do not outweigh what somebody chose,
    unless they are in a script that is not written in it. `chosen` may be "".
    """
    detected = detect(text) or detect(subject)
    if not chosen or not detected:
        return detected or chosen
    # Which Chinese it is a short text does not tell, and without kana it may be Japanese.
    written_so = _primary(detected) in (_primary(chosen), "zh" if chosen == "ja" else "")
    if detected in SCRIPTS and not written_so:
        return detected
    return detected if sum(map(str.isalpha, text)) >= CLEAR_TEXT else chosen


def language_for(
    detected: str, correction: str, last: str, fallbacks: Sequence[str], available: tuple[str, ...]
) -> str:
    """Return the language of a new ticket.

    `detected` is that of its text, `correction` what an agent said the person reads, `last`
    that of their last ticket; any may be "". What an agent said gives way only to a text
    in a script that their language is not written in.
    """
    written, said = nearest(detected, available), nearest(correction, available)
    if said and (not written or written not in SCRIPTS or _primary(written) == _primary(said)):
        return said
    for language in (
        written,
        nearest(last, available),
        *(nearest(language, available) for language in fallbacks),
    ):
        if language:
            return language
    return available[0]


def speaks(language: str, wanted: str) -> bool:
    """Whether a language is the one wanted, or a kind of it, in any case: zh-Hans is zh."""
    return f"{language}-".lower().startswith(f"{wanted}-".lower())


def _primary(tag: str) -> str:
    return tag.partition("-")[0]
