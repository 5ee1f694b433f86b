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
    # Arabic, Hebrew
    r"رد تلقائي", r"מענה אוטומטי", r"תשובה אוטומטית",
)  # fmt: skip

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
    r"|gelezen|przeczytano|прочитано|已读|已讀|開封済み|읽음)\s?[:：]\s"
    r"|(?:accepted|declined|tentative|tentatively accepted|zugesagt|abgelehnt|accepté|refusé"
    r"|aceptado|rechazado)\s?[:：]\s",
    re.IGNORECASE,
)
"""Matches the beginning of a subject that a machine wrote, given that the mail answers one."""

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
