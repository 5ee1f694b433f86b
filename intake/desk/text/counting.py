"""Numbers with what they count."""


def counted(count: int, noun: str, singular: str = "", many: str = "") -> str:
    """Return "1 mail" or "2,000 mails"; with a verb for each, "1 mail is due" and "2 mails are due"."""
    verb = f" {singular if count == 1 else many}" if singular else ""
    return f"{count:,} {noun}{'' if count == 1 else 's'}{verb}"
