"""The text of a PDF, by pypdfium2 (the extra `files`): only ever called in a child with limits."""

from importlib.util import find_spec

# A phrase stands on a page of its own; what has more pages is a manual.
MOST_PAGES = 20
MOST_TEXT = 200_000


def missing() -> str:
    """Return the library that is not installed, "" when it is."""
    return "" if find_spec("pypdfium2") else "pypdfium2"


def pdf_texts(content: bytes) -> tuple[list[str], bool]:
    """Return the text of the first pages of a PDF, and whether that is all there is.

    A page without any text is most likely a scan, which is not read. Raises what pypdfium2 does, of a PDF
    that is encrypted or damaged.
    """
    import pypdfium2

    texts: list[str] = []
    whole, room = True, MOST_TEXT
    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number].get_textpage()
            text = page.get_text_range(count=min(page.count_chars(), room)) if page.count_chars() else ""
            whole &= bool(text.strip())
            texts.append(text)
            room -= len(text)
            if room <= 0:
                break
        whole &= room > 0 and len(document) <= MOST_PAGES
    finally:
        document.close()
    return ["\n".join(texts)], whole
