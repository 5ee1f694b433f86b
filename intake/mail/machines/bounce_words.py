"""What mail systems write when they report on a delivery, where they have no format for it."""

import re

_I = re.IGNORECASE

DELAYED = re.compile(
    r"\bdelayed\b|\bdelay\)|will (?:be|keep) (?:retr|try)|still (?:being )?(?:trying|undelivered"
    r"|queued)|\bnot yet been delivered"
    r"|have not (?:yet )?been able to deliver|you do not need to (?:resend|re-send)"
    r"|warning: could not send message|has been postponed|delivery (?:status )?warning|verz(?:ö|oe)gert"
    r"|延迟|延遲|延後|遅延|配信が遅れ|지연|retard[ée]|remise différée|entrega retrasad"
    r"|se ha retrasado|entrega atrasada|está atrasada|recapito ritardato|stato ritardato|bezorging vertraagd"
    r"|is vertraagd|в очереди|задержка доставки|задерживается|opóźni|gecikti|gecikme|trì hoãn",
    _I,
)
FAILED = re.compile(
    r"undeliver|returned|failure|failed|non[- ]remis|unzustellbar|rejected|nicht zustellbar"
    r"|fehlgeschlagen|échec|退信|不能|無法|无法"
    r"|エラー|失敗|실패|недостав|не доставлен|fallid|no se (?:ha )?(?:pudo|entreg)|mancata|non recapit"
    r"|niewyslan|onbestelbaar|teslim edilemedi|recapito non|nie można dostarczyć"
    r"|не удается доставить|не удалось|сбой доставки|không thể gửi|không gửi được",
    _I,
)
SUBJECT = re.compile(
    r"undeliver(?:able|ed)|(?:mail|message|delivery)[- ]?(?:delivery )?(?:system )?(?:fail|status"
    r"|error|problem|report|notif)"
    r"|returned mail|returned to sender|return(?:ing|ed) (?:message|mail) to sender"
    r"|delivery (?:has )?(?:been )?(?:fail|delay|status|notif|report|error|problem|incomplete"
    r"|unsuccessful)"
    r"|failure notice|failed mail|failed delivery|mail failure|mail could not be|non[- ]?delivery"
    r"|nondeliverable|not delivered|could not (?:be )?(?:send|sent|deliver)"
    r"|unable to deliver|mail system error|mail error|mailserver error|processing error"
    r"|error sending your mail|delivery_error|user unknown|unknown user|invalid address"
    r"|message (?:has been )?(?:delayed|rejected|blocked|not delivered|you sent)"
    r"|bounce|bounced|\bNDN\b|\bNDR\b|\bDSN\b|mail not delivered|email (?:could not"
    r"|was not) (?:be )?delivered|rejected|permanent fatal|transient fail|message status"
    r"|unzustellbar|zustell(?:ung|bericht|fehler)|nicht zugestellt|konnte nicht|übermittlung|remise"
    r"|non remis|non distribu|échec de|échoué"
    r"|no entregado|no se (?:ha )?(?:pudo|podido|entreg)|devuelto|entrega|não (?:foi )?entregue"
    r"|devolvid[ao]|falha|consegna|recapit|mancato|mancata|non recapitat|onbestelbaar|niet bezorgd|aflever"
    r"|niedostarcz|niedoręcz|nie można dostarczyć|zwrot|недостав|не доставлен|доставк"
    r"|не удается доставить|teslim|iletilemedi|gecikti|bezorging|không gửi được|không thể gửi|trì hoãn"
    r"|chưa gửi được"
    r"|^Postfix SMTP server: errors from|mail delivery warning|automatically rejected"
    r"|退信|退件|无法投递|無法投遞|無法傳遞|无法传递|未傳遞|未送达|未送達|投递失败|投递状态|系统退信|无法送达"
    r"|配信|送信エラー|配達|メール送信|반송|배달|전송 실패",
    _I,
)
"""A report's subject; people write some of these words too, so never enough alone."""

PLAIN_SUBJECT = re.compile(
    r"^\W{0,3}(?:undeliver(?:able|ed)|(?:mail |message )?delivery (?:failure|failed"
    r"|status notification|notification|error|has failed|problem|report)"
    r"|mail delivery (?:failed|failure|error|system|status|problem)|returned mail|returned to sender"
    r"|failure notice|mail failure|mail system error|(?:mail )?delivery warning|message delivery"
    r"|non[- ]?delivery"
    r"|nondeliverable"
    r"|message undeliverable|mail could not be delivered|message could not be delivered"
    r"|could not (?:send|deliver) message|unzustellbar|退信|系统退信)",
    _I,
)
"""A report's subject from an address that no mail system uses for reports."""

EVIDENCE = re.compile(
    r"\b5\d\d[ -#]{1,3}5\.\d\.\d|\b55[0-4][ -]|\bsmtp;\s|remote-mta|final-recipient|diagnostic-code"
    r"|user unknown|unknown user|no such (?:user|recipient|mailbox)"
    r"|mailbox (?:is )?(?:full|unavailable|not found)|(?:over|exceeded).{0,20}quota|quota exceeded"
    r"|^received: (?:from|by) |host (?:not found|unknown)|transcript of session"
    r"|(?:postponed due to a|because of a) full mailbox"
    r"|did not reach the following|(?:could not|cannot|can't) be delivered to"
    r"|delivery to the following recipients? failed|addresses? (?:failed|had)",
    _I | re.MULTILINE,
)

TEXT = re.compile(
    r"undeliverable|transcript of session follows|(?:could|can)(?:n[o']t| not) be delivered"
    r"|couldn't be delivered"
    r"|wasn't (?:able to be )?delivered|was not delivered|unable to deliver|unable to relay"
    r"|delivery (?:to the following|has failed|failed|of|attempts)|did not reach|could not deliver"
    r"|permanent (?:fatal )?error|fatal error|returned to sender|have not been able to deliver"
    r"|following (?:addresses|recipient|e-?mail address|destination|message)|user (?:is )?unknown"
    r"|unknown user|no such (?:user|person|address|mailbox|local)|mailbox (?:is )?(?:full"
    r"|unavailable|not found|disabled|has exceeded|exceeded)"
    r"|over (?:its )?quota|quota exceeded|host (?:or domain )?(?:name )?(?:unknown|not found)"
    r"|does(?:n't| not) (?:exist|have an? )|not (?:a )?(?:valid|known|listed)|address (?:rejected"
    r"|not found|unknown)|recipient (?:address )?(?:rejected|unknown|not)"
    r"|smtp error|remote (?:server|host) (?:said|returned|replied)|\b5\d\d[ -]5\.\d|\b5[05]\d \S"
    r"|account (?:has been |is )?(?:disabled|inactive|unavailable)|message (?:was"
    r"|has been) (?:rejected|blocked|refused|returned|delayed)|is being returned|failed (?:recipient"
    r"|address|permanently)"
    r"|nicht (?:zugestellt|übermittelt|ausgeliefert)|unbekannt|unzustellbar|n'a pas pu être"
    r"|n'a pu être|impossible de|no (?:se )?(?:ha )?(?:pudo|podido)|não (?:pôde|foi possível)"
    r"|non (?:è stato possibile|può essere)|niet (?:worden )?(?:bezorgd|afgeleverd)"
    r"|nie (?:można|mogła)|не (?:может быть|удалось|был[ао]? )?доставлен|не удалось|teslim edilemedi"
    r"|không thể gửi|无法|不存在|退信|退回|投递失败|無法|配信できません|見つかりません"
    r"|届けられません|エラー|送信できません|배달(?:되지|할 수)|전송하지 못",
    _I,
)

JAPANESE_SUBJECT = re.compile(
    r"メール ?エラー|エラー(?:メール|通知)|(?:送信|配信|配達)(?:エラー|(?:に|が)?失敗)"
    r"|(?:送信|配信|配達)(?:不能|(?:が|は)?できません)"
    r"|未配信|不達|宛先不明|お?届け(?:る|する)?(?:こと)?(?:が|は)?できません|届きませんでした"
)
JAPANESE_TEXT = re.compile(
    r"(?:送信|配信|配達|お?届け)(?:する|る)?(?:こと)?(?:が|は|に)?(?:でき(?:ません|ず|なかった)|不能|失敗)"
    r"|届けられません|届きませんでした|宛先(?:が|は|の)?.{0,20}(?:不明|見つかりません|存在しません)|(?:メール)?ボックスが(?:一杯|いっぱい|満杯)"
)
"""A report in Japanese words alone; people who can not send write them, too, so never enough alone."""

JAPANESE_PERSON = re.compile(
    r"[?？]|ください|下さい|お願い|でしょうか|ますか|ですか|お世話|昨日|今日|私|アプリ|と出ます"
)
"""Found in what people write of such errors, and no mail system."""

_AT = r"(?:\"[^\s\"<>@]{1,64}\"|[^\s<>\"'(),;:]{1,64})@[^\s<>\"'(),;:]{1,255}"
NAMED = re.compile(
    # Postfix, qmail, Courier, Exim and their kin: the address alone, its reason behind or below it.
    rf"^[ \t]{{0,8}}<({_AT})>(?: \([^()\n]{{0,200}}\))?:"
    rf"|^[ \t]{{0,8}}({_AT}):[ \t]*$"
    rf"|\b(?:failed|rejected)(?: for)?:\s{{1,8}}<?({_AT})>?[ \t]*$"
    # "could not be delivered to X", "there was an error delivering your mail to <X>".
    r"|(?:could not be delivered|was not delivered|cannot be delivered|undeliverable"
    r"|error delivering (?:your )?(?:mail|message)|deliver(?:y of)? (?:your )?(?:e?mail|message))"
    rf"(?: to)?(?: this address| the following (?:address|recipient)(?:\(?e?s\)?)?)?:?\s{{1,20}}[<\"]?({_AT})"
    rf"|your message to <?({_AT})>? (?:was|could|has)"
    rf"|^[ \t>]{{0,8}}(?:(?:In: +)?RCPT TO|failed recipient|recipient address|original-recipient"
    rf"|final-recipient|intended recipient|recipient|undeliverable to|unknown user)"
    rf"[ \t]?:[ \t]?(?:rfc822; ?)?<?({_AT})"
    rf"|malformed address: <({_AT})>",
    _I | re.MULTILINE,
)
"""Where mail systems put the address they could not reach: one group holds it."""

ALONE = re.compile(
    r"^\W{0,3}(?:(?:the |your )?(?:e-?mail|mail|message) )?could not be delivered to:?"
    rf"\s{{1,8}}<?{_AT}>?\W{{0,3}}$",
    _I | re.MULTILINE,
)
"""A report in one line; people write more."""
ADDRESS_ALONE = re.compile(rf"^[^\w\n]{{0,8}}(?:宛先\s?[:：]\s?)?<?{_AT}>?[^\w\n]{{0,3}}$", re.MULTILINE)

GATEWAY_ERROR = re.compile(
    r"(?:error: |an error occurred|the following recipient|your message (?:could|was)|sorry, |delivery to)",
    _I,
)
"""How a gateway's report begins that has taken over the subject of the mail it is about."""


def is_japanese(subject: str, text: str) -> bool:
    """Whether a mail says in Japanese, under the subject of a report, that one was not delivered."""
    named = JAPANESE_SUBJECT.search(subject) or PLAIN_SUBJECT.search(subject)
    return bool(named) and bool(JAPANESE_TEXT.search(text))


def names_somebody(text: str) -> bool:
    """Whether a text has a line of an address alone, and no words of a person's."""
    return bool(ADDRESS_ALONE.search(text)) and not JAPANESE_PERSON.search(text)
