"""What else people call commands, in the languages of our mails: a hint at the command, never obeyed.

The desk's own mails use such words ("zurückstellen" for #snooze), and whoever reads them writes them. As
names they might stand for two commands, or for a word to a customer; as hints they cost nobody anything.
"""

import re
import unicodedata
from collections.abc import Mapping

from intake.desk.text.argument_words import by_language

# Several words of one language stand with a blank between, and syllables of one word together.
_WORDS = by_language("""
snooze|稍后提醒 延期|稍後提醒 延期|保留 後で|보류 나중에|posponer aplazar|adiar|reporter veille|zurückstellen später wiedervorlage|отложить|ertele sonra|tạmhoãn hoãn
watch|订阅|訂閱|ウォッチ フォロー|지켜보기 팔로우|seguir observar|seguir acompanhar|suivre|beobachten folgen|следить наблюдать|izle takip|theodõi
search|搜寻 检索|查詢|検索 探す|검색 찾기|buscar|buscar pesquisar procurar|chercher rechercher|suche suchen finden|поиск найти искать|ara|tìm tìmkiếm
draft|拟稿|擬稿|下書き|초안|borrador|rascunho|brouillon|entwurf|черновик|taslak|nháp bảnnháp
ask|咨询 问|諮詢 問|問い合わせ 質問|문의 질문|preguntar consultar|perguntar|demander|fragen anfragen|спросить запросить|sor|hỏi
list|清册|清冊|一覧|목록|lista listar|lista listar|liste lister|liste|список|liste|danhsách
show|展示|檢視|表示|보기|mostrar|mostrar|afficher montrer|zeigen anzeigen|показать|göster|hiện xem
priority|优先度|優先度|優先度|우선순위|prioridad|prioridade|priorité|priorität|приоритет|öncelik|ưutiên
language|语种|語種|言語|언어|idioma|idioma|langue|sprache|язык|dil|ngônngữ
reopen|再开|再開|再開|다시열기|reabrir|reabrir|rouvrir|öffnen wiederöffnen|открыть|yenidenaç|mởlại
tag|标记|標記|タグ|태그|etiqueta|etiqueta|étiquette|schlagwort|метка тег|etiket|nhãn
""")  # noqa: E501
_MOST_WORDS = 3
_SYLLABLE = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7a3]{2}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _hints() -> Mapping[str, str]:
    """Return the commands by the words for them; of two that are called alike the first counts."""
    hints: dict[str, str] = {}
    for command, own in _WORDS.items():
        for words in own.values():
            for word in words.split():
                hints.setdefault(_folded(word), command)
    return hints


HINTS = _hints()


def hinted(line: str) -> str:
    """Return the command that a line is called for by a word such as "#zurückstellen morgen", "" for none."""
    syllables = _SYLLABLE.findall(_folded(line))[:_MOST_WORDS]
    for end in range(len(syllables), 0, -1):
        word = "".join(syllables[:end])
        if word in HINTS:
            return HINTS[word]
    # Written without spaces, what is sought stands right behind it: #検索請求書.
    first = syllables[0] if syllables else ""
    fitting = [word for word in HINTS if first.startswith(word) and _UNSPACED.match(word)]
    return HINTS[max(fitting, key=len)] if fitting else ""
