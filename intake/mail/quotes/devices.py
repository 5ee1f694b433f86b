"""The line that a telephone or a mail program puts under a mail to name itself: "Sent from my iPhone".

People write sentences that begin alike ("Sent from Gmail the file is missing."), and a customer's
sentence is worth more than a line of advertising: every word of the line must be one of those
that such lines are made of, or a name.
"""

import re
from collections.abc import Sequence

from intake.mail.quotes.vocabulary import DEVICES, NOT_DEVICE, is_sent_from

MAX_LINE = 160

# What stands in such lines of all languages that are written in words with blanks, in small letters.
_WORDS = frozenset(
    """
& + - a airmail all an and android aplicación aplicativo aplikacja aplikacji aplikację app apparaat
appareil application applicazione at através au auf aus avec az baixe be beveiligde blackberry bluemail
by bảng capable cellulare celular cho com con correio correo courrier của da dal dalla dallo das de del
dem den depuis der des descargar desde det device di die diese dieser dispositivo dla do download
downloaden du dành e-mail edinin een el electrónico elküldve em email en enhet enviada enviado envoyé
envoyée escrito for foxmail fra free from från för für galaxy gerät geschickt geschrieben gesendet
get gmail go gửi handheld handy hent herunter herunterladen het holen honor huawei hämta il in indirin
instalar inviata inviato ios ipad iphone ipod iz készülékemről için l la laden laitteesta last lataa le les
lite lähetetty ma mac mail mailbox max mein meine meinem meinen meiner mes message messagerie met meu mi
mia mijn min minh minha mini mio mit mobiel mobiele mobil mobile mobilen mobilgerät mobiltelefon moim
mog mojeg mojega mojego mojej mon most moto motorola my máy mého mình móvil móviles na nachricht ned network
new newton no nokia này o obtener obtenez obtenir obter obtén odesláno of on oneplus op oppo ottieni our
outlook par para partir pe per phone pixel plus pobierz poczta poczty pocztą pomocą por portable poslano
posta posted pour pro program programem programu proton protonmail provenance przez puhelimesta på redmi
road samsung scarica scritto secure seguro seguros sendt sent sich sichere sicura sie sikker skickat
smart smartfona smartphone someone sony sous spark su sur systemu sécurisé sécurisée tablet tablette
telefon telefone telefono telefonu telefoon telemovel telemóvel teléfono the this thiết thoại thunderbird
thư til till toestel tramite trimis trên tu télécharger téléchargez téléphone tính tôi tải từ uit ultra
um uma un una une unterwegs urządzenia using van vanaf vanuit verizon verschickt versendet verstuurd
verzonden via vivo vom von voor w was webmail wi-fi windows wireless with written wurde wysłana wysłane
wysłano xiaomi xperia xuống yahoo z za zařízení ze | · à über điện đã được động από μου στάλθηκε το без
для з за и из мобильная мобильного мобильной мобильный мобільного мого моего моей на надіслано отправлено
планшета послано почта почты пошти приложение приложения пристрою програми с скачать смартфона со
телефона телефону устройства через яндекс і – —
""".split()  # noqa: SIM905
)
_DEVICE = re.compile(DEVICES, re.IGNORECASE)
# "Please excuse typos": the line is its author's, but says nothing.
_APOLOGY = re.compile(
    r"\b(?:typo\w*|brevity|misspell\w*|autocorrect|spelling|tippfehler|kürze|rechtschreib\w*|fautes?|brièveté"
    r"|brevedad|errores de|erros de|brevità|spelfouten|typfouten|literówki|опечатки|краткость)\b",
    re.IGNORECASE,
)
_CUT = re.compile(r"[\s,;:!/()<>\[\]{}*_\"“”«»®™]+")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDS = re.compile(
    # Japanese
    r"(?:から送信(?:されました|しました)?|を入手|を取得|から送信されたメール(?:です)?"
    # Korean
    r"|에서 ?(?:보냄|보냈습니다|보낸 (?:메일|이메일|메시지)(?:입니다)?|발송(?:됨)?|전송(?:됨)?)|다운로드"
    # Chinese
    r"|(?:手机|手機|客户端|我的.{1,20}|版 ?(?:邮件|郵件).{0,4})(?:发送|发出|寄出|傳送)"
    r")[。.)\]]?\s{0,4}$"
)
# "发自我的iPhone", "来自网易邮箱大师", and nothing behind the device's name.
_FROM_MINE = re.compile(
    r"^[\s(<*_\[]{0,6}(?:发自|發自|来自|來自|寄自|发送自|發送自|由|从|從|获取|取得|下載|下载)\s{0,2}[^的]{0,12}(?:我的)?[^的是了吗]{0,30}?(?:"
    + DEVICES
    + r")(?:大师|邮件|郵件|手机|手機|智能版|客户端|应用|版|app|[\sA-Za-z0-9+_-]){0,40}[。.)\]]?\s{0,4}$",
    re.IGNORECASE,
)
# Languages whose words tell no name from a sentence: the whole line, D being the device.
_FOREIGN = (
    r"^[\s(<*_\[\u200e\u200f]{0,6}(?:"
    r"(?:أُ?رسلت?|مُ?رسلة?|تم ال[إا]رسال) (?:من|عبر|باستخدام) (?:جهاز |هاتفي |تطبيق )?(?:ال[ـ-]? ?)?(?:D)"
    r"(?: الخاص بي)?"
    r"|נשלח (?:מ[הא]?-? ?|באמצעות |דרך |מתוך )(?:ה-?)?(?:מכשיר ה-?)?(?:D)(?: (?:שלי|ל-?\w{3,8}))?"
    r"|(?:ارسال[ \u200c]شده|فرستاده[ \u200c]شده) (?:از|با) (?:طریق )?(?:D)(?: من)?"
    r"|ส่งจาก ?(?:D)(?: ?ของฉัน)?"
    r"|मेरे (?:D) से भेजा गया"
    r"|di(?:kirim|hantar) (?:dari|daripada|melalui|dengan) (?:D)(?: saya)?"
    r"|(?:odoslané|poslané) (?:z|zo|cez) (?:môjho |mojho )?(?:D)"
    r"|(?:изпратено|послато) (?:от|с|са|из) (?:моя |мог |моја )?(?:D)"
    r"|az? (?:D)(?:-\w{1,8})? küldve"
    r"|saadetud (?:minu )?(?:D)|išsiųsta iš (?:mano )?[„“]?(?:D)[“”]?|nosūtīts no (?:mana )?(?:D)"
    r")[.)\]]?\s{0,4}$"
)
# A device with the ending of a case and a model: "iPhonu", "Galaxy S23".
_FOREIGN_LINE = re.compile(
    _FOREIGN.replace("(?:D)", rf"(?:(?:{DEVICES})[\w'’-]{{0,6}}(?: [\w-]{{1,12}}){{0,2}}?)"), re.IGNORECASE
)
# Programs whose names are words, or that say more of themselves than a name; the whole line.
_NAMED = re.compile(
    r"^[\s(<*_\[]{0,6}(?:(?:securely )?(?:sent|secured)(?: securely)? (?:from|with|via|using|by)"
    r"|(?:sicher )?gesendet (?:mit|von|über|via|aus)|envoyé (?:avec|depuis|de|via)"
    r"|(?:enviado|inviato) (?:con|desde|com|da|do|por|via|tramite)|verzonden (?:met|via|vanuit|vanaf)"
    r"|wysłan[eo] (?:z|przez|za pomocą)"
    r"|(?:отправлено|надіслано) (?:через|из|с|з|с помощью|за допомогою)) \[?"
    r"(?:hey|tuta(?:nota)?|superhuman|shortwave|skiff|missive|mimestream|proton ?mail|em client|mailfence"
    r"|notion mail|canary|edison mail|mailbird|startmail|polymail|fastmail|spike|posteo|runbox)(?: mail)?"
    r"(?:\]?\([^()\s]{1,200}\))?"
    r"(?: (?:for|on|für|auf|pour|sur|para|per|su|voor|op|dla|для)"
    r" (?:ios|ipados|android|iphone|ipad|mac(?:os)?|windows|linux|mobile|desktop|web))?"
    # Tuta's and others' praise of themselves.
    r"(?:(?:[;,]| [–—-]) (?:enjoy|genieße|private|privacy|encrypted|profitez|disfruta|goditi)\b[^?？]{0,80}"
    r"|\. (?:get your own|try|free)\b[^?？]{0,80}"
    r"|[:：]? ?[<(]?\s?(?:https?://)?[\w.-]{1,60}\.\w{2,6}(?:/\S{0,200})?\s?[>)]?)?"
    r"[.:!)\]*_]{0,3}\s{0,4}$|^\s{0,4}yahoo mail: search, organi[sz]e, conquer\s{0,4}$",
    re.IGNORECASE,
)
_LINK = re.compile(r"<?\(?https?://\S{1,300}|<[^<>\s]{1,300}>")
# The device something was sent from, not to: "iPhone'umdan", "telefonumdan", "Outlook ile".
_TURKISH = re.compile(
    r"(?:[dt][ae]n|ile)\s{1,4}gönderil(?:di|miştir)[.)]?\s{0,4}$|(?:edinin|indirin)\.?\s{0,4}$", re.I
)


def names_device(line: str) -> bool:
    """Whether a program wrote this line to name the device or itself. Linear in the line."""
    if len(line) <= MAX_LINE and _NAMED.match(line):
        return True
    if len(line) > MAX_LINE or line.rstrip().endswith((":", "?", "？")):
        return False
    if _FOREIGN_LINE.match(line):
        return True
    if not is_sent_from(line) or NOT_DEVICE.search(line):
        return False
    bare = _LINK.sub(" ", line)
    if CJK.search(bare):
        return _ENDS.search(bare) is not None or _FROM_MINE.match(bare) is not None
    if any(word in bare.lower() for word in ("gönder", "edinin", "indirin")):
        return _TURKISH.search(bare) is not None
    return _APOLOGY.search(bare) is not None or all(map(_belongs, _CUT.split(bare)))


_ONLY_LINK = re.compile(r"^\s{0,4}[<(]?(?:https?://|www\.)\S{1,300}\s{0,4}$")


def mark_links(lines: Sequence[str], kinds: list[str]) -> None:
    """Let the link go with a device's line that ends in a colon above it, as Tuta's does."""
    for at in range(1, len(kinds)):
        if kinds[at - 1] == "s" and kinds[at] == "t" and lines[at - 1].rstrip().endswith(":"):
            kinds[at] = "s" if _ONLY_LINK.match(lines[at][:MAX_LINE]) else "t"


def _belongs(word: str) -> bool:
    word = word.rstrip(".")
    first = re.split("['’]", word, maxsplit=1)[0]
    lowered = word.lower()
    return (
        len(word) < 2
        or "." in word
        or word[0].isupper()
        or not word.islower()
        or any(map(str.isdigit, word))
        or lowered in _WORDS
        or first.lower() in _WORDS
        or lowered.rpartition("'")[2].rpartition("’")[2] in _WORDS
        or _DEVICE.fullmatch(word) is not None
    )


def of_a_program(line: str) -> bool:
    """Whether a line is one that a certain program puts over the mail it answers."""
    if "rocessed by david" in line and _DAVID.match(line):
        return True
    # Outlook for telephones puts it between its author's words and the mail it answers.
    return "aka.ms/" in line and _OUTLOOK_LINK.match(line) is not None


_OUTLOOK_LINK = re.compile(
    r"^.{1,60}(?:outlook|Outlook).{0,60}<https://aka\.ms/[A-Za-z0-9]{1,20}>\.?\s{0,4}$"
)
# The line that Tobit's david puts over a mail it quotes; labels without colons follow.
_DAVID = re.compile(r"^\[?\s{0,4}original message processed by david", re.IGNORECASE)
