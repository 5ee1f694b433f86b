"""The commands that agents need most, in the languages of our mails, beside English and Chinese.

They are obeyed as any other name of their command is; whoever reads a language writes it.
"""

from collections.abc import Mapping

# Command -> language -> its names there.
NATIVE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "note": {
        "ja": ("メモ", "社内メモ"),
        "ko": ("메모", "내부메모"),
        "es": ("nota",),
        "pt": ("nota",),
        "fr": ("interne",),
        "de": ("notiz", "intern"),
        "ru": ("заметка", "примечание"),
        "tr": ("not", "dahili"),
        "vi": ("ghichú", "nộibộ"),
    },
    "close": {
        "ja": ("閉じる", "完了"),
        "ko": ("닫기", "종료"),
        "es": ("cerrar",),
        "pt": ("fechar",),
        "fr": ("fermer",),
        "de": ("schließen", "schliessen"),
        "ru": ("закрыть",),
        "tr": ("kapat",),
        "vi": ("đóng",),
    },
    "assign": {
        "ja": ("割り当て", "担当者"),
        "ko": ("배정",),
        "es": ("asignar",),
        "pt": ("atribuir",),
        "fr": ("attribuer", "assigner"),
        "de": ("zuweisen",),
        "ru": ("назначить",),
        "tr": ("ata",),
        "vi": ("giao",),
    },
    "undo": {
        "ja": ("取り消し", "取消"),
        "ko": ("취소",),
        "es": ("deshacer",),
        "pt": ("desfazer",),
        "fr": ("annuler",),
        "de": ("rückgängig", "zurückziehen"),
        "ru": ("отменить",),
        "tr": ("gerial",),
        "vi": ("hoàntác", "thuhồi"),
    },
    "help": {
        "ja": ("ヘルプ",),
        "ko": ("도움말",),
        "es": ("ayuda",),
        "pt": ("ajuda",),
        "fr": ("aide",),
        "de": ("hilfe",),
        "ru": ("помощь",),
        "tr": ("yardım", "yardim"),
        "vi": ("trợgiúp",),
    },
}


def names_of(command: str, language: str = "") -> tuple[str, ...]:
    """Return what a command is called in a language, in all of them for "", beside the names in its row."""
    words = NATIVE.get(command, {})
    if language:
        return words.get(language, ())
    return tuple(dict.fromkeys(name for names in words.values() for name in names))
