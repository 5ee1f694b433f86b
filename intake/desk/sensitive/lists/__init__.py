"""The word lists of BIP-39, a language a module: as one text, for most processes never meet most of them."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list in the order of their numbers; of a Chinese one its characters."""
    parts = text.split()
    return tuple(parts) if len(parts) > 1_000 else tuple("".join(parts))
