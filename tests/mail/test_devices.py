"""Lines by which telephones and programs name themselves, and people's sentences that begin like them."""

import pytest
from each_case import each

from intake.mail.quotes.new_text import new_text

QUOTE = "On Tue, 5 Mar 2024 at 10:15, Desk <help@desk.example> wrote:\n> Please restart it."

DEVICES = """
Sent from my iPhone
Sent from my iPhone 15 Pro Max
Sent from my iPad mini
Sent from my Samsung Galaxy S21 Ultra 5G
Sent from my Verizon Wireless BlackBerry
Sent from my BlackBerry 10 smartphone on the O2 network.
Sent from my BlackBerry® wireless device
Sent from my BlackBerry — the most secure mobile device — via the Orange Network
Sent from Yahoo Mail on Android
Sent from Yahoo Mail for iPhone
Sent from AOL on Android
Sent with Proton Mail secure email.
Sent with ProtonMail Secure Email.
Sent from Proton Mail for iOS
Sent from Proton Mail Android
Sent from Mail for Windows 10
Sent from Mail for Windows
Sent from Windows Mail
Sent from my Windows Phone
Sent using the free mail.com iPhone App
Sent from the all new AOL app for iOS
Sent via the Samsung Galaxy S8, an AT&T 5G Evolution capable smartphone
Sent via the Samsung Galaxy Note9, an AT&T 5G Evolution smartphone
Sent from my T-Mobile 4G LTE Device
Sent from my MetroPCS 4G LTE Android device
Sent from my mobile device, please excuse typos
Sent from my phone. Please excuse brevity.
Sent from my Android device with K-9 Mail. Please excuse my brevity.
Sent from my Huawei phone
Sent from my vivo
Sent from my moto g(6)
Sent from my mobile
Sent from my phone
Sent from mobile
Sent from Outlook
Sent from Outlook for iOS
Sent from my Galaxy
Sent from Samsung tablet
Sent from Gmail Mobile
Sent from Spark
Sent via Superhuman for iPhone
Sent from Front
Sent from Airmail
Sent from Mailspring
Sent from Nine
Sent from Xfinity Connect Mobile App
Sent from Zoho Mail
Sent via mobile
Sent on the go
Get Outlook for iOS
Get Outlook for Android
Get Outlook for Mac
Get Outlook for iOS<https://aka.ms/o0ukef>
Get BlueMail for Android
Gesendet von meinem iPhone
Gesendet von meinem Huawei-Mobiltelefon
Gesendet von meinem Windows Phone
Gesendet mit der GMX Mail App
Gesendet mit der WEB.DE Mail App
Gesendet mit der Telekom Mail App
Gesendet mit der mobilen Mail App
Gesendet von Mail für Windows 10
Gesendet von Yahoo Mail auf Android
Gesendet von Outlook für Android
Gesendet aus der GMX Mail App
Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Von meinem iPhone gesendet
Von meinem Samsung Galaxy Smartphone gesendet.
Von Samsung-Tablet gesendet
Von Samsung Mobile gesendet
Gesendet mit Proton Mail E-Mail.
Gesendet von Proton Mail für iOS
Outlook für iOS herunterladen
Holen Sie sich Outlook für iOS
Laden Sie Outlook für Android herunter
Envoyé de mon iPhone
Envoyé à partir de Outlook pour iOS
Envoyé à partir d’Outlook pour Android
Envoyé depuis l'application Mail Orange
Envoyé depuis mon appareil Galaxy
Envoyé depuis mon smartphone Samsung Galaxy.
Envoyé de mon téléphone Orange
Envoyé par mon mobile Sosh
Envoyé à partir de Yahoo Mail sous Android
Envoyé depuis Yahoo Mail pour iPhone
Envoyé avec la messagerie sécurisée Proton Mail.
Provenance : Courrier pour Windows 10
Envoyé à partir de Courrier pour Windows
Télécharger Outlook pour iOS
Obtenir Outlook pour Android
Enviado desde mi iPhone
Enviado desde mi Samsung Mobile de Claro
Enviado desde Correo para Windows 10
Enviado desde Yahoo Mail para Android
Enviado desde mi smartphone Samsung Galaxy.
Enviado desde Outlook para Android
Enviado con el correo electrónico seguro de Proton Mail.
Enviado desde mi dispositivo Xiaomi
Enviado desde mi teléfono móvil
Obtener Outlook para iOS
Obtén Outlook para iOS
Enviado do meu iPhone
Enviado do Yahoo Mail no Android
Enviado do Correio para Windows 10
Enviado do Email para Windows 10
Enviado via iPhone
Enviado do meu smartphone Samsung Galaxy.
Enviado a partir do Outlook para iOS
Enviado com o email seguro Proton Mail.
Enviado do meu Galaxy
Obter o Outlook para Android
Obter Outlook para iOS
Baixe o Outlook para iOS
Inviato da iPhone
Inviato da Libero Mail
Inviato da Posta per Windows 10
Inviato dal mio smartphone Samsung Galaxy.
Inviato dal mio iPad
Inviato da Yahoo Mail su Android
Inviato da smartphone
Inviato con l'e-mail sicura Proton Mail
Inviato da Outlook per iOS
Ottieni Outlook per iOS
Scarica Outlook per Android
Verstuurd vanaf mijn iPhone
Verzonden vanuit Mail voor Windows 10
Verzonden via Yahoo Mail op Android
Verzonden vanaf mijn Galaxy
Verzonden vanaf Samsung-tablet
Verzonden met Proton Mail beveiligde e-mail.
Verzonden vanuit Outlook voor iOS
Outlook voor iOS downloaden
Wysłane z iPhone'a
Wysłane z iPhone’a
Wysłane z aplikacji Outlook dla systemu Android
Wysłane z aplikacji Poczta dla systemu Windows 10
Wysłane z telefonu
Wysłane z mojego telefonu Huawei
Wysłano z telefonu Samsung
Wysłane z urządzenia Samsung.
Pobierz program Outlook dla systemu Android
Pobierz aplikację Outlook dla systemu iOS
Отправлено с iPhone
Отправлено с моего iPhone
Отправлено из мобильной Почты Mail.ru
Отправлено из Почты Mail.ru
Отправлено из Mail.ru для Android
Отправлено из мобильного приложения Яндекс Почты
Отправлено из мобильной Яндекс.Почты: http://m.ya.ru/ymail
Отправлено с телефона Huawei
Отправлено со смартфона Samsung Galaxy.
Отправлено из Outlook для iOS
Отправлено с мобильного устройства
Отправлено из Почты для Windows 10
Отправлено из приложения Почта для Windows
Отправлено из Yahoo Почты для iPhone
Скачать Outlook для iOS
iPhone'umdan gönderildi
iPhone’umdan gönderildi
iPad'imden gönderildi
Android'de Yahoo Postadan gönderildi
Samsung Galaxy akıllı telefonumdan gönderildi.
Windows 10 için Posta ile gönderildi
Windows için Posta ile gönderildi
Outlook for Android'den gönderildi
iOS için Outlook'u edinin
Android için Outlook’u edinin
Đã gửi từ iPhone của tôi
Được gửi từ iPhone của tôi
Gửi từ iPhone của tôi
Gửi từ Outlook cho iOS
Gửi từ điện thoại Samsung
Gửi từ Yahoo Mail trên Android
Đã gửi từ Thư dành cho Windows
Gửi từ máy tính bảng của tôi
Tải xuống Outlook cho Android
发自我的iPhone
发自我的 iPhone
发自我的华为手机
来自我的华为手机
发自我的小米手机
发自我的vivo智能手机
发自网易邮箱大师
发自网易邮箱手机智能版
发自 网易邮箱大师
来自网易邮箱大师
发自新浪邮箱客户端
从 Windows 版邮件发送
从我的iPhone发送
从我的 iPad 发送
获取 Outlook for iOS
通过我的手机发送
從我的 iPhone 傳送
從我的iPad寄出
從 Windows 版郵件傳送
取得 iOS 版 Outlook
下載 Outlook for Android
從我的 Samsung 手機傳送
寄自我的 iPhone
发自我的 iPhone 15 Pro
发自小米MIX
iPhoneから送信
iPadから送信
iPhoneから送信されました
Outlook for iOS を入手
Windows 版のメールから送信
Android版Yahoo!メールから送信
Yahoo!メールアプリから送信
Galaxyから送信
スマートフォンから送信
Androidのメールアプリから送信
나의 iPhone에서 보냄
내 iPhone에서 보냄
나의 iPad에서 보냄
Samsung 휴대폰에서 보냄
갤럭시에서 보냄
Galaxy에서 보냄
Windows용 메일에서 보냄
네이버 메일앱에서 보냄
Android용 Outlook 다운로드
iOS용 Outlook 다운로드
iOS용 Outlook에서 보냄
삼성 Galaxy 스마트폰에서 보냈습니다.
Skickat från min iPhone
Skickat från Outlook för iOS
Sendt fra min iPhone
Sendt fra min Galaxy
Hent Outlook til iOS
Hämta Outlook för Android
Lähetetty iPhonesta
Lähetetty Outlookista
Odesláno z iPhonu
Odesláno z mého iPhonu
Надіслано з iPhone
Надіслано з мого iPhone
Elküldve az iPhone-omról
Elküldve az iPhone készülékemről
Elküldve az Android készülékemről
Enviat des del meu iPhone
Στάλθηκε από το iPhone μου
Poslano z mojega iPhona
Trimis de pe iPhone-ul meu
Sent from HEY
Sent via HEY
Sent with Tuta; enjoy secure & ad-free emails:
Sent with Tuta, enjoy secure & ad-free emails: https://tuta.com
Sent with Tutanota; enjoy secure & ad-free emails:
Gesendet mit Tutanota; genieße sichere & werbefreie E-Mails:
Secured with Tuta Mail: https://tuta.com/free-email
Securely sent with Tutanota. Get your own encrypted, ad-free mailbox:
Sent via Superhuman
Sent via Superhuman ( https://sprh.mn/?vip=bob@example.com )
Sent with [Proton Mail](https://proton.me/) secure email.
Sent via Shortwave
Sent with eM Client for Android
Sent with Mimestream
Sent from my laptop
Sent from my Chromebook
Envoyé avec Tuta
Enviado con Tuta
Отправлено с помощью Proton Mail
Yahoo Mail: Search, Organize, Conquer
发自我的红米手机
发送自 Windows 版邮件
发送自 Outlook for iOS
来自 MIUI 邮件
发自我的企业微信
由 189邮箱手机客户端发送
"""

PEOPLE = """
Gmail에서 보낸 메일이 도착하지 않습니다.
메일에서 보낸 링크가 열리지 않아요
아이폰에서 보낸 사진이 안 보여요
휴대폰에서 전송이 안 됩니다
Sent from Gmail the attachment is missing.
Sent via the mobile app, no answer.
Sent by mail last week.
Sent with the phone but never delivered
Written by phone support, it says restart.
Get Outlook working again please
Get Gmail to accept my password
Download Outlook fails with error 5
Gesendet von meinem Handy kommt nichts an.
Gesendet mit Outlook geht es nicht
Gesendet über das Handy funktioniert es
Geschrieben mit dem Telefon funktioniert es nicht
Versendet von Gmail kommt die Mail an
Envoyé par mail hier, pas de réponse
Envoyé depuis mon téléphone le message ne part pas
Envoyé par téléphone hier
Obtenez Outlook ne marche pas
Enviado por mail ayer, sin respuesta
Enviado desde el móvil no llega
Enviado por e-mail ontem
Enviada por mail a factura
Inviato da Gmail non arriva
Inviato con il telefono ieri
Inviata per mail ieri la fattura
Verzonden met Outlook werkt het niet
Verzonden via mail gisteren
Verstuurd per mail
Wysłane przez telefon nie dochodzi
Wysłano z Gmaila, brak odpowiedzi
Отправлено с телефона, но не дошло
Отправлено через Gmail вчера
Outlook'tan gönderildi ama gelmedi
Telefondan gönderildi fakat ulaşmadı
Mail gönderildi ama cevap yok
Telefonuma kod gönderildi mi?
SMS telefonuma gönderildi
Gửi từ điện thoại không được
Đã gửi từ Gmail nhưng không nhận được
发自手机的邮件收不到
来自QQ邮箱的邮件收不到
来自手机的登录提示是什么
由手机登录时报错
通过手机验证码发送失败
通过QQ邮箱发送的邮件收不到
从我的手机发送不了短信
從我的手機寄出的信收不到
iPhoneから送信できません
携帯から送信しましたが届きません
スマートフォンから送信されましたか
メールから送信されたリンクが開けません
Gmailから送信したメールが届きません
Skickat från mobilen funkar inte
Sendt fra telefon i går
from my phone it works
From my iPad the page is blank
From mobile the button is missing
Someone from mobile support called
Outlook für iOS herunterladen klappt nicht
下载Outlook失败
获取Outlook验证码失败
取得 Gmail 權限失敗
scarica Outlook non funziona
Baixe o Outlook não funciona
Скачать Outlook не получается
Hol Outlook zurück bitte
Sent from HEY the mail bounces
Sent with HEY it looks odd
Sent via Superhuman nothing arrives
Sent with Tuta it never arrived
Gesendet mit Tuta kommt nichts an
Enviado con Tuta no llega
Secured with Tuta is my mailbox
Sent from Fastmail, no answer.
Sent with Tuta, where is it?
Sent from my computer nothing is sent
Sent from Blue Wallet to Binance
Sent via Lightning
发自我的小米手机的邮件收不到
发送自 Outlook 的邮件打不开
"""


@each("line", DEVICES.strip("\n").split("\n"))
def test_a_programs_line_goes(line: str) -> None:
    assert "Still broken." == new_text(f"Still broken.\n\n{line}\n\n{QUOTE}", "")
    assert "Still broken." == new_text(f"Still broken.\n\n{line}\n", "")


@each("sentence", PEOPLE.strip("\n").split("\n"))
def test_a_persons_sentence_stays(sentence: str) -> None:
    words = f"Hello,\n\n{sentence}\n\nThank you\nAnn"
    assert words == new_text(f"{words}\n\n{QUOTE}", "")
    assert f"Hello,\n\n{sentence}" == new_text(f"Hello,\n\n{sentence}\n\n{QUOTE}", "")


@pytest.mark.parametrize("link", ["https://tuta.com", "<https://tuta.com/free-email>", "www.tuta.com"])
def test_the_link_below_a_programs_line_goes_with_it(link: str) -> None:
    line = "Sent with Tuta; enjoy secure & ad-free emails:"
    assert "Still broken." == new_text(f"Still broken.\n\n{line}\n{link}\n\n{QUOTE}", "")
    words = f"Still broken.\n\nI see this:\n{link}"
    assert words == new_text(f"{words}\n\nSent from HEY\n\n{QUOTE}", "")
