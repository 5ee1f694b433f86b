"""What each of our languages calls itself."""

from collections.abc import Mapping

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
