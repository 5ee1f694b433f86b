"""How colleagues speak of a customer among themselves, and how they hail each other as a group. Pure.

"Team, this customer is a fraud", "FYI - don't refund him", "Notiz er lügt", "大家注意，他在骗人".

Much of it may be said to a customer: "FYI: your refund is on its way", "Hi all, your invoices are attached".
So it counts together: the group or the "FYI", and words that say something of one who does not read along.
"""

import re

from intake.desk.text.words import WRITTEN_WORD

# A remark of so few words is none to a customer when one of them is a bad one: "Betrüger", "fraud again".
MAX_SHORT, MAX_SHORT_LETTERS = 3, 40
# Words of one who does not read along: what is parted by blanks, and what is written without.
_OF_ONE_WORDS = (
    r"(?<!or )s?he\b(?! or s?he)", "him", "lying", "liar", "this (?:guy|man|woman|dude)",
    r"this (?:\w+ )?(?:customer|client)(?! (?:numbers?|services?|ids?|portal|version|software|app)\b)",
    "customer (?:is|was|has|lies|wants|claims)", "client (?:lies|lied|claims)",
    "(?:do not|don.?t|never) (?:refund|(?:trust|believe) (?:him|her|them))",
    "dieser? (?:kund(?:e|in)|kerl|typ|mann|frau)", "kund(?:e|in) (?:ist|war|hat|lügt|will|behauptet)",
    "er (?:lügt|ist|war|hat|will|betrügt|behauptet)", "lügt", "lügner(?:in)?",
    r"bitte nichts? (?:er|aus|zurück)\w+",
    r"es[te][ea] client\w*", r"client\w* (?:es|está|é|ment[ei]\w*|miente)", "miente", "mentiros[oa]",
    r"ess[ea] client\w*", "el[ea] mente", "está mentindo",
    "(?:il|elle) ment", "menteu(?:r|se)", "ce(?:tte)? cliente?", "ce type",
    r"эт(?:от|а) (?:клиент\w*|человек|тип)", "вр[её]т", "лж[её]т", "лжец", r"(?:он|она|клиент) мошенни\w+",
    "не (?:возвращайте|возвращать|отвечайте|платите|верьте) (?:ему|ей|этому)",
    "bu (?:müşteri(?:y[ei]|nin|den)?|adam[aı]?|kadın[aı]?|kişi(?:ye)?)", "yalan söylüyor", "yalancı",
    "khách (?:hàng )?này", "(?:anh|chị|ông|bà) (?:ta|ấy)", "nói dối",
)  # fmt: skip
_OF_ONE_SIGNS = (
    "この(?:お客|顧客|客|人)", "彼[はが女]", "嘘をつ",
    "이 (?:고객|사람|손님)", "그[는녀]", "거짓말", "사기꾼",
    "(?<!其)[他她](?!人)", "[这這][个個]?(?:客户|客戶|用户|用戶|家伙|人)", "此人",
    "[该該](?:客户|客戶|用户|用戶)",
    "客[户戶](?:在|是|[说說][谎謊]|撒[谎謊])", "(?<!都)是[个個]?[骗騙]子", "在[骗騙]",
    "撒[谎謊]", "[说說][谎謊]",
    "(?:不要|先[别別]|[别別][给給]|勿)(?:退|付款给|放行)",
)  # fmt: skip
_OF_ONE = re.compile(rf"\b(?:{'|'.join(_OF_ONE_WORDS)})\b|{'|'.join(_OF_ONE_SIGNS)}")
# Words for lies and deceit. Customers are warned in the same.
_ILL_WORDS = (
    r"fraud\w*", r"scam\w*", "lies", "liar", "lying", r"cheat\w*", "crook", r"swindl\w*", "suspicious",
    r"suspect\w*", r"betrüg\w*", "betrug", r"lüg\w*", r"verdächtig\w*", r"estaf\w*", r"fraude\w*", "golpe",
    "golpista", r"escroc\w*", r"arnaqu\w*", r"menteu\w*", r"мошенн\w*", r"обман\w*", "вр[её]т", "лж[её]т",
    r"dolandırıcı\w*", r"sahtekar\w*", r"yalan\w*", "lừa đảo", "gian lận", "nói dối",
)  # fmt: skip
_ILL_SIGNS = ("詐欺", "嘘", "사기", "거짓말", "[骗騙诈詐]", "撒[谎謊]", "[说說][谎謊]", "可疑", "嫌疑")
_ILL = re.compile(rf"\b(?:{'|'.join(_ILL_WORDS)})\b|{'|'.join(_ILL_SIGNS)}")
_GREETINGS = (
    "attention", "achtung", "vorsicht", "atención", "ojo", "cuidado", "atenção", "внимание", "dikkat",
    "chú ý",
    "hi", "hey", "hello", "dear", "good morning", "hallo", "moin", "liebe", "servus", "guten (?:morgen|tag)",
    "hola", "queridos", "estimados", "olá", "oi", "caros", "bonjour", "salut", "ch[eè]r(?:e?s)?", "привет",
    "здравствуйте", "уважаемые", "дорогие", "merhaba", "selam", "sevgili", "chào", "các",
)  # fmt: skip
# Those of one's own desk.
_COLLEAGUE_WORDS = (
    "colleagues", "kolleg(?:en|innen)(?:(?: und | & |/)kolleg(?:en|innen))?", "compañer[oa]s", "colegas",
    "(?:les |mes |chers )?collègues", "đồng nghiệp(?: ơi)?",
    "(?:各位|[亲親][爱愛]的)?同[事仁][们們]?", "동료 여러분",
)  # fmt: skip
# By these several customers may be greeted as well.
_SEVERAL_WORDS = (
    "team", "all", "every(?:one|body)", "guys", "folks", "people", "alle", "zusammen", "leute", "equipo",
    "todos", "chicos", "time", "equipe", "pessoal", "gente", "(?:l.)?équipe", "(?:à )?tous", "tout le monde",
    "les gars", "equipa", "malta", "коллеги", "команда", "ребята", "все", "всем", "ekip",
    "arkadaşlar", "herkes",
    "nhóm", "(?:mọi người|anh em|cả nhà)(?: ơi)?", "皆さん", "皆様", "みなさん",
    "チーム(?:の(?:皆さん|皆様|みなさん|みんな))?", "팀", "여러분", "(?:팀장|과장|부장|대리|선배)님", "各位",
    "大家",
    "团队", "團隊", "[伙夥]伴[们們]", "兄弟[们們]",
)  # fmt: skip
_BEFORE = rf"(?:(?:{'|'.join(_GREETINGS)})\s+){{0,2}}"
_BEHIND = r"(?:[请請]?注意|看一下|看看|好)?\s*(?:[,:;!、]|\s[–—-]|[–—]|\bfyi\b|$)"
_COLLEAGUES = re.compile(
    rf"{_BEFORE}(?:{'|'.join(_COLLEAGUE_WORDS)}){_BEHIND}"
    r"|(?:to all|to the team|an alle|an das team|a todos|à tous|всем|[给給致]大家)\s*:"
)
# A part of a desk, which is a plan of a product's as well: "Para el equipo: 5 €".
_TEAM = (
    "(?:(?:the |das |el |la |a |o |l.)?(?:team|equip[oe]|equipa|équipe)|команды|ekip için"
    "|(?:给|給)(?:团队|團隊)|nhóm)"
)
_TO_TEAM = re.compile(
    rf"(?:(?:for|für|para|pour|для|cho) )?{_TEAM}\s*:|(?:팀|チーム)\s?(?:공유|전달|共有)\s*:"
)
_SEVERAL = re.compile(rf"{_BEFORE}(?:{'|'.join(_SEVERAL_WORDS)}){_BEHIND}")
_INFORMING = (
    "fyi", "fwiw", "psa", "for your information", "zur (?:info|information|kenntnis)", r"z\. ?k\.",
    "para (?:su |tu |seu )?informaci[oó]n", "para (?:seu )?conhecimento", "pour (?:votre )?info(?:rmation)?",
    "к сведению", "для информации", "bilginize", "để biết", "参考まで(?:に)?", "참고로?", "供[参參]考",
)  # fmt: skip
_FOR_INFORMATION = re.compile(
    rf"(?:{'|'.join(_INFORMING)})(?: {_TEAM})?\s*(?:[:,;.]|[–—-]|$)|참고로 |(?:fyi|fwiw|psa)\s"
)
# A remark that its words follow without a blank: 备注他在骗人.
_JOINED = re.compile(r"(?:内部|內部)?(?:备注|備註|备忘|備忘)(?:一下)?(?=[他她这這此该該客])")


def of_one(text: str) -> bool:
    """Whether a text speaks of somebody who does not read along, as colleagues speak of a customer.

    Like all texts here it is as `strays.as_read` returns it: folded, and of usual width.
    """
    return _OF_ONE.search(text) is not None


def ill(text: str) -> bool:
    """Whether a text has a word for lies or deceit, or speaks of somebody who does not read along."""
    return _ILL.search(text) is not None or of_one(text)


def remarks(text: str) -> bool:
    """Whether what stands behind a remark's label is said of somebody, or is a bad word and little more."""
    if of_one(text):
        return True
    short = len(text) <= MAX_SHORT_LETTERS and len(WRITTEN_WORD.findall(text)) <= MAX_SHORT
    return short and ill(text)


def hails(line: str, below: str) -> bool:
    """Whether a text's first line hails the desk, or several of whom it, or the line `below` where the
    greeting stands alone, says something ill; or says so for their information."""
    if _COLLEAGUES.match(line):
        return True
    several = _TO_TEAM.match(line) or _SEVERAL.match(line)
    if several is not None:
        return ill(line[several.end() :] if line[several.end() :].strip() else below)
    informs = _FOR_INFORMATION.match(line)
    if informs is not None:
        return remarks(line[informs.end() :] if line[informs.end() :].strip() else below)
    joined = _JOINED.match(line)
    return joined is not None and of_one(line[joined.end() :])
