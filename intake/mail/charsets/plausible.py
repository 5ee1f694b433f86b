"""How likely a text is what somebody wrote, and not bytes read in the wrong charset.

A statistical detector is often wrong on ten words. What it answers is checked here by
what no language does: letters of two scripts in one word, signs between letters,
capitals inside words, characters outside the usual rows of an East Asian table.
"""

import re
import unicodedata

# Looked at; more characters say nothing new.
SAMPLE = 1_000
# Worse than this (0 is faultless) and another reading is sought.
SUSPICIOUS = 0.15

# Typography that stands beside or inside words in good texts.
_USUAL = frozenset("“”‘’„«»–—…€£§°№·•™®©´\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f")
# Lead bytes of the frequent half of each table: KS X 1001 syllables, GB 2312 and JIS level 1, Big5 level 1.
_COMMON_LEADS = {
    "gb18030": (0xA1, 0xD7), "big5hkscs": (0xA1, 0xC6), "cp950": (0xA1, 0xC6), "cp949": (0xA1, 0xC8),
    "euc_jis_2004": (0xA1, 0xCF), "cp932": (0x81, 0x97),
}  # fmt: skip
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_HIGH = bytes(range(0x80, 0x100))
_SIDE_BY_SIDE = re.compile(rb"[\x80-\xff]{3}")
_BEFORE_ASCII = re.compile(rb"[\xa4-\xbf][@-Z\[-z{-~]")
_MARK_ALONE = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31\u0e33-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]"
)
_VOWEL_ALONE = re.compile("[\u0e40-\u0e44](?![\u0e01-\u0e2e])")
_DIGIT_INSIDE = re.compile("[\u0e01-\u0e2e][\u0e50-\u0e5b][\u0e01-\u0e2e]")
_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    "种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日者意无力与长把机十民第公"
    "此已工使情明性知全三又关点正业外将两高间由问很最重并物应系体见相利产等新合回电数市报信息件服务请您"
)
_TURKISH = frozenset("þýðÞÝÐ")
_TURKISH_ALL = _TURKISH | frozenset("çöüÇÖÜâîûÂÎÛ")
# The order in which readings of equal merit are taken.
CANDIDATES = (
    "cp1252", "gb18030", "cp1251", "cp932", "big5hkscs", "cp949", "euc_jis_2004", "koi8_r", "cp1250",
    "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "iso8859_5",
)  # fmt: skip


def turkish(latin: str, least: int = 2) -> bool:
    """Whether a Windows-1252 reading is Turkish: `least` of its letters, none that Icelandic would have."""
    letters = {char for char in set(latin) if not char.isascii() and char.isalpha()}
    return len(letters & _TURKISH) >= least and letters <= _TURKISH_ALL


def japanese(text: str) -> bool:
    """Whether a reading is Japanese beyond doubt: much of it is kana, which no wrong reading makes."""
    beyond = sum(not char.isascii() for char in text[:SAMPLE])
    kana = sum(0x3041 <= ord(char) < 0x3100 for char in text[:SAMPLE])
    return kana >= 3 and kana >= 0.35 * beyond


def chinese(text: str) -> bool:
    """Whether a reading is simplified Chinese beyond doubt: every third character of it is a frequent one.

    In no other charset's text read so was it more than every fourth, and those were few and the same.
    """
    beyond = [char for char in text[:SAMPLE] if not char.isascii()]
    frequent = [char for char in beyond if char in _FREQUENT]
    return len(frequent) >= max(10, 0.3 * len(beyond)) and len(set(frequent)) >= 10


def big5(data: bytes) -> bool:
    """Whether a few characters are Big5 beyond doubt: signs of Latin-1, each before an ASCII letter.

    They would be an ornament or a measure ("20 °C"), but for their number and that all are frequent ones.
    """
    pairs = _BEFORE_ASCII.findall(data)
    if len(pairs) < 3 or 5 * len(pairs) < 2 * (len(data) - data.count(b" ")):
        return False
    try:
        text = data.decode("big5hkscs")
    except UnicodeDecodeError:
        return False
    return faults(text, "big5hkscs") <= SUSPICIOUS


def not_thai(text: str) -> float:
    """Return how much of a reading in Thai none is: of its letters beyond ASCII those that cannot stand so.

    A mark follows a consonant or a mark, a vowel written first comes before a consonant.
    """
    wrong = (
        len(_MARK_ALONE.findall(text)) + len(_VOWEL_ALONE.findall(text)) + len(_DIGIT_INSIDE.findall(text))
    )
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return 2 * wrong / beyond if beyond else 0.0


def western(data: bytes, text: str) -> bool:
    """Whether a Windows-1252 reading is faultless, and the few letters of it that are not ASCII stand alone.

    In other scripts, and in the pairs of an East Asian charset, they stand side by side.
    """
    high = len(data) - len(data.translate(None, _HIGH))
    return 8 * high <= len(data) and not _SIDE_BY_SIDE.search(data) and not faults(text, "cp1252")


def faults(text: str, codec: str) -> float:
    """Return the faults of a reading for each of its characters beyond ASCII; 0 is faultless."""
    total = 0.0
    count = 0
    text = text[:SAMPLE]
    end = len(text)
    for run in _BEYOND_ASCII.finditer(text):
        start = run.start()
        before = text[start - 2] if start > 1 else " "
        last = text[start - 1] if start else " "
        script = _kind(last) if start else "."
        # The character behind a run is looked at beside its last one; among ASCII alone there is no fault.
        for char in text[start : min(run.end() + 1, end)]:
            kind = _kind(char)
            if not char.isascii():
                count += 1
                # A sign may stand by itself or before a word ("¿Qué?"), hardly inside one.
                total += _own(char, kind, codec) if kind != "S" else 0.5 if last.isalpha() else 0
            if kind != script and kind in "LCGHATK" and script in "LCGHATK":
                total += 0.7 if "K" in (kind, script) else 2
            elif kind in "LC" and last.islower() and char.isupper():
                total += 1.5
            if script == "S" and kind in "LCG" and before.isalpha():
                total += 1.5
            before, last, script = last, char, kind
    return total / count if count else 0.0


def _own(char: str, kind: str, codec: str) -> float:
    if kind == "X":
        return 5
    if kind == "K":
        code = ord(char)
        if 0x3040 <= code < 0x3100 or 0x3000 <= code < 0x3003:
            return -0.2 if codec in ("cp932", "euc_jis_2004") else 0
        if 0xFF61 <= code < 0xFFA0:
            return 0.8
        try:
            encoded = char.encode(codec)
        except UnicodeError:
            return 1
        low, high = _COMMON_LEADS.get(codec, (0, 255))
        usual = low <= encoded[0] <= high and (codec != "cp949" or encoded[-1] >= 0xA1)
        return 0 if usual and len(encoded) <= 2 else 0.8
    return 0


def _kind(char: str) -> str:
    """Return a letter for a character's script: "." is a blank or ASCII sign, S another sign, X rubbish."""
    if char.isascii():
        return "L" if char.isalpha() else "X" if char < " " and char not in "\t\r\n" else "."
    if char in _USUAL:
        return "."
    code = ord(char)
    if code < 0x250:
        return "L" if char.isalpha() else "X" if code < 0xA0 else "S"
    for first, after, kind in _RANGES:
        if first <= code < after:
            return kind
    return "X" if unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") or char == "\ufffd" else "S"


_RANGES = (
    (0x370, 0x400, "G"), (0x400, 0x530, "C"), (0x590, 0x600, "H"), (0x600, 0x780, "A"), (0xE00, 0xE80, "T"),
    (0x1E00, 0x1F00, "L"), (0x3000, 0x3100, "K"), (0x4E00, 0xA000, "K"), (0xAC00, 0xD7A4, "K"),
    (0x3400, 0x4DC0, "X"), (0xFE70, 0xFF00, "X"), (0xFF01, 0xFFE7, "K"), (0x2500, 0x25A0, "X"),
)  # fmt: skip
