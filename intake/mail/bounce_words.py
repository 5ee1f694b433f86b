"""What mail systems write when they report on a delivery, where they have no format for it."""

import re

_I = re.IGNORECASE

DELAYED = re.compile(
    r"\bdelayed\b|\bdelay\)|will (?:be|keep) (?:retr|try)|still (?:being )?(?:trying|undelivered|queued)|\bnot yet been delivered"
    r"|have not (?:yet )?been able to deliver|you do not need to (?:resend|re-send)|warning: could not send message|verz(?:ö|oe)gert"
    r"|延迟|遅延|지연|retard[ée]|в очереди|opóźni",
    _I,
)
FAILED = re.compile(
    r"undeliver|returned|failure|failed|non[- ]remis|unzustellbar|rejected|nicht zustellbar|fehlgeschlagen|échec|退信|不能|無法|无法"
    r"|エラー|失敗|실패|недостав|не доставлен|fallid|no se (?:ha )?(?:pudo|entreg)|mancata|non recapit|niewyslan|onbestelbaar|teslim edilemedi",
    _I,
)
SUBJECT = re.compile(
    r"undeliver(?:able|ed)|(?:mail|message|delivery)[- ]?(?:delivery )?(?:system )?(?:fail|status|error|problem|report|notif)"
    r"|returned mail|returned to sender|return(?:ing|ed) (?:message|mail) to sender|delivery (?:has )?(?:been )?(?:fail|delay|status|notif|report|error|problem|incomplete|unsuccessful)"
    r"|failure notice|failed mail|failed delivery|mail failure|mail could not be|non[- ]?delivery|nondeliverable|not delivered|could not (?:be )?(?:send|sent|deliver)"
    r"|unable to deliver|mail system error|mail error|mailserver error|delivery_error|user unknown|unknown user|invalid address|message (?:has been )?(?:delayed|rejected|blocked|not delivered|you sent)"
    r"|bounce|bounced|\bNDN\b|\bNDR\b|\bDSN\b|mail not delivered|email (?:could not|was not) (?:be )?delivered|rejected|permanent fatal|transient fail|message status"
    r"|unzustellbar|zustell(?:ung|bericht|fehler)|nicht zugestellt|konnte nicht|übermittlung|remise|non remis|non distribu|échec de|échoué"
    r"|no entregado|no se (?:ha )?(?:pudo|podido|entreg)|devuelto|entrega|não (?:foi )?entregue|devolvid[ao]|falha|consegna|mancato|mancata|non recapitat|onbestelbaar|niet bezorgd|aflever"
    r"|niedostarcz|niedoręcz|zwrot|недостав|не доставлен|доставк|teslim|iletilemedi|không gửi được|chưa gửi được"
    r"|退信|退件|无法投递|無法投遞|無法傳遞|未傳遞|未送达|未送達|投递失败|投递状态|系统退信|无法送达|配信|送信|配達|エラー|届け|반송|배달|전송 실패",
    _I,
)
"""A report's subject; people write some of these words too, so never enough alone."""

TEXT = re.compile(
    r"undeliverable|(?:could|can)(?:n[o']t| not) be delivered|couldn't be delivered|wasn't (?:able to be )?delivered|was not delivered|unable to deliver|unable to relay"
    r"|delivery (?:to the following|has failed|failed|of|attempts)|did not reach|could not deliver|permanent (?:fatal )?error|fatal error|returned to sender|have not been able to deliver"
    r"|following (?:addresses|recipient|e-?mail address|destination|message)|user (?:is )?unknown|unknown user|no such (?:user|person|address|mailbox|local)|mailbox (?:is )?(?:full|unavailable|not found|disabled|has exceeded|exceeded)"
    r"|over (?:its )?quota|quota exceeded|host (?:or domain )?(?:name )?(?:unknown|not found)|does(?:n't| not) (?:exist|have an? )|not (?:a )?(?:valid|known|listed)|address (?:rejected|not found|unknown)|recipient (?:address )?(?:rejected|unknown|not)"
    r"|smtp error|remote (?:server|host) (?:said|returned|replied)|\b5\d\d[ -]5\.\d|\b5[05]\d \S|account (?:has been |is )?(?:disabled|inactive|unavailable)|message (?:was|has been) (?:rejected|blocked|refused|returned|delayed)|is being returned|failed (?:recipient|address|permanently)"
    r"|nicht (?:zugestellt|übermittelt|ausgeliefert)|unbekannt|unzustellbar|n'a pas pu être|n'a pu être|impossible de|no (?:se )?(?:ha )?(?:pudo|podido)|não (?:pôde|foi possível)|non (?:è stato possibile|può essere)|niet (?:worden )?(?:bezorgd|afgeleverd)"
    r"|nie (?:można|mogła)|не (?:может быть|удалось|был[ао]? )?доставлен|не удалось|teslim edilemedi|không thể gửi|无法|不存在|退信|退回|投递失败|無法|配信できません|見つかりません|届けられません|エラー|送信できません|배달(?:되지|할 수)|전송하지 못",
    _I,
)
