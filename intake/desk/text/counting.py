"""Numbers with what they count."""


def counted(count: int, what: str, one: str = "", many: str = "") -> str:
    """Return "1 mail" or "2,000 mails"; with a verb for each, "1 mail is due" and "2 mails are due"."""
    verb = f" {one if count == 1 else many}" if one else ""
    return f"{count:,} {what}{'' if count == 1 else 's'}{verb}"
