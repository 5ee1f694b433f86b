"""Words that are for no customer though they name no colleague: who else could be asked so? Pure.

"Not for the customer: we broke it", "Can somebody take this one?", "Entre nous, elle ment", "谁能接一下".

Texts are as `strays.as_read` returns them: folded, and of usual width.
"""

import re

_END = r"(?=\s*(?:[:,;.!–—]|$| - ))"
# Nobody asks a customer for this.
_NOT_TOLD_WORDS = (
    "(?:do not|don.?t|never) (?:tell|inform) (?:the |this |our )?(?:customer|client)",
    f"not for (?:the |this |our )?(?:customer|client)(?:.?s eyes)?{_END}",
    "(?:do not|don.?t|never|not to be) (?:forward|send|pass|show|share)(?:ed|d|n)?(?: (?:this|it|on))*"
    " (?:to|with) (?:the|this|our) (?:customer|client)",
    "kund(?:en|in) (?:bitte )?nichts? (?:sagen|mitteilen|verraten|erzählen|zeigen|weiterleiten|schicken)",
    "nicht an (?:den kunden|die kundin)", f"nicht für (?:den kunden|die kundin)(?: bestimmt| gedacht|{_END})",
    "kund(?:e|in) (?:soll|darf|muss) (?:das |davon |es )?nichts? (?:wissen|erfahren|sehen)",
    "(?:the|this) (?:customer|client) (?:must|should) (?:not|never) (?:know|hear|learn|find out)",
    "keep (?:this|it|that) from (?:the|this|our) (?:customer|client)",
    "(?:do not|don.?t|never) let the (?:customer|client) (?:know|see|find out)",
    "que no (?:lo|se) (?:lea|sepa|vea|entere) (?:el|la) client[ea]",
    "que [oa] cliente não (?:saiba|veja|leia)",
    "que (?:le|la) cliente? ne (?:le |la |l.)?(?:sache|voie|lise)", "чтобы клиент не (?:знал|видел|узнал)",
    "müşteri (?:bilmesin|görmesin|duymasın)", "(?:đừng|không) (?:cho|để) khách(?: hàng)? (?:biết|xem|thấy)",
    "no (?:le )?(?:digas?|digan|decir) (?:nada )?al cliente",
    "no (?:reenvi|envi|mostr|pas)(?:ar|es|éis|en|e) (?:esto )?(?:al|a la) client[ea]",
    f"(?:no es|no) para (?:el|la) client[ea]{_END}",
    "não (?:digam?|dizer|contar|conte) (?:nada )?ao cliente",
    "não (?:encaminh|envi|mostr|repass)(?:ar|es|em|e) (?:isto |isso )?(?:ao|à|para [oa]) cliente",
    "ne (?:pas|rien) (?:le )?dire au client", "ne (?:le )?dites (?:pas|rien) au client",
    "ne pas (?:transmettre|envoyer|transférer|montrer|communiquer) (?:ceci |ça )?(?:au|à la) cliente?",
    f"pas pour (?:le|la) cliente?{_END}",
    "не (?:говорить|говорите|сообщать|сообщайте) клиенту",
    "клиенту не (?:пересылать|пересылайте|отправлять|отправляйте|показывать|показывайте|говорить|говорите)",
    f"не (?:пересылать|пересылайте|отправлять|показывать|показывайте|для) клиент[уа]{_END}",
    r"müşteriye (?:söyleme|bildirme)\w*",
    f"müşteriye (?:iletme|gönderme|gösterme)(?:yin|yiniz|yelim)?{_END}",
    "(?:đừng|không) (?:nói|báo) (?:với |cho )?khách",
    f"(?:đừng|không) (?:chuyển|gửi)(?: tiếp)? (?:cho |tới )?khách(?: hàng)?{_END}",
)  # fmt: skip
_NOT_TOLD_SIGNS = (
    "(?:不[要能可]|[别別勿])(?:告[诉訴知]|通知|[让讓跟])(?:客[户戶人]|用[户戶]|[顾顧]客|[对對]方)",
    "(?:不[要能可]|[别別勿])(?:[转轉](?:[发發寄]?)|[发發寄])(?:[给給])?(?:客[户戶人]|[顾顧]客)(?![服端])",
    "(?:お客様|お客さん|顧客)には?(?:言わない|伝えない|知らせない|内緒|秘密)",
    "(?:お客様|お客さん|顧客)には?(?:転送|送信|共有)(?:しない|不可|禁止)",
    "(?:お客様|お客さん|顧客)に(?:知られ|見られ)ないよう", "(?:고객|손님)님?이? 모르게",
    "(?:고객|손님)님?(?:에게|한테)는? (?:말하지|알리지|비밀)",
    "(?:고객|손님)님?(?:에게|께|한테)는? (?:전달|공유|전송)하지 ?(?:마|말)",
)  # fmt: skip
_NOT_TOLD = re.compile(rf"\b(?:{'|'.join(_NOT_TOLD_WORDS)})\b|{'|'.join(_NOT_TOLD_SIGNS)}")
# One asks nobody by name: "Can somebody take this one?", "谁能接一下".
_ANYBODY_WORDS = (
    "(?:can|could|would) (?:some|any)(?:one|body)(?: (?:else|from [a-z]+))? (?:please )?(?:take over"
    r"|take (?:this|him|her)(?: (?:one|case|ticket|customer))?(?! \w)|handle this"
    "|look (?:at|into) this(?! with you)|own this|deal with (?:this|him|her))",
    "does any(?:one|body) know (?:what|if|why|who|how) (?:the|this) (?:customer|client)",
    "wei(?:ß|ss) (?:jemand|wer),? (?:was|ob|wie|warum|wer) (?:der|die|dieser?) kund",
    "any(?:one|body) (?:free|able) to (?:take|grab) (?:this|him|her)",
    "(?:über)?nimmt (?:das|den|die)(?: hier)? (?:jemand|wer)", "qui s.en occupe",
    "kann (?:das|den|die|es)(?: hier)?(?: bitte| mal)* (?:jemand|wer)(?: ander(?:er|es|s))?(?: bitte| mal)*"
    " (?:machen|übernehmen|nehmen)",
    "(?:quelqu.un|qui) (?:peut|veut)(?: bien)? (?:prendre|reprendre|s.occuper de) (?:(?:ce|le)"
    " (?:client|cas|ticket)|cette cliente|celui-ci)",
    "(?:alguien|quién) puede (?:llevar|tomar|coger|encargarse de) (?:este (?:caso|cliente|ticket)"
    "|esta clienta|esto)",
    "(?:alguém|quem) pode (?:assumir|pegar|ficar com) (?:(?:este|esse|o) (?:caso|cliente|ticket|chamado)"
    r"|(?:est|ess)[ea](?! \w))",
    "кто (?:возьм[её]т|может взять) (?:эт|клиент|тикет|обращени)", "bu müşteriyi (?:biri|kim)",
    "ai nhận (?:khách|ca|vụ|ticket)",
)  # fmt: skip
_ANYBODY_SIGNS = (
    "[谁誰](?:能|可以|来|來|有空)[^。？?]{0,6}(?:接|[处處]理|跟)一下",
    "誰かこの(?:件|客|お客|人|チケット)[^。]{0,8}お願い",
    "누가 이 (?:고객|건|티켓)[^.?]{0,8}(?:맡|처리)",
)
_ANYBODY = re.compile(rf"\b(?:{'|'.join(_ANYBODY_WORDS)})|{'|'.join(_ANYBODY_SIGNS)}")
# What follows is for no other ears.
_BETWEEN_US = re.compile(
    "(?:mal |nur |just |juste |solo |sólo |só |только )?"
    "(?:between (?:us|you and me)|off the record|unter uns(?: gesagt)?|entre nous"
    "|(?:que quede )?entre nosotros|(?:cá )?entre nós|между нами|aramızda(?: kalsın)?|chỉ giữa chúng ta"
    "|ここだけの話(?:ですが)?|우리끼리 얘기지만"
    r"|[咱我][们們][私之]下?[说說间間])\s*[,:、]"
)


def not_to_be_told(line: str) -> bool:
    """Whether a line asks somebody to tell or to send a customer nothing."""
    return _NOT_TOLD.search(line) is not None


def unaddressed(line: str) -> bool:
    """Whether a first line asks any colleague to take a ticket, or says that its words stay among us."""
    return _BETWEEN_US.match(line) is not None or _ANYBODY.search(line) is not None
