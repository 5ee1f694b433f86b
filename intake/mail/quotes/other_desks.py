"""The line of a help desk, ours or another's, above which an answer is to be written, in any language."""

import re
from collections.abc import Iterable, Sequence

MAX_LINE = 300
# What stands around such a line, this often: "## ... ##", "--- ... ---".
_FENCE = "#-=*~_+—─[]"
MIN_FENCE = 2
# "이 줄 위에 답장", in letters.
MIN_WORDS = 7
MIN_FENCED = MIN_WORDS + 2
_BLANKS = " \t\r\xa0>"
_FIRSTS = frozenset(_FENCE + _BLANKS)
_LASTS = frozenset(_FENCE + " \t\r\xa0")

_OURS = re.compile(r"##- .{0,300} -##")
# A word for "reply". It says nothing by itself; nor do the words for "above this line".
_ANSWER = re.compile(
    r"repl(?:y|ies)|respon|answer|comment|\bnote\b|antwoord|antwort|répon|respues|respost|rispo|reage"
    r"|reactie|odpow"
    r"|odpov|odgovor|ответ|відпов|отгово|одговор|[回答][复覆復]|回答|回信|返信|返答|회신|답장|답변|답신|yanıt|ceva[pb]"
    r"|trả lời|phản hồi|svar|vasta|válasz|răspun|απ[άα]ντ|תשוב|תגוב|השב|رد|إجاب|جواب|پاسخ|balas|jawab|tanggap"
    r"|ตอบ|atsak|atbild|vastus|उत्तर|जवाब",
    re.IGNORECASE,
)
_ABOVE_THIS_LINE = re.compile(
    r"above (?:this|the) (?:\w{1,12} )?line|(?:oberhalb|über|ueber) (?:dieser|diese"
    r"|der) (?:\w{1,12} )?(?:zeile|linie)"
    r"|dessus de (?:cette|la) ligne|(?:encima|arriba|antes) de (?:esta|la) línea|sobre esta línea"
    r"|(?:acima|antes) d(?:esta|a) linha|sopra (?:di |a )?(?:questa|la|alla) (?:riga|linea)"
    r"|boven (?:deze|de) (?:regel|lijn)|(?:powyżej|nad) (?:t[eąy][jm]?) (?:lini\w{1,2}|wiersz\w{0,3}|kresk\w)"
    r"|(?:выше|над) (?:этой|данной|этим) (?:строк|черт|лини)|(?:вище|над) ц(?:ього|им|ією|ієї) (?:рядк|ліні"
    r"|риск)"
    r"|над (?:този ред|тази линия)|bu (?:satır|çizgi)\w{0,4} (?:üst|üzer|yukarı)|trên (?:dòng"
    r"|đường)(?: kẻ)? này"
    r"|ovanför (?:den här|denna) (?:rad|linje)|(?:over|ovenfor|ovenover) (?:denne|den her) lin[ij]e?"
    r"|tämän (?:rivin|viivan) yläpuol|(?:sor|vonal) (?:fölé|felett|fölött)"
    r"|deasupra (?:acestei|acestui) (?:lini|rând)"
    r"|nad (?:tento|tuto|túto|tímto|touto|týmto|toto) (?:řád|riad|čár|čar|čiar|lini)|nad to (?:vrstic|črt)"
    r"|iznad (?:ove|ovog) (?:linij|crt|ret|red)|изнад (?:ове|овог) (?:линиј|ред)"
    r"|πάνω από (?:αυτήν?|τη) (?:τη[νς]? )?γραμμή|מעל (?:ל|ה)?(?:שורה|קו)|(?:أعلى|فوق) هذا (?:السطر|الخط)"
    r"|بالای این (?:خط|سطر)|di ?atas (?:baris|garis) ini|เหนือ(?:บรรทัด|เส้น)นี้"
    r"|(?:此|这|這|该|該|本)一?(?:行|[条條]?[线線])(?:文字)?(?:以上|之上|的?上[方面边]|上)|この(?:行|線|ライン)(?:より|の)[上前]"
    r"|이 (?:줄|선|라인) ?(?:위|상단)|इस (?:पंक्ति|रेखा|लाइन) (?:के|से) ऊपर|sobre (?:d')?(?:aquesta|la) línia"
    r"|selle rea kohal|virš šios (?:eilut|linij)|virs šīs (?:rind|līnij)",
    re.IGNORECASE,
)
# One of these is in every form of it; most fences hold another title, and the pattern is slow.
_LINE = (
    "line", "zeil", "lini", "lign", "líne", "líni", "linha", "riga", "regel", "lijn",
    "wiersz", "kresk", "stro", "строк", "черт", "лини", "рядк", "ліні", "риск", "ред",
    "satır", "çizgi", "dòng", "đường", "rad", "linj", "rivi", "viiva", "sor", "vonal",
    "rând", "řád", "riad", "čár", "čar", "čiar", "vrstic", "črt", "crt", "red", "γραμμή",
    "שורה", "קו", "سطر", "خط", "baris", "garis", "บรรทัด", "เส้น", "行", "線", "线", "ライン",
    "줄", "선", "라인", "पंक्ति", "रेखा", "लाइन", "rea", "eilut", "rind", "līnij",
)  # fmt: skip
# With nothing around it, as some write it in English.
_BARE = re.compile(
    r"^(?:please )?(?:(?:type|write|enter|add|put) )?(?:your |a )?(?:(?:reply|response|answer|comment) )?"
    r"(?:only )?above this line(?: to (?:reply|respond|answer|comment|post|add|send)\b.{0,80})?[.!:]?$"
    r"|^(?:please )?(?:reply|respond|answer) above this line(?: to .{1,80})?[.!:]?$",
    re.IGNORECASE,
)


def find(lines: Sequence[str], text: str) -> int | None:
    """Return the first line by which a desk parts an answer from its own mail, None where none does.

    It may stand in a quote. `text` is that of the lines. Linear in their number; of each, a bounded part
    is looked at.
    """
    candidates: Iterable[int] = range(len(lines))
    if not ("bove this line" in text or "##- " in text or "BOVE THIS LINE" in text):
        candidates = [
            at
            for at, line in enumerate(lines)
            if len(line) >= MIN_FENCED
            and line[0] in _FIRSTS
            and line[-1] in _LASTS
            and (line[0] in _FENCE or line.lstrip(_BLANKS)[:1] in _FENCE)
        ]
    return next((at for at in candidates if _parts(lines[at])), None)


def _parts(line: str) -> bool:
    if "##- " in line and _OURS.search(line[:1000]):
        return True
    bare = line[: MAX_LINE + 1].strip(_BLANKS)
    if not bare or len(bare) > MAX_LINE:
        return False
    return _fenced(bare) if bare[0] in _FENCE else _alone(bare)


def _fenced(bare: str) -> bool:
    said = bare.strip(_FENCE + " \t\xa0")
    if len(said) < MIN_WORDS:
        return False
    start = bare.find(said)
    bracketed = bare[0] == "[" and bare[-1] == "]"
    if not bracketed and (start < MIN_FENCE or len(bare) - start - len(said) < MIN_FENCE):
        return False
    if not any(map(said.lower().__contains__, _LINE)):
        return False
    return _ABOVE_THIS_LINE.search(said) is not None and _ANSWER.search(said) is not None


def _alone(bare: str) -> bool:
    """Whether a line without a fence is nothing but that request."""
    return "above this line" in bare.lower() and _BARE.match(bare) is not None
