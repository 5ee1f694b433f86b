"""Programs by which somebody works another's device: no help desk of a wallet needs one. Pure, linear."""

import re

from intake.desk.guard.ask_words import CALMING, NEVER
from intake.desk.guard.elsewhere import SENTENCE_END
from intake.desk.guard.folding import plain

_NAME = re.compile(
    r"any ?desk|team ?viewer|ultra ?viewer|rust ?desk|to ?desk\b|sunlogin|向日葵|chrome remote desktop|"
    r"quick ?assist|"
    r"remote ?desktop|zoho assist|supremo|ammyy|splashtop|logmein|airdroid|screen ?connect|airmirror|"
    r"hopto ?desk|"
    r"\b(?:screen ?shar|share your screen|remote (?:access|control|session|support))\w*|"
    r"fernwart\w*|fernzugriff\w*|bildschirm\w* (?:teil|freigeb)\w*|accès à distance|prise en main à "
    r"distance|"
    r"acceso remoto|acesso remoto|control remoto|удал[её]нн\w+ (?:доступ|управлени)\w*|демонстраци\w+ "
    r"экрана|"
    r"uzaktan (?:erişim|bağlantı|kontrol)|(?:điều khiển|truy cập) từ xa|遠隔操作|リモート(?:操作|接続|"
    r"デスクトップ)|画面共有|"
    r"원격 ?(?:제어|접속|지원|조종)|화면 ?공유|远程(?:控制|协助|桌面|操作|连接)|遠端(?:控制|協助|桌面|"
    r"操作|連線)|共享屏幕|分享螢幕"
)
# Who asks about the past, or tells of others, asks for none.
_TOLD = re.compile(
    r"\b(?:did|have|has|had) (?:you|anybody|anyone|somebody|someone|they|he|she)\b|\bif (?:anybody|"
    r"anyone|somebody|someone)\b|"
    r"\b(?:haben|hat|hatten) (?:sie|ihnen|jemand)\b|\bwenn jemand\b|\b(?:avez-vous|quelqu['’]un|si on "
    r"vous)\b|"
    r"\b(?:alguien|alguém|instaló|instalou|desinstal\w*|uninstall\w*|remove|deinstallier\w*|entfern\w*|"
    r"supprim\w*|"
    r"désinstall\w*|кто-то|удалите|birisi|kaldır\w*|nếu ai|gỡ)\b|アンインストール|削除|誰か|삭제|누군가|"
    r"제거|"
    r"卸载|解除安裝|移除|如果有人|若有人|是否|曾"
)


def worked(text: str) -> str:
    """Return the sentence of a text that leads to such a program; "" where none does."""
    folded = plain(text)
    if not _NAME.search(folded):
        return ""
    for sentence in SENTENCE_END.split(CALMING.sub(" ", folded)):
        if _NAME.search(sentence) and not NEVER.search(sentence) and not _TOLD.search(sentence):
            return " ".join(sentence.split())[:120]
    return ""
