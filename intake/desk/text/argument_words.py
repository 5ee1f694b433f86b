"""What stands behind `#commands`, in the languages of our mails: the words that are obeyed, and the places.

"#assign NAME|TEAM" is read as "#assign NAME|TEAM" by who reads English only. The words of `SPOKEN` are
obeyed as the English ones are, in every mail; `PLACES` stand for what an agent fills in. Pure.
"""

import re
from collections.abc import Mapping

from intake.desk.text.said import Carrying, carrying

_LANGUAGES = ("zh-Hans", "zh-Hant", "ja", "ko", "es", "pt", "fr", "de", "ru", "tr", "vi")


def by_language(rows: str) -> Mapping[str, Mapping[str, str]]:
    """Return rows of words as English word -> language -> word; they stand as in `_LANGUAGES`, with bars
    between."""
    cells = ([cell.strip() for cell in row.split("|")] for row in rows.strip().splitlines())
    return {english: dict(zip(_LANGUAGES, others, strict=True)) for english, *others in cells}


SPOKEN: Mapping[str, Mapping[str, str]] = by_language("""
urgent|紧急|緊急|至急|긴급|urgente|urgente|urgent|dringend|срочно|acil|khẩn
high|高|高|高|높음|alta|alta|haute|hoch|высокий|yüksek|cao
normal|普通|一般|中|보통|normal|normal|normale|normal|обычный|normal|thường
low|低|低|低|낮음|baja|baixa|basse|niedrig|низкий|düşük|thấp
off|关|關|オフ|끔|no|não|non|aus|выкл|kapalı|tắt
on|开|開|オン|켬|sí|sim|oui|an|вкл|açık|bật
add|添加|新增|追加|추가|añadir|adicionar|ajouter|hinzufügen|добавить|ekle|thêm
remove|移除|移除|削除|제거|quitar|remover|retirer|entfernen|убрать|çıkar|bỏ
anyway|强制|強制|強制|강제|forzar|forçar|forcer|trotzdem|принудительно|zorla|ép
save|保存|儲存|保存|저장|guardar|salvar|enregistrer|speichern|сохранить|kaydet|lưu
delete|删除|刪除|削除|삭제|borrar|excluir|supprimer|löschen|удалить|sil|xóa
mine|我的|我的|自分|내것|míos|meus|miens|meine|мои|benim|của-tôi
team|团队|團隊|チーム|팀|equipo|equipe|équipe|team|команда|ekip|nhóm
todo|待办|待辦|対応待ち|할일|pendientes|pendentes|à-faire|offen|к-работе|yapılacak|cần-làm
due|到期|到期|期限|기한|plazos|prazos|échéances|fällig|сроки|vadesi|đến-hạn
overdue|超时|逾期|期限切れ|기한초과|vencidos|atrasados|en-retard|überfällig|просрочено|gecikmiş|quá-hạn
snoozed|已延后|已延後|保留中|보류|aplazados|adiados|en-veille|zurückgestellt|отложено|ertelenmiş|tạm-hoãn
spam|垃圾邮件|垃圾郵件|迷惑メール|스팸|spam|spam|spam|spam|спам|spam|thư-rác
from|来自|來自|差出人|발신|de|de|de|von|от|gönderen|từ
note|备注|備註|メモ|메모|nota|nota|note|notiz|заметка|not|ghi-chú
notes|全部备注|全部備註|メモ一覧|메모목록|notas|notas|notes|notizen|заметки|notlar|mọi-ghi-chú
forget|删除|刪除|削除|삭제|borrar|excluir|supprimer|löschen|удалить|sil|xóa
language|语言|語言|言語|언어|idioma|idioma|langue|sprache|язык|dil|ngôn-ngữ
stolen|被盗|被盜|盗難|도난|robo|roubo|vol|gestohlen|кража|çalındı|bị-trộm
phishing|钓鱼|釣魚|フィッシング|피싱|phishing|phishing|hameçonnage|phishing|фишинг|oltalama|lừa-đảo
leak|泄露|外洩|漏洩|유출|filtración|vazamento|fuite|datenleck|утечка|sızıntı|rò-rỉ
fraud|诈骗|詐騙|詐欺|사기|fraude|fraude|fraude|betrug|мошенничество|dolandırıcılık|gian-lận
end|结束|結束|終了|종료|fin|fim|fin|ende|конец|bitir|kết-thúc
done|完成|完成|完了|완료|hecho|feito|fait|erledigt|готово|bitti|xong
no|不需要|不需要|不要|불필요|no|não|non|nein|нет|hayır|không
""")

PLACES: Mapping[str, Mapping[str, str]] = by_language("""
NAME|名称|名稱|名前|이름|NOMBRE|NOME|NOM|NAME|ИМЯ|AD|TÊN
TEAM|团队|團隊|チーム名|팀이름|EQUIPO|EQUIPE|ÉQUIPE|TEAM|КОМАНДА|EKİP|NHÓM
WORD|标签|標籤|単語|단어|PALABRA|PALAVRA|MOT|WORT|СЛОВО|KELİME|TỪ
WORDS|词语|詞語|検索語|검색어|PALABRAS|PALAVRAS|MOTS|WÖRTER|СЛОВА|KELİMELER|TỪ
NUMBER|编号|編號|番号|번호|NÚMERO|NÚMERO|NUMÉRO|NUMMER|НОМЕР|NUMARA|SỐ
N|编号|編號|番号|번호|NÚMERO|NÚMERO|NUMÉRO|NUMMER|НОМЕР|NUMARA|SỐ
SUBJECT|主题|主旨|件名|제목|ASUNTO|ASSUNTO|OBJET|BETREFF|ТЕМА|KONU|TIÊU_ĐỀ
ADDRESS|地址|地址|アドレス|주소|DIRECCIÓN|ENDEREÇO|ADRESSE|ADRESSE|АДРЕС|ADRES|ĐỊA_CHỈ
DOMAIN|域名|網域|ドメイン|도메인|DOMINIO|DOMÍNIO|DOMAINE|DOMAIN|ДОМЕН|ALAN_ADI|TÊN_MIỀN
TEXT|文字|文字|本文|글|TEXTO|TEXTO|TEXTE|TEXT|ТЕКСТ|METİN|NỘI_DUNG
CODE|代码|代碼|コード|코드|CÓDIGO|CÓDIGO|CODE|CODE|КОД|KOD|MÃ
REASON|原因|原因|理由|이유|MOTIVO|MOTIVO|MOTIF|GRUND|ПРИЧИНА|NEDEN|LÝ_DO
LANGUAGE|语言|語言|言語|언어|IDIOMA|IDIOMA|LANGUE|SPRACHE|ЯЗЫК|DİL|NGÔN_NGỮ
PARTNER|合作方|合作方|取引先|협력사|SOCIO|PARCEIRO|PARTENAIRE|PARTNER|ПАРТНЁР|İŞ_ORTAĞI|ĐỐI_TÁC
2d|2天|2天|2日|2일|2d|2d|2j|2d|2д|2g|2ngày
monday|周一|週一|月曜|월요일|lunes|segunda|lundi|montag|понедельник|pazartesi|thứ-hai
""")

_WORD = re.compile(r"(?<![@\w])@?\w+")


def native(*english: str) -> dict[str, str]:
    """Return what each of these words is in the other languages: native word (folded) -> English word.

    Of two that are written alike the first counts.
    """
    table: dict[str, str] = {}
    for word in english:
        for other in SPOKEN[word].values():
            table.setdefault(other.casefold(), word)
            table.setdefault(other.casefold().replace("-", " "), word)
    return table


def spelled(written: str) -> Carrying:
    """Return how something is written ("#cc add|remove ADDRESS"), with its words in the reader's language.

    The command keeps its name: that is the same for everybody who works on a ticket.
    """
    name, blank, rest = written.partition(" ") if written.startswith("#") else ("", "", written)
    return carrying(
        written, {language: f"{name}{blank}{_put(rest, language)}" for language in _LANGUAGES if rest}
    )


def _put(text: str, language: str) -> str:
    def other(match: re.Match[str]) -> str:
        at = "@" if match[0].startswith("@") else ""
        word = match[0].removeprefix("@")
        return at + (PLACES.get(word) or SPOKEN.get(word) or {}).get(language, word)

    return _WORD.sub(other, text)
