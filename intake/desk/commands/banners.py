"""What mail gateways write on top of a mail: "CAUTION: This email originated from outside".

A gateway cannot tell a mail that is read from one that is quoted, and puts its warning above the
commands of a reply, too. It is known by its words, whole sentences of them, and skipped; what is not
known stays, and the commands below it are then out of their place (intake/desk/commands/strays.py).
"""

import re

from intake.desk.commands.grammar import SIGNS

# A banner has at most so many lines, however it was wrapped, and letters.
MAX_LINES = 8
MAX_LENGTH = 800
MAX_SENTENCE = 250
_EDGE = re.compile(r"^(?:[^\w\[\]【】]|_)+|(?:[^\w\[\]【】.!?。！？]|_)+$")
_BOLD = re.compile(r"[*_]{1,3}")
_SENTENCE = re.compile(r"(?<=[.!?。！？;])\s+|(?<=[。！？])")
# Each in the languages in which gateways speak, those of our own mails.
_LEAD = re.compile(
    r"^(?:\[?(?:caution|warning|attention|notice|alert|important|achtung|vorsicht|hinweis|warnung|atención"
    r"|atenção|cuidado|aviso|avertissement|attenzione|внимание|осторожно|dikkat|uyarı|cảnh báo|注意|警告|提醒"
    r"|주의|경고)\]?\s{0,3}[:：!！-]{0,3}\s{0,3}){1,2}",
    re.IGNORECASE,
)
# "This mail …": what comes from outside.
_THIS = re.compile(r"(?:this|the|diese|este|esta|ce|cette|это|bu|此|本|这|這|このメール|이 )", re.IGNORECASE)
_ORIGIN = re.compile(
    r"(?=.*(?:\b(?:e-?mails?|messages?|mails?|sender|nachricht|absender|correo|mensaje|mensagem|courriel"
    r"|письмо|сообщение|e-?posta|thư)|邮件|郵件|メール|메일))"
    r"(?=.*(?:outside|external|extern\w{0,3}|außerhalb|ausserhalb|fuera|extérieur\w{0,2}|fora d"
    r"|внешн\w{1,3}|извне|dışından|harici|bên ngoài|外部|社外|외부))",
    re.IGNORECASE,
)
# What not to do with it.
_WARNS = re.compile(
    r"^(?:(?:please|bitte|por favor|veuillez|пожалуйста|lütfen|请|請)[,\s]{0,2})?"
    r"(?:do not|don't|never|be (?:careful|cautious)|use caution|exercise caution|think before|verify|treat"
    r"|report|only|proceed|stop and think|keine?|klicken|öffnen|seien|no (?:haga|abra)|não"
    r"|ne (?:cliquez|pas)|n'ouvrez|soyez|не |tıklamayın|không|勿|切勿|谨慎|不要|如非|請勿|请勿)"
    r"(?=.*(?:click|link|attachment|open|sender|recogni[sz]e|caution|phish|suspicious|content|respond|reply"
    r"|anhäng|klick|absender|enlace|adjunto|clique|anexo|lien|pièce|ссылк|вложени|bağlantı|liên kết"
    r"|链接|鏈接|連結|附件|打开|点击))",
    re.IGNORECASE,
)
# A tag alone: [EXTERNAL], [EXT], "External Email", 【外部邮件】.
_TAG = re.compile(
    r"[\[【(<]\s?(?:ext|extern(?:al|e|o|a)?|outside|外部|社外|외부)\s?[\]】)>][:：.!]?"
    r"|[\[【(<]?\s?(?:extern(?:al|e)? (?:e-?mail|sender|message|mail)|外部邮件|外部郵件|社外メール|외부 ?메일"
    r"|внешнее письмо|внешняя почта)\s?[\]】)>]?[:：.!]?",
    re.IGNORECASE,
)
# What a company's own tools write of how secret a mail is.
_LABEL = re.compile(
    r"[\[(]?(?:(?:data |document |security |information )?(?:classification|sensitivity|label)"
    r"|klassifizierung|vertraulichkeit|clasificación|classificação|密级|密級|機密区分|보안등급)"
    r"\s{0,3}[:：=]\s{0,3}[^\W\d][\w /&,()-]{0,60}[\])]?",
    re.IGNORECASE,
)


def below(text: str, sure: bool = True) -> str:
    """Return `text` without the banners of gateways at its top.

    `sure`: only those that begin as no answer to a customer does, with a warning or a tag in brackets.
    Otherwise also "This email comes from outside", and the line that says how secret a mail is: good
    enough to look for commands below, and too little to cut an answer.
    """
    lines = text.splitlines()
    cut = 0
    while cut < len(lines):
        length = 0 if _bare(lines[cut]) else 1
        length = length or _length(lines[cut : cut + MAX_LINES], sure)
        if not length:
            break
        cut += length
    above = [line for line in lines[:cut] if _bare(line)]
    return "\n".join(lines[cut:]) if above else text


def _length(lines: list[str], sure: bool) -> int:
    """Return of how many lines, from the first, a banner is; 0 when there is none."""
    length, said = 0, ""
    for count, line in enumerate(lines, 1):
        bare = _bare(line)
        said = f"{said} {bare}".strip()
        if not bare or line.lstrip().startswith(tuple(SIGNS)) or len(said) > MAX_LENGTH:
            break
        if _is_banner(said, sure):
            length = count
    return length


def _bare(line: str) -> str:
    return _EDGE.sub("", " ".join(_BOLD.sub(" ", line[:MAX_LENGTH]).split()))


def _is_banner(said: str, sure: bool) -> bool:
    if _TAG.fullmatch(said):
        return True
    if not sure and _LABEL.fullmatch(said):
        return True
    rest = _LEAD.sub("", said, count=1)
    if _TAG.fullmatch(rest):
        return True
    if (sure and rest == said) or not (_THIS.match(rest) or _TAG.match(rest)):
        return False
    first, *more = [sentence.strip() for sentence in _SENTENCE.split(rest) if sentence.strip()] or [""]
    return _origin(first) and all(_origin(sentence) or _WARNS.match(sentence) for sentence in more)


def _origin(sentence: str) -> bool:
    if len(sentence) > MAX_SENTENCE:
        return False
    return _TAG.fullmatch(sentence) is not None or _ORIGIN.match(sentence) is not None
