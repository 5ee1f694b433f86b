# ruff: noqa: E501 (a form stays on the line of its name; marks of direction are what is tested)
"""More of the ways in which programs introduce the mail they quote, marked with ">" and not."""

import time

import pytest
from each_case import each

from intake.mail.quotes.new_text import new_text

WORDS = "Still broken.\nSee above."
MARKED = "> Please restart the application.\n>\n> Support Team\n"
PLAIN = "\nPlease restart the application.\n\nSupport Team\n"

INTRODUCTIONS = """
Am Dienstag, 5. März 2024, 10:15:00 MEZ hat Desk <help@desk.example> Folgendes geschrieben:
Le mardi 5 mars 2024 à 10:15:00 UTC+1, Desk <help@desk.example> a écrit :
El martes, 5 de marzo de 2024, 10:15:00 CET, Desk <help@desk.example> escribió:
Il martedì 5 marzo 2024 alle ore 10:15:00 CET, Desk <help@desk.example> ha scritto:
Em terça-feira, 5 de março de 2024 10:15:00 BRT, Desk <help@desk.example> escreveu:
Op dinsdag 5 maart 2024 om 10:15:00 CET schreef Desk <help@desk.example>:
W dniu wtorek, 5 marca 2024 10:15:00 CET użytkownik Desk <help@desk.example> napisał:
вторник, 5 марта 2024 г. в 10:15:00 GMT+3, Desk <help@desk.example> написал:
5 Mart 2024 Salı 10:15:00 GMT+3 tarihinde Desk <help@desk.example> şunu yazdı:
Vào Th 3, 5 thg 3, 2024 lúc 10:15, Desk <help@desk.example> đã viết:
Desk <help@desk.example> 於 2024年3月5日 星期二 上午10:15:00 [GMT+8] 寫道：
在 2024年3月5日星期二 GMT+8 10:15:00，Desk <help@desk.example> 写道：
2024년 3월 5일 화요일 오전 10:15:00 GMT+9에 Desk <help@desk.example>님이 작성:
05.03.2024, 10:15 von help@desk.example:
5 Mar 2024, 10:15 by help@desk.example:
5 mars 2024, 10:15 par help@desk.example:
---- Am Di, 05 März 2024 10:15:00 +0100 schrieb Desk <help@desk.example> ----
---- Le mar., 05 mars 2024 10:15:00 +0100 Desk <help@desk.example> a écrit ----
---- El mar., 05 mar. 2024 10:15:00 +0100, Desk <help@desk.example> escribió ----
---- Em ter., 05 mar. 2024 10:15:00 -0300 Desk <help@desk.example> escreveu ----
---- Op di, 05 mrt. 2024 10:15:00 +0100 schreef Desk <help@desk.example> ----
---- Il mar, 05 mar 2024 10:15:00 +0100 Desk <help@desk.example> ha scritto ----
---- 在 星期二, 2024-03-05 10:15:00 Desk <help@desk.example> 写道 ----
---- 2024/03/05 火曜日 10:15:00 +0900 Desk <help@desk.example> さんは書きました ----
On Tue, Mar 5, 2024 at 10:15 Desk <help@desk.example> wrote:
On Tuesday, 5 March 2024 10:15:00 CET Desk wrote:
Am Dienstag, 5. März 2024, 10:15:00 CET schrieb Desk:
On Tue, 2024-03-05 at 10:15 +0100, Desk wrote:
Am Dienstag, dem 05.03.2024 um 10:15 +0100 schrieb Desk:
Le mardi 05 mars 2024 à 10:15 +0100, Desk a écrit :
Il giorno mar, 05/03/2024 alle 10.15 +0100, Desk ha scritto:
El mar, 05-03-2024 a las 10:15 +0100, Desk escribió:
On Tue, Mar 05, 2024 at 10:15:00AM +0100, Desk wrote:
At 10:15 AM 3/5/2024, Desk wrote:
In a message dated 3/5/2024 10:15:00 A.M. Eastern Standard Time, help@desk.example writes:
Tuesday, March 5, 2024, 10:15:00 AM, you wrote:
Вы писали 5 марта 2024 г., 10:15:00:
am Dienstag, 5. März 2024 um 10:15 schrieben Sie:
Desk wrote on 3/5/24 10:15 AM:
Desk schrieb am 05.03.2024 um 10:15:
5 марта 2024 г., 10:15, "Desk" <help@desk.example> пишет:
Desk <help@desk.example>, 5 марта 2024 г. в 10:15:
在"Desk" <help@desk.example>，2024年3月5日 上午10:15写道：
Desk <help@desk.example>于2024年3月5日 周二上午10:15写道：
2024年3月5日(火) 10:15 Desk via Support <help@desk.example>:
2024年3月5日 10:15、Desk <help@desk.example>のメール：
2024年3月5日 10時15分、Desk <help@desk.example> のメッセージ:
2024/03/05 10:15、Desk が送信：
On 2024/03/05 10:15, Desk wrote:
2024-03-05 오전 10:15에 Desk 이(가) 쓴 글:
2024년 3월 5일 (화) 10:15, Desk <help@desk.example>님이 작성:
Op di 5 mrt 2024 10:15 schreef Desk <help@desk.example>:
Desk <help@desk.example> schreef op 5 maart 2024 10:15:00 CET:
Desk schreef op 2024-03-05 10:15:
Dnia 2024-03-05, o godz. 10:15:00 Desk <help@desk.example> napisał(a):
Dnia 5 marca 2024 10:15:00 CET, Desk <help@desk.example> napisał/a:
W dniu 05.03.2024 o 10:15, Desk pisze:
pt., 5 mar 2024, 10:15 użytkownik Desk <help@desk.example> napisał:
Desk <help@desk.example>, 5 Mar 2024 Sal, 10:15 tarihinde şunu yazdı:
5.03.2024 10:15 tarihinde Desk yazdı:
05.03.2024, 10:15, "Desk" <help@desk.example> yazdı:
Vào lúc 10:15 Th 3, 5 thg 3, 2024 Desk <help@desk.example> đã viết:
On 10:15, Th 3, 5 thg 3, 2024 Desk <help@desk.example wrote:
Trong khoảng 10:15 5/3/2024, Desk viết:
Em terça, 5 de março de 2024 10:15, Desk <help@desk.example> escreveu:
A ter, 5/03/2024, 10:15, Desk <help@desk.example> escreveu:
Às 10:15 de 05/03/2024, Desk escreveu:
No dia terça-feira, 5 de março de 2024, Desk <help@desk.example> escreveu:
El 05/03/2024 a las 10:15 a. m., Desk escribió:
El 5 mar 2024, a las 10:15, Desk <help@desk.example> escribió:
Il 05/03/2024 alle 10:15, Desk <help@desk.example> ha scritto:
Le 5 mars 2024 10:15:00 GMT+01:00, Desk <help@desk.example> a écrit :
Le 5 mars 2024 à 10:15, Desk <help@desk.example> a écrit:
Desk <help@desk.example> a écrit le 5 mars 2024 à 10:15 :
* Desk <help@desk.example> [2024-03-05 10:15]:
Desk <help@desk.example> writes:
On 5 March 2024 10:15:00 GMT+01:00, Desk <help@desk.example> wrote:
On March 5, 2024 10:15:00 AM UTC, Desk <help@desk.example> wrote:
On Mar 5, 2024, 10:15 AM +0100, Desk <help@desk.example>, wrote:
Am 5. März 2024, 10:15 +0100 schrieb Desk <help@desk.example>:
Le 5 mars 2024, 10:15 +0100, Desk <help@desk.example>, a écrit :
2024年3月5日 +0800 10:15 Desk <help@desk.example>，写道：
El 5 mar 2024 10:15 +0100, Desk <help@desk.example>, escribió:
On Mar 5, 2024 10:15, "Desk" <help@desk.example> wrote:
Am 05.03.2024 10:15 schrieb "Desk" <help@desk.example>:
Le 5 mars 2024 10:15, "Desk" <help@desk.example> a écrit :
El 5/3/2024 10:15, "Desk" <help@desk.example> escribió:
2024年3月5日 上午10:15，"Desk" <help@desk.example>写道：
5.3.2024 10:15 "Desk" <help@desk.example> napsal(a):
2024. márc. 5. 10:15, "Desk" <help@desk.example> ezt írta:
2024. 03. 05. 10:15 keltezéssel, Desk írta:
tir. 5. mar. 2024 kl. 10:15 skrev Desk <help@desk.example>:
5.3.2024 10.15, Desk kirjoitti:
ti 5. maalisk. 2024 klo 10.15 Desk (help@desk.example) kirjoitti:
Στις Τρί, 5 Μαρ 2024 στις 10:15 π.μ., ο/η Desk <help@desk.example> έγραψε:
În mar., 5 mar. 2024 la 10:15, Desk <help@desk.example> a scris:
El dt., 5 de març 2024, 10:15, Desk <help@desk.example> va escriure:
На 5.03.2024 г. в 10:15, Desk написа:
На вт, 5.03.2024 г. в 10:15 Desk <help@desk.example> написа:
вт, 5 бер. 2024 р. о 10:15 Desk <help@desk.example> пише:
2024 m. kovo 5 d., antradienis, Desk <help@desk.example> rašė:
otrd., 2024. g. 5. marts, plkst. 10:15 — lietotājs Desk (<help@desk.example>) rakstīja:
Kuupäev T, 5. märts 2024 kell 10:15 kirjutas Desk <help@desk.example>:
V tor., 5. mar. 2024 ob 10:15 je oseba Desk <help@desk.example> napisala:
uto, 5. ožu 2024. u 10:15 Desk <help@desk.example> napisao je:
בתאריך יום ג׳, 5 במרץ 2024 ב-10:15 מאת \u202aDesk\u202c\u200f <\u202ahelp@desk.example\u202c\u200f>:\u202c
في الثلاثاء، 5 مارس 2024 في 10:15 ص تمت كتابة ما يلي بواسطة Desk <help@desk.example>:
در تاریخ سه‌شنبه ۵ مارس ۲۰۲۴،\u200f ۱۰:۱۵ Desk <help@desk.example> نوشت:
ในวันที่ อ. 5 มี.ค. 2024 เวลา 10:15 Desk <help@desk.example> เขียนว่า:
Pada Sel, 5 Mar 2024 pukul 10.15 Desk <help@desk.example> menulis:
Pada tanggal 5 Mar 2024 10:15, "Desk" <help@desk.example> menulis:
मंगल, 5 मार्च 2024 को 10:15 पर Desk <help@desk.example> ने लिखा:
>>> Desk <help@desk.example> 05.03.2024 10:15 >>>
>>> "Desk" <help@desk.example> 3/5/2024 10:15 AM >>>
"""

# What a program writes over a mail that it quotes whole, without a mark.
HEADERS = {
    "blackberry": "  Original Message  \nFrom: Desk\nSent: Tuesday, March 5, 2024 10:15\nTo: ann@example.com\nReply To: help@desk.example\nSubject: Re: Login\n",
    "blackberry2": "-----Original Message-----\nFrom: Desk <help@desk.example>\nDate: Tue, 5 Mar 2024 10:15:00 \nTo: Ann<ann@example.com>\nReply-To: Desk <help@desk.example>\nSubject: Re: Login\n",
    "windows-mail": "From: Desk\nSent: \u200eTuesday\u200e, \u200e5\u200e \u200eMarch\u200e \u200e2024 \u200e10\u200e:\u200e15\nTo: Ann\n",
    "windows-phone": "________________________________\nFrom: Desk<mailto:help@desk.example>\nSent: \u200e3/\u200e5/\u200e2024 10:15 AM\nTo: Ann<mailto:ann@example.com>\nSubject: RE: Login\n",
    "notes": 'Desk Helper ---05.03.2024 10:15:22---Please restart the application.\n\nFrom:\t"Desk" <help@desk.example>\nTo:\tann@example.com\nDate:\t05.03.2024 10:15\nSubject:\tRe: Login\n',
    "notes2": "Inactive hide details for Desk Helper ---03/05/2024 10:15:22 AM---Please restartDesk Helper ---03/05/2024 10:15:22 AM---Please\n\nFrom: Desk Helper <help@desk.example>\nTo: ann@example.com\nDate: 03/05/2024 10:15 AM\nSubject: Re: Login\n",
    "notes-de": 'Von:        "Desk" <help@desk.example>\nAn:        ann@example.com\nDatum:        05.03.2024 10:15\nBetreff:        Re: Login\n',
    "notes-fr": 'De :        "Desk" <help@desk.example>\nA :        ann@example.com\nDate :        05/03/2024 10:15\nObjet :        Re: Login\n',
    "uol": 'De: "Desk" <help@desk.example>\nEnviada: 2024/03/05 10:15:00\nPara: ann@example.com\nAssunto: Re: Login\n',
    "em9": '------ Original Message ------\nFrom "Desk" <help@desk.example>\nTo ann@example.com\nDate 3/5/2024 10:15:00 AM\nSubject Re: Login\n',
    "em9de": '------ Originalnachricht ------\nVon "Desk" <help@desk.example>\nAn ann@example.com\nDatum 05.03.2024 10:15:00\nBetreff Re: Login\n',
    "em-es": '------ Mensaje original ------\nDe: "Desk" <help@desk.example>\nPara: ann@example.com\nEnviado: 05/03/2024 10:15:00\nAsunto: Re: Login\n',
    "em-fr": '------ Message d\'origine ------\nDe "Desk" <help@desk.example>\nÀ ann@example.com\nDate 05/03/2024 10:15:00\nObjet Re: Login\n',
    "em-it": '------ Messaggio Originale ------\nDa "Desk" <help@desk.example>\nA ann@example.com\n',
    "em-nl": '------ Origineel bericht ------\nVan "Desk" <help@desk.example>\nAan ann@example.com\n',
    "em-pl": '------ Wiadomość oryginalna ------\nOd "Desk" <help@desk.example>\nDo ann@example.com\n',
    "em-pt": '------ Mensagem Original ------\nDe "Desk" <help@desk.example>\nPara ann@example.com\n',
    "em-ru": '------ Исходное сообщение ------\nОт "Desk" <help@desk.example>\nКому ann@example.com\n',
    "em-cz": '------ Původní zpráva ------\nOd "Desk" <help@desk.example>\nKomu ann@example.com\n',
    "em-zh": '------ 原始邮件 ------\n发件人 "Desk" <help@desk.example>\n收件人 ann@example.com\n',
    "em-ja": '------ 元のメッセージ ------\n差出人 "Desk" <help@desk.example>\n',
    "sfr": '========================================\n\nMessage du : 05/03/2024 10:15\nDe : "Desk " <help@desk.example>\nA : ann@example.com\nCopie à : \nSujet : Re: Login\n\n',
    "139": "----邮件原文----\n发件人：Desk  <help@desk.example>\n收件人：ann  <ann@example.com>\n抄 送: (无)\n发送时间：2024-03-05 10:15:00\n主题：Re: Login\n",
    "freenet": "--- Ursprüngliche Nachricht ---\nVon: Desk\nDatum: 05.03.2024 10:15\nAn: ann@example.com\nBetreff: Re: Login\n",
    "ja-outlook-express": '----- Original Message ----- \nFrom: "Desk" <help@desk.example>\nTo: <ann@example.com>\nSent: Tuesday, March 05, 2024 10:15 AM\nSubject: Re: Login\n',
    "postbox": "Desk <mailto:help@desk.example>\nMarch 5, 2024 at 10:15 AM\n",
    "netease-en": "---- Replied Message ----\n| From | Desk<help@desk.example> |\n| Date | 03/5/2024 10:15 |\n| To | ann<ann@example.com> |\n| Subject | Re: Login |\n",
    "netease-en2": '\n---Original---\nFrom: "Desk"<help@desk.example>\nDate: Tue, Mar 5, 2024 10:15 AM\nTo: "ann"<ann@example.com>;\nSubject: Re: Login\n',
    "tw-yahoo": "----- 原始郵件 -----\n寄件者：Desk <help@desk.example>\n收件者：ann <ann@example.com>\n寄件日期：2024年3月5日 (週二) 10:15\n主旨： Re: Login\n",
    "hinet": "-----原始信件-----\n寄件人:Desk <help@desk.example>\n收件人:ann <ann@example.com>\n日期:Tue, 05 Mar 2024 10:15:00\n標題:Re: Login\n",
    "pt-outlook": "De: Desk <help@desk.example>\nData: terça-feira, 5 de março de 2024 às 10:15\nPara: Ann <ann@example.com>\nAssunto: Re: Login\n",
    "nl-mac": "Van: Desk <help@desk.example>\nDatum: dinsdag, 5 maart 2024 om 10:15\nAan: Ann <ann@example.com>\nOnderwerp: Re: Login\n",
    "vi-outlook": "Từ: Desk <help@desk.example>\nNgày: Thứ Ba, 5 tháng 3, 2024 lúc 10:15\nĐến: Ann <ann@example.com>\nChủ đề: Re: Login\n",
    "vi2": "Người gửi: Desk <help@desk.example>\nĐã gửi vào: 5 Tháng Ba 2024 10:15\nNgười nhận: Ann <ann@example.com>\nTiêu đề: Re: Login\n",
    "tr-mac": "Gönderen: Desk <help@desk.example>\nTarih: 5 Mart 2024 Salı 10:15\nKime: Ann <ann@example.com>\nKonu: Re: Login\n",
    "ko-mac": "보낸 사람: Desk <help@desk.example>\n날짜: 2024년 3월 5일 화요일 오전 10:15\n받는 사람: Ann <ann@example.com>\n제목: Re: Login\n",
    "ko-hiworks": '-----Original Message-----\nFrom : "Desk" <help@desk.example>\nTo : "ann" <ann@example.com>\nCc :\nSent : 2024-03-05 (화) 10:15\nSubject : Re: Login\n',
    "ja-outlook": "From: Desk <help@desk.example>\nSent: Tuesday, March 5, 2024 10:15 AM\nTo: 安 <ann@example.com>\nSubject: RE: ログイン\n",
    "ja-mac": "差出人: Desk <help@desk.example>\n日付: 2024年3月5日 火曜日 10:15\n宛先: Ann <ann@example.com>\n件名: Re: Login\n",
    "ja-yahoo": "----- Original Message -----\nFrom: Desk <help@desk.example>\nTo: ann@example.com\nDate: 2024/3/5, Tue 10:15\nSubject: Re: Login\n",
    "ru-outlook.com": "От: Desk <help@desk.example>\nОтправлено: вторник, 5 марта 2024 г., 10:15\nКому: Ann <ann@example.com>\nТема: Re: Login\n",
    "pl-mac": "Od: Desk <help@desk.example>\nData: wtorek, 5 marca 2024 10:15\nDo: Ann <ann@example.com>\nDW: Bob <bob@example.com>\nTemat: Re: Login\n",
}


@each("line", INTRODUCTIONS.strip("\n").split("\n"))
@each("below", [MARKED, PLAIN], ids=["marked", "plain"])
def test_an_introduction_goes_with_what_it_introduces(line: str, below: str) -> None:
    assert WORDS == new_text(f"{WORDS}\n\n{line}\n{below}", "")


@each("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_header_goes_with_the_mail_below_it(header: str) -> None:
    assert WORDS == new_text(f"{WORDS}\n\n{header}\n{PLAIN}", "")


# name: mail, its author's words
TORN = {
    "words-and-introduction-on-one-line": ("Thanks! On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi", "Thanks!"),
    "with-dashes": ("It is\nfine - really--- On Wed, Apr 4, 2012 at 3:59 PM, me@domain.example wrote:\n> Hi", "It is\nfine - really"),
    "in-german": ("Danke! Am 05.03.24 um 10:15 schrieb Desk:\n> alt", "Danke!"),
    "in-french": ("Merci beaucoup Le mar. 5 mars 2024 à 10:15, Desk <help@desk.example> a écrit :\n> vieux", "Merci beaucoup"),
    "in-spanish": ("Gracias. El mar, 5 mar 2024 a las 10:15, Desk (<help@desk.example>) escribió:\n\nviejo", "Gracias."),
    "in-italian": ("Grazie Il giorno mar 5 mar 2024 alle ore 10:15 Desk <help@desk.example> ha scritto:\n> vecchio", "Grazie"),
    "in-portuguese": ("Obrigado Em ter., 5 de mar. de 2024 às 10:15, Desk <help@desk.example> escreveu:\n> velho", "Obrigado"),
    "in-dutch": ("Bedankt! Op di 5 mrt 2024 om 10:15 schreef Desk <help@desk.example>:\n> oud", "Bedankt!"),
    "in-simplified-chinese": ("好的，谢谢。Desk <help@desk.example> 于2024年3月5日周二 10:15写道：\n> 旧", "好的，谢谢。"),
    "in-simplified-chinese-of-apple": ("收到！在 2024年3月5日，10:15，Desk <help@desk.example> 写道：\n> 旧", "收到！"),
    "in-traditional-chinese": ("好的。 Desk <help@desk.example> 於 2024年3月5日 週二 上午10:15寫道：\n> 舊", "好的。"),
    "in-japanese": ("承知しました。2024年3月5日(火) 10:15 Desk <help@desk.example>:\n> 古い", "承知しました。"),
    "in-korean": ("네. 2024년 3월 5일 (화) 오전 10:15, Desk <help@desk.example>님이 작성:\n> 옛날", "네."),
    "in-russian": ("Спасибо! вт, 5 мар. 2024 г. в 10:15, Desk <help@desk.example>:\n> старое", "Спасибо!"),
    "in-polish": ("Dziękuję. wt., 5 mar 2024 o 10:15 Desk <help@desk.example> napisał(a):\n> stare", "Dziękuję."),
    "in-turkish": ("Teşekkürler. Desk <help@desk.example>, 5 Mar 2024 Sal, 10:15 tarihinde şunu yazdı:\n> eski", "Teşekkürler."),
    "in-turkish-broken": ("Teşekkürler.\n\nAnna (Desk) <help@desk.example>, 5 Mar 2024 Sal, 10:15 tarihinde\nşunu yazdı:\n\n> eski", "Teşekkürler."),
    "in-slovenian": ("Hvala.\n\nDne 5. 03. 2024 ob 10:15 je Anna (Desk) napisal(a):\n> staro", "Hvala."),
    "in-galician": ("Grazas.\n\nO 5/3/24 ás 10:15, Anna (Desk) escribiu:\n> vello", "Grazas."),
    "in-icelandic": ("Takk.\n\n5.3.2024 10:15 skrifaði Anna (Desk):\n> gamalt", "Takk."),
    "in-vietnamese": ("Cảm ơn! Vào Th 3, 5 thg 3, 2024 vào lúc 10:15 Desk <help@desk.example> đã viết:\n> cũ", "Cảm ơn!"),
    "a-name-with-a-dot": ("Ok.\n\nDr. Bob Desk <help@desk.example> 于2024年3月5日周二 10:15写道：\n> 旧", "Ok."),
    "folded": ("Some more\ninformation On Nov 30, 2011, at 12:47 PM, Bob <\nbob-with-a-long-name@desk.example> wrote:\n\n> Hi", "Some more\ninformation"),
    "a-name-that-begins-like-one": ("Ok.\n\nLe Goff Jean <jean@desk.example> a écrit le 5 mars 2024 à 10:15 :\n> vieux", "Ok."),
    "a-link-closed-on-the-next-line": ("See <http://desk.example/a\n> for more.\n\nOn 04/19/2011 07:10 AM, Bob wrote:\n\n> Hi", "See <http://desk.example/a\n> for more."),
    "a-link-in-a-quote-broken": ("Yes\n\nOn 04/19/2011 07:10 AM, Bob wrote:\n\n> [Ticket]\n> View (http://desk.example/action\n_nonce=3dd518)\n>", "Yes"),
    "a-link-in-a-quote-alone": ("Yes\n\nOn 04/19/2011 07:10 AM, Bob wrote:\n\n> [Ticket]\n (http://desk.example/c/Yz) >\n> view it\n>", "Yes"),
    "davids-labels-have-no-colons": ("Danke.\n\nOriginal Message processed by david®\nFW: Login 9. August 2022, 12:44 Uhr\nVon Bob\nAn Ann\n\nAlt.", "Danke."),
}  # fmt: skip


@each("name", TORN)
def test_what_was_torn_or_glued_is_told_apart(name: str) -> None:
    mail, words = TORN[name]
    assert words == new_text(mail, "")


KEPT = {
    "an-answer-that-is-a-link": "On 04/19/2011 07:10 AM, Bob wrote:\n\n> Where?\n\nhttp://desk.example/here\n\n> And when?\n\nNow.",
    "a-python-prompt": "I type\n>>> import foo\nand it fails.",
    "a-wish-to-travel": "From: Paris\nDate: 5 March 2024\nTo: London\n\nPlease book it.",
    "a-journey-at-a-time": "From: Paris\nDate: 5 March 2024, 10:15\nTo: London\n\nPlease book it.",
    "a-form-of-the-authors": "Date: 5 March 2024 10:15\nFrom: Paris\nTo: London",
    "a-colleagues-words-retold": "Hello,\n\nOn 5 March 2024 at 10:15 your colleague Bob wrote to me:\n\nPlease restart.\n\nI did.",
    "a-colleagues-words-in-german": "Hallo,\n\nAm 05.03.2024 um 10:15 Uhr schrieb mir Ihr Kollege:\n\nBitte neu starten.\n\nDas half nicht.",
    "a-colleagues-words-in-french": "Bonjour,\n\nLe 05/03/2024 à 10:15 votre collègue m'a écrit :\n\nRedémarrez.\n\nRien n'a changé.",
    "a-colleagues-words-in-spanish": "Hola,\n\nEl 05/03/2024 a las 10:15 su colega me escribió:\n\nReinicie.\n\nNo sirvió.",
    "a-colleagues-words-in-italian": "Ciao,\n\nIl 05/03/2024 alle 10:15 il collega mi ha scritto:\n\nRiavvii.\n\nNon è servito.",
    "a-colleagues-words-in-russian": "Здравствуйте,\n\n05.03.2024 в 10:15 ваш коллега мне написал:\n\nПерезапустите.\n\nНе помогло.",
    "a-colleagues-words-in-chinese": "你好，\n\n2024年3月5日 10:15 您的同事给我写道：\n\n请重启。\n\n我重启了，没有用。",
    "a-line-of-a-log": "2024-03-05 10:15 GMT user bob@x.example logged in:\nthen it failed",
    "an-address-written-to": "Hello,\n05.03.2024, 10:15, I wrote to help@desk.example:\nno answer yet",
    "an-orders-head": "Order of 5 March 2024, 10:15, ann@example.com:\n- 3 apples\n- 4 pears\nPlease confirm.",
    "a-question-below-two-dashes": "First: the printer.\n\n--\n\nSecond: can you reset my password?\n\nAnn",
    "a-postscript-below-a-signature": "Thank you.\n\n-- \nAnn Example\nExample Ltd\n\nP.S. My new number is 123.",
    "gmails-list-as-text": "Hallo,\n\n   -\n\n   Bitte ändern.\n   -\n\n   Eine weitere Anpassung.",
    "a-time-between-dashes": "Log of today ---05.03.2024 10:15:22---started\nThen it stopped.",
    "a-word-in-capitals": "On Monday 5 March 2024 I wrote to you and nobody answered.",
}  # fmt: skip


@pytest.mark.parametrize("name", [one for one in KEPT if not one.startswith("an-answer")])
def test_what_only_looks_like_one_stays(name: str) -> None:
    assert KEPT[name] == new_text(KEPT[name], "")


def test_a_link_that_is_an_answer_stays() -> None:
    assert "http://desk.example/here" in new_text(KEPT["an-answer-that-is-a-link"], "")


def test_an_answer_right_below_a_long_quoted_line_stays() -> None:
    quoted = "> Please send us (1) the version and the name of the operating system and"
    text = f"On 5 Mar 2024, at 10:15, Desk <help@desk.example> wrote:\n{quoted}\nDebian 12, version 7\n> (2) the log file\nhere it is"
    assert f"{quoted}\nDebian 12, version 7\n> (2) the log file\nhere it is" == new_text(text, "")


@pytest.mark.parametrize(
    "unit",
    [
        "<http://x\n> a\n",
        "<http://",
        "(http://a\n_b)\n> c\n",
        "> x\n(http://a) >\n",
        "-----Forwarded Message----- From: ",
        ">>> a 05.03.2024 10:15 >>>\n",
        "a -- On 5 ",
        "-- \nP.S. x\n",
        "Sent from " + "my " * 40 + "\n",
    ],
)
def test_pumped_forms_take_linear_time(unit: str) -> None:
    started = time.process_time()
    new_text(unit * (400_000 // len(unit)), "")
    assert time.process_time() - started < 2
