# ruff: noqa: E501 (a form stays on the line of its name)
"""What mail clients write around the mail they answer or pass on, in fourteen languages.

Written from what the clients do, apart from the tables in intake/mail: what these say
and those do not know is a failure, not a gap.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Forms:
    """One language's forms. `dated` are the dates of Outlook, Gmail and Apple Mail."""

    words: tuple[str, str]
    quoted: str
    labels: tuple[str, str, str, str]
    mac_date: str
    dated: tuple[str, str, str]
    gmail: str
    apple: str
    thunderbird: str
    bare: str
    original: str
    forwarded: tuple[str, ...]
    apple_forward: str
    prefix: str
    device: str
    outlook_mobile: str


FORMS = {
    "en": Forms(
        ("Thanks, that did not help.\nThe window stays black.", "Second answer: version 2.1."),
        "Please start it again and tell us the version.",
        ("From", "Sent", "To", "Subject"), "Date",
        ("Friday, 9 August 2024 18:42", "Fri, Aug 9, 2024 at 6:42 PM", "9 Aug 2024, at 18:42"),
        "On Fri, 9 Aug 2024 at 18:42, {n} <{a}> wrote:",
        "On Aug 9, 2024, at 6:42 PM, {n} <{a}> wrote:",
        "On 09/08/2024 18:42, {n} wrote:",
        "{n} wrote:",
        "-----Original Message-----",
        ("---------- Forwarded message ---------", "-------- Forwarded Message --------"),
        "Begin forwarded message:", "Fwd:", "Sent from my iPhone", "Get Outlook for iOS",
    ),
    "zh-Hans": Forms(
        ("谢谢，还是不行。\n窗口一直是黑的。", "第二个问题：版本是2.1。"),
        "请重新启动并告诉我们版本。",
        ("发件人", "发送时间", "收件人", "主题"), "日期",
        ("2024年8月9日 18:42", "2024年8月9日周五 18:42", "2024年8月9日，18:42"),
        "{n} <{a}> 于2024年8月9日周五 18:42写道：",
        "在 2024年8月9日，下午6:42，{n} <{a}> 写道：",
        "在 2024/8/9 18:42, {n} 写道:",
        "{n} 写道：",
        "-----邮件原件-----",
        ("---------- Forwarded message ---------", "-------- 转发的消息 --------", "-------- 转发邮件信息 --------"),
        "下面是被转发的邮件：", "转发：", "发自我的 iPhone", "获取 Outlook for iOS",
    ),
    "zh-Hant": Forms(
        ("謝謝，還是不行。\n視窗一直是黑的。", "第二個問題：版本是2.1。"),
        "請重新啟動並告訴我們版本。",
        ("寄件者", "寄件日期", "收件者", "主旨"), "日期",
        ("2024年8月9日 下午 06:42", "2024年8月9日 週五 下午6:42", "2024年8月9日 下午6:42"),
        "{n} <{a}> 於 2024年8月9日 週五 下午6:42寫道：",
        "{n} <{a}> 於 2024年8月9日 下午6:42 寫道：",
        "{n} 於 2024/8/9 18:42 寫道:",
        "{n} 寫道：",
        "-----原始郵件-----",
        ("---------- Forwarded message ---------", "-------- 轉寄郵件 --------"),
        "以下是轉寄的郵件：", "轉寄：", "從我的 iPhone 傳送", "取得 Outlook for iOS",
    ),
    "ja": Forms(
        ("ありがとうございます。だめでした。\n画面は黒いままです。", "二つ目ですが、バージョンは2.1です。"),
        "再起動してバージョンを教えてください。",
        ("差出人", "送信日時", "宛先", "件名"), "日付",
        ("2024年8月9日 18:42", "2024年8月9日(金) 18:42", "2024/08/09 18:42"),
        "2024年8月9日(金) 18:42 {n} <{a}>:",
        "2024/08/09 18:42、{n} <{a}>のメール:",
        "On 2024/08/09 18:42, {n} wrote:",
        "{n} さんは書きました:",
        "-----元のメッセージ-----",
        ("---------- Forwarded message ---------", "-------- 転送メッセージ --------"),
        "転送されたメッセージ：", "転送:", "iPhoneから送信", "Outlook for iOS を入手",
    ),
    "ko": Forms(
        ("감사합니다만 안 됩니다.\n창이 계속 검은색입니다.", "두 번째 답변: 버전은 2.1입니다."),
        "다시 시작하고 버전을 알려 주세요.",
        ("보낸 사람", "보낸 날짜", "받는 사람", "제목"), "날짜",
        ("2024년 8월 9일 금요일 오후 6:42", "2024년 8월 9일 (금) 오후 6:42", "2024. 8. 9. 오후 6:42"),
        "2024년 8월 9일 (금) 오후 6:42, {n} <{a}>님이 작성:",
        "2024. 8. 9. 오후 6:42, {n} <{a}> 작성:",
        "2024-08-09 오후 6:42에 {n} 이(가) 쓴 글:",
        "{n} 작성:",
        "-----원본 메시지-----",
        ("---------- Forwarded message ---------", "-------- 전달된 메시지 --------"),
        "전달된 메시지:", "전달:", "나의 iPhone에서 보냄", "iOS용 Outlook 다운로드",
    ),
    "de": Forms(
        ("Danke, das hat nicht geholfen.\nDas Fenster bleibt schwarz.", "Zweitens: Version 2.1."),
        "Bitte starten Sie neu und nennen Sie die Version.",
        ("Von", "Gesendet", "An", "Betreff"), "Datum",
        ("Freitag, 9. August 2024 18:42", "Fr., 9. Aug. 2024 um 18:42 Uhr", "9. August 2024 um 18:42:10 MESZ"),
        "Am Fr., 9. Aug. 2024 um 18:42 Uhr schrieb {n} <{a}>:",
        "Am 09.08.2024 um 18:42 schrieb {n} <{a}>:",
        "Am 09.08.24 um 18:42 schrieb {n}:",
        "{n} schrieb:",
        "-----Ursprüngliche Nachricht-----",
        ("---------- Forwarded message ---------", "-------- Weitergeleitete Nachricht --------"),
        "Anfang der weitergeleiteten Nachricht:", "WG:", "Von meinem iPhone gesendet", "Outlook für iOS herunterladen",
    ),
    "fr": Forms(
        ("Merci, cela n'a rien changé.\nLa fenêtre reste noire.", "Deuxième réponse : version 2.1."),
        "Merci de relancer et de nous donner la version.",
        ("De", "Envoyé", "À", "Objet"), "Date",
        ("vendredi 9 août 2024 18:42", "ven. 9 août 2024 à 18:42", "9 août 2024 à 18:42:10 UTC+2"),
        "Le ven. 9 août 2024 à 18:42, {n} <{a}> a écrit :",
        "Le 9 août 2024 à 18:42, {n} <{a}> a écrit :",
        "Le 09/08/2024 à 18:42, {n} a écrit :",
        "{n} a écrit :",
        "-----Message d'origine-----",
        ("---------- Forwarded message ---------", "-------- Message transféré --------"),
        "Début du message réexpédié :", "TR :", "Envoyé de mon iPhone", "Télécharger Outlook pour iOS",
    ),
    "es": Forms(
        ("Gracias, no ha servido.\nLa ventana sigue en negro.", "Segunda respuesta: versión 2.1."),
        "Reinicie y díganos la versión.",
        ("De", "Enviado el", "Para", "Asunto"), "Fecha",
        ("viernes, 9 de agosto de 2024 18:42", "vie, 9 ago 2024 a las 18:42", "9 de agosto de 2024, 18:42:10 CEST"),
        "El vie, 9 ago 2024 a las 18:42, {n} (<{a}>) escribió:",
        "El 9 ago 2024, a las 18:42, {n} <{a}> escribió:",
        "El 09/08/2024 a las 18:42, {n} escribió:",
        "{n} escribió:",
        "-----Mensaje original-----",
        ("---------- Forwarded message ---------", "-------- Mensaje reenviado --------"),
        "Inicio del mensaje reenviado:", "RV:", "Enviado desde mi iPhone", "Obtener Outlook para iOS",
    ),
    "pt": Forms(
        ("Obrigado, não ajudou.\nA janela continua preta.", "Segunda resposta: versão 2.1."),
        "Reinicie e diga-nos a versão.",
        ("De", "Enviada em", "Para", "Assunto"), "Data",
        ("sexta-feira, 9 de agosto de 2024 18:42", "sex., 9 de ago. de 2024 às 18:42", "9 de agosto de 2024 18:42:10 WEST"),
        "Em sex., 9 de ago. de 2024 às 18:42, {n} <{a}> escreveu:",
        "No dia 09/08/2024, às 18:42, {n} <{a}> escreveu:",
        "Em 09/08/2024 18:42, {n} escreveu:",
        "{n} escreveu:",
        "-----Mensagem original-----",
        ("---------- Forwarded message ---------", "-------- Mensagem encaminhada --------"),
        "Início da mensagem encaminhada:", "ENC:", "Enviado do meu iPhone", "Obter o Outlook para iOS",
    ),
    "it": Forms(
        ("Grazie, non è servito.\nLa finestra resta nera.", "Seconda risposta: versione 2.1."),
        "Riavvii e ci dica la versione.",
        ("Da", "Inviato", "A", "Oggetto"), "Data",
        ("venerdì 9 agosto 2024 18:42", "ven 9 ago 2024 alle ore 18:42", "9 agosto 2024 alle ore 18:42:10 CEST"),
        "Il giorno ven 9 ago 2024 alle ore 18:42 {n} <{a}> ha scritto:",
        "Il giorno 9 ago 2024, alle ore 18:42, {n} <{a}> ha scritto:",
        "Il 09/08/2024 18:42, {n} ha scritto:",
        "{n} ha scritto:",
        "-----Messaggio originale-----",
        ("---------- Forwarded message ---------", "-------- Messaggio Inoltrato --------"),
        "Inizio messaggio inoltrato:", "I:", "Inviato da iPhone", "Scarica Outlook per iOS",
    ),
    "nl": Forms(
        ("Bedankt, dat hielp niet.\nHet venster blijft zwart.", "Tweede antwoord: versie 2.1."),
        "Start opnieuw en noem ons de versie.",
        ("Van", "Verzonden", "Aan", "Onderwerp"), "Datum",
        ("vrijdag 9 augustus 2024 18:42", "vr 9 aug 2024 om 18:42", "9 augustus 2024 om 18:42:10 CEST"),
        "Op vr 9 aug 2024 om 18:42 schreef {n} <{a}>:",
        "Op 9 aug. 2024 om 18:42 heeft {n} <{a}> het volgende geschreven:",
        "Op 09-08-2024 om 18:42 schreef {n}:",
        "{n} schreef:",
        "-----Oorspronkelijk bericht-----",
        ("---------- Forwarded message ---------", "-------- Doorgestuurd bericht --------"),
        "Begin doorgestuurd bericht:", "FW:", "Verstuurd vanaf mijn iPhone", "Outlook voor iOS downloaden",
    ),
    "pl": Forms(
        ("Dziękuję, nie pomogło.\nOkno jest nadal czarne.", "Druga odpowiedź: wersja 2.1."),
        "Proszę uruchomić ponownie i podać wersję.",
        ("Od", "Wysłano", "Do", "Temat"), "Data",
        ("piątek, 9 sierpnia 2024 18:42", "pt., 9 sie 2024 o 18:42", "9 sierpnia 2024 o 18:42:10 CEST"),
        "pt., 9 sie 2024 o 18:42 {n} <{a}> napisał(a):",
        "Wiadomość napisana przez {n} <{a}> w dniu 09.08.2024, o godz. 18:42:",
        "W dniu 9.08.2024 o 18:42, {n} pisze:",
        "{n} napisał(a):",
        "-----Oryginalna wiadomość-----",
        ("---------- Forwarded message ---------", "-------- Przekazana wiadomość --------"),
        "Początek przekazywanej wiadomości:", "PD:", "Wysłane z iPhone'a", "Pobierz program Outlook dla systemu iOS",
    ),
    "ru": Forms(
        ("Спасибо, не помогло.\nОкно остаётся чёрным.", "Второй ответ: версия 2.1."),
        "Перезапустите и сообщите нам версию.",
        ("От", "Отправлено", "Кому", "Тема"), "Дата",
        ("9 августа 2024 г. 18:42", "пт, 9 авг. 2024 г. в 18:42", "9 августа 2024 г. в 18:42:10 GMT+3"),
        "пт, 9 авг. 2024 г. в 18:42, {n} <{a}>:",
        "9 авг. 2024 г., в 18:42, {n} <{a}> написал(а):",
        "09.08.2024 18:42, {n} пишет:",
        "{n} пишет:",
        "-----Исходное сообщение-----",
        ("---------- Forwarded message ---------", "-------- Пересылаемое сообщение --------",
         "-------- Перенаправленное сообщение --------"),
        "Начало переадресованного сообщения:", "FW:", "Отправлено с iPhone", "Скачать Outlook для iOS",
    ),
    "tr": Forms(
        ("Teşekkürler, işe yaramadı.\nPencere hâlâ siyah.", "İkinci yanıt: sürüm 2.1."),
        "Lütfen yeniden başlatıp sürümü bildirin.",
        ("Kimden", "Gönderildi", "Kime", "Konu"), "Tarih",
        ("9 Ağustos 2024 Cuma 18:42", "9 Ağu 2024 Cum, 18:42", "9 Ağustos 2024 18:42:10 GMT+3"),
        "{n} <{a}>, 9 Ağu 2024 Cum, 18:42 tarihinde şunu yazdı:",
        "{n} <{a}> şunları yazdı (9 Ağu 2024 18:42):",
        "9.08.2024 18:42 tarihinde {n} yazdı:",
        "{n} yazdı:",
        "-----Özgün İleti-----",
        ("---------- Forwarded message ---------", "-------- İletilen Mesaj --------"),
        "İletilen mesajın başlangıcı:", "İLT:", "iPhone'umdan gönderildi", "iOS için Outlook'u edinin",
    ),
    "vi": Forms(
        ("Cảm ơn, vẫn không được.\nCửa sổ vẫn đen.", "Trả lời thứ hai: phiên bản 2.1."),
        "Vui lòng khởi động lại và cho biết phiên bản.",
        ("Từ", "Đã gửi", "Đến", "Chủ đề"), "Ngày",
        ("Thứ Sáu, 9 tháng 8, 2024 18:42", "Th 6, 9 thg 8, 2024 vào lúc 18:42", "18:42, 9 thg 8, 2024"),
        "Vào Th 6, 9 thg 8, 2024 vào lúc 18:42 {n} <{a}> đã viết:",
        "Vào 18:42, 9 thg 8, 2024, {n} <{a}> đã viết:",
        "Vào 09/08/2024 18:42, {n} đã viết:",
        "{n} đã viết:",
        "-----Thư gốc-----",
        ("---------- Forwarded message ---------", "-------- Thư được chuyển tiếp --------"),
        "Bắt đầu thư được chuyển tiếp:", "Fwd:", "Đã gửi từ iPhone của tôi", "Tải Outlook cho iOS",
    ),
}  # fmt: skip
