"""Other channels that an answer leads to: chats, messengers, the telephone."""

import re

from intake.desk.guard.ask_words import CALMING, NEVER
from intake.desk.guard.folding import plain

_HOSTS_TEXT = """
    t.me telegram.me telegram.org telegram.dog wa.me whatsapp.com api.whatsapp.com chat.whatsapp.com
    line.me lin.ee discord.gg discord.com signal.me signal.group viber.com m.me messenger.com zalo.me
    weixin.qq.com u.wechat.com work.weixin.qq.com qm.qq.com join.skype.com open.kakao.com pf.kakao.com
    matrix.to snapchat.com instagram.com
    """
HOSTS = frozenset(_HOSTS_TEXT.split())
# Behind these words a line is one of a text, or of some other kind: "on the first line:".
_OF_LINES = """
    the this that a each every one same new next last first second third top bottom following above below
    subject command address status tracking in per
    """
_NO_LINE = "".join(rf"(?<!\b{word}\s)" for word in _OF_LINES.split())
_NAME = (
    r"(?:telegram\w*|\btg\b|whats ?app|wechat|we ?chat|weixin|微信|电报|電報|纸飞机|飞机号|"
    rf"(?<![a-z])(?:line(?=\s*(?:id\b|:?\s*@|群|好友|客服|で|上))|{_NO_LINE}line(?=\s*:))|\bvx\b|"
    r"\bwx\b|企鹅号?|扣扣|qq|加我?的?q(?![a-z])|\bq\s?[:：]\s?(?=\d{5})|"
    r"signal(?= app|:| at| on|\s*\+)|\b(?:on|via|over|by|using|per|über|sur|por|через|auf) signal(?! "
    r"(?:loss|strength))\b|viber|discord|skype|kakao ?talk|카카오톡|"
    r"카톡|텔레그램|телеграм\w*|"
    r"тг\b|вотсап\w*|ватсап\w*|вайбер\w*|zalo|テレグラム|ライン(?=で|の|id|を)|facebook messenger|"
    r"imessage|facetime)"
)
_CHAT = re.compile(_NAME)
# A name there, or a number: who is to be written to.
_WHO = re.compile(r"@[\w.]{3,}|\+?\d[\d ().-]{5,}\d|\bid\b|账号|帳號|号码?[：:]|[:：]\s*[\w@+]")
_VERB = re.compile(
    r"\b(?:add|contact|write|message|text|reach|dm|join|chat|talk|call|find|ping|continue|move|"
    r"switch|go)\b|"
    r"\b(?:kontaktier|schreib|meld|hinzufüg|erreich|füg)\w*|\b(?:contact|écri|ajout|rejoi|parl|"
    r"joign|continu)\w*|"
    r"\b(?:escr[ií]b|escrev|agreg|añad|adicion|cham|habl|fale|contáct|únas|entre)\w*|"
    r"\b(?:напиш|пиш|добав|свяж|связ|перейд|звон)\w*|\b(?:yaz|ekle|ulaş|katıl|iletişim|geç)\w*|"
    r"\b(?:nhắn|liên hệ|kết bạn|thêm|tham gia)\b|追加|連絡|ご連絡|話し|추가|연락|문의|메시지|"
    r"加(?:我|一下|个|個|入|群|客服)?|联系|聯絡|聯繫|添加|搜|私聊|找我|进群|進群"
)
# A call to a number: what is said there nobody looks through.
_CALL = re.compile(
    r"\b(?:call|ring|phone|text|dial) (?:me|us|him|her|our|my|the|this)\b|\bruf\w*\b|\b(?:anrufen|"
    r"appel\w*|ll[aá]m\w*|"
    r"liga|ligue|ligar|позвон\w*|звон\w*|ara(?:yın|yınız|yabilir\w*)?|gọi)\b|電話|전화|打电话|致电|致電|"
    r"拨打|撥打|来电|來電"
)
_PHONE = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<![\w#])(?:\+|0)\d[\d ()./-]{5,}\d(?!\w)|(?<=[\u3040-\uffff])\d[\d "
    r"()./-]{5,}\d"
)
_LINK = re.compile(r"https?://\S+")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n;；]")
_COMMA = re.compile(r",\s|，")


def led(text: str) -> str:
    """Return the words of a text that ask its reader to go on in another channel; "" where none do."""
    folded = plain(text)
    if not _CHAT.search(folded) and not _CALL.search(folded):
        return ""
    for sentence in SENTENCE_END.split(CALMING.sub(" ", _LINK.sub(" ", folded))):
        clauses = _COMMA.split(sentence)
        for clause, following in zip(clauses, [*clauses[1:], ""], strict=True):
            if not NEVER.search(clause) and _leads(clause, following):
                return " ".join(clause.split())[:120]
    return ""


def _leads(clause: str, following: str) -> bool:
    """Whether a clause leads to a chat or a telephone; what follows may say how."""
    match = _CHAT.search(clause)
    if match is None:
        return bool(_CALL.search(clause) and (_PHONE.search(clause) or _PHONE.match(following)))
    if _VERB.search(clause) or _WHO.search(clause[match.end() :]):
        return True
    return bool(_VERB.search(following) and _WHO.search(following) and not NEVER.search(following))
