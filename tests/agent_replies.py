# ruff: noqa: E501 (a client's markup stays as it writes it)
"""Replies to a notification as mail programs write them: what stands around an agent's own words.

Each client gets the agent's lines as (text, html) pairs and the text of the notification, and
returns the text part and the HTML part of the reply. Written from what the programs send.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

Line = tuple[str, str]
FROM, WHO, ADDRESS = "Lumen Support <help@desk.example>", "Lumen Support", "help@desk.example"
FROM_H = escape(FROM)
TO, TO_H = "Anna <anna@staff.example>", "Anna &lt;anna@staff.example&gt;"
SUBJECT = "[#1] My coins are late"


@dataclass(frozen=True)
class Client:
    """`bold`, `item` and `link` are how the client writes formatting into its text part."""

    make: Callable[[Sequence[Line], str, bool], tuple[str, str]]
    bold: str = "{}"
    item: str = "- {}"
    link: str = "{text} <{url}>"


def quoted(text: str, sign: str = "> ") -> str:
    return "\n".join(f"{sign}{line}".rstrip() for line in text.split("\n"))


def br(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.split("\n"))


def divs(lines: Sequence[Line], attributes: str = "") -> str:
    return "".join(f"<div{attributes}>{html or '<br>'}</div>" for _, html in lines)


def texts(lines: Sequence[Line]) -> str:
    return "\n".join(text for text, _ in lines)


def header(zh: bool, sent: str = "Sent") -> list[tuple[str, str]]:
    names = ("发件人", "发送时间", "收件人", "主题") if zh else ("From", sent, "To", "Subject")
    when = "2026年11月22日 12:00" if zh else "Sunday, November 22, 2026 12:00 PM"
    return list(zip(names, (FROM, when, TO, SUBJECT), strict=True))


def head_text(zh: bool, sent: str = "Sent") -> str:
    return "\n".join(f"{name}: {value}" for name, value in header(zh, sent))


def head_html(zh: bool, sent: str = "Sent", end: str = "<br>") -> str:
    return end.join(f"<b>{name}:</b> {escape(value)}" for name, value in header(zh, sent))


def gmail_web(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = (
        f"{FROM} 于2026年11月22日周日 12:00写道："
        if zh
        else f"On Sun, Nov 22, 2026 at 12:00 PM Lumen Support <\n{ADDRESS}> wrote:"
    )
    attr = said.replace("\n", "")
    html = f'<div dir="ltr">{divs(own)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{escape(attr)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{br(notice)}<br></blockquote></div>\n'
    return f"{texts(own)}\n\n{said}\n\n{quoted(notice)}\n", html


def gmail_android(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = (
        f"{FROM} 于 2026年11月22日周日 12:00写道："
        if zh
        else f"On Sun, 22 Nov 2026, 12:00 Lumen Support, <{ADDRESS}> wrote:"
    )
    html = f'<div dir="auto">{divs(own, " dir=auto")}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{escape(said)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{br(notice)}</blockquote></div>\n'
    return f"{texts(own)}\n\n{said}\n\n{quoted(notice)}\n", html


def gmail_ios(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    text, html = gmail_web(own, notice, zh)
    return text, html.replace('<div dir="ltr"><div>', '<div dir="auto"><div dir="auto">', 1)


def outlook_desktop(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    def paragraph(html: str) -> str:
        if html.startswith("<ul"):
            return (
                html.replace("<ul>", '<ul style="margin-top:0in" type="disc">')
                .replace(
                    "<li>", '<li class="MsoListParagraph" style="margin-left:0in;mso-list:l0 level1 lfo1">'
                )
                .replace("</li>", "<o:p></o:p></li>")
            )
        return f'<p class="MsoNormal"><span style="font-size:11.0pt">{html or "<o:p>&nbsp;</o:p>"}{"<o:p></o:p>" if html else ""}</span></p>'

    body = "\n".join(paragraph(html) for _, html in own)
    quote_ = "".join(
        f'<p class="MsoNormal">{escape(line) or "<o:p>&nbsp;</o:p>"}<o:p></o:p></p>\n'
        for line in notice.split("\n")
    )
    html = f'<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name="Generator" content="Microsoft Word 15 (filtered medium)"><style><!--\n/* Font Definitions */\n@font-face {{font-family:Calibri;}}\np.MsoNormal {{margin:0in;}}\n--></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]--></head><body lang="EN-US" link="#0563C1" vlink="#954F72" style="word-wrap:break-word"><div class="WordSection1">{body}<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">{head_html(zh)}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{quote_}</div></body></html>'
    return f"{texts(own)}\n\n{head_text(zh)}\n\n{notice}\n", html


def outlook_web(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    body = "".join(
        f'<div class="elementToProof" style="font-family: Aptos, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);">{html or "<br>"}</div>'
        for _, html in own
    )
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style type="text/css" style="display:none;"> P {{margin-top:0;margin-bottom:0;}} </style></head><body dir="ltr">{body}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{head_html(zh)}</font><div>&nbsp;</div></div><div class="BodyFragment"><font size="2"><span style="font-size:11pt;"><div class="PlainText">{br(notice)}</div></span></font></div></body></html>'
    return f"{texts(own)}\n________________________________\n{head_text(zh)}\n\n{notice}\n", html


def outlook_mobile(system: str) -> Callable[[Sequence[Line], str, bool], tuple[str, str]]:
    def make(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
        get = f"获取 Outlook for {system}" if zh else f"Get Outlook for {system}"
        body = "".join(f'<div style="direction: ltr;" dir="auto">{html or "<br>"}</div>' for _, html in own)
        link = (
            f'<a href="https://aka.ms/o0ukef">{get.partition("Outlook")[1]}{get.partition("Outlook")[2]}</a>'
        )
        html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>{body}<div><br></div><div id="ms-outlook-mobile-signature" dir="auto">{get.partition("Outlook")[0]}{link}</div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{head_html(zh)}<div>&nbsp;</div></div>{br(notice)}</body></html>'
        return (
            f"{texts(own)}\n\n{get}<https://aka.ms/o0ukef>\n________________________________\n{head_text(zh)}\n\n{notice}\n",
            html,
        )

    return make


def apple_mail(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = f"2026年11月22日 12:00，{FROM} 写道：" if zh else f"On 22 Nov 2026, at 12:00, {FROM} wrote:"
    html = f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">{divs(own)}<div><br><blockquote type="cite"><div>{escape(said)}</div><br class="Apple-interchange-newline"><div><div>{br(notice)}</div></div></blockquote></div><br></body></html>'
    return f"{texts(own)}\n\n> {said}\n> \n{quoted(notice)}\n", html


def iphone(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    sent = "发自我的 iPhone" if zh else "Sent from my iPhone"
    said = (
        f"在 2026年11月22日，12:00，{FROM} 写道："
        if zh
        else f"On Nov 22, 2026, at 12:00\u202fPM, {FROM} wrote:"
    )
    html = f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body dir="auto"><div dir="ltr">{divs(own)}</div><br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{sent}</div><div dir="ltr"><br><blockquote type="cite">{escape(said)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff{br(notice)}</div></blockquote></body></html>'
    return f"{texts(own)}\n\n{sent}\n\n> {said}\n> \n> \ufeff{quoted(notice)[2:]}\n", html


def thunderbird(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = "在 2026/11/22 12:00, Lumen Support 写道:" if zh else "On 11/22/26 12:00, Lumen Support wrote:"
    body = "".join(html if html.startswith("<ul") else f"<p>{html or '<br>'}</p>" for _, html in own)
    html = f'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>{body}<div class="moz-cite-prefix">{said}<br></div><blockquote type="cite" cite="mid:ref.x@desk.example"><pre wrap="" class="moz-quote-pre">{escape(notice)}</pre></blockquote></body></html>'
    return f"{texts(own)}\n\n{said}\n{quoted(notice)}\n", html


def qq(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    title = (
        "------------------ 原始邮件 ------------------"
        if zh
        else "------------------ Original ------------------"
    )
    names = ("发件人", "发送时间", "收件人", "主题") if zh else ("From", "Date", "To", "Subject")
    when = "2026年11月22日(星期天) 中午12:00" if zh else "Sun, Nov 22, 2026 12:00 PM"
    values = (f'"{WHO}"<{ADDRESS}>;', when, '"Anna"<anna@staff.example>;', SUBJECT)
    pairs = list(zip(names, values, strict=True))
    rows = "".join(f"<div><b>{name}:</b>&nbsp;{escape(value)}</div>" for name, value in pairs)
    html = f'<meta http-equiv="Content-Type" content="text/html; charset=utf-8">{divs(own)}<div><br></div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">{title.replace(" ", "&nbsp;")}</div><div style="font-size: 12px;background:#efefef;padding:8px;">{rows}</div><div><br></div>{br(notice)}'
    text = "\n".join(f"{name}: {value}" for name, value in pairs)
    return f"{texts(own)}\n\n\n{title}\n{text}\n\n\n{notice}\n", html


def netease(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = (
        f'在 2026-11-22 12:00:00，"{WHO}" <{ADDRESS}> 写道：'
        if zh
        else f'At 2026-11-22 12:00:00, "{WHO}" <{ADDRESS}> wrote:'
    )
    html = f'<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial"><div style="margin:0;">{divs(own)}</div><p style="margin:0;"><br></p><div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div><p style="margin: 0;"><br></p><pre>{escape(said)}</pre><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid"><pre>{escape(notice)}</pre></blockquote></div>'
    return f"{texts(own)}\n\n\n\n\n\n{said}\n{quoted(notice, '>')}\n", html


def foxmail(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    names = ("发件人", "发送时间", "收件人", "主题") if zh else ("From", "Date", "To", "Subject")
    values = (WHO, "2026-11-22 12:00", "anna@staff.example", SUBJECT)
    pairs = list(zip(names, values, strict=True))
    mark, colon = ("： ", "：") if zh else (": ", ":")
    rows = "".join(
        f"<div><b>{name}{colon}</b>&nbsp;{f'<a href=mailto:{ADDRESS}>{WHO}</a>' if value == WHO else escape(value)}</div>"
        for name, value in pairs
    )
    html = f'<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"><style>body {{ line-height: 1.5; }}blockquote {{ margin-top: 0px; margin-bottom: 0px; margin-left: 0.5em; }}</style></head><body>{divs(own)}<div><br></div><blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px; FONT-SIZE: 12px; BACKGROUND: #efefef">{rows}</div></div><div><div>{br(notice)}</div></div></blockquote></body></html>'
    text = "\n".join(f"{name}{mark}{value}" for name, value in pairs)
    return f"{texts(own)}\n\n \n{text}\n{notice}\n", html


def yahoo(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    said = (
        f"2026年11月22日星期日 格林尼治标准时间 12:00:00，{FROM} 写道："
        if zh
        else f"On Sunday, November 22, 2026 at 12:00:00 PM GMT, {FROM} wrote:"
    )
    html = f'<html><head></head><body><div class="ydp1a2b3c4dyahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:13px;"><div></div>{divs(own, " dir=ltr data-setdir=false")}<div><br></div></div><div id="ydp9f8e7d6cyahoo_quoted_1234567890" class="ydp9f8e7d6cyahoo_quoted yahoo_quoted"><div style="font-family:Arial;font-size:13px;color:#26282a;"><div>{escape(said)}</div><div><br></div><div><br></div><div>{br(notice)}</div></div></div></body></html>'
    return f"{texts(own)}\n\n    {said}  \n \n {notice}\n", html


def proton(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    sent = ("使用", "安全邮件发送。") if zh else ("Sent with", "secure email.")
    said = (
        f"2026年11月22日 星期日 12:00，{FROM} 写道："
        if zh
        else f"On Sunday, November 22nd, 2026 at 12:00 PM, {FROM} wrote:"
    )
    html = f'{divs(own, " style=&quot;font-family: Arial, sans-serif; font-size: 14px;&quot;".replace("&quot;", chr(34)))}<div class="protonmail_quote"><br>{escape(said)}<br><br><blockquote class="protonmail_quote" type="cite">{br(notice)}</blockquote><br></div>'
    del sent
    return f"{texts(own)}\n\n{said}\n\n{quoted(notice)}\n", html


def samsung(own: Sequence[Line], notice: str, zh: bool) -> tuple[str, str]:
    sent, title = (
        ("从我的 Galaxy 发送", "-------- 原始邮件 --------")
        if zh
        else ("Sent from my Galaxy", "-------- Original message --------")
    )
    pairs = [(name, value) for name, value in header(zh, "Date")]
    rows = "".join(f"<div>{name}: {escape(value)} </div>" for name, value in pairs)
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body dir="auto">{divs(own, " dir=auto")}<div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757" dir="auto">{sent}</div></div><div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>{title}</div>{rows}<div><br></div></div>{br(notice)}</body></html>'
    return f"{texts(own)}\n\n\n{sent}\n\n\n{title}\n{head_text(zh, 'Date')}\n\n{notice}\n", html


CLIENTS = {
    "gmail web": Client(gmail_web, "*{}*", "   - {}"),
    "gmail android": Client(gmail_android, "*{}*", "   - {}"),
    "gmail ios": Client(gmail_ios, "*{}*", "   - {}"),
    "outlook desktop": Client(outlook_desktop, "{}", "  *   {}", "{text}<{url}>"),
    "outlook web": Client(outlook_web, "{}", "  *   {}", "{text}<{url}>"),
    "outlook ios": Client(outlook_mobile("iOS"), "{}", "  *   {}", "{text}<{url}>"),
    "outlook android": Client(outlook_mobile("Android"), "{}", "  *   {}", "{text}<{url}>"),
    "apple mail": Client(apple_mail, "{}", "• {}"),
    "iphone": Client(iphone, "{}", "• {}"),
    "thunderbird": Client(thunderbird, "*{}*", "  * {}"),
    "qq": Client(qq, "{}", "{}", "{text}"),
    "163": Client(netease, "{}", "{}", "{text}"),
    "foxmail": Client(foxmail, "{}", "{}", "{text}"),
    "yahoo": Client(yahoo, "{}", "   - {}", "{text}"),
    "proton": Client(proton, "**{}**", "- {}", "[{text}]({url})"),
    "samsung": Client(samsung, "{}", "{}", "{text}"),
}


def mail(
    text: str, html: str, to: str, parts: str = "both", pictures: Sequence[tuple[str, bytes]] = ()
) -> bytes:
    """The reply as it comes in; `parts` is both, text or html; `pictures` are (content id, bytes) of the HTML."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = TO, to, f"Re: {SUBJECT}"
    message["Date"], message["Message-ID"] = "Sun, 22 Nov 2026 12:30:00 +0000", "<reply@staff.example>"
    if parts == "html":
        message.set_content(html, subtype="html", cte="base64")
    else:
        message.set_content(text, cte="base64")
    if parts == "both":
        message.add_alternative(html, subtype="html", cte="base64")
    if pictures:
        page = list(message.iter_parts())[-1] if parts == "both" else message
        assert isinstance(page, EmailMessage)
        for place, content in pictures:
            name = f"{place.partition('@')[0]}.png"
            page.add_related(content, "image", "png", cid=f"<{place}>", filename=name, disposition="inline")
    return message.as_bytes()
