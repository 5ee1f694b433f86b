"""What else a secret is called: the words on a sheet, some of them, digits on a screen. In the desk's twelve
languages; parts of the patterns of `ask_words`, over small letters."""

_BY_HAND = r"(?:wrote|written|noted|saved|copied|jotted|backup|paper|sheet|card)"

PAPERS = "|".join(
    (
        # English
        rf"\bwords\b.{{0,40}}\b{_BY_HAND}\b|\b(?:paper|sheet|card|note|page)\b.{{0,40}}\b(?:words|"
        rf"backup)\b",
        r"\b(?:backup|recovery|seed) (?:sheet|card|paper|screen|page|note|file|copy)s?\b|\blist of words\b|"
        r"(?<!in )(?<!for )\b(?:your|those|all the) words\b|\bword \d{1,2}\b|\beach word\b|"
        r"\b(?:first|last|next|1st|2nd|3rd|\d{1,2}th)(?: \w+){0,2} words?\b|"
        r"\b(?:the|your) backup (?:that |which )?you (?:made|wrote|saved|created|took)\b|"
        r"\bwhat you (?:wrote|noted) down\b|\b(?:dictate|spell|read)\b.{0,20}\bwords\b",
        r"(?<!last )\b(?:[4-8]|four|five|six|eight)[- ]digits?\b|\bthese digits\b|\bauthenticator\b|"
        r"\bcode\b.{0,40}\b(?:your|the) (?:phone|sms|authenticator|text message)\b",
        # German
        r"\b(?:sicherungs|backup-?)(?:karte|kopie|blatt|datei|zettel)\w*|\b(?:zettel|papier|blatt|"
        r"karte)\b.{0,50}\b(?:wörter\w*|worte\w*|phrase)\b|"
        r"\b(?:wörter\w*|worte\w*)\b.{0,50}\b(?:zettel|papier|blatt|karte|notiert\w*|aufgeschrieben\w*)\b|"
        r"\b(?:ihre|deine|alle|ersten?|letzten?)(?: \w+)? (?:wörter|worte)\b|\b(?:4|6|vier|sechs) "
        r"ziffern\b",
        # French
        r"\bmots\b.{0,40}\b(?:not|écri|papier|feuille|carte|phrase|sauvegard)\w*|"
        r"\b(?:feuille|papier|carte|carnet)\b.{0,50}\b(?:mots|sauvegarde|phrase)\b|"
        r"\b(?:premiers?|derniers?|vos|tous les)(?: \w+)? mots?\b|\b(?:4|6|quatre|six) chiffres\b",
        # Spanish and Portuguese
        r"\bpala[bv]ras\b.{0,40}\b(?:apunt|anot|papel|hoja|folha|escri[bt]|guard|frase)\w*|"
        r"\b(?:papel|hoja|folha|tarjeta|cartão)\b.{0,50}\b(?:pala[bv]ras|frase)\b|"
        r"\b(?:primeras|primeiras|últimas|tus|sus|suas|todas (?:las|as))(?: \w+)? pala[bv]ras\b|"
        r"\b(?:4|6|cuatro|quatro|seis) d[ií]gitos\b",
        # Russian
        r"\bслов\w*\b.{0,40}\b(?:запис|сохран|бумаж|лист|карточ|фраз|копи)\w*|"
        r"\b(?:лист|бумаж|карточ)\w*.{0,50}\bслов(?:а|ами|ам)?\b|"
        r"\b(?:перв|последн|все ваши)\w* (?:\w+ )?слов\w*|\b(?:шест|четыр)\w+ цифр\w*|"
        r"\bкод\w*\b.{0,30}\b(?:смс|sms|телефон\w*|аутентификатор\w*)",
        # Turkish
        r"\bkelime\w*.{0,40}\b(?:yazdı|not et|kâğı|kağı|sakla)\w*|\b(?:kâğı|kağı|"
        r"kart)\w*.{0,50}\bkelime\w*|"
        r"\b(?:ilk|son) (?:\w+ )?kelime\w*|\bon iki kelime\w*|\byirmi dört kelime\w*|\b(?:altı|dört) "
        r"hane\w*",
        # Vietnamese
        r"\b(?:mười hai|hai mươi bốn|12|24) từ\b|\btừ khôi phục\b|\bgiấy\b.{0,40}\btừ\b|"
        r"\b(?:các|những) từ\b.{0,40}\b(?:ghi|chép|giấy)\b|\bmã\b.{0,20}\b(?:điện thoại|tin nhắn)\b",
        # Japanese, Korean
        r"(?:単語|言葉|フレーズ)[をがの].{0,20}(?:紙|メモ|控え|書き)|(?:控え|書き留め|メモし|"
        r"紙に).{0,20}(?:単語|言葉)|"
        r"(?:復元|回復|リカバリー|シード)用?の?(?:単語|言葉|ワード)|最初の.{0,4}(?:単語|語)|"
        r"[一-九\d]{1,2}桁の",
        r"단어 ?(?:12|24|열두|스물네) ?개|(?:12|24|열두|스물네) ?(?:개의? )?단어|"
        r"적어 ?(?:두|둔|놓)\S* ?단어|단어\S* ?(?:적어 ?둔|적은)|종이\S*.{0,20}단어|단어\S*.{0,20}종이|"
        r"(?:여섯|네|6|4) ?자리|핀 ?번호|\bpin\b",
        # Chinese
        r"(?:单词|單詞|單字|词语|詞語)[^，。]{0,12}(?:纸|紙|抄|备份|備份)|"
        r"(?:抄|写|寫|记|記|录|錄)(?:下|有|的|了|好)[^，。]{0,8}(?:单词|單詞|單字|词|詞)|"
        r"(?:写|寫|记|記|抄)[^，。]{0,8}的?(?:纸|紙)|(?:备份|備份)(?:卡|纸|紙|的?那?些?(?:词|詞)|文件)|"
        r"[前后後第][一二三四五六两兩\d]+[个個]?(?:单词|單詞|單字|词|詞)|[四五六八4-8]位(?:数|數)",
    )
)

# Verbs of handing over that `ask_words` has not.
HANDING = "|".join(
    (
        r"\b(?:copy|put|paste|drop|type|enter|write|list|leave)\b.{0,70}\b(?:into|in|to|as|with) "
        r"(?:your|the|this|a)(?: next| own)? (?:messages?|e?-?mails?|reply|answers?|thread|chat|ticket|"
        r"form)\b|"
        r"\b(?:paste|drop|leave|put|type|list|write|enter)\b.{0,50}\b(?:here|below|underneath|under this|"
        r"in this (?:thread|mail|ticket))\b|"
        r"\bread(?: \w+)? (?:it |them )?back\b|\b(?:could|can|may) i (?:please )?(?:have|get|see)\b|"
        r"\b(?:scan|photograph) (?:it|them|the|your)\b(?! (?:picture|qr|code|square))|"
        r"\btell (?:us|me) (?:which|what)\b(?=.{0,20}\b(?:numbers?|digits?|codes?|words?)\b)",
        r"\bschreib\w* (?:sie |du )?(?:uns|mir|hier)\b|\bfotografier\w*|\bdiktier\w*|\bscannen sie\b",
        r"\bphotographi\w*|\b(?:re)?copie[rz]\b|\bnotez (?:ici|ci-dessous)|\bscannez\b|\brenvoy\w*|"
        r"\b(?:prenez|faites)(?: \w+)? photo\b",
        r"\bfotograf[ií]\w*|\b(?:tire|envie|mande|haga|haz|hazle|saque|saca|toma|tome)(?: \w+)? foto\b|"
        r"\bp[eé]g(?:a|ue|ala|uela)\b|\bme pas[ea]\b|\bpásame\b",
        r"\bсфотографир\w*|\bпереп(?:иш|ис)\w*|\bперечисл\w*|\bскан\b",
        r"\bfotoğraf\w*|\byolla\w*|\bekran görüntü\w*",
        r"写真を|スキャン|添付|キャプチャ|캡처|캡쳐|사진을|찍어",
        r"(?:打|写|寫|列|报|報|念)出[来來]|发过来|發過來|回传|回傳|报给|報給",
    )
)

# Of what is written on paper nothing is handed over: taken out before that is asked.
KEPT = "|".join(
    (
        r"\b(?:write|copy|put)\b(?=[^.]{0,60}\b(?:on|to) (?:a (?:piece|sheet) of )?paper\b)",
        r"\bescr(?:ib|ev)\w+(?=[^.]{0,60}\b(?:en|em|num)(?: un)? papel\b)",
        # Portuguese "in the", which denies in Spanish and English.
        r"\bno (?=(?:aplicativo|app|site|celular|telefone|papel|computador|chat|telegram|whatsapp|signal|"
        r"e-?mail|seu|meu)\b)",
        r"\b(?:за|на)пи(?:ш|с)\w*(?=[^.]{0,60}\bбумаг\w*)",
        r"(?<=kâğıda )yaz\w*|(?<=kağıda )yaz\w*|\b(?:viết|chép)(?=[^.]{0,50}\bgiấy\b)",
        r"(?<=종이에 )적어|(?<=종이에 )써|(?:没|沒|未)有?收到[^，。,]{0,10}[码碼]|曾(?:经|"
        r"經)?[^，。,]{0,10}(?:输入|輸入)",
    )
)
