"""How people take their leave: a greeting that a mail program left below the quote is its author's."""

import re
from collections.abc import Sequence

# A greeting and what stands below it (a name, a company, a telephone) are no more lines than these.
MAX_CLOSING = 8
MAX_LINE = 80

_WORDS = (
    # English
    r"(?:(?:with )?(?:my |our )?(?:kind|kindest|best|warm|warmest|many"
    r"|sincere)(?: and \w{4,8})? )?(?:regards|wishes)"
    r"|best|cheers|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|respectfully|rgds|br|kr"
    r"|(?:many )?thanks(?: (?:a lot|so much|again|in advance|and (?:kind |best )?regards))?|thx"
    r"|thank you(?: (?:very much|so much|again|in advance))?|all the best|have a (?:nice|good|great) day"
    # German
    r"|(?:mit )?(?:freundliche[nm]?|viele[nm]?|liebe[nm]?|beste[nm]?|herzliche[nm]?|schöne[nm]?|freundl\.)"
    r" (?:grüße[n]?|grüsse[n]?|gruß|gruss|dank|gruessen|gruesse)(?: .{0,40})?|mfg|lg|vg|gruß|gruss|grüße"
    r"|grüsse"
    r"|hochachtungsvoll|(?:vielen |besten )?dank(?: im voraus)?|danke(?: (?:schön|sehr|und gruß|im voraus))?"
    # French
    r"|(?:bien )?(?:cordialement|amicalement)(?: à vous)?|sincères salutations|(?:meilleures"
    r"|cordiales) salutations"
    r"|merci(?: (?:beaucoup|d'avance|d’avance|par avance|bien))?|bonne (?:journée|soirée)|cdlt|bien à vous"
    # Spanish, Portuguese, Italian, Catalan
    r"|(?:un )?(?:cordial(?:es)? |atentos? )?saludos?(?: cordial(?:es)?)?|atentamente"
    r"|(?:muchas )?gracias(?: .{0,20})?"
    r"|(?:com os )?(?:melhores |atenciosos )?cumprimentos|atenciosamente|atentamente|att|abraços?"
    r"|(?:muito )?obrigad[oa]"
    r"|(?:cordiali|distinti|cari) saluti|cordialmente|(?:molte |mille )?grazie(?: .{0,20})?"
    r"|salut(?:acions)?(?: cordials)?"
    # Dutch, Nordic
    r"|(?:met )?vriendelijke groet(?:en)?|(?:hartelijke )?groet(?:en|jes)?|mvg|(?:alvast )?bedankt"
    r"|dank je wel"
    r"|(?:med )?(?:vänlig|vennlig|venlig|bästa|bedste|beste)(?:a|e)? (?:hälsning(?:ar)?|hilsen|hilsener)"
    r"|mvh|hälsningar"
    r"|hilsen|tack(?: på förhand| så mycket)?|tak(?: på forhånd)?|takk|ystävällisin terveisin|terveisin"
    r"|kiitos"
    # Polish, Czech, Slovak, Hungarian, Romanian, South Slavic
    r"|(?:z )?(?:poważaniem|pozdrowieniami|wyrazami szacunku)|pozdrawiam(?: serdecznie)?|dziękuję"
    r"|pozdrowienia"
    r"|(?:s )?(?:pozdravem|přátelským pozdravem|pozdravom)|děkuji|ďakujem|üdvözlettel|tisztelettel|köszönöm"
    r"|cu (?:stimă|respect)|mulțumesc|(?:s )?poštovanjem|lep(?: )?pozdrav|srdačan pozdrav|hvala|lijep pozdrav"
    # Russian, Ukrainian, Bulgarian
    r"|с (?:уважением|наилучшими пожеланиями|найкращими побажаннями|повагою)|з повагою|(?:большое )?спасибо"
    r"|дякую"
    r"|с уважение|поздрави|благодарю|благодаря"
    # Turkish, Vietnamese, Indonesian
    r"|saygılar(?:ımla|ımızla|)|iyi (?:günler|çalışmalar)|teşekkürler|sevgiler|(?:xin )?(?:trân trọng|cảm ơn)"
    r"|(?:xin )?chân thành cảm ơn|salam(?: hormat)?|hormat (?:saya|kami)|terima kasih"
    # Greek, Hebrew, Arabic, Persian, Thai, Hindi
    r"|με (?:εκτίμηση|φιλικούς χαιρετισμούς)|ευχαριστώ|בברכה|תודה(?: רבה)?|(?:مع )?(?:خالص )?(?:التحية"
    r"|تحياتي|الشكر)"
    r"|مع أطيب التحيات|شكرا(?: جزيلا)?|با احترام|با تشکر|ขอแสดงความนับถือ|ขอบคุณ(?:ครับ|ค่ะ)?|धन्यवाद|सादर"
    # Chinese, Japanese, Korean
    r"|此致|敬礼|敬禮|顺颂商祺|順頌商祺|祝好|(?:多)?[谢謝][谢謝](?:您|你)?|祝您?.{1,8}|此致 ?敬[礼禮]|敬上"
    r"|(?:どうぞ)?(?:よろしく|宜しく)(?:お願い(?:いた|致)?します|お願い申し上げます)?|以上|敬具|ありがとうございま(?:す|した)"
    r"|감사합니다|고맙습니다|(?:수고하세요|안녕히 계세요)|드림|올림"
)
_CLOSING = re.compile(
    rf"^\s{{0,4}}(?:{_WORDS})(?:\s?[,.!，。！、]){{0,3}}(?:\s[^\s,]{{1,20}}){{0,3}}\s{{0,4}}$", re.IGNORECASE
)


def below_quote(lines: Sequence[str], kinds: str) -> tuple[int, int] | None:
    """Return where the quote begins and ends that stands between its answer and the author's greeting.

    `kinds` are the letters of the lines (lines.py). Only a quote that is introduced, that is the only
    one, and below which a greeting is all that was written; None otherwise.
    """
    start = kinds.find("a")
    end = kinds.rfind("q") + 1
    if start < 0 or end <= start or "t" not in kinds[:start] or kinds[start:end].strip("aqe"):
        return None
    first = end + len(kinds[end:]) - len(kinds[end:].lstrip("e"))
    own = [line for line, kind in zip(lines[first:], kinds[first:], strict=True) if kind == "t"]
    if not own or len(own) > MAX_CLOSING or kinds[first] != "t" or max(map(len, own)) > MAX_LINE:
        return None
    if not _CLOSING.match(own[0]):
        return None
    # The empty lines below go with it where others stand above.
    return start, first if kinds[start - 1] == "e" else end
