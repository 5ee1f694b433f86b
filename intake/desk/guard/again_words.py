"""Words that hand over what a sentence before has named ("send it to me", 发给我), in the desk's twelve
languages; over small letters.

A denial covers its own clause: "Never share your phrase. Just send it to me."
"""

import re

# With a pronoun, or to us alone.
IT_OVER = re.compile(
    "|".join(
        (
            r"\b(?:send|give|e?-?mail|forward|submit|upload|attach|drop|provide|paste)(?: \w+)? (?:it|"
            r"them|those)\b|"
            r"\b(?:tell|show|share|write|type|read|spell|copy)(?: \w+)? (?:it|them) (?:\w+ )?(?:to|with|"
            r"for (?:me|us)|here|below|in)\b"
            r"(?! (?:the|your) (?:app|wallet|device))|"
            r"\b(?:i|we) (?:only |just |will )?(?:need|require|want) (?:it|them)\b|"
            r"\bput (?:it|them) in(?:to)? (?:your|this|the|a)\b|\b(?:need|have|want|must|like) (?:to "
            r")?(?:see|check|read) (?:it|them)\b|"
            r"\b(?:reply|answer|respond|write back)\b(?: \w+){0,2} with (?:it|them|those|that)\b|"
            r"\b(?:send|give|share|tell|show|write)(?: it| them)? (?:only|just) (?:to |with )?(?:us|me)\b|"
            r"\b(?:only|just) (?:send|give|share|tell|show|write)(?: it| them)? (?:to |with )?(?:us|me)\b",
            r"\b(?:schick|send|geb|nenn|schreib|sag|verrat|übermittel|mail)\w* sie (?:sie|ihn|diese|es|"
            r"alles)\b|"
            r"\b(?:schick|send|gib|nenn|schreib|sag|mail)e? (?:sie|ihn|es)\b|"
            r"\b(?:brauche|benötige)n? (?:ich|wir) (?:sie|ihn|es|diese)\b|"
            r"\b(?:sie|ihn|diese|es) (?:\w+ )?(?:uns|mir)(?: \w+){0,3} \w*(?:schick|send|nenn|schreib|"
            r"geb|mitteil)\w*|"
            r"\bnur (?:uns|mir|an uns|an mich|mit uns|mit mir)\b|\bantworten sie(?: \w+)? damit\b",
            r"\b(?:envoy|renvoy|transmett|donn|communiqu|indiqu|écriv|confi|recopi|adress|joign|ajout|"
            r"photographi|dict)\w*-(?:la|le|les)\b|"
            r"\b(?:nous|me|vous) (?:la|les|le) (?:r?envoy|transmett|donn|communiqu|indiqu|écri|confi)\w*|"
            r"\bnous l['’](?:envoy|adress|écri|indiqu)\w*|\bà (?:nous|moi) (?:seul\w*|uniquement)\b|"
            r"\b(?:uniquement|seulement) à (?:nous|moi)\b",
            r"\b(?:env[ií]|mánd|mand|da|dí|d[ií]ga|pas|pás|escr[ií]b|comp[aá]rt|facil[ií]t|"
            r"reenv[ií])\w*(?:nos|me)l[ao]s?\b|\b(?:adj[uú]nt|p[eé]g|c[oó]pi)\w*l[ao]s?\b|"
            r"\b[ao]s? (?:mande|envie|passe|escreva)\w*|\bl[ao]s? (?:mande|env[ií]e|pase|escriba|copie|"
            r"pegue)\w*|"
            r"\b(?:nos|me) l[ao]s? (?:env|mand|da|pas|escrib|puede)\w*|"
            r"\b(?:env[ií]|mánd|mand)\w+l[ao]s? (?:a|aquí|solo|por)\b|\bcon ell[ao]s?\b|"
            r"\b(?:solo|sólo|só|apenas|somente) (?:a|con|com|para|comigo|conmigo|connosco|conosco)\b "
            r"?(?:nosotros|mí|mim|nós)?",
            r"\bpreciso del[ao]s?\b|\bl[ao]s? necesit(?:o|amos)\b|"
            r"\b(?:envi|mand|pass|col|escrev|partilh|compartilh|encaminh|fornec)\w*-(?:n?[ao]s?|"
            r"[lm][ao]s?|me|nos)\b|"
            r"\b(?:envi|mand|pass)\w* (?:ela|elas|isso|tudo)\b",
            r"\b(?:встав|введи|впиш)\w* (?:её|ее|их|его) (?:\w+ )?(?:в ответ|сюда|ниже|здесь)\w*|"
            r"\b(?:отправ|пришл|сообщи|напиши|назов|дай|передай|перешл|вышл|скин)\w*(?: \w+){0,2} (?:её|"
            r"ее|их|его)\b|"
            r"\b(?:её|ее|их|его)(?: \w+){0,2} (?:отправ|пришл|присл|переда|сообщ|напи|передай|перешл|"
            r"вышл)\w*|"
            r"\b(?:только|лишь) (?:мне|нам|сюда|в ответ)\b",
        )
    )
)

# Of languages that leave the pronoun out: to us, unless something else is named.
TO_US = re.compile(
    "|".join(
        (
            r"\b(?:bana|bize|buraya|cevaba|yanıta|aşağıya)\b(?: \w+){0,3} (?:gönder|ilet|yaz|söyle|ver|"
            r"bildir|paylaş)\w*|"
            r"\b(?:sadece|yalnızca) (?:bana|bize|bizimle|benimle)\b",
            r"\b(?:gửi|đưa|cung cấp|chuyển|đọc|nói)(?: \w+){0,2} (?:nó|chúng|tôi|mình|đây)\b|"
            r"\bcho (?:chúng )?(?:tôi|mình) xem\b|\btrả lời (?:thư|email|tin|mail)(?: \w+)? (?:kèm|với|"
            r"bằng)\b",
            r"(?:私|当社|弊社|こちら|当方|ここ|サポート|このメール)(?:宛|あて)?[にへま].{0,12}"
            r"(?:送っ|お送り|教え|返信|お知らせ|お伝え|提供|記入|入力|提示(?=し|いた|くだ|下さ))",
            r"(?:저|저희|제|여기|이 메일|이곳)(?:에게|한테|에|로|희)?\S{0,4} ?(?:\S+ ){0,3}(?:보내|알려|"
            r"회신|답장|말씀|전달)",
            r"需要[您你](?:提交|提供|发|發|报|報)|[发發传傳寄报報念交](?:给|給|到|来|來|送)?(?:我|客服|"
            r"这里|這裡|过来|過來)|"
            r"(?:回复|回覆|告诉|告訴|提供|回信)(?:给|給)?(?:我|客服|即可|就行|就好)",
        )
    )
)

# What is asked for instead; a short yes or no too.
ELSE = re.compile(
    r"\b(?:hash\w*|tx ?id\w*|transaction\w*|transfer\w*|screenshot\w*|versions?|logs?|numbers?|message|"
    r"transaktion\w*|überweisung\w*|nachricht|fehler\w*|version\w*|transacci\w*|transaç\w*|capturas?|"
    r"versi[oó]n|"
    r"versão|mensajes?|mensagem|число|хеш\w*|хэш\w*|транзакци\w*|версию|скриншот\w*|сообщени\w*|"
    r"işlem\w*|sürüm\w*|ekran görüntü\w*|mesaj\w*|ağ\w*|giao dịch|phiên bản|ảnh chụp|tin nhắn|mạng|"
    r"errors?|urls?|links?|website|fehler\w*|erreurs?|(?<!diese )(?<!an die )(?<!cette )adresse|(?<!this "
    r")(?<!following )address|"
    r"balance|guthaben|solde|saldo|баланс\w*|bakiye\w*|số dư|адрес\w*|adres[ei]?\w*|direcci\w+|endereço|"
    r"địa chỉ|date|datum|fecha|"
    r"data|дат[ауы]|tarih\w*|ngày|error\w*|ошибк\w*|ссылк\w*|hata\w*|lỗi|"
    r"yes or no|ja oder nein|oui ou|sí o no|sim ou|да или|evet ya da)\b|"
    r"残高|アドレス|エラー|ハッシュ|取引|バージョン|スクリーンショット|ネットワーク|金額|はい|メッセージ|"
    r"画面|"
    r"오류|잔액|주소|해시|거래|버전|스크린샷|화면|네트워크|금액|메시지|예 또는|"
    r"余额|餘額|公开|公開|错误|錯誤|畫面|网址|網址|链接|連結|问题|問題|哈希|雜湊|交易|版本|截图|截圖|"
    r"日志|日誌|时间|時間|网络|網路|金额|金額|型号|型號|地址|消息|訊息|“在”|「在」|是或"
)

# "Nobody but us" warns of others only.
BUT_US = re.compile(
    r"\b(?:nobody|no one|none|anybody|anyone)(?: else)?,? (?:but|except|other than|besides|apart "
    r"from)(?: to| with| for)? "
    r"(?:us|me)\b|\baußer (?:uns|mir)\b|\b(?:sauf|excepté)(?: à| avec| pour)? (?:nous|moi)\b|"
    r"\b(?:excepto|salvo|menos|exceto)(?: a| con| com| para)? (?:nosotros|mí|mim|nós|connosco|conosco)\b|"
    r"\bкроме (?:нас|меня|нашей)\b|\b(?:bizden|benden) başka\b|\bngoài (?:chúng tôi|tôi)\b|"
    r"(?:私|当社|弊社|サポート)(?:達|たち)?以外|(?:저희|저) ?(?:외에|말고)|"
    r"除了?(?:我们|我們|我|客服)(?:以外|之外|外)"
)

# "If it is lost, tell us": that is told, and not what was named.
CONDITION = re.compile(
    r"如果|若|的话|的話|要是|万一|萬一|場合|たら|れば|면(?=\s|$)|\b(?:nếu|eğer)\b|\w+(?:sanız|seniz|ysa|"
    r"yse)\b"
)
INFORM = re.compile(
    r"告诉|告訴|告知|联系|聯絡|聯繫|回复|回覆|お知らせ|教え|お伝え|알려|말씀|연락|\b(?:bildir|söyle|"
    r"yaz)\w*|\b(?:báo|nói)\b"
)
# What follows says what is to be seen on what is sent: "a picture of the page where the words are shown".
SHOWING = re.compile(
    r"\s*(?:where|which|that|wo|auf (?:dem|der)|où|sur l\w+|donde|onde|en (?:el|la) que|где|на котор\w+)\b"
)
