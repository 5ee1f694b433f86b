"""What mail clients write around the mail they quote, by language.

Only words; how lines are judged is in lines.py. A language is added by
adding its words to each of these.
"""

import re
from operator import itemgetter

_I = re.IGNORECASE

# The verb of "On ... X wrote:", by itself or around the date.
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|geschrieben|hat geschrieben|a écrit|avez écrit|écrivait"
    r"|ha escrit[oa]?|va escriure|escribió"
    r"|escribio|escreveu|ha scritto|scrisse"
    r"|schreef|geschreven|napisał(?:\(a\)|a)?|napisana przez|pisze|написал(?:\(а\)|а|и)?|писали|пишет|пише"
    r"|написав(?:ла)?"
    r"|yazdı|yazmış|đã viết|viết"
    r"|написа|rašė|rakstīja|kirjutas|napisao|napisala|napisal(?:\(a\))?|escribiu|skrifaði"
    r"|skrev|kirjoitti|napsal\(?a?\)?|píše|napísal\(?a?\)?|ezt írta|írta|a scris|escriu|έγραψε|menulis)\b"
    r"|写道|寫道|提到|쓴 글|写了|寫了|写入|のメール|のメッセージ|が送信|さんは書きました"
    r"|が書きました|が書き込みました|wrote|님이 작성|작성:|님이 (?:쓰"
    r"|작성)|כתב|نوشت|كتب|كتابة ما يلي|เขียน",
    _I,
)
# One of these is in every word of WROTE: without them it need not be searched, which costs ten times as much.
WROTE_ROOTS = (
    "wr", "schr", "écri", "scr", "raš", "rakst", "kirjut", "писа", "メッセージ", "送信", "写入", "書き込み",
    "skrif", "napis", "pisz", "напис", "пиш", "yaz", "viết", "skrev", "kirjoit", "napsal",
    "píše", "napísal", "írta", "γραψ", "menulis", "写道", "寫道", "提到", "글", "写了", "寫了", "のメール",
    "書きました",
    "작성", "쓰", "כת", "نوشت", "كت", "เขียน",
)  # fmt: skip

_LABELS = {
    "from": "from, sender, von, absender, de, expéditeur, remitente, remetente, mittente, afzender, "
    "nadawca, отправитель, "
    "от кого, 寄件人信箱, 发信人, 發信人, 送信元, 보내는 사람, 보낸 이, người gởi, avsändare, "
    "avsender, de la part de, "
    " da, van, od, от, від, 发件人, 寄件者, 寄件人, 發件人, 差出人, 送信者, "
    "보낸 사람, 보낸사람, 보낸이, 발신, "
    "šalje, expeditorul, expeditor, saatja, odesílatel, odosielateľ, від кого, надіслав, "
    "kimden, gönderen, từ, người gửi, från, fra, lähettäjä, feladó, de la, από, من, מאת, 发自, "
    "المرسل, از, فرستنده, จาก, ผู้ส่ง, dari, daripada, प्रेषक, од, nuo, nga, frá, nork",
    "date": "sent, date, date sent, sent on, gesendet am, datum und zeit, envoyée, expédié, enviado a las, "
    "data de envio, data invio, inviato il, verzonden op, wysłane, data i godzina, дата и время, "
    "отправлен, 发件时间, 寄件時間, 傳送日, 受信日時, 送信日, 보낸 시간, 발송 일시, 보낸일시, "
    "gönderim tarihi, gönderilme tarihi, ngày gửi, thời gian, "
    " gesendet, datum, envoyé, envoyé le, envoyé par, date d'envoi, enviado, "
    "enviado el, "
    "enviado em, enviada em, fecha, data, data/ora, inviato, verzonden, wysłano, wyslano, data "
    "wysłania, отправлено, дата, надіслано, 发送时间, 发送日期, 日期, 時間, 时间, 寄件日期, "
    "傳送時間, 傳送日期, 發送時間, 送信日時, "
    "日時, 日付, 送信日付, 보낸 날짜, 보낸날짜, 날짜, 일시, 발송일, gönderildi, gönderme tarihi, "
    "tarih, đã gửi, "
    "ngày, skickat, sendt, dato, dátum, dată, päiväys, odoslané, odeslané, відправлено, kuupäev, gönderilen, "
    "lähetetty, päivämäärä, odesláno, elküldve, trimis, التاريخ, נשלח, message du, "
    "تم الإرسال, تم الارسال, تاريخ الإرسال, أرسلت, أُرسلت, תאריך, ارسال شده, ارسال‌شده, تاریخ, στάλθηκε, "
    "ημερομηνία, "
    "ส่งเมื่อ, ส่ง, วันที่, dikirim, dihantar, tanggal, tarikh, भेजा गया, दिनांक, изпратено, послато, "
    "испратено, датум, poslano, "
    "enviat, saadetud, išsiųsta, nosūtīts, datums, dërguar, bidaltze-data",
    "to": "to, recipient, an, empfänger, destinataire, destinatario, destinatário, ontvanger, adresat, "
    "получатель, 收信人, 받는 이, người nhận thư, "
    " à, a, para, aan, naar, do, кому, 收件人, 收件者, 宛先, 받는 사람, 받는사람, "
    "받는이, 수신, kime, prima, destinatarul, pre, pour, 送信先, saaja, "
    "alıcı, đến, "
    "tới, người nhận, till, til, vastaanottaja, komu, címzett, către, إلى, אל, "
    "الى, المستلم, به, گیرنده, προς, ถึง, kepada, प्रति, до, за, za, per a, adressaat, iki, kam, për, nori, "
    "받은 사람, 받은사람",
    "subject": "subject, betreff, 邮件主题, 信件主旨, 메일제목, đề tài, "
    " objet, sujet, asunto, assunto, oggetto, onderwerp, temat, тема, "
    "主题, 主題, 主旨, "
    "標題, 标题, 件名, 제목, predmet, subiectul, naslov, teema, "
    "konu, chủ đề, tiêu đề, ämne, emne, aihe, předmět, tárgy, subiect, "
    "الموضوع, נושא, موضوع, θέμα, เรื่อง, หัวข้อ, subjek, perihal, विषय, предмет, zadeva, tēma, subjekti, "
    "efni, gaia",
    "other": "cc, bcc, kopie, kopie (cc), copie, copie à, copia, cópia, kopia, dw, udw, копия, "
    "копія, 抄送, 副本, "
    "密件副本, 참조, bilgi, sao chép, kopi, reply-to, reply to, antwort an, répondre à, responder a, "
    "rispondi a, risposta, 返信先, 回复, importance, priority, wichtigkeit, priorität, "
    "importancia, 重要性, kopio, másolat, másolatot kap, kópia, 抄送至, "
    "svar til, svara till, antwoord aan, vastaus, válaszcím, odpověď na, odgovori na, odpowiedź-do, "
    "răspuns către, ответ-кому, odpovedať-pre, yanıt adresi, кому відповісти, 回复至, "
    "attachments, anlagen, anlage, pièces jointes, 附件, organization, newsgroups, "
    "نسخة, نسخة إلى, עותק, رونوشت, κοιν, κοινοποίηση, สำเนา, tembusan, प्रतिलिपि, копие, kp, koopia, kopija",
}
LABELS = {word.strip(): kind for kind, words in _LABELS.items() for word in words.split(", ")}
"""Labels of the little header that Outlook and others put over the mail they quote, and what each names."""

_ORIGINAL = (
    r"original message|original e?-?mail|original-nachricht|ursprüngliche (?:nachricht|mail|e-mail)"
    r"|originalnachricht|original appointment|urspr\. nachricht"
    r"|message (?:d'origine|original|initial|transféré|transmis|réexpédié)|message d’origine"
    r"|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale"
    r"|inoltrato)|oorspronkelijk bericht|doorgestuurd bericht"
    r"|(?:oryginalna|pierwotna) wiadomość|wiadomość oryginalna|przekazana wiadomość"
    r"|исходное сообщение|пересылаемое сообщение|пересланное сообщение|оригинальное сообщение"
    r"|orijinal mesaj|iletilen (?:ileti|mesaj)|özgün ileti|thư gốc|tin nhắn gốc|thư được chuyển tiếp"
    r"|forwarded message|forwarded mail|forwarded by .{1,80}|weitergeleitete nachricht|reply message"
    r"|replied message"
    r"|origineel bericht|antwort nachricht|reply above this line"
    r"|ursprungligt meddelande|originalmeddelande|oprindelig meddelelse"
    r"|opprinnelig melding|alkuperäinen viesti|(?:ال)?رسالة (?:ال)?أصلية|(?:ה)?הודעה (?:ה)?מקורית|پیام اصلی"
    r"|αρχικό μήνυμα|ข้อความต้นฉบับ|pesan asli|mesej asal|मूल संदेश|оригинално съобщение|оригинална порука"
    r"|(?:originalna|izvorna) poruka|izvirno sporočilo|mesaj(?:ul)? original|pôvodná správa|missatge original"
    r"|algne (?:sõnum|kiri)|(?:pradinis|originalus) laiškas|sākotnējais ziņojums|оригінальне повідомлення"
    r"|původní zpráva|eredeti üzenet"
    r"|邮件原件|原件|原始信件|原始訊息|原始邮件|原始郵件|原邮件|回复的原邮件|回复邮件|转发的?邮件(?:信息)?|轉寄郵件|轉寄的郵件"
    r"|轉寄訊息|已转发的邮件|转发的消息|元のメッセージ|元のメール|转发邮件"
    r"|転送されたメッセージ|転送メッセージ|원본 ?(?:메일|메시지|이메일)|전달된 메일|전달된 메시지"
)
ORIGINAL = re.compile(
    r"^[\s>*]{0,8}(?:[-_=—–*\u2500]{2,60}+(?:\s{0,4}+|&nbsp;)\*?(?:"
    + _ORIGINAL
    + r")(?:\s{0,4}|&nbsp;)[:：]?\*?\s{0,4}[-_=—–*\u2500]{2,60}\s{0,8}\*?"
    # Apple's, which has no dashes.
    r"|(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado"
    r"|início da mensagem (?:encaminhada|reencaminhada)"
    r"|inizio messaggio inoltrato|begin doorgestuurd bericht|początek przekazywanej wiadomości"
    r"|начало переадресованного сообщения|下面是被转发的邮件|以下是轉寄的郵件|開始轉寄郵件"
    r"|转发的邮件|転送されたメッセージ|전달된 메시지"
    r"|iletilen mesajın başlangıcı|bắt đầu thư được chuyển tiếp)"
    r"\s?[:：])\s{0,8}$",
    _I,
)
"""The line over a mail that is quoted or forwarded whole."""

TITLE_ALONE = re.compile(rf"^[\s>*]{{0,8}}(?:{_ORIGINAL})[\s*]{{0,8}}$", _I)
"""The words of that line without anything around them, as BlackBerry wrote them over a mail's header."""

_FORWARD = (
    r"(?:begin |inline )?forwarded (?:message|mail|e-?mail|by .{1,80})"
    r"|(?:weitergeleitet von|transféré par|reenviado por|encaminhado por|inoltrato da|doorgestuurd door"
    r"|przekazane przez) .{1,80}|(?:anfang der "
    r"|beginn der )?weitergeleitete[nr]? (?:nachricht|e-?mail|mail)"
    r"|(?:début du )?(?:message|courriel|mail|e-mail) (?:transféré|transmis|réexpédié)"
    r"|(?:inicio del )?mensaje reenviado|(?:início da )?mensagem (?:encaminhada|reencaminhada)"
    r"|(?:inizio )?(?:del )?messaggio inoltrato|(?:begin )?doorgestuurd(?:e)? (?:bericht|e-mail)"
    r"|(?:początek |treść )?(?:przekazan[ae]j?|przekazywanej) wiadomoś(?:ć|ci)|(?:wiadomość )?przesłana dalej"
    r"|(?:начало )?(?:пересылаемо(?:е|го)|пересланно(?:е|го)|перенаправленно(?:е|го)"
    r"|переадресованно(?:е|го)) сообщени[ея]"
    r"|(?:iletilen|yönlendirilen) (?:ileti|mesaj|e-?posta)(?:n[ıi]n başlangıcı)?"
    r"|(?:bắt đầu )?(?:thư|tin nhắn) (?:đã )?(?:được )?chuyển tiếp"
    r"|(?:下面是被|以下是)?(?:转发的?|已转发的?|被转发的)(?:邮件|消息)(?:信息)?|(?:以下是|開始)?(?:轉寄的?|轉發的?|已轉寄的?)(?:郵件|訊息|信件)"
    r"|(?:開始)?転送(?:された|する)?(?:メッセージ|メール)|전달된 (?:메일|메시지|이메일)|(?:전달"
    r"|포워드) (?:메일|메시지)"
    r"|vidarebefordrat (?:meddelande|mejl)|(?:start på )?videresendt (?:melding|meddelelse|besked)"
    r"|edelleenlähetetty viesti|välitetty viesti(?: alkaa| / fwd\.msg)?|přeposlaná zpráva"
    r"|začátek přeposílané zprávy|preposlaná správa(?: -{3} forwarded message)?|začiatok preposlanej správy"
    r"|továbbított (?:üzenet|levél kezdete)|mesaj redirecționat|începe mesajul redirecționat"
    r"|proslijeđena poruka|započni proslijeđenu poruku|ileti başlangıcı|iletilmiş mesaj"
    r"|(?:переслане|перенаправлене) повідомлення|початок листа, що пересилається|メッセージを転送"
)
FORWARDED = re.compile(
    r"^[\s>*]{0,8}(?:[-_=—–*\u2500]{2,60}+(?:\s{0,4}+|&nbsp;)\*?(?:"
    + _FORWARD
    + r")(?:\s{0,4}|&nbsp;)[:：]?\*?\s{0,4}[-_=—–*\u2500]{2,60}\s{0,8}\*?|(?:"
    + _FORWARD
    + r")\s?[:：])\s{0,8}$",
    _I,
)
"""The line by which a client says that what follows was forwarded, not answered."""

FORWARDED_END = re.compile(
    r"^[\s>]{0,8}[-_=—–*\u2500]{2,60}+\s{0,4}+(?:end (?:of )?forwarded message|forwarded message"
    r"|ende der weitergeleiteten"
    r" nachricht|конец пересылаемого сообщения|fin du message (?:transféré|réexpédié)"
    r"|fine messaggio inoltrato"
    r"|fin del mensaje reenviado)\s{0,4}[-_=—–*\u2500]{2,60}\s{0,8}$",
    _I,
)
"""The line some clients put below it."""

DEVICES = (
    r"ios|aol|app|miui|企业微信|企業微信|laptop|computer|chromebook"
    r"|iphon\w*|ipad|ipod|phone|mobile|mobil\w*|cell\w*|handy|smartphone|smart phone|tablet|blackberry"
    r"|android|samsung|galaxy|huawei|xiaomi|redmi|oppo|vivo|honor|nokia|lumia|htc|lg|motorola|moto"
    r"|oneplus|pixel|sony|xperia|alcatel|zte|device|gerät|mobilgerät"
    r"|outlook|mail|mailbox|gmail|yahoo\S*|protonmail|proton mail|proton|airmail|thunderbird|foxmail"
    r"|windows|mac|macbook|t-mobile|verizon|web\.de|gmx|spark|k-9|ti-85|telstra|tel\S*|watch|hotmail"
    r"|symbian|superhuman|mailspring|tutanota|cloudmagic|boxer|nine|aquamail|newton|fairphone|qq|手机|手機|邮箱|信箱|郵箱|小米|红米|华为|荣耀|三星|휴대폰"
    r"|갤럭시|삼성|아이폰|스마트폰|메일|почт\w*|приложени\w*|смартфон\w*|планшет\w*|máy tính"
    r"|スマートフォン|携帯|телефон\w*"
    r"|устройств\w*|telefon\w*|telefono|teléfono|téléphone|móvil|mobiel|celular|điện thoại"
)
_SENT = (
    r"(?:sent|written|posted) (?:from|via|with|using|by) .{0,60}?(?:" + DEVICES + r")"
    r"|from my (?:iphone|ipad|android|mobile|phone|blackberry)"
    r"|(?:gesendet|verschickt|versendet|geschrieben) (?:von|mit|über|via|aus) .{0,60}?(?:" + DEVICES + r")"
    r"|sent (?:from (?:front|the road)|on the go)|provenance : .{0,40}windows"
    r"|(?:elküldve az? |enviat des d|στάλθηκε από |poslano (?:z|iz|s) |trimis de pe ).{0,60}?(?:"
    + DEVICES
    + r")"
    r"|von (?:meinem|meiner|samsung).{0,40}?(?:"
    + DEVICES
    + r").{0,20}gesendet|diese nachricht wurde von meinem .{0,60}gesendet"
    r"|(?:envoyé|télécharge[rz]|obtenez) (?:de|depuis|à partir (?:de|d['’])|avec|du|via|par"
    r"|outlook) ?.{0,60}?(?:" + DEVICES + r")|télécharger outlook pour"
    r"|(?:enviado|enviada|escrito) (?:desde|de|do|da|con|com|a partir d[eo]|através|por|via) .{0,60}?(?:"
    + DEVICES
    + r")"
    r"|(?:inviato|inviata|scritto) (?:da|dal|dalla|con|tramite) .{0,60}?(?:" + DEVICES + r")"
    r"|(?:verzonden|verstuurd|verzonden) (?:vanaf|van|met|via|vanuit) .{0,60}?(?:" + DEVICES + r")"
    r"|(?:wysłane|wysłano|wysłana) (?:z|za pomocą|przez) .{0,60}?(?:" + DEVICES + r")"
    r"|(?:отправлено|надіслано|послано) (?:из|с|з|со|через) .{0,60}?(?:" + DEVICES + r")"
    r"|(?:gönderildi|gönderen):? .{0,40}(?:" + DEVICES + r")"
    r"|(?:đã |được )?gửi từ .{0,60}?(?:" + DEVICES + r")"
    r"|(?:skickat|sendt|lähetetty|odesláno) (?:från|fra|via|laitteesta|z) .{0,60}?(?:"
    + DEVICES
    + r")|lähetetty .{0,60}?(?:"
    + DEVICES
    + r")"
    r"|(?:发自|發自|来自|來自|发送自|發送自|由).{0,30}(?:"
    + DEVICES
    + r").{0,10}|從我的.{0,30}(?:傳送|寄出|发送)|从我的.{0,30}(?:发送|发出|寄出)"
    r"|[从從] ?windows ?版 ?(?:邮件|郵件).{0,4}(?:发送|傳送)|寄自我的.{0,30}|通过.{0,30}(?:"
    + DEVICES
    + r").{0,6}发送"
    r"|(?:someone )?from mobile|someone from mobile"
    r"|(?:get|download|hol(?:en)? sie sich|laden sie|obtenir|obtenez|obtén|obtener|scarica|ottieni"
    r"|baixe|obter|pobierz|скачать|获取|下載|取得|下载) \[?(?:outlook|yahoo mail|spark|gmail).{0,60}"
    r"|(?:获取|取得|下載|下载) ?(?:适用于 ?)?(?:ios|android) ?(?:版|的)? ?outlook"
    r"|(?:hent|hämta|last ned|lataa) outlook.{0,40}"
    r"|(?:baixe|obter|instale) o outlook .{0,40}|pobierz (?:program|aplikację) outlook .{0,40}"
    r"|tải (?:xuống |về )?outlook .{0,40}|get bluemail .{0,30}"
    r"|(?:obter o|pobierz(?: program)?|tải|instalar|descargar|scarica|télécharger"
    r"|ottieni) outlook .{1,30}(?:ios|android)"
    r"|(?:ios|android)(?:용 outlook 다운로드| için outlook['’]?[uı]? (?:edinin|indirin))"
    r"|outlook for (?:ios|android).{0,20}(?:を入手|を取得|을 다운로드).{0,10}|\[?outlook .{0,12}(?:ios"
    r"|android).{0,12}(?:herunterladen|downloaden|indir|下载|を入手|다운로드|для .{0,10})"
)
_SENT_LAST = (
    r".{0,40}(?:" + DEVICES + r").{0,20}(?:gönderildi|gönderilmiştir)"
    r"|.{0,30}(?:" + DEVICES + r").{0,10}から送信(?:されました)?"
    r"|.{0,30}(?:" + DEVICES + r").{0,10}에서 (?:보냄|보냈|보낸|전송|발송).{0,10}|나의 .{0,20}에서 보냄"
    # In any language, with the link that only the program writes.
    r"|.{0,60}outlook.{0,60}<?https://aka\.ms/"
)
SENT_FROM = re.compile(rf"^[\s(<*_\[]{{0,6}}(?:{_SENT}).{{0,50}}$", _I)
"""A line that a telephone or a mail program puts under a mail to name itself."""
SENT_LAST = re.compile(rf"^[\s(<*_\[]{{0,6}}(?:{_SENT_LAST}).{{0,50}}$", _I)
"""The same, beginning with the device's name, which may be anything; each form holds one of SENT_INSIDE."""

# A sentence, not a device's line: "Sent from my desk, is much easier then my mobile phone."
NOT_DEVICE = re.compile(r"sent from my desk\b|, (?:is|so|but|and|which) ", _I)

# A line that begins with none of these (blanks and emphasis before them left out) and holds none of those
# below is not worth looking at with SENT_FROM.
SENT_STARTS = (
    "أرسل", "أُرسل", "مرسل", "مُرسل", "تم الإرسال", "تم الارسال", "נשלח", "ارسال شده", "ارسال‌شده", "فرستاده",
    "ส่งจาก", "मेरे ", "dikirim ", "dihantar ", "odoslané ", "poslané ", "изпратено ", "послато ", "saadetud ",
    "išsiųsta ", "nosūtīts ", "az ", "a ip",
    "provenance ", "von meiner ", "von samsung", "elküldve ", "enviat ", "στάλθηκε ", "poslano ", "trimis ",
    "được gửi", "从 windows", "从windows", "從 windows", "從windows", "寄自", "hent ", "hämta ", "last ned ",
    "发送自", "發送自", "secure", "yahoo mail:", "lataa ", "sent ", "written ", "posted ",
    "from m", "someone from", "gesendet ", "verschickt ", "versendet ",
    "geschrieben ", "von meinem ", "diese nachricht wurde von meinem ", "envoyé ", "télécharge", "obten",
    "obtén", "enviad", "escrito ", "inviat", "scritto ", "verzonden ", "verstuurd ", "wysłan", "отправлено ",
    "надіслано ", "послано ", "đã gửi", "gửi từ", "skickat ", "sendt ", "lähetetty ", "odesláno ", "发自",
    "發自", "来自", "來自", "由", "從我的", "从我的", "通过", "get ", "download ", "hol", "laden sie ",
    "scarica",
    "ottieni", "baixe ", "obter ", "pobierz", "скачать ", "获取", "下載", "取得", "下载", "tải ", "instalar ",
    "descargar ", "ios", "android", "outlook ",
)  # fmt: skip
SENT_BY_FIRST = {
    first: tuple(start for start in SENT_STARTS if start[0] == first)
    for first in map(itemgetter(0), SENT_STARTS)
}
SENT_INSIDE = ("gönder", "から送信", "에서 보", "에서 발", "에서 전", "aka.ms/", "processed by david")
# What may stand before the words of a device's line: blanks, and signs of emphasis.
_DRESSING = "".join(char for char in map(chr, range(0x3001)) if char.isspace()) + "(<*_["


def is_sent_from(line: str) -> bool:
    """Whether SENT_FROM or SENT_LAST matches a line; each is tried only where it may."""
    lowered = line.lower()
    if any(map(lowered.__contains__, SENT_INSIDE)):
        return bool(SENT_FROM.match(line) or SENT_LAST.match(line))
    bare = lowered.lstrip(_DRESSING)
    return bare.startswith(SENT_BY_FIRST.get(bare[:1], ())) and SENT_FROM.match(line) is not None


def may_be_sent_from(lowered: str) -> bool:
    """Whether one of the two may match a lower-cased line; False is sure, and ten times as fast."""
    bare = lowered.lstrip(_DRESSING)
    return bare.startswith(SENT_BY_FIRST.get(bare[:1], ())) or any(map(lowered.__contains__, SENT_INSIDE))
