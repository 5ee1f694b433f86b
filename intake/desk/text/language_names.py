"""What each of our languages calls itself, and what the others call it. Pure."""

import unicodedata
from collections.abc import Mapping

from intake.desk.text.argument_words import by_language
from intake.desk.text.said import Carrying, carrying

# Tag -> its own name for itself.
NAMES: Mapping[str, str] = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "ja": "日本語",
    "ko": "한국어",
    "es": "Español",
    "pt": "Português",
    "fr": "Français",
    "de": "Deutsch",
    "ru": "Русский",
    "tr": "Türkçe",
    "vi": "Tiếng Việt",
}
# In the order of `NAMES`; from Unicode CLDR, the kinds of Chinese in fewer words.
_CALLED = by_language("""
English|英语|英文|英語|영어|inglés|inglês|anglais|Englisch|английский|İngilizce|tiếng Anh
Simplified Chinese|简体中文|簡體中文|簡体字中国語|중국어(간체)|chino simplificado|chinês simplificado|chinois simplifié|Chinesisch (vereinfacht)|китайский (упрощённый)|basitleştirilmiş Çince|tiếng Trung giản thể
Traditional Chinese|繁体中文|繁體中文|繁体字中国語|중국어(번체)|chino tradicional|chinês tradicional|chinois traditionnel|Chinesisch (traditionell)|китайский (традиционный)|geleneksel Çince|tiếng Trung phồn thể
Japanese|日语|日文|日本語|일본어|japonés|japonês|japonais|Japanisch|японский|Japonca|tiếng Nhật
Korean|韩语|韓文|韓国語|한국어|coreano|coreano|coréen|Koreanisch|корейский|Korece|tiếng Hàn
Spanish|西班牙语|西班牙文|スペイン語|스페인어|español|espanhol|espagnol|Spanisch|испанский|İspanyolca|tiếng Tây Ban Nha
Portuguese|葡萄牙语|葡萄牙文|ポルトガル語|포르투갈어|portugués|português|portugais|Portugiesisch|португальский|Portekizce|tiếng Bồ Đào Nha
French|法语|法文|フランス語|프랑스어|francés|francês|français|Französisch|французский|Fransızca|tiếng Pháp
German|德语|德文|ドイツ語|독일어|alemán|alemão|allemand|Deutsch|немецкий|Almanca|tiếng Đức
Russian|俄语|俄文|ロシア語|러시아어|ruso|russo|russe|Russisch|русский|Rusça|tiếng Nga
Turkish|土耳其语|土耳其文|トルコ語|튀르키예어|turco|turco|turc|Türkisch|турецкий|Türkçe|tiếng Thổ Nhĩ Kỳ
Vietnamese|越南语|越南文|ベトナム語|베트남어|vietnamita|vietnamita|vietnamien|Vietnamesisch|вьетнамский|Vietnamca|tiếng Việt
""")  # noqa: E501
# Tag -> its name, said in the reader's language.
SPOKEN: Mapping[str, Carrying] = {
    tag: carrying(english, own) for tag, (english, own) in zip(NAMES, _CALLED.items(), strict=True)
}
# Other names that people write; Chinese without a word for its kind is the simplified one.
_ALSO = {
    "zh-Hans": "chinese 中文 汉语 漢語 普通话 简体 简体字 简中 中国語 簡体字 중국어 간체 chino chinês "
    "chinois chinesisch китайский упрощённый çince",
    "zh-Hant": "繁体 繁體 繁體字 繁体字 繁中 正體中文 번체",
    "tr": "터키어",
}
_ENDINGS = ("语", "語", "文")


def tag_called(name: str) -> str:
    """Return the tag of the language that is called so in any of our languages, "" for none.

    Case, accents, a full stop and brackets count for nothing: people leave them out.
    """
    return _TAGS.get(_folded(name), "")


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(char for char in apart if char.isalnum())


def _tags() -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag, own in NAMES.items():
        called = SPOKEN[tag]
        names = [own, called, *called.own.values(), *_ALSO.get(tag, "").split()]
        # Mainland and Taiwan end them differently, and people mix both.
        roots = [name[:-1] for name in names if name.endswith(_ENDINGS) and not tag.startswith("zh")]
        for name in (*names, *(root + ending for root in roots for ending in _ENDINGS)):
            tags.setdefault(_folded(name), tag)
    tags[_folded("tiếng Trung")] = "zh-Hans"
    return tags


_TAGS = _tags()
