"""The words of a sentence that asks for a secret, in the desk's twelve languages; and of one that warns.

Each is a pattern over small letters (`folding.plain`). What is called hard hands something over; what is
called soft is typed somewhere, which is no harm in the reader's own app.
"""

import re

from intake.desk.guard.code_words import CODES, QUESTIONS
from intake.desk.guard.paper_words import HANDING, KEPT, PAPERS

_NUMBER = (
    r"(?:12|18|24|twelve|eighteen|twenty[- ]?four|zwölf|vierundzwanzig|doce|veinticuatro|doze|"
    r"vinte e quatro|douze|"
    r"vingt-quatre|двенадцат\w+|двадцат\w+ четыр\w+|on iki|yirmi dört)"
)

NOUNS = re.compile(
    "|".join(
        (
            CODES,
            PAPERS,
            # English
            r"\b(?:recovery|seed|secret|back-?up|mnemonic|pass|security|wallet)[ -]?(?:phrases?|"
            r"words?|keys?)\b",
            r"\b(?:mnemonics?|seeds?|phrase|private keys?|keystores?|passwords?|passcodes?|pin(?: "
            r"codes?)?|otp|2fa|"
            r"cvv|xprv|wallet backup)\b",
            r"\b(?:verification|confirmation|security|sms|2fa|authenticator|one[- ]time|log-?in|"
            r"e-?mail|recovery|"
            r"backup) codes?\b",
            rf"\b{_NUMBER}[ -](?:\w+ )?(?:words?|wörter\w*|palabras|palavras|mots|слов\w*|kelime\w*|"
            rf"từ)\b",
            r"\bwords (?:that )?you (?:wrote|noted|saved|were)\b",
            # German
            r"\b(?:wiederherstellungs|geheim|sicherheits|seed-?|merk|backup-?)(?:phrasen?|wört\w+|"
            r"satz|sätze|codes?|"
            r"schlüssel\w*)\b",
            r"\b(?:privat\w+|geheim\w+) schlüssel\w*|\b(?:passw[oö]rt\w*|kennw[oö]rt\w*|"
            r"bestätigungscodes?|mnemonik)\b",
            # French
            r"\bphrases? (?:de (?:récupération|sauvegarde|restauration)|secrètes?|mnémoniques?|de "
            r"départ|seed)",
            r"\bmots? (?:de récupération|secrets?|de passe)|\bclés? (?:privées?|secrètes?)|"
            r"\bcodes? (?:pin|secrets?|de (?:vérification|confirmation|sécurité)|sms)",
            # Spanish and Portuguese
            r"\bfrases? (?:de (?:recuperaci[oó]n|recuperaç[aã]o|respaldo|seguridad|segurança)|"
            r"semillas?|sementes?|"
            r"secretas?|mnem[oóô]nicas?)",
            r"\bpal[aá](?:b|v)ras? (?:de recupera\w+|semillas?|secretas?|clave|-?passe)|"
            r"\b(?:claves?|llaves?|chaves?) (?:privadas?|secretas?)|\b(?:contraseñas?|senhas?|"
            r"palavra-passe)\b",
            r"\bc[oó]digos? (?:de (?:verifica\w+|confirma\w+|seguridad|segurança)|sms|pin)",
            # Russian
            r"(?:сид|seed)[- ]?фраз\w*|фраз\w+ (?:для )?восстановлени\w+|секретн\w+ (?:фраз|слов|"
            r"ключ)\w*|мнемо\w+|"
            r"(?:приватн|закрыт)\w+ ключ\w*|\bпарол\w+|\bпин-?код\w*|\bкод\w* (?:подтверждени\w+|"
            r"из (?:смс|sms))",
            # Turkish
            r"\b(?:kurtarma|gizli|tohum|güvenlik) (?:ifade|kelime|cümle|anahtar|söz)\w*|\bözel "
            r"anahtar\w*|\bşifre\w*|"
            r"\bparola\w*|\bdoğrulama kod\w*|\banımsatıcı\w*",
            # Vietnamese
            r"cụm từ (?:khôi phục|bí mật|hạt giống|gợi nhớ|ghi nhớ)|kh(?:óa|oá) (?:riêng|bí mật)|"
            r"mật khẩu|"
            r"mã (?:pin|xác minh|xác nhận|xác thực|otp)",
            # Japanese, Korean
            r"リカバリー?フレーズ|シード ?フレーズ|復元フレーズ|回復フレーズ|秘密鍵|"
            r"プライベートキー|ニーモニック|パスワード|"
            r"暗証番号|(?:12|24)\s?(?:個|語)?の?(?:単語|言葉)|(?:認証|確認)コード",
            r"(?:복구|시드|비밀) ?(?:문구|구문|단어)|니모닉|(?:개인|비밀|프라이빗) ?키|비밀번호|"
            r"(?:12|24)개?(?:의)? ?단어|"
            r"인증 ?(?:번호|코드)",
            # Chinese
            r"助\s?记\s?词|助記詞|註記詞|(?:恢复|恢復|种子|種子)(?:短语|短語|词|詞)|私\s?钥|"
            r"私\s?鑰|密码|密碼|验证码|驗證碼|"
            r"(?:12|24|十二|二十四)\s?[个個]?\s?(?:英文)?(?:单词|單詞|单字|單字|词|詞)",
        )
    )
)

HARD = re.compile(
    "|".join(
        (
            QUESTIONS,
            HANDING,
            r"\bsend(?! you\b)\b|\bsending us\b|\b(?:reply|respond|answer|write back|get back)(?: "
            r"to \w+)*(?: \w+)? with\b|"
            r"\btell (?:us|me)\b(?! (?:whether|if|when|which|how|about)\b)|"
            r"\b(?:e-?mail|text|message|post) (?:us|me|it|them|your|the)\b|"
            r"\b(?:give|provide|supply|share|submit|upload|forward|dictate|disclose|attach|include)"
            r"(?! (?:you|when)\b)\b|\bread (?:out|us|me)\b|\blet "
            r"(?:us|me) (?:have|know)\b|"
            r"\b(?:we|i)(?: \w+)? (?:need|require|want)\b|\b(?:is|are) (?:required|needed)\b|"
            r"\bwrite (?:us|me|it|them|down your)\b|"
            r"\b(?:photo|picture|screenshot|copy) of\b|\bwhat are your\b|\bverify your\b|"
            r"\bask you for\b|"
            r"\b(?:reply|respond) (?:here|now|below)\b",
            r"\b(?:senden|schicken|sende|schick\w*|übersenden|übermitteln\w*|nennen|mitteilen|"
            r"mailen|hochladen|antworten|"
            r"beilegen|anhängen)\b|\bteilen sie (?:uns|mir)|\b(?:geben|gib|verraten|sagen) (?:sie "
            r")?(?:uns|mir)\b|"
            r"\b(?:wir|ich) (?:brauche|benötige)n?\b|\b(?:brauchen|benötigen) wir\b|\bfoto (?:von|ihrer)",
            r"\b(?:envoy|transmet|communiqu|fourni|partag|indiqu|joign|répond)\w*|\bdonne[zr]?\b|"
            r"\bdites[- ](?:nous|moi)|"
            r"\bil (?:nous|me) faut\b|\b(?:nous avons|j'ai) besoin\b|\bphoto de\b",
            r"\b(?:env[ií][ae]|mand[ae]|proporcion|facilit|compart|adjunt|forne[cç]|informe|"
            r"partilh|encaminh)\w*|"
            r"\b(?:d[ií]ga|dí|den?|comuníque|diga)-?(?:nos|me)\b(?! (?:qu[eé]|qual|cuál|s[eií]|c[oó]mo|"
            r"[cq]uando)\b)|\brespond\w+ (?:con|com|a)\b|"
            r"\bindi(?:que|ca)\w*|"
            r"\b(?:necesitamos|precisamos|necesito|preciso)\b|\bescr(?:ib|ev)\w+(?:nos|me)?\b|"
            r"\bfoto d[ea]\b",
            r"\b(?:пришл|отправ|вышл|сообщи|напиши|назов|предостав|укаж|дай|передай|ответ|скин|"
            r"продикту|подел|загруз)\w*|"
            r"\b(?:нам|мне) (?:нуж|требу|необходим)\w+|\bфото\b",
            r"\b(?:gönder|ilet|paylaş|bildir|yaz|söyle|yanıtla|yükle)\w*|(?<!haber )\bver(?:in|iniz|ir "
            r"misiniz)\b|"
            r"\bihtiyacımız var|\bgerekiyor\b",
            r"\b(?:gửi(?! (?:về|đến|qua|tới) (?:điện thoại|email|số))|cung cấp|chia sẻ|trả lời|viết|chụp|"
            r"đưa|đọc)\b|cho (?:chúng tôi|tôi|mình)|"
            r"(?:chúng tôi|tôi) cần",
            r"送っ|お送り|送信|送付|教えて|お知らせ|ご?提供|提示(?=し|いた|くだ|下さ)|記入|返信|お聞かせ|必要です|お伝え|共有|"
            r"撮影",
            r"보내|알려|제공|회신|답장|공유|적어|말씀|필요합니다|전달|첨부",
            r"(?<![已您你送])发(?:给|送|来(?!的)|到|我|过来|一下)|(?<![已您你傳])發(?:給|送|"
            r"來(?!的)|到|我|過來)|"
            r"(?:请您|请你|請您|請你|麻烦您|您来)[发發]|[发發][来來過过][吧呢]?$|提供|告诉|告訴|"
            r"告知|回复|"
            r"回覆|回信|填写|填寫|提交|上传|上傳|"
            r"截图|截圖|拍照|拍下|拍张|给(?:我|客服)|給(?:我|客服)|寄(?:给|給|来|來|到)|传(?:给|"
            r"来(?!的))|傳(?:給|來(?!的))|"
            r"(?:我们|我們|我)需要|需要(?:您|你)的|报(?:给|一下)|念(?:给|一下)|写给|"
            r"寫給|说(?:一下|给)",
        )
    )
)

SOFT = re.compile(
    "|".join(
        (
            r"(?<!did you )\b(?:enter|type|paste|import|confirm|verify|validate|fill in|key in|"
            r"restore with)\b",
            r"\b(?:eingeben|eintippen|bestätigen|einfügen)\b|\bgeben sie\b.*\bein\b|\bgib\b.*\bein\b",
            r"(?<!avez )(?<!ayez )\b(?:saisi|entre[rz]|tape[rz]|confirm|coll|(?<!se )introdu|ingres|"
            r"digit|insir|inser)\w*",
            r"\b(?:введи|вводи|ввест|подтверд|встав)\w*|\bgir(?:in|iniz|in)\b|\bonayla\w*|"
            r"(?<!đã )(?<!chỉ )\b(?:nhập|xác nhận|dán)\b",
            r"入力(?!し(?:た|てしま))|貼り付|입력(?!하셨|했|한 )|붙여|(?:输入|輸入)(?!过|過|了)|导入|"
            r"導入|粘贴|貼上|填入",
        )
    )
)

# Where typing a secret is what it is for.
OWN_PLACE = re.compile(
    r"\b(?:in|into|inside|on|to|within) (?:the|your)(?: \w+)? (?:app|wallet|device|settings|"
    r"extension|hardware\w*)\b|"
    r"\b(?:re-?)?(?:import|restore|recover|open)(?:ing)? (?:the|your) wallet\b|"
    r"\bwith (?:an|your) authenticator app\b|"
    r"\bin (?:der|die|ihrer?|ihre|den) (?:app|wallet|einstellungen)|\b(?:auf|am) (?:dem|ihrem) gerät|"
    r"\b(?:dans|sur) (?:l['’]|votre |vos )?(?:application|portefeuille|appareil|appli|réglages|"
    r"paramètres)|"
    r"\b(?:en|na|no) (?:la |el |su |tu |o |a |seu )?(?:aplicaci[oó]n|app|aplicativo|cartera|"
    r"billetera|carteira|"
    r"dispositivo|monedero|ajustes)|\b(?:в|на) (?:вашем |самом |самих )?(?:приложени|кошельк|"
    r"устройств|настройк)\w*|"
    r"\b(?:uygulama|cüzdan|cihaz|ayarlar)\w*(?:da|de|ya|ye|a|e|dan)\b|trong (?:ứng dụng|ví|cài "
    r"đặt)|trên (?:ứng dụng|thiết bị)|"
    r"アプリ(?:内|の|で|に)|ウォレット(?:内|の|で|に)|端末|앱(?:에서|에|의)|지갑(?:에서|에)|기기|"
    r"(?:应用|應用|app|钱包|錢包|设备|設備|客户端|手机)\s?(?:内|內|里|裡|中|上|的)|在\s?(?:应用|"
    r"應用|app|钱包|錢包)"
)

# Or where it was opened for that, unless another place is named.
OPENED = re.compile(
    r"\b(?:open|öffne\w*|ouvr\w+|abr[ae]\w*|откр\w+|mở)\b.{0,20}\b(?:app|application|wallet|"
    r"aplicaci[oó]n|aplicativo|"
    r"cartera|carteira|приложени\w*|кошел\w*|ứng dụng|ví)\b|\buygulama\w* aç|アプリを(?:開|起動)|앱을 "
    r"?(?:열|실행)|"
    r"(?:打开|打開|開啟)(?:应用|應用|钱包|錢包|app)|"
    r"\b(?:in|on|auf|sur|en|na|no|на|trên)\b.{0,25}\b(?:exchange|börse|бирж\w*|sàn)\b|"
    r"\bborsa\w*|取引所|거래소|交易所"
)
# Verbs of writing, which one does in an app too.
WRITING = re.compile(
    r"\bescr(?:ib|ev)\w*(?<!me)(?<!nos)\b|\byaz\w*|\bviết\b|적어|써|記入|填[写寫入]|\bнапиш\w*"
)
OTHER_PLACE = re.compile(
    r"\b(?:to|for) (?:me|us)\b|\b(?:uns|mir|nous|moi|nosotros|m[ií]|mim|нам|мне|bana|bize|cho (?:chúng "
    r")?tôi|cho mình)\b|"
    r"저에게|저희|私に|当社|弊社|[给給]我|"
    r"\b(?:our|this|following|new) (?:page|site|website|form|link)\b|\b(?:here|below|reply|hier|ici|aquí|"
    r"aqui|здесь|сюда|"
    r"buraya|đây)\b|https?:|ここ|여기|这里|這裡|以下|下方|下面"
)

# What makes a warning of it. Not: what is only near one ("do not worry").
NEVER = re.compile(
    r"\b(?:never|not|no|nobody|none|without|neither|nor|cannot|avoid|scam\w*|fraud\w*|thie(?:f|"
    r"ves)|phish\w*|whoever|"
    r"instead of|rather than|unlike)\b|n['’]t\b|"
    r"\b(?:nie|niemals|niemand\w*|nicht|kein\w*|ohne|betrüg\w*)\b|"
    r"\b(?:ne|jamais|aucun\w*|personne|sans|pas|escroc\w*|ni)\b|\bn['’]|"
    r"\b(?:nunca|jam[aá]s|jamais|no|não|nem|ning[uú]n\w*|nenhum\w*|nadie|ninguém|sin|sem)\b|"
    r"\b(?:не|ни|нет|никогда|никому|никто|нельзя|без)\b|"
    r"\b(?:asla|hiç\w*|değil|kimse\w*)\b|\w+m[ae]y(?:in|ın)\w*|\w+m[ae](?:z|yiz|yız)\b|"
    r"\b(?:không|đừng|chẳng|chớ|chưa)\b|"
    r"ないで|ません|ない|決して|絶対に|禁止|なく|不要|"
    r"마세요|마십시오|않|절대|말고|말아|없|"
    r"不要|切勿|请勿|請勿|不会|不會|绝不|絕不|从不|從不|别|別|勿|无需|無需|无须|無須|不需要|任何人|"
    r"不得|不能|严禁|嚴禁|不必|"
    r"不用|没有|沒有|不应|不應|并非|骗|騙"
)

# Taken out before that is asked.
CALMING = re.compile(
    rf"{KEPT}|"
    r"\b(?:do not|don['’]t|no need to|please do not) (?:worry|hesitate|wait|panic|forget|delay)\b|"
    r"\bno (?:problem|worries|longer|matter)\b|"
    r"\bnot (?:only|just|yet)\b|\bwithout (?:delay|it|them|this|these|that)\b|\bnot (?:to )?los[ei]\w*|"
    r"\b(?:can|could|did|do|does|will|would|is|are|was|were|have|has)(?: ?not|n['’]t) (?:be "
    r")?(?:access|find|see|locate|help|"
    r"restore|recover|continue|proceed|process|possible|confirm|identify|lose|synchroni|visible|"
    r"verif|release|credit|arriv)\w*|"
    r"\bcannot (?:be )?(?:access|help|find|see|restore|recover|continue|proceed|process|identify|"
    r"verify|release)\w*|"
    r"\b(?:nicht|kein\w*|ohne) (?:zögern|warten|vergessen|sorge\w*|problem\w*|diese|dies|sie|verzug)|"
    r"\b(?:no|não|ne|не) (?:se preocupe|dude|olvide|tarde|hesite|esqueça|demore|волнуйтесь|"
    r"беспокойтесь|забудьте|медлите)|"
    r"n['’]hésitez pas|ne vous inquiétez pas|\bpas de (?:souci|problème)|\bsans (?:délai|attendre|"
    r"cela|ces)|"
    r"\b(?:sin|sem) (?:demora|ella|ellas|isso|ela|esto)|\bsin problema|\bбез (?:этого|них|неё|"
    r"промедлени\w+)|"
    r"endişelenmeyin|merak etmeyin|đừng lo(?: lắng)?|ご心配なく|心配しないで|걱정 ?(?:하지 "
    r"?)?마(?:세요|십시오)|"
    r"(?:不要|不用|请勿|別|别|無需|无需|不必)(?:担心|擔心|紧张|緊張|忘记|忘記|犹豫|猶豫|着急)|"
    r"以免[^，,。]{0,12}|"
    r"(?:不会|不會|绝不|絕不)(?:泄露|外泄|洩露|外洩|保存|丢失|遺失|被)|不能(?:恢复|恢復|处理|處理|"
    r"继续|繼續|登录|登入|到账)"
)

# What was named just before, in the sentence beside.
AGAIN = re.compile(
    r"\b(?:it|them|these|those|that|this|sie|ihn|diese|es|l[ae]s?|los|ces|ceux|eles|elas|их|его|её|"
    r"bunu|bunları|onu|nó|chúng)\b|"
    r"[a-zà-ÿ]{3,}(?:lo|la|los|las)\b|-(?:le|la|les|o|a|os|as)\b|それ|これ|그것|이를|它|其|这些|這些|这个"
)
