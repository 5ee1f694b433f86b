"""The words that letters of thanks are made of, in the twelve languages; see `intake.desk.text.thanks`.

Left out on purpose: whatever asks, denies, limits or looks ahead ("in advance", "still", "but"), and what is
said as often of something that is to be done ("waiting", "please", よろしくお願いします).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


def listed(text: str) -> frozenset[str]:
    """Return what stands between the commas of a text, in the form in which it is looked up."""
    return frozenset(" ".join(piece.casefold().split()) for piece in text.split(",") if piece.strip())


_KINDS = ("thanks", "degrees", "subjects", "well", "more", "heads", "objects", "neutral")


@dataclass(frozen=True, eq=False)
class Words:
    """What may stand in a letter of thanks, in one language; each is a list of words, separated by commas.

    `thanks` thank and `well` says that all is well; `degrees` stand before the first, `subjects` before
    the second, `more` behind either. `heads` introduce what is thanked for, `objects` are that.
    `joined`: the language has no spaces between words, or they say nothing.
    """

    thanks: frozenset[str]
    degrees: frozenset[str]
    subjects: frozenset[str]
    well: frozenset[str]
    more: frozenset[str]
    heads: frozenset[str]
    objects: frozenset[str]
    neutral: frozenset[str]
    greetings: frozenset[str]
    closings: frozenset[str]
    joined: bool = False

    def said(self, pieces: Sequence[str]) -> str:
        """Return words as they stand in the lists."""
        text = ("" if self.joined else " ").join(pieces)
        return text.replace("İ", "i").casefold().replace("’", "'")

    @cached_property
    def all(self) -> frozenset[str]:
        """Every single word of the lists."""
        phrases = (phrase for kind in _KINDS for phrase in getattr(self, kind))
        return frozenset(word for phrase in phrases for word in phrase.split())

    @cached_property
    def longest(self) -> int:
        """How many words, or signs, the longest phrase has."""
        phrases = [phrase for kind in (*_KINDS, "greetings") for phrase in getattr(self, kind)]
        return max(len(phrase) if self.joined else len(phrase.split()) for phrase in phrases)


def words(joined: bool = False, **lists: str) -> Words:
    """Return the words of a language from lists that are separated by commas."""
    return Words(**{name: listed(text) for name, text in lists.items()}, joined=joined)


# Where one of these begins a clause it may be a question, though its mark is missing.
ASKS = listed("is, are, am, has, did, was, were, does, do, can, could, ist, sind, bin, kann, est, sont, a")
# How a desk is called by those who do not know a name.
ADDRESSEES = listed("""
    team, all, everyone, everybody, support, there, sir, madam, guys, folks, friends, friend, sirs, service,
    customer, helpdesk, desk, help-team, support-team, together, zusammen, damen, herren, kundenservice,
    kundendienst, supportteam, equipo, señores, amigos, équipe, l'équipe, madame, monsieur, tous, equipe,
    pessoal, gente, команда, коллеги, друзья, поддержка, ekip, ekibi, arkadaşlar, yetkili, hocam, bạn, anh,
    chị, anh chị, các, em, shop, ad, admin, 客服, 客服人员, 客服人員, 老师, 老師, 团队, 團隊, 大家, 亲, 親,
    各位, 担当者様, ご担当者様, サポートの皆様, 皆様, 담당자님, 상담원님, 고객센터, 여러분, 客服团队,
    客服團隊, 客服中心, サポート担当者様
""")
# Words that never stand in a letter of thanks, and could be taken for a name where they are written large.
NEVER = listed("""
    not, no, but, however, please, pls, plz, cancel, nothing, never, still, when, why, what, how, where,
    urgent, asap, until, although, unfortunately, only, except, question, advance, hopefully, soon, nicht,
    kein, keinen, aber, bitte, nichts, nie, warum, wann, wie, wo, leider, trotzdem, frage, voraus, jedoch,
    pas, mais, rien, jamais, pourquoi, quand, comment, avance, malheureusement, cependant, pero, nada,
    nunca, cuándo, cómo, dónde, favor, antemano, todavía, aún, mas, não, porém, quando, como, onde,
    antecipadamente, ainda, не, но, однако, пожалуйста, когда, почему, как, где, зачем, заранее, ничего,
    никогда, ничто, değil, ama, fakat, lütfen, hiçbir, ne, neden, nasıl, şimdiden, hâlâ, hala, nhưng, không,
    chưa, vẫn, sao, khi, nào, trước, gì
""")
# What stands behind a name.
HONORIFICS = (
    *("さん", "様", "さま", "より", "先生", "女士", "小姐", "老师", "老師", "经理", "經理", "上", "敬上"),
    *("哥", "姐", "님", "씨", "드림", "올림"),
)
# Thanks that begin so are as often ironic ("Oh thanks.", "Na danke.", "Pues muchas gracias.").
IRONIC_BEGINNINGS = listed("""
    oh, wow, well, gee, bravo, na, naja, tja, pues, vaya, nossa, bah, ben, eh bien, ah ben, ну, вот, ох,
    呵呵, 네네, 거참, はいはい, ờ
""")
# And a clause that ends so ("Schönen Dank auch.", "Very helpful indeed.", "Merci bien.").
IRONIC_ENDS = (
    *(
        "danke auch",
        "dank auch",
        "danke auch schön",
        "danke schön auch",
        "merci auch",
        "merci bien",
        "indeed",
    ),
    *("thanks a bunch", "thanks a heap", "thank you kindly", "sağ olun ya", "teşekkürler ya", "yani"),
    *("спасибо конечно", "ましたね", "ありがとうね", "ますね", "네네"),
)
