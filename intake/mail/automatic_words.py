"""How answering machines begin a subject, by language.

Only at the start and followed by a colon or a bracket: "自动回复功能怎么设置" and
"Out of office assistant does not work" are people's.
"""

import re

_PREFIXES = (
    # English
    r"auto(?:matic|mated)?[- ]?(?:reply|response)", r"autoreply", r"auto",
    r"out of (?:the )?office(?: autoreply| reply)?",
    r"ooo", r"oof", r"away(?: from (?:the|my) (?:office|mail|desk))?", r"vacation(?: reply| message)?",
    r"on (?:vacation|holiday|leave)",
    # German, French, Spanish, Portuguese, Italian, Dutch
    r"automatische (?:antwort|rückmeldung|e-?mail-?antwort)",
    r"(?:automatische )?abwesenheits(?:notiz|meldung|nachricht|assistent)", r"abwesend",
    r"abwesenheit", r"réponse automatique", r"absen(?:ce|t)(?: du bureau)?", r"message d'absence",
    r"respuesta autom[aá]tica", r"fuera de (?:la )?oficina", r"resposta autom[aá]tica",
    r"fora do escrit[oó]rio", r"ausência tempor[aá]ria",
    r"risposta automatica", r"fuori (?:sede|ufficio)", r"automatisch antwoord",
    r"afwezig(?:heid)?(?:sbericht)?",
    # Polish, Russian, Ukrainian, Turkish, Vietnamese, Czech, Hungarian
    r"autoodpowiedź", r"automatyczna odpowiedź", r"odpowiedź automatyczna", r"nieobecność",
    r"автоответ(?:чик)?",
    r"автоматический ответ", r"автоматическая отправка ответа", r"нет на рабочем месте",
    r"автоматична відповідь", r"автовідповідь", r"otomatik (?:yanıt|cevap)",
    r"ofis dışında",
    r"(?:thư )?(?:trả lời|phản hồi) tự động", r"vắng mặt", r"tự động trả lời", r"automatická odpověď",
    r"automatikus válasz",
    # Swedish, Danish, Norwegian, Finnish
    r"autosvar", r"automatis(?:kt|k) svar", r"frånvaro(?:meddelande)?", r"automaattinen vastaus",
    # Chinese, Japanese, Korean
    r"(?:系统)?自动(?:回复|答复|回覆|回信)", r"自動(?:回覆|回復|答覆|應答|応答|返信)",
    r"外出(?:自动|自動)?(?:回复|回覆)", r"(?:我)?不在(?:办公室|辦公室|通知|回覆|回复|返信)?",
    r"자동 ?(?:회신|응답|답장)", r"부재중(?: 자동)?(?: 회신| 응답)?",
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

SUBJECTS = re.compile(
    # The last ones are whole subjects of the vacation programs of Unix and Notes.
    rf"[\[(【<]?\s?(?:(?:{'|'.join(_PREFIXES)})(?:\s?[:：\])】]| (?:re|aw|antw|sv|回复"
    rf"|答复)\s?[:：])|away from my mail$|auto: )"
    rf"|(?:{'|'.join(_WHOLE)})$"
    r"|away re: |(?:read|gelesen|lu|leído|lido|letto|gelezen|przeczytano|прочитано|已读|已讀|開封済み"
    r"|읽음)\s?[:：]\s"
    r"|(?:accepted|declined|tentative|tentatively accepted|zugesagt|abgelehnt|accepté|refusé"
    r"|aceptado|rechazado)\s?[:：]\s",
    re.IGNORECASE,
)
"""Matches the beginning of a subject that a machine wrote, given that the mail answers one."""
