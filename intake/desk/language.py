"""Which language a text is in, and which of ours a mail is written in."""

HAN = range(0x4E00, 0xA000)


def detect(text: str) -> str:
    """Return a language tag such as "en" or "zh-Hans", "" when the text gives no hint."""
    raise NotImplementedError


def mail_language(detected: str, fallback: str, available: tuple[str, ...]) -> str:
    """Return the language a mail is written in: the detected one if we have it, else the fallback."""
    for candidate in (detected, detected.partition("-")[0], fallback):
        for one in available:
            if candidate and (one == candidate or one.partition("-")[0] == candidate):
                return one
    return available[0]
