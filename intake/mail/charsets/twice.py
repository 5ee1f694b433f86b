"""Text encoded twice in UTF-8: a script took the bytes of "ü" for two letters of Latin-1 and encoded each."""

import re

from intake.mail.charsets.latin import latin

# A letter beyond ASCII in two: the first of Latin-1, the second of Latin-1's or Windows-1252's signs.
_MAY_BE = re.compile(rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|[\xc6\xcb\xe2])")
_INSIDE = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
# Fewer letters that stand alone may be somebody's sample of such a text.
MIN_ALONE = 4
# A mail of nothing else has so many, as a test has.
MIN_TEST = 2
# What stands where people write it: a price, a blank that does not break, a number's sign.
_BY_NUMBERS = re.compile(
    r"(?<=\d)\s?[€£¥°§%½²³ªº](?!\w)|(?<!\w)[€£¥§±©½]\s?(?=[\da-z])"
    r"|(?<=[\w.!?,;:)])\s?\u00a0+\s?(?=[\w?!:;»%])|(?<=[\w.!?,;:)])\s?\u00a0+|(?m:^)\u00a0+"
)
# A dash between words, quotes, a word of one letter, a picture of a face.
_BY_WORDS = re.compile(
    r"(?<=\w)[ \n]?[–—](?=[ \n]?\w)|[«„“‘‚»”’…]|(?m:^)[•·–—][ \t](?=\S)"
    r"|(?<=[a-z] )[àÀáóéèôí](?= [a-z\d])|(?m:^)[ÀÉÓàéóè](?= [a-z])|\b(?:que|come|cosa|qual|o|non) [éèàá]\b"
    "|[\u2600-\u27bf\ufe0e\ufe0f\u200d\u2190-\u21ff\U0001f000-\U0001faff]"
)
# The words of a test.
_TEST = re.compile(r"\W*(?:(?:test\w*|hello|hallo|hi|mail|ok)\b\W*){0,3}", re.IGNORECASE | re.ASCII)
_CONTROL = re.compile("[\x80-\x9f]")
# Who writes about broken letters names them.
_ABOUT = re.compile(
    r"instead|mojibake|unicode|utf-?8|latin-?1|iso-?8859|encod|charset|character|umlaut|symbol|weird"
    r"|strange|garble|\bsigns?\b|shows?\b|display|looks like|apostrophe|zeichen|statt|kodier|anzeige"
    r"|caract[eè]r|encodage|au lieu"
    r"|affich|en lugar|codific|muestra|invece|vece di|em vez|mostra|кодировк|символ|вместо|乱码|亂碼"
    r"|文字化け",
    re.IGNORECASE,
)
_PERHAPS_ABOUT = re.compile(
    r"\b(?:see|get|wrong|broken|bugs?|letters?|appears?|everywhere|shown|sehe|steht|kommt|vois)\b", re.I
)
_BYTES = {ord(char): code for code, char in enumerate(latin(bytes(range(256)))) if code >= 0x80}
_BYTES |= {code: code for code in range(0x80, 0xA0)}


def repaired(data: bytes, text: str) -> str:
    """Return `text`, decoded from the UTF-8 `data`, as it was before it was encoded twice; else as it is.

    Every letter of it must have been: a text that shows what went wrong beside what is right stays.
    """
    if not _MAY_BE.search(data):
        return text
    try:
        once = text.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
    beyond = len(once) - len(once.encode("ascii", "ignore"))
    # No keyboard has a control.
    if _INSIDE.search(once) or beyond >= MIN_ALONE or _CONTROL.search(text):
        return once
    return once if _is_plausible(once, beyond) else text


def _is_plausible(once: str, beyond: int) -> bool:
    """Whether a text of few letters beyond ASCII, none of them in a word, is no sample of broken ones."""
    if _ABOUT.search(once):
        return False
    words = once.encode("ascii", "ignore").decode("ascii")
    if _TEST.fullmatch(words):
        return (
            beyond >= MIN_TEST
            or any(map(str.isalpha, words))
            or _BY_WORDS.fullmatch(once.strip()) is not None
        )
    rest = _BY_NUMBERS.sub("", once)
    return rest.isascii() or (not _PERHAPS_ABOUT.search(once) and _BY_WORDS.sub("", rest).isascii())
