"""How answering machines begin a subject, by language.

Only at the start and followed by a colon or a bracket: "自动回复功能怎么设置" and
"Out of office assistant does not work" are people's.
"""

import re

from intake.desk.text.subject_prefixes import REPLIES, words

_PREFIXES = (
    # English
    r"auto(?:matic|mated)?[- ]?(?:reply|response)", r"autoreply", r"auto",
    r"autoresponder", r"out[ -]of[ -](?:the )?office(?: autoreply| reply)?",
    r"ooo", r"oof", r"away(?: from (?:the|my) (?:office|mail|desk))?", r"vacation(?: reply| message)?",
    r"on (?:vacation|holiday|(?:annual |maternity |parental )?leave)",
    # German, French, Spanish, Portuguese, Italian, Dutch
    r"automatische (?:(?:rück)?antwort|rückmeldung|e-?mail-?antwort|(?:eingangs|empfangs)bestätigung)",
    r"(?:automatische )?abwesenheits(?:notiz|meldung|nachricht|benachrichtigung|assistent)", r"abwesend",
    r"abwesenheit", r"réponse automatique(?: d['’]absence(?: du bureau)?)?", r"absen(?:ce|t)(?: du bureau)?",
    r"message d['’]absence", r"mensaje de ausencia", r"ausência do escritório",
    r"respuesta autom[aá]tica", r"fuera de (?:la )?oficina", r"resposta autom[aá]tica",
    r"fora do escrit[oó]rio", r"ausência tempor[aá]ria",
    r"risposta automatica", r"fuori (?:sede|ufficio)", r"automatisch antwoord",
    r"afwezig(?:heid)?(?:sbericht)?",
    # Polish, Russian, Ukrainian, Turkish, Vietnamese, Czech, Hungarian
    r"nieobecny", r"poza biurem", r"nie ma mnie w biurze", r"отсутствие на рабочем месте", r"вне офиса",
    r"ofis dışında otomatik yanıt[ıi]?", r"autoodpowiedź", r"automatyczna odpowiedź",
    r"odpowiedź automatyczna", r"nieobecność",
    r"автоответ(?:чик)?",
    r"автоматический ответ", r"автоматическая отправка ответа", r"нет на рабочем месте",
    r"автоматична відповідь", r"автовідповідь", r"otomatik (?:yanıt|cevap)",
    r"ofis dışında",
    r"(?:thư )?(?:trả lời|phản hồi) tự động", r"vắng mặt", r"tự động trả lời", r"automatická odpověď",
    r"automatikus válasz",
    # Swedish, Danish, Norwegian, Finnish
    r"autosvar", r"automatis(?:kt|k) svar(?:melding)?", r"frånvaro(?:meddelande)?", r"automaattinen vastaus",
    # Slovak, Romanian, Bulgarian, Greek, Croatian, Slovenian, the Baltic ones, Thai, Indonesian, Catalan
    r"automatická odpoveď", r"răspuns automat", r"автоматичен отговор", r"αυτόματη απάντηση",
    r"automatski odgovor", r"samodejni odgovor", r"automaatvastus", r"automātiskā atbilde",
    r"automatinis atsakymas", r"การตอบกลับอัตโนมัติ", r"balasan otomatis", r"resposta automàtica",
    # Chinese, Japanese, Korean
    r"(?:系统|休假)?自动(?:回复|答复|回覆|回信)", r"自動(?:回覆|回復|回信|答覆|應答|応答|返信)(?:メール)?",
    r"(?:外出|不在)时的?(?:助理程序)?自动(?:回复|答复)", r"不在のお知らせ",
    r"外出(?:自动|自動)?(?:回复|回覆)", r"(?:我)?不在(?:办公室|辦公室|通知|回覆|回复|返信)?",
    r"자동 ?(?:회신|응답|답장)", r"부재 ?중(?: ?자동)?(?: ?회신| ?응답)?",
    # Arabic, Hebrew, Persian, Hindi
    r"(?:ال)?رد (?:ال)?تلقائي", r"رد آلي", r"خارج المكتب", r"מענה אוטומטי", r"תשובה אוטומטית", r"מחוץ למשרד",
    r"(?:לא|אינני) (?:נמצא|במשרד)", r"پاسخ خودکار", r"स्वचालित उत्तर",
    # Who is away and what answers by itself, as other programs say it.
    r"(?:automated|autom(?:atic|\.)?) (?:acknowledge?ment|confirmation|e-?mail)",
    r"automatisierte (?:e-?mail-?|rück|eingangs|empfangs)?(?:antwort|meldung|nachricht|bestätigung)",
    r"auto-?antwort", r"automatische (?:nachricht|e-?mail)", r"büroabwesenheit", r"réponse automatisée",
    r"message automatique", r"respuesta automatizada", r"mensaje automático", r"fuera de oficina",
    r"resposta automatizada", r"mensagem automática", r"fora d[eo] escrit[oó]rio",
    r"risposta automatizzata", r"messaggio automatico", r"assenza dall['’]ufficio",
    r"automatische (?:beantwoording|reactie|ontvangstbevestiging)", r"geautomatiseerd (?:antwoord|bericht)",
    r"buiten kantoor", r"wiadomość automatyczna", r"automatyczne potwierdzenie", r"poza (?:biurem|firmą)",
    r"nieobecność w (?:biurze|pracy)", r"автоматическое (?:сообщение|уведомление)", r"авто-ответ",
    r"аўтаматычны адказ", r"otomatik mesaj", r"ofis dışı(?:nda)?(?:yım)?", r"thư (?:xác nhận|tự động)",
    r"ngoài văn phòng", r"mimo kancelář", r"mimo kancelárie", r"automatikus üzenet", r"házon kívül",
    r"irodán kívül", r"autosvar", r"ej på kontoret", r"automatiskt meddelande",
    r"ikke (?:på kontoret|til stede)", r"poissaolo(?:viesti|ilmoitus)?", r"automaattivastaus",
    r"în afara biroului", r"absent de la birou", r"mesaj automat", r"извън офиса", r"εκτός γραφείου",
    r"αυτοματοποιημένη απάντηση", r"аутоматски одговор", r"automatski odgovor", r"izvan ureda",
    r"van kancelarije", r"samodejno sporočilo", r"väljas kontorist", r"ārpus biroja", r"nesu biure",
    r"ne biure", r"automatinė žinutė", r"di luar kantor", r"balasan automatis", r"jawapan automatik",
    r"di luar pejabat", r"resposta automàtica", r"fora de l['’]oficina",
    r"自动应答", r"自動(?:通知|配信メール|送信)",
    r"자동 ?발송", r"ตอบกลับอัตโนมัติ", r"ไม่อยู่ที่สำนักงาน",
)  # fmt: skip

# What people write, too, above their own words: a machine's where the text says so as well.
_MILD = (
    r"acknowledge?ment of receipt", r"(?:eingangs|empfangs)bestätigung",
    r"(?:ihre|deine) anfrage ist eingegangen", r"(?:ich bin )?nicht erreichbar", r"accusé de réception",
    r"acuse de recibo", r"confirmación de recepción", r"aviso de recebimento",
    r"confirmação de recebimento", r"conferma di (?:ricezione|ricevimento)", r"ontvangstbevestiging",
    r"potwierdzenie (?:otrzymania|odbioru)", r"подтверждение получения", r"підтвердження отримання",
    r"alındı bildirimi", r"xác nhận đã nhận(?: thư)?", r"potvrzení (?:o )?přijetí",
    r"potvrdenie (?:o )?prijat\w{1,3}", r"visszaigazolás", r"mottagningsbekräftelse", r"bekräftelse",
    r"kvittering", r"bekræftelse", r"vastaanottokuittaus", r"confirmare de primire",
    r"потвърждение за получаване", r"επιβεβαίωση λήψης", r"potrdilo o prejemu", r"収受確認",
    r"受付(?:完了|確認)(?:のお知らせ|メール)?", r"수신 ?확인", r"eemal", r"απουσία", r"niet aanwezig",
    r"nicht im (?:büro|haus)", r"отсъств\w{1,6}", r"відсутн\w{1,6}", r"одсут\w{1,6}", r"prombūtn\w{1,3}",
    r"(?:я )?отсутствую(?: на рабочем месте)?", r"nepřítomen|nepřítomnost", r"poissa(?: toimistosta)?",
    r"odsotn(?:ost|a)?", r"odsoten", r"odsut(?:nost|an|na)", r"neprítomnosť", r"távollét(?:i értesítés)?",
    r"fravær(?:smelding|sbesked|ende)?",
)  # fmt: skip

MILD = re.compile(rf"[\[(【［<]?\s?(?:{'|'.join(_MILD)})\s?[:：\])】］]", re.IGNORECASE)
"""Matches the beginning of a subject that is not acknowledged; where the text `SAYS_SO`, a machine's."""

# The whole of a subject, which a person who answers begins with "Re:".
_WHOLE = (
    r"auto(?:matic|mated)?[- ]?(?:reply|response)", r"autoreply",
    r"out of (?:the )?office(?: reply| autoreply)?",
    r"automatische antwort", r"abwesenheitsnotiz", r"réponse automatique", r"respuesta autom[aá]tica",
    r"resposta autom[aá]tica", r"risposta automatica", r"automatisch antwoord", r"automatyczna odpowiedź",
    r"автоматический ответ", r"автоответ", r"otomatik (?:yanıt|cevap)", r"trả lời tự động",
    r"自动(?:回复|答复)", r"自動(?:回覆|回復|応答|返信)", r"자동 ?(?:회신|응답|답장)", r"autosvar",
)  # fmt: skip

_ANSWER = words(REPLIES, names=False)

SUBJECTS = re.compile(
    # The last ones are whole subjects of the vacation programs of Unix and Notes.
    rf"[\[(【［<]?\s?(?:(?:{'|'.join(_PREFIXES)})(?:\s?[:：\])】］]| (?:{_ANSWER})\s?[:：])"
    r"|away from my mail$|auto: )"
    rf"|(?:{'|'.join(_WHOLE)})$"
    # Notes says who: "Bob Example is out of the office (returning 03/05/2024)".
    r"|[^:]{2,60} (?:is out of the office|ist außer haus|ist nicht im (?:büro|hause?)|est absent(?:\(e\)|e)?)"
    r"\.?(?: \([^()]{4,40}\))?\.?$|yahoo! auto response$"
    r"|away re: |(?:(?:not )?read|(?:nicht )?gelesen|(?:non )?lu|okundu|lida|đã đọc|leído|lido|letto"
    r"|gelezen|przeczytano|прочитано|已读|已讀|開封済み|읽음)\s?[:：]\s",
    re.IGNORECASE,
)
"""Matches the beginning of a subject that a machine wrote, given that the mail answers one."""

ALONE = re.compile(rf"[\[(【［<]?\s?(?:{'|'.join(_WHOLE)})\s?[:：\])】］]", re.IGNORECASE)
"""Matches the prefixes that clients give such answers; where the text `SAYS_SO`, too, it is one."""

SUFFIX = re.compile(
    r"[(\[（【](?:(?:i am |currently )?out[ -]of[ -](?:the )?office|away|absent|on (?:vacation|holiday|leave)"
    r"|auto(?:matic|mated)?[- ]?(?:reply|response)|abwesend|abwesenheit|nicht im (?:büro|haus)|außer haus"
    r"|absente?(?: du bureau)?|fuera de (?:la )?oficina|ausente|fora do escritório|fuori (?:ufficio|sede)"
    r"|afwezig|вне офиса|ofis dışında|不在|外出|自动回复|自動回覆|自動応答|부재 ?중)[)\]）】]\s*$",
    re.IGNORECASE,
)
"""Found where a machine says so at the end of the subject (GroupWise); `SAYS_SO` must say it as well."""

_SAYINGS = (
    r"\b(?:i am|i['’]m|i will be) (?:currently |now )?(?:out of (?:the|my) office|away|not in the office)",
    r"\b(?:i am|i['’]m|i will be) (?:currently |now )?on (?:(?:annual|sick|parental|maternity) )?"
    r"(?:leave|vacation|holiday)",
    r"\bout of (?:the )?office (?:until|from|till)", r"this is an auto(?:matic|mated|-)",
    r"thank(?:s| you) for (?:contacting|your (?:e-?mail|message|request|inquiry))",
    r"we have received your", r"limited access to (?:my )?e-?mail",
    r"\bbin (?:ich )?[^\n]{0,60}(?:nicht (?:im|erreichbar)|abwesend|im urlaub|außer haus)",
    r"dank für ihre (?:e-?mail|nachricht|anfrage)", r"dies ist eine automati",
    r"haben ihre [^\n]{0,30}erhalten",
    r"\bje (?:suis|serai) [^\n]{0,30}(?:absent|en congé|hors du bureau)",
    r"ceci est une? [^\n]{0,20}automatique", r"merci (?:pour|de) votre (?:message|e-?mail|demande)",
    r"avons bien reçu votre",
    r"\b(?:estoy|estaré) [^\n]{0,20}(?:fuera de|de vacaciones|ausente)", r"este es un [^\n]{0,20}automátic",
    r"gracias por (?:su (?:mensaje|correo|consulta)|contactar)", r"hemos recibido su",
    r"\b(?:estou|estarei) [^\n]{0,20}(?:fora d|de férias|ausente)", r"esta é uma [^\n]{0,20}automática",
    r"recebemos (?:o seu|a sua)",
    r"\b(?:sono|sarò) [^\n]{0,20}(?:assente|fuori (?:ufficio|sede)|in ferie)", r"abbiamo ricevuto",
    r"\bik ben [^\n]{0,40}(?:afwezig|niet (?:aanwezig|bereikbaar)|(?:met|op) vakantie)",
    r"bedankt voor uw (?:bericht|e-?mail)",
    r"\bjestem [^\n]{0,20}(?:na urlopie|nieobecn|poza)", r"dziękuj\w+ za (?:wiadomość|kontakt)",
    r"\b(?:нахожусь|сейчас) (?:в отпуске|вне офиса)", r"я в отпуске", r"меня не будет",
    r"это автоматическ", r"(?:письмо|обращение) (?:получено|принято)",
    r"ofis dışınday", r"izindeyim", r"mesajınız(?:ı aldık| için teşekkür)",
    r"otomatik (?:bir )?(?:yanıttır|mesajdır|iletidir)",
    r"tôi (?:đang|hiện|sẽ) [^\n]{0,30}(?:vắng mặt|nghỉ|đi công tác)",
    r"đã nhận được (?:thư|email|yêu cầu)",
    r"我[^。\n]{0,12}(?:休假|外出|出差|不在|度假)", r"收到(?:您|你)的",
    r"(?:感谢|感謝|谢谢|謝謝)(?:您|你)的(?:来信|來信|邮件|郵件|咨询)", r"[这這]是.{0,6}自[动動]",
    r"不在[にと]", r"休暇[を中]", r"自動(?:返信|応答|送信|配信)(?:です|して|され|メール)", r"受け付けまし",
    r"出張中", r"お問い合わせ(?:いただき|ありがとう)",
    r"(?:부재|휴가|출장) ?중(?:입|이)", r"자동(?:으로)? ?(?:회신|응답|발송)", r"접수되었",
)  # fmt: skip

SAYS_SO = re.compile("|".join(_SAYINGS), re.IGNORECASE)
"""Found in what an answering machine says of itself or of who it stands for."""

# What a person writes, too, so that something else must speak for a machine.
_WEAK = (
    r"(?:annual|maternity|parental) leave", r"urlaub", r"außer haus", r"nicht im (?:büro|haus)",
    r"holidays?", r"vacations?", r"away", r"ausente",
    r"ausencia", r"ausência", r"assente", r"assenza", r"niet aanwezig", r"vakantie", r"ferie", r"férias",
    r"vacaciones", r"vacances", r"en congés?", r"urlop", r"отсутствую?е?т?", r"(?:я )?в отпуске", r"отпуск",
    r"izinde(?:yim)?", r"nghỉ phép", r"外出", r"休假", r"出張中", r"休暇", r"휴가(?: 중)?", r"출장(?: 중)?",
    r"(?:thanks?|thank you) for (?:you(?:r)?|contacting)[^:]{0,40}",
    r"(?:vielen )?danke? für ihre[^:]{0,40}",
    r"merci (?:pour|de) votre[^:]{0,40}", r"gracias por su[^:]{0,40}",
    r"obrigad[oa] p[eo]l[ao] seu?a?[^:]{0,40}",
    r"grazie per (?:la|il)[^:]{0,40}", r"bedankt voor uw[^:]{0,40}", r"dziękuję za[^:]{0,40}",
    r"спасибо за (?:ваше?|обращение)[^:]{0,40}", r"感谢您的来信", r"感謝您的來信",
)  # fmt: skip

WEAK = re.compile(rf"[\[(【［<]?\s?(?:{'|'.join(_WEAK)})[!.。！]?\s?(?:[:：\])】］]|$)", re.IGNORECASE)
"""Matches the beginning of a subject that is a machine's if the envelope or a header says so, too."""

BEFORE_ANSWER = re.compile(
    rf"[\[(【［<]?\s?(?:{'|'.join(_WEAK)})\s?[:：\])】］]\s{{0,3}}(?:{_ANSWER})\s?[:：]",
    re.IGNORECASE,
)
"""Matches such a beginning before the mark of an answer, where no person types."""

AWAY = re.compile(
    r"out of (?:the )?office|on (?:annual |sick |parental |maternity )?(?:leave|vacation|holiday)"
    r"|auto(?:matic|mated|-?)(?:ally)?[ -]?(?:reply|response|generated)|nicht im (?:büro|haus)|außer haus"
    r"|im urlaub|abwesen|automatisch|absente?\b|en congés?\b|réponse automatique|fuera de la oficina"
    r"|de vacaciones|respuesta autom|fora do escritório|de férias|resposta autom|fuori (?:ufficio|sede)"
    r"|in ferie|risposta automatica|afwezig|niet aanwezig|vakantie|poza biurem|na urlopie|nieobecn"
    r"|автоматическ|в отпуске|отсутству|izinde|ofis dışında|otomatik|vắng mặt|nghỉ phép|tự động"
    r"|自动回复|自动答复|自動|休假|外出|不在|출장|휴가|부재|자동",
    re.IGNORECASE,
)
"""Found in what answering machines write; only where the envelope sender says already that it is one."""
