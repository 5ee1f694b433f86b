"""A code that somebody was sent, and questions for a secret, in the desk's twelve languages: parts of the
patterns of `ask_words`, over small letters.

"Code" alone is no secret: errors, parcels and countries have one too.
"""

import re

CODES = "|".join(
    (
        # English
        r"(?<!error )(?<!tracking )(?<!voucher )(?<!promo )(?<!discount )(?<!order )\bcodes? (?:"
        r"(?:that |which )?(?:you (?:got|get|received|receive|were sent|see)|"
        r"(?:was|is|were|has been) (?:just )?(?:sent|texted|e-?mailed)|"
        r"we (?:just |have )?(?:sent|texted|e-?mailed))|(?:is |are )?"
        r"(?:from|in|by|via|on) (?:the |your |an? |our )?(?:sms|text(?: message)?|e-?mail|phone|mobile))\b",
        r"\b(?:[4-8]|four|five|six|eight)[- ]digits? (?:codes?|pins?|passcodes?)\b",
        # German
        r"(?<!fehler)codes? (?:steht |stand )?(?:aus|in|von|per|auf) (?:der |ihrer |dem |ihrem |einer )?"
        r"(?:sms|e-?mail|mail|nachricht|handy|telefon)\b|\bcodes? den (?:sie|du|wir)\b|"
        r"\b(?:[4-8]|vier|fünf|sechs|acht)[- ]?stellig\w{1,4} (?:codes?|pin|zahl\w*)\b|"
        r"\b(?:sms|mobile|push)-?tans?\b",
        # French
        r"\bcodes? (?:reçus?|envoyés?|(?:par|du|dans le|dans votre) "
        r"(?:sms|e-?mail|mail|message|texto|téléphone)|que vous (?:avez reçu|recevez)|"
        r"à (?:[4-8]|quatre|six) chiffres)",
        # Spanish and Portuguese
        r"\bc[oó]digos? (?:(?:del|de la|do|da|por|en el|de su|de seu) (?:sms|correo|mensajes?|mensagem|"
        r"e-?mail|tel[eé]fono|m[oó]vil|celular|telem[oó]vel)|(?:que )?(?:le |te |lhe |vos? )?"
        r"(?:recib|receb|lleg|cheg|envi|mand)\w+|de (?:[4-8]|cuatro|quatro|seis) (?:d[ií]gitos|cifras))",
        # Russian
        r"\bкод\w* (?:из (?:письма|сообщения|почты)|котор\w+ (?:вам |мы )?(?:приш|отправ|получ|выслал)\w*|"
        r"по (?:смс|sms))|\b(?:шести|четыр[её]х)значн\w{1,4} код\w*",
        # Turkish
        r"\b(?:sms|mesaj|e-?posta)\S{0,10}(?: ile| yoluyla)?(?: gelen| aldığınız| gönderilen)? kod\w*|"
        r"\b(?:gelen|gönderilen|aldığınız) kod\w*|\b(?:[4-8]|altı|dört) haneli kod\w*",
        # Vietnamese
        r"\bmã (?:(?:trong|từ|qua|ở) (?:tin nhắn|sms|email|thư|điện thoại)|(?:vừa |đã )?(?:được )?"
        r"gửi (?:đến|qua|tới)|(?:mà )?(?:bạn|quý khách) (?:vừa |đã )?nhận|"
        r"(?:gồm )?(?:[4-8]|sáu|bốn) (?:chữ )?số)",
        # Japanese, Korean
        r"(?:sms|ショートメッセージ|メール|メッセージ)(?:の|に届いた|で届いた|で受け取った|に記載の)コード|"
        r"[4-8]桁の(?:コード|数字|番号)|pin ?(?:コード|番号)",
        r"(?:sms|문자|메일|이메일)(?:로|에|의|에서)? ?(?:온|받은|받으신|도착한|전송된) ?(?:코드|번호)|"
        r"[4-8]자리 ?(?:코드|숫자|번호)|(?:pin|핀) ?번호",
        # Chinese
        r"(?:短信|簡訊|邮件|郵件)(?:里|中|裡|上)?(?:收到)?的?(?:[4-8四六]位)?(?:数字|數字|数码|数碼|"
        r"动态码)|"
        r"[4-8四六]位(?:数字|數字|数|數)?(?:验证)?[码碼]|动态[码口]|動態碼|校验码|pin\s?[码碼]",
    )
)

# A question for one: what is asked with "what is" must be a secret that its reader alone has, for "what is a
# recovery phrase" is asked of the desk.
QUESTIONS = "|".join(
    (
        r"\b(?:which|what|welche[ns]?|quels?|quelles?|qu[eé]|qual|quais|cu[aá]les|как(?:ие|ой)) (?:\w+ "
        r"){0,2}(?:pins?|digits|"
        r"passwords?|words|ziffern|wörter|chiffres|mots|d[ií]gitos|pala[bv]ras|senha|contraseña|цифры|"
        r"слова|пароль)\b",
        r"\bwhat(?:['’]s| is| was) (?:your|the (?:current )?(?:pin|code|pass(?:word|code)|otp))\b"
        r"(?! (?:for|of)\b)|\b(?:which|what) (?:codes?|pins?|passwords?)\b|"
        r"\bwhat (?:are|were) (?:the|your)\b(?=.{0,30}\b(?:words?|digits)\b)",
        r"\bwie (?:lautet|lauten|heisst|ist) (?:ihre?|deine?|der|die|das)\b|"
        r"\bwelche[rn]? (?:codes?|pin|zahl)\b",
        r"\bquels? (?:est|sont) (?:votre|vos|le code|le pin)\b|\bquel (?:code|pin)\b|"
        r"\bquels sont (?:les|vos)\b(?=.{0,30}\b(?:mots|chiffres)\b)",
        r"\bdiga-(?:me|nos)\b(?! (?:que|qual|se|como|quando)\b)|\bcu[aá]l es (?:su|tu|el c[oó]digo|la "
        r"contraseña|el pin)\b|"
        r"\b(?:qu[eé]|qual) (?:c[oó]digo|pin)\b|\bqual é (?:a |o )?(?:sua|seu|tua|teu|senha|código|pin)\b",
        r"\bкак(?:ой|ова|ов|ие)\b (?:у вас|ваш\w*|код|пароль|пин)|\bскажи\w*",
        r"(?:n[iı]z|nuz|nüz|kod|pin) nedir\b|\bhangi (?:pin|şifre|parola|kod)",
        r"(?:mật khẩu|mã)\b.{0,40} là gì",
        r"(?<!と)は(?:何|なん)(?:ですか|でしょうか)|はいくつですか",
        r"(?:비밀번호|인증 ?번호|코드|pin ?번호)(?:이|가|은|는) (?:무엇|뭐|뭔|어떻게)",
        r"[您你]的[^，。？]{0,8}是(?:什么|什麼|多少)|(?:密[码碼]|验证码|驗證碼|pin码)是(?:什么|什麼|多少)",
    )
)

# A sign between a code and what says which one.
APART = re.compile(r"\b(codes?|код\w*|code|código)\s*,\s*(?=(?:den|der|which|that|que|котор\w+)\b)")
